"""The language a device family is described in: marks by which it is recognised, and a table of its keys."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from solar.normalise.keys import plain


@dataclass(frozen=True, slots=True)
class Key:
    """What one key of a family means.

    `field`: canonical field, or for meters whose owner says what they measure `power`, `today`, `forward`, `reverse`
    (with `role`, the default). `unit`: the unit this family uses, where it is not the canonical one; it wins over a
    unit in the message unless `unit_may_differ`. `factor`: scale and sign. `channel`: `+` import or charge, `-`
    export or discharge. `part`: name of a part that is always summed with its siblings. `rank`: 1 and more are
    copies, used only where nothing of a lower rank was sent. `extra`: added to the field when sent, never required.
    `magnitude`: the sign sent is ignored. `when`: only under this flag of the profile (`!flag`: only without it).
    """

    field: str
    unit: str | None = None
    factor: float = 1.0
    channel: str = ""
    part: str = ""
    rank: int = 0
    extra: bool = False
    magnitude: bool = False
    unit_may_differ: bool = False
    role: str = ""
    when: str = ""


class Item(NamedTuple):
    """One reading inside a payload: the value to flatten, its time if the profile read it, what is kept as raw."""

    value: Any
    time: Any = None
    has_time: bool = False
    raw: Any = None


Reshape = Callable[[Any, "Context"], Iterable[Item]]
Flags = Callable[[Sequence[str], Sequence[Any]], Iterable[str]]
#: (path as sent, flags) -> what it means, or None to look into the table.
Adapt = Callable[[str, frozenset[str]], Key | None]


class Context(NamedTuple):
    """What a reshaping profile may need beside the payload."""

    topic: str
    received_at: Any
    zone: str


def _nothing(paths: Sequence[str], values: Sequence[Any]) -> Iterable[str]:
    return ()


@dataclass(frozen=True, eq=False)
class Profile:
    """One device family.

    `marks`: alternatives, each a tuple of patterns that must all be found; the number of different patterns found is
    the strength of the recognition. `keys`: pattern -> meaning, `None` for a key that is understood and not wanted;
    the longest pattern wins. `foreign`: subtrees that are never looked at. `unmapped`: like `None` in `keys`, checked
    after them. Patterns are compared at the end of a path, segment by segment; one that ends in `/` may stand
    anywhere before more segments. `*` is any text within a segment, `<n>` digits, `<id>` any segment, `<serial>` six
    or more hex digits, `<abc>` a phase letter; what stands in angle brackets names the part of a sum. Marks are
    compared as written, keys without case and separators.

    `reshape` turns payloads that are no plain object into items. `flags` reads conditions off a message or batch
    (remembered per source where `keeps_flags`), `adapt` binds paths that depend on them. `times`: further keys of the
    time; `has_time` False: the family never sends one. `feeds_in` False: the inverter cannot export. `last`: gives
    way to every other family. `loose_marks`: marks are compared without case and separators too.
    """

    name: str
    marks: tuple[tuple[str, ...], ...] = ()
    keys: Mapping[str, Key | str | None] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    reshape: Reshape | None = None
    flags: Flags = _nothing
    keeps_flags: bool = False
    adapt: Adapt | None = None
    times: tuple[str, ...] = ()
    has_time: bool = True
    feeds_in: bool = True
    last: bool = False
    loose_marks: bool = False

    @cached_property
    def _table(self) -> list[tuple[re.Pattern[str], Key | None]]:
        """Patterns of `keys`, the longest and most literal ones first; `unmapped` behind all."""
        ordered = sorted(self.keys.items(), key=lambda item: (-item[0].strip("/").count("/"), _wildness(item[0])))
        table = [(compiled(pattern, exact=False), _key(meaning)) for pattern, meaning in ordered]
        return table + [(compiled(pattern, exact=False), None) for pattern in self.unmapped]

    @cached_property
    def _foreign(self) -> list[re.Pattern[str]]:
        return [compiled(pattern, exact=False) for pattern in self.foreign]

    @cached_property
    def _times(self) -> list[re.Pattern[str]]:
        return [compiled(pattern, exact=False) for pattern in self.times]

    def look_up(self, path: str, flags: frozenset[str]) -> tuple[Key | None, tuple[str, ...]] | None:
        """(meaning, parts named by the path), (None, ()) for an unwanted key, None for a key this family does not
        know.
        """
        normal = plain_path(path)
        if any(pattern.search(normal) for pattern in self._foreign):
            return None, ()
        if self.adapt is not None and (key := self.adapt(path, flags)) is not None:
            return key, (key.part,) if key.part else ()
        for pattern, key in self._table:
            found = pattern.search(normal)
            if found and (key is None or _holds(key.when, flags)):
                part = tuple(group for group in found.groups() if group)
                return key, ((key.part, *part) if key and key.part else part)
        return None

    def is_time(self, path: str) -> bool:
        """Whether the path is one of the further times of this family."""
        return any(pattern.search(plain_path(path)) for pattern in self._times)


def plain_path(path: str) -> str:
    """A path of plain segments, as patterns of keys are compared with it."""
    return "/".join(plain(segment) for segment in path.split("/") if segment)


def _key(meaning: Key | str | None) -> Key | None:
    return Key(meaning) if isinstance(meaning, str) else meaning


def _holds(condition: str, flags: frozenset[str]) -> bool:
    if not condition:
        return True
    return condition[1:] not in flags if condition[0] == "!" else condition in flags


def _wildness(pattern: str) -> int:
    return pattern.count("*") + pattern.count("<")


_PIECE = re.compile(r"<n>|<id>|<serial>|<abc>|\*|[^<*]+|<")
_MEANINGS = {"<n>": "([0-9]+)", "<serial>": "([0-9a-fA-F]{6,})", "<id>": "([^/]+)", "<abc>": "([abc])", "*": "[^/]*"}


def compiled(pattern: str, *, exact: bool) -> re.Pattern[str]:
    """A pattern as a regular expression over a path; not `exact`: over a path of plain segments (see `paths.plain`)."""
    segments = []
    for segment in pattern.strip("/").split("/"):
        pieces = _PIECE.findall(segment)
        segments.append(
            "".join(_MEANINGS.get(piece) or re.escape(piece if exact else plain(piece)) for piece in pieces)
        )
    anywhere = pattern.endswith("/")
    return re.compile(f"(?:^|/){'/'.join(segments)}{'(?=/)' if anywhere else '$'}")
