"""The project's sources as the house tests read them: files by room, parsed, and what each imports."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("solar", "data", "services", "components", "pages", "web", "jobs", "deploy", "migrations")
BESIDE = ("benchmarks", "tests")


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    @property
    def name(self) -> str:
        """The path as people say it."""
        return str(self.path.relative_to(PROJECT))

    @property
    def room(self) -> str:
        """The top folder, or the file itself where it lies in none."""
        return self.path.relative_to(PROJECT).parts[0].removesuffix(".py")

    @property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return _parsed(self.path)

    def imports(self) -> Iterator[tuple[str, int]]:
        """Every module it imports, wherever in the file, with its line; `from a import b` counts as `a.b` and `a`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.relative_to(PROJECT).with_suffix("").parts[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def of_room(room: str) -> list[Source]:
    """The Python files of one room."""
    return [Source(path) for path in sorted((PROJECT / room).rglob("*.py"))]


def of_house() -> list[Source]:
    """The Python files of all rooms, and app.py."""
    return [Source(PROJECT / "app.py"), *(source for room in ROOMS for source in of_room(room))]


def everything() -> list[Source]:
    """All Python files of the project."""
    return [*of_house(), *(source for room in BESIDE for source in of_room(room))]


def tracked_files() -> list[Path]:
    """The files that are in version control (outside of a checkout: the files that would be)."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False)
    if listed.returncode == 0:
        files = [PROJECT / name for name in listed.stdout.decode().split("\0") if name]
        return [file for file in files if file.is_file()]
    hidden = {".git", ".venv", "var", "__pycache__"}
    return [file for file in PROJECT.rglob("*") if file.is_file() and not hidden & set(file.parts)]
