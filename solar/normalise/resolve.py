"""Makes one value out of all candidates of a field: totals before parts, parts only when complete, channels
subtracted.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from solar.normalise.bindings import Binding
from solar.normalise.names import CURRENTS, SUMMABLE
from solar.normalise.numbers import NO_NUMBER, Absent, to_number, to_quantity

_MOST_PARTS = 200


class Candidate(NamedTuple):
    """One reported number for a field, already in canonical unit and sign."""

    binding: Binding
    part: tuple[str, ...]
    number: float


class Shown:
    """The parts a source has shown so far; remembers new ones beside, never changes what it was given."""

    def __init__(self, parts: Mapping[str, Sequence[str]]) -> None:
        self._given = parts
        self._new: dict[str, list[str]] = {}

    def parts_of(self, group: str) -> list[tuple[str, ...]]:
        """All parts ever shown of a sum."""
        return [tuple(name.split("\n")) for name in (*self._given.get(group, ()), *self._new.get(group, ()))]

    def add(self, group: str, part: tuple[str, ...]) -> None:
        """A part was seen with a number."""
        name = "\n".join(part)
        known = self._given.get(group, ())
        fresh = self._new.get(group, ())
        if name not in known and name not in fresh and len(known) + len(fresh) < _MOST_PARTS:
            self._new.setdefault(group, []).append(name)

    def merged(self) -> dict[str, list[str]] | None:
        """All parts with the new ones; None when nothing is new."""
        if not self._new:
            return None
        merged = {group: [*names] for group, names in self._given.items()}
        for group, names in self._new.items():
            merged[group] = [*merged.get(group, ()), *names]
        return merged


def candidates(binding: Binding, value: Any) -> tuple[list[Candidate], str | None]:
    """The numbers one leaf reports (several for a list), and why it reports none where it should have."""
    if binding.fault is not None:
        return [], binding.fault if to_number(value) is not Absent.NOT_REPORTED else None
    if type(value) is list:
        return _from_list(binding, value)
    number, unit = to_quantity(value)
    if isinstance(number, Absent):
        return [], (f"{_shown(value)} {number.value}" if number is NO_NUMBER else None)
    used = binding.in_unit(unit) if unit else binding
    if used.fault is not None:
        return [], used.fault
    number = number * used.scale + used.offset
    return [Candidate(used, binding.part, abs(number) if binding.magnitude else number)], None


def _from_list(binding: Binding, values: list[Any]) -> tuple[list[Candidate], str | None]:
    """Two-channel meters: every number of a list is a part."""
    found: list[Candidate] = []
    fault = None
    for index, value in enumerate(values):
        if type(value) is not list:
            reported, reason = candidates(binding, value)
            fault = fault or reason
            found += [item._replace(part=(*binding.part, f"#{index}")) for item in reported]
    return found, None if found else fault


def _shown(value: Any) -> str:
    text = value if type(value) is str else type(value).__name__
    return repr(text[:40])


def resolve(field: str, found: Sequence[Candidate], shown: Shown) -> float | None:
    """The value of `field`, None where not everything it needs was reported; candidates in the order sent."""
    for candidate in found:
        if candidate.part and not candidate.binding.extra:
            shown.add(candidate.binding.group, candidate.part)
    for order in sorted({candidate.binding.order for candidate in found}):
        level = [candidate for candidate in found if candidate.binding.order == order]
        number, complete = _level(field, level, shown)
        if number is not None:
            return -number if level[0].binding.inverted else number
        if not complete:
            return None
    return None


def _level(field: str, level: list[Candidate], shown: Shown) -> tuple[float | None, bool]:
    """(value, False where parts are missing) of candidates of one origin and rank."""
    trees = {channel: _Tree(field, channel, level, shown) for channel in ("", "+", "-")}
    number = trees[""].value()
    if number is None:
        number = _difference(trees["+"].value(), trees["-"].value())
    if number is not None:
        number += sum(candidate.number for candidate in level if candidate.binding.extra)
    return number, all(tree.complete for tree in trees.values())


def _difference(inward: float | None, outward: float | None) -> float | None:
    """Import minus export; one alone counts when it is above 0, a 0 alone says nothing."""
    if inward is not None and outward is not None:
        return inward - outward
    if inward is not None and inward > 0:
        return inward
    return -outward if outward is not None and outward > 0 else None


class _Tree:
    """Totals and their parts: a node is its own value, or the sum of its children when all ever shown are there."""

    def __init__(self, field: str, channel: str, level: list[Candidate], shown: Shown) -> None:
        self._field = field
        self._values: dict[tuple[str, ...], float] = {}
        ours = [
            candidate for candidate in level if candidate.binding.channel == channel and not candidate.binding.extra
        ]
        for candidate in sorted(ours, key=lambda candidate: candidate.binding.depth):
            self._values.setdefault(candidate.part, candidate.number)
        self._known = set(self._values)
        for group in {candidate.binding.group for candidate in ours}:
            self._known.update(shown.parts_of(group))
        self.complete = True

    def value(self) -> float | None:
        """The value of the whole; sets `complete` False when a part is missing for it."""
        if not self._values:
            return None
        if self._field not in SUMMABLE:
            return self._one()
        number = self._sum(())
        self.complete = number is not None
        return number

    def _sum(self, node: tuple[str, ...]) -> float | None:
        if node in self._values:
            return self._values[node]
        children = {
            part[: len(node) + 1] for part in self._known if len(part) > len(node) and part[: len(node)] == node
        }
        total = 0.0
        for child in sorted(children):
            number = self._sum(child)
            if number is None:
                return None
            total += number
        return total if children else None

    def _one(self) -> float | None:
        """Of several devices the first one's volts or degrees; a current of one of several says nothing of all."""
        if () in self._values:
            return self._values[()]
        if self._field in CURRENTS and len(self._known) > 1:
            return None
        return next(iter(self._values.values()))
