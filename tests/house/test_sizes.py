"""Small rooms, small functions, and a sentence at the head of each module."""

import ast

from tests.house.sources import PROJECT, Source, everything

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_ROOT = 400, 50, 80


def lines(source: Source) -> int:
    """How many lines a file has."""
    return len(source.path.read_text(encoding="utf-8").splitlines())


def long_functions(source: Source) -> list[str]:
    """The functions of a file that are too long, each with its length."""
    functions = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in functions]
    return [f"{source.name}: {name} has {length} lines" for name, length in lengths if length > LONGEST_FUNCTION]


def test_no_file_is_longer_than_400_lines() -> None:
    assert [source.name for source in everything() if lines(source) > LONGEST_FILE] == []


def test_the_composition_root_is_short() -> None:
    assert lines(Source(PROJECT / "app.py")) <= LONGEST_ROOT


def test_no_function_is_longer_than_50_lines() -> None:
    assert [long for source in everything() for long in long_functions(source)] == []


def test_every_module_begins_with_what_lives_there() -> None:
    assert [source.name for source in everything() if not (ast.get_docstring(source.tree) or "").strip()] == []
