"""What Ampra runs on is pinned exactly, direct and brought along, each in one place."""

import re
from collections import Counter
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.sources import PROJECT

DIRECT = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^*,<>=]+$")


def listed(name: str) -> list[str]:
    """The entries of a file, without comments and markers."""
    lines = (line.partition("#")[0].partition(";")[0].strip() for line in (PROJECT / name).read_text().splitlines())
    return [line for line in lines if line]


def names(file: str) -> list[str]:
    """The packages a file lists."""
    return [canonicalize_name(Requirement(entry).name) for entry in listed(file)]


def test_every_entry_is_pinned_exactly() -> None:
    assert [entry for file in (*DIRECT, "constraints.txt") for entry in listed(file) if not PINNED.match(entry)] == []


def test_no_package_is_listed_twice() -> None:
    counted = Counter(name for file in (*DIRECT, "constraints.txt") for name in names(file))
    assert [name for name, count in counted.items() if count > 1] == []


def test_what_is_brought_along_is_pinned_too() -> None:
    pinned = {name for file in (*DIRECT, "constraints.txt") for name in names(file)}
    waiting, seen = [Requirement(entry) for file in DIRECT for entry in listed(file)], set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            needs = metadata.requires(requirement.name) or []
        except metadata.PackageNotFoundError:
            continue
        extras = requirement.extras or {""}
        brought = [Requirement(need) for need in needs]
        waiting += [need for need in brought
                    if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)]
    assert {name for name, _ in seen} - pinned == set()


def test_the_installed_versions_are_the_pinned_ones() -> None:
    wrong = {}
    for file in (*DIRECT, "constraints.txt"):
        for entry in listed(file):
            requirement = Requirement(entry)
            try:
                installed = metadata.version(requirement.name)
            except metadata.PackageNotFoundError:
                continue
            if installed not in requirement.specifier:
                wrong[entry] = installed
    assert wrong == {}
