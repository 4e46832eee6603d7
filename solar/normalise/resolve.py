"""Makes one value out of all candidates of a field: totals before parts, parts only when complete, channels
subtracted.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from solar.normalise.bindings import MAPPING, Binding
from solar.normalise.names import CURRENTS, SUMMABLE
from solar.normalise.numbers import NO_NUMBER, Absent, to_number, to_quantity

_MOST_PARTS = 200
_LONGEST_PART = 200

#: Which part of a whole: () is the whole itself, ("inverter1", "2") the second string of an inverter.
Part = tuple[str, ...]


class Candidate(NamedTuple):
    """One reported number for a field, already in canonical unit and sign."""

    binding: Binding
    part: Part
    number: float


class Shown:
    """The parts a source has shown so far; remembers new ones beside, never changes what it was given."""

    def __init__(self, parts: Mapping[str, Sequence[str]]) -> None:
        self._given = parts
        self._new: dict[str, list[str]] = {}

    def parts_of(self, group: str) -> list[Part]:
        """All parts ever shown of a sum."""
        return [tuple(name.split("\n")) for name in (*self._given.get(group, ()), *self._new.get(group, ()))]

    def add(self, group: str, part: Part) -> None:
        """A part was seen with a number."""
        name = "\n".join(part)
        if len(name) > _LONGEST_PART:
            return
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
    if used.scale != 1.0 or used.offset:
        number = round(number * used.scale + used.offset, 9)
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
    by_channel: dict[str, list[Candidate]] = {"": [], "+": [], "-": []}
    extra = 0.0
    for candidate in level:
        if candidate.binding.extra:
            extra += candidate.number
        else:
            by_channel[candidate.binding.channel].append(candidate)
    number, complete = _whole(field, by_channel[""], shown)
    if number is None:
        inward, inward_complete = _whole(field, by_channel["+"], shown)
        outward, outward_complete = _whole(field, by_channel["-"], shown)
        if inward_complete and outward_complete:
            number = _difference(inward, outward)
        complete = complete and inward_complete and outward_complete
    return (None if number is None else number + extra), complete


def _difference(inward: float | None, outward: float | None) -> float | None:
    """Import minus export; one alone counts when it is above 0, a 0 alone says nothing."""
    if inward is not None and outward is not None:
        return inward - outward
    if inward is not None and inward > 0:
        return inward
    return -outward if outward is not None and outward > 0 else None


def _whole(field: str, ours: list[Candidate], shown: Shown) -> tuple[float | None, bool]:
    """(value, False where parts are missing) of one channel; of equal candidates the shallower, then the earlier."""
    if not ours:
        return None, True
    ordered = sorted(ours, key=_depth) if len(ours) > 1 else ours
    if not ordered[0].part:
        return ordered[0].number, True
    values: dict[Part, float] = {}
    for candidate in ordered:
        values.setdefault(candidate.part, candidate.number)
    known = set(values)
    for group in {candidate.binding.group for candidate in ours}:
        known.update(shown.parts_of(group))
    if field not in SUMMABLE and ours[0].binding.order[0] != MAPPING:
        return _one(field, values, known), True
    number = _sum((), values, known)
    return number, number is not None


def _depth(candidate: Candidate) -> int:
    return candidate.binding.depth


def _sum(node: Part, values: Mapping[Part, float], known: set[Part]) -> float | None:
    """A node's own value, or the sum of its children when all that were ever shown are there."""
    if node in values:
        return values[node]
    length = len(node)
    children = {part[: length + 1] for part in known if len(part) > length and part[:length] == node}
    total = 0.0
    for child in children:
        number = _sum(child, values, known)
        if number is None:
            return None
        total += number
    return total if children else None


def _one(field: str, values: Mapping[Part, float], known: set[Part]) -> float | None:
    """Of several devices the first one's volts or degrees; a current of one of several says nothing of all."""
    if () in values:
        return values[()]
    if field in CURRENTS and len(known) > 1:
        return None
    return next(iter(values.values()))
