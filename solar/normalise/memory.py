"""What is remembered of a source between messages, read and written without changing what the caller holds."""

from collections.abc import Mapping
from typing import Any

from solar.normalise.model import Memory
from solar.normalise.resolve import Shown

_MOST_ENTRIES = 500
_LONGEST = 300


class Notebook:
    """The memory of one source while its messages are read; sections are plain JSON objects.

    `parts`: parts shown of each sum. `profiles`: family last recognised under a topic's first segment. `flags`:
    lasting conditions of a family (`hybrid`). `units`: units sent on topics of their own. `discovery`: see
    `discovery.py`.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._changed: dict[str, Any] = {}
        self.shown = Shown(self.section("parts"))

    def section(self, name: str) -> Mapping[str, Any]:
        """One section as it stands; empty when there is none."""
        found = self._changed.get(name, self._memory.get(name))
        return found if isinstance(found, Mapping) else {}

    def write(self, name: str, section: Mapping[str, Any]) -> None:
        """Replace a section."""
        self._changed[name] = section

    def note(self, name: str, key: str, value: Any) -> None:
        """Set one entry of a section, when it is new and there is room."""
        section = self.section(name)
        if section.get(key) == value or len(key) > _LONGEST or (key not in section and len(section) >= _MOST_ENTRIES):
            return
        self.write(name, {**section, key: value})

    def result(self) -> Memory:
        """The memory to keep: the very object given when nothing was learnt."""
        parts = self.shown.merged()
        if parts is not None:
            self.write("parts", parts)
        return {**self._memory, **self._changed} if self._changed else self._memory
