"""All known device families, found in the files beside this one, and how a message's shape is recognised."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from solar.normalise.keys import join, plain
from solar.normalise.profiles.base import Profile, compiled, plain_path

_NOT_FAMILIES = {"base"}
_LONGEST_SHAPE = 300
_LONGEST_PATH = 400


def _load() -> dict[str, Profile]:
    """Every `Profile` in `PROFILES` of every module here: adding a family is adding a file."""
    found: dict[str, Profile] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        if module not in _NOT_FAMILIES:
            for profile in importlib.import_module(f"{__name__}.{module}").PROFILES:
                found[profile.name] = profile
    return found


PROFILES: dict[str, Profile] = _load()


def _index() -> dict[str, list[tuple[Profile, str, re.Pattern[str]]]]:
    """All marks under one of their literal segments (the longest, as plain keys); those without any under ""."""
    index: dict[str, list[tuple[Profile, str, re.Pattern[str]]]] = {}
    for profile in PROFILES.values():
        for mark in sorted({mark for alternative in profile.marks for mark in alternative}):
            literal = [plain(segment) for segment in mark.split("/") if not re.search(r"[*<]", segment)]
            entry = (profile, mark, compiled(mark, exact=not profile.loose_marks))
            index.setdefault(max(literal, key=len, default=""), []).append(entry)
    return index


_MARKS = _index()


@lru_cache(maxsize=50_000)
def _marks_of(path: str) -> frozenset[tuple[str, str]]:
    """(family, mark) for every mark that a path carries."""
    loose = plain_path(path)
    return frozenset(
        (profile.name, mark)
        for segment in {"", *loose.split("/")}
        for profile, mark, pattern in _MARKS.get(segment, ())
        if pattern.search(loose if profile.loose_marks else path)
    )


def is_marked(profile: Profile, prefix: str, paths: Iterable[str]) -> bool:
    """Whether any path below `prefix` carries a mark of this family."""
    return any(name == profile.name for path in paths for name, _ in _marks_of(join(prefix, path)[-_LONGEST_PATH:]))


def recognise(prefix: str, paths: Sequence[str]) -> Profile | None:
    """The family of leaves below `prefix`; worked out once per shape of message."""
    if len(paths) > _LONGEST_SHAPE:
        return _recognise([join(prefix, path) for path in paths] or [prefix])
    return _recognise_shape(prefix, tuple(paths))


@lru_cache(maxsize=2000)
def _recognise_shape(prefix: str, paths: tuple[str, ...]) -> Profile | None:
    return _recognise([join(prefix, path) for path in paths] or [prefix])


def _recognise(paths: Iterable[str]) -> Profile | None:
    """The family a message or batch belongs to by the marks on all its paths; the one with more marks where two fit."""
    found: set[tuple[str, str]] = set()
    for path in paths:
        found |= _marks_of(path[-_LONGEST_PATH:])
    if not found:
        return None
    best: Profile | None = None
    best_strength = (-1, 0)
    for name in sorted({name for name, _ in found}):
        profile = PROFILES[name]
        marks = {mark for owner, mark in found if owner == name}
        strength = (0 if profile.last else 1, len(marks))
        if strength > best_strength and any(marks.issuperset(alternative) for alternative in profile.marks):
            best, best_strength = profile, strength
    return best
