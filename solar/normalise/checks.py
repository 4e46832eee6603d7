"""What a value may be: limits by field and installed capacity, and small negative powers that mean zero."""

import math
from typing import NamedTuple

from solar.vocabulary import COUNTER_FIELDS, FIELDS, NUMERIC_FIELDS

_LEAST_POWER_LIMIT = 20_000.0
_CAPACITY_FACTOR = 3.0
_NIGHT_SHARE = 0.02
_TEMPERATURES = (-60.0, 120.0)
_BY_UNIT = {"V": (0.0, 1500.0), "Hz": (0.0, 75.0), "°C": _TEMPERATURES}

#: Fields that cannot be negative; a little below zero is the inverter's own consumption.
NEVER_NEGATIVE = ("solarPower", "loadPower")


class Limits(NamedTuple):
    """Limits of one source: (low, high) by field, both included, and how far below zero still means zero, in W."""

    by_field: dict[str, tuple[float, float]]
    night: float


_KEPT: dict[float | None, Limits] = {}


def limits_for(capacity_watts: float | None) -> Limits:
    """The limits of a source with this installed capacity (None: not known)."""
    limits = _KEPT.get(capacity_watts)
    if limits is None:
        if len(_KEPT) > 4096:
            _KEPT.clear()
        limits = _KEPT[capacity_watts] = _work_out(capacity_watts)
    return limits


def _work_out(capacity_watts: float | None) -> Limits:
    known = capacity_watts is not None and math.isfinite(capacity_watts) and capacity_watts > 0
    capacity = float(capacity_watts) if known and capacity_watts else _LEAST_POWER_LIMIT / _CAPACITY_FACTOR
    power = max(_LEAST_POWER_LIMIT, _CAPACITY_FACTOR * capacity)
    night = _NIGHT_SHARE * capacity
    limits = {}
    for name in NUMERIC_FIELDS:
        unit = FIELDS[name].unit
        if unit in ("W", "VA"):
            limits[name] = (-power, power)
        elif unit in _BY_UNIT:
            limits[name] = _BY_UNIT[unit]
        elif name in COUNTER_FIELDS:
            limits[name] = (0.0, math.inf)
        elif name in ("stateOfCharge", "stateOfHealth"):
            limits[name] = (0.0, 100.0)
        else:
            limits[name] = (-math.inf, math.inf)
    for name in NEVER_NEGATIVE:
        limits[name] = (-night, power)
    return Limits(limits, night)


def checked(field: str, number: float, limits: Limits) -> float | str:
    """The value to keep, or the reason why it is rejected; `number` is finite and in the canonical unit."""
    low, high = limits.by_field[field]
    if number < low or number > high:
        unit = FIELDS[field].unit
        return (
            f"{number:g} {unit} is outside {low:g} to {high:g} {unit}"
            if high < math.inf
            else f"{number:g} {unit} is below 0"
        )
    if number <= 0 and field in NEVER_NEGATIVE:
        return 0.0
    return number + 0.0
