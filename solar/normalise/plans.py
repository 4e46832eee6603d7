"""Works out once per shape of message which leaf feeds which field, and carries that out on the values."""

import math
from dataclasses import dataclass
from typing import Any

from solar.normalise.bindings import Binding, Rules
from solar.normalise.checks import Limits, checked
from solar.normalise.keys import join
from solar.normalise.leaves import Leaves
from solar.normalise.resolve import Candidate, Shown, candidates, resolve
from solar.normalise.texts import to_codes, to_text

_MOST_PLANS = 5000
_LONGEST_SHAPE = 300
_MOST_UNMAPPED = 200
_LONGEST_NAME = 300
#: Converted values are rounded to what a double can say, so that 33 tenths are 3.3.
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Plan:
    """Which value goes where: `lone` numbers have no rival, `rivals` are weighed, times come most likely first.

    `dates`: (index of the date, index of the clock) where a message sends them apart.
    """

    lone: tuple[tuple[int, str, float, float, Binding], ...]
    rivals: tuple[tuple[str, tuple[tuple[int, Binding], ...]], ...]
    texts: tuple[tuple[str, bool, tuple[int, ...]], ...]
    times: tuple[int, ...]
    dates: tuple[tuple[int, int], ...]
    unmapped: tuple[str, ...]
    knows_something: bool


@dataclass(slots=True)
class Sheet:
    """What was read off one set of leaves, before times and derived values."""

    fields: dict[str, Any]
    rejected: dict[str, str]
    unmapped: tuple[str, ...]
    times: list[Any]
    known: bool


def read(leaves: Leaves, prefix: str, rules: Rules, limits: Limits, shown: Shown) -> Sheet:
    """The fields that leaves below `prefix` report, range-checked."""
    plan = plan_for(leaves, prefix, rules)
    values = leaves.values
    fields: dict[str, Any] = {}
    rejected: dict[str, str] = {}
    for index, field, scale, offset, binding in plan.lone:
        value = values[index]
        number: float | None
        if type(value) is float or type(value) is int:
            number = float(value) if scale == 1.0 and offset == 0.0 else round(value * scale + offset, _DECIMALS)
        else:
            number = _one(field, binding, value, rejected, shown)
        if number is not None:
            _keep(field, number, limits, fields, rejected)
    for field, sources in plan.rivals:
        number = _weighed(field, sources, values, rejected, shown)
        if number is not None:
            _keep(field, number, limits, fields, rejected)
    for field, is_list, indexes in plan.texts:
        for index in indexes:
            text = to_codes(values[index]) if is_list else to_text(values[index])
            if text is not None:
                fields[field] = text
                break
    times = [values[index] for index in plan.times]
    for date, clock in plan.dates:
        if type(values[date]) is str and type(values[clock]) is str:
            times.append(f"{values[date]}T{values[clock]}")
    return Sheet(fields, rejected, plan.unmapped, times, plan.knows_something)


def _keep(field: str, number: float, limits: Limits, fields: dict[str, Any], rejected: dict[str, str]) -> None:
    if not math.isfinite(number):
        return
    result = checked(field, number, limits)
    if type(result) is str:
        rejected[field] = result
    else:
        fields[field] = result


def _one(field: str, binding: Binding, value: Any, rejected: dict[str, str], shown: Shown) -> float | None:
    return _weighed(field, ((0, binding),), [value], rejected, shown)


def _weighed(
    field: str, sources: tuple[tuple[int, Binding], ...], values: list[Any], rejected: dict[str, str], shown: Shown
) -> float | None:
    """The one value of all candidates; notes why there is none when something unusable was sent."""
    found: list[Candidate] = []
    fault = None
    for index, binding in sources:
        reported, reason = candidates(binding, values[index])
        found += reported
        fault = fault or reason
    number = resolve(field, found, shown)
    if number is None and fault is not None and not found:
        rejected[field] = fault
    return number


_PLANS: dict[tuple[Rules, str, tuple[str, ...], tuple[tuple[str, str], ...]], Plan] = {}


def plan_for(leaves: Leaves, prefix: str, rules: Rules) -> Plan:
    """The plan for this shape of message, kept for the next one."""
    if len(leaves.paths) > _LONGEST_SHAPE:
        return _work_out(leaves, prefix, rules)
    shape = (rules, prefix, tuple(leaves.paths), tuple(leaves.units.items()) if leaves.units else ())
    plan = _PLANS.get(shape)
    if plan is None:
        if len(_PLANS) >= _MOST_PLANS:
            _PLANS.clear()
        plan = _PLANS[shape] = _work_out(leaves, prefix, rules)
    return plan


def _work_out(leaves: Leaves, prefix: str, rules: Rules) -> Plan:
    numbers: dict[str, list[tuple[int, Binding]]] = {}
    texts: dict[str, list[tuple[int, Binding]]] = {}
    times: list[tuple[int, int]] = []
    unmapped: list[str] = []
    knows_something = False
    for index, path in enumerate(leaves.paths):
        binding = rules.bind(join(prefix, path))
        if binding is None:
            unmapped.append((path or prefix or "value")[-_LONGEST_NAME:])
        elif binding.is_time:
            times.append((binding.depth, index))
        else:
            knows_something = True
            if binding.field is not None:
                used = binding.in_unit(leaves.units[path]) if path in leaves.units else binding
                (numbers if used.kind == "number" else texts).setdefault(binding.field, []).append((index, used))
    return Plan(
        tuple(_lone(field, *sources[0]) for field, sources in numbers.items() if _is_lone(sources)),
        tuple((field, tuple(sources)) for field, sources in numbers.items() if not _is_lone(sources)),
        tuple((field, sources[0][1].kind == "list", _ordered(sources)) for field, sources in texts.items()),
        tuple(index for _, index in sorted(times)),
        _dates(leaves.paths, times),
        tuple(unmapped[:_MOST_UNMAPPED]),
        knows_something,
    )


def _dates(paths: list[str], times: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """(date, clock) of every time that has a `date` beside it."""
    found = {path[:-4]: index for index, path in enumerate(paths) if path.lower().endswith("date")} if times else {}
    return tuple(
        (found[parent], index) for _, index in times if (parent := paths[index].rpartition("time")[0]) in found
    )


def _is_lone(sources: list[tuple[int, Binding]]) -> bool:
    """Whether a field has one candidate that is a whole, so that nothing needs to be weighed."""
    binding = sources[0][1]
    return len(sources) == 1 and not (
        binding.part or binding.channel or binding.extra or binding.magnitude or binding.fault
    )


def _lone(field: str, index: int, binding: Binding) -> tuple[int, str, float, float, Binding]:
    sign = -1.0 if binding.inverted else 1.0
    return index, field, binding.scale * sign, binding.offset * sign, binding


def _ordered(sources: list[tuple[int, Binding]]) -> tuple[int, ...]:
    ranked = sorted(sources, key=lambda source: (source[1].order, source[1].depth, source[0]))
    return tuple(index for index, _ in ranked)
