"""Component ids: `<page>-<thing>-<kind>` in the page's `Ids`, and every one a callback names is on the page."""

import ast
import re

import pytest

from tests.house.sources import Source, of_room

DEPENDENCIES = ("Input", "Output", "State")


def pages() -> list[Source]:
    """The pages: the files that register one."""
    return [source for source in of_room("pages") if "register_page" in source.path.read_text(encoding="utf-8")]


def ids_of(source: Source) -> dict[str, str]:
    """The names of a file's `Ids` class and what they stand for."""
    found = {}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and node.name == "Ids":
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
                    found.update({str(getattr(target, "id", "")): line.value.value for target in line.targets})
    return found


def dependencies(source: Source) -> list[ast.Call]:
    """The `Input(...)`, `Output(...)` and `State(...)` of a file."""
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in DEPENDENCIES]


def ids_named(nodes: list[ast.AST], *, is_deep: bool = True) -> set[str]:
    """The names X of every `Ids.X` among some nodes and, when deep, below them."""
    below = [each for node in nodes for each in ast.walk(node)] if is_deep else nodes
    return {each.attr for each in below
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Ids"}


@pytest.mark.parametrize("source", pages(), ids=lambda source: source.name)
def test_ids_follow_the_pattern(source: Source) -> None:
    page = source.path.stem.replace("_", "-")
    pattern = re.compile(rf"^{page}(-[a-z0-9]+)+-[a-z0-9]+$")
    assert [value for value in ids_of(source).values() if not pattern.match(value)] == []


@pytest.mark.parametrize("source", pages(), ids=lambda source: source.name)
def test_no_two_ids_are_the_same(source: Source) -> None:
    values = list(ids_of(source).values())
    assert len(values) == len(set(values))


@pytest.mark.parametrize("source", pages(), ids=lambda source: source.name)
def test_callbacks_name_their_ids_through_the_class(source: Source) -> None:
    first = [call.args[0] for call in dependencies(source) if call.args]
    assert [each.value for each in first if isinstance(each, ast.Constant)] == []


@pytest.mark.parametrize("source", pages(), ids=lambda source: source.name)
def test_every_id_a_callback_names_is_put_on_the_page(source: Source) -> None:
    calls = dependencies(source)
    within = {id(node) for call in calls for node in ast.walk(call)}
    outside = ids_named([node for node in ast.walk(source.tree) if id(node) not in within], is_deep=False)
    named = ids_named(list(calls))
    assert named - ids_of(source).keys() == set()
    assert named - outside == set()
