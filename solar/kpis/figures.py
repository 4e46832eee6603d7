"""Key figures of a period from its daily energies: values, or null with a reason (design formulas, section 2)."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from solar import days

RADIATION = "radiationMjPerM2"
"""Name of a day's radiation on the horizontal, MJ/m2, beside the names of the channels."""
_MEGAJOULES_PER_KWH = 3.6
_ENOUGH_FULL_CHARGES = 50
_LEAST_ROUND_TRIP_KWH = 1.0
_ROUNDING = 1e-9

DayValues = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Installation:
    """What the owner knows: capacity in W, usable battery capacity in kWh, and grid CO2 in kg/kWh; None = unknown."""

    time_zone: str
    installed_capacity_watts: float | None = None
    battery_capacity_kwh: float | None = None
    co2_kg_per_kwh: float | None = None

    def __post_init__(self) -> None:
        for name in ("installed_capacity_watts", "battery_capacity_kwh", "co2_kg_per_kwh"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name}: {value} is not a number of 0 or more")


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Per figure its value (ratios as fractions) or None, the reason of each None, and the paired days it rests on."""

    values: dict[str, float | None]
    reasons: dict[str, str]
    days_used: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Period:
    installation: Installation
    days: Mapping[date, DayValues]
    length: int
    stored_kwh: float | None

    def paired(self, needed: Iterable[str]) -> "_Paired":
        names = tuple(needed)
        dates = [day for day, values in self.days.items() if all(_known(values.get(name)) for name in names)]
        sums = {name: math.fsum(self.days[day][name] or 0.0 for day in dates) for name in names}
        return _Paired(self, dates, sums)


@dataclass(frozen=True, slots=True)
class _Paired:
    """The days on which every channel that a figure needs has a row, and the sums over them."""

    period: _Period
    dates: list[date]
    sums: Mapping[str, float]

    @property
    def installation(self) -> Installation:
        return self.period.installation

    @property
    def hours(self) -> float:
        lengths = (days.length_of_day(day, self.installation.time_zone) for day in self.dates)
        return sum(lengths, timedelta(0)) / timedelta(hours=1)


_Outcome = float | str
_Rule = Callable[[_Paired], _Outcome]


def key_figures(
    energies: Mapping[date, DayValues],
    installation: Installation,
    *,
    first: date,
    last: date,
    state_of_charge_start: float | None = None,
    state_of_charge_end: float | None = None,
) -> KeyFigures:
    """The figures of the local dates from `first` to `last`, both included.

    `energies`: by date the kWh of each channel that has a row, and `RADIATION` in MJ/m2; an absent name, None or NaN is
    a missing row, other dates are ignored. States of charge in %, at the start and the end of the period.
    """
    real = days.real_dates(first, last, installation.time_zone)
    period = _Period(
        installation,
        {day: energies[day] for day in real if day in energies},
        len(real),
        _stored(installation, state_of_charge_start, state_of_charge_end),
    )
    figures = KeyFigures({}, {}, {})
    for name, (needed, rule) in _FIGURES.items():
        paired = period.paired(needed)
        outcome = rule(paired) if paired.dates else "missing-channel"
        figures.days_used[name] = len(paired.dates)
        figures.values[name] = None if isinstance(outcome, str) else outcome
        if isinstance(outcome, str):
            figures.reasons[name] = outcome
    return figures


def _known(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def _stored(installation: Installation, start: float | None, end: float | None) -> float | None:
    """kWh more in the battery at the end than at the start; None where it is not known."""
    if not installation.battery_capacity_kwh or start is None or end is None:
        return None
    return (end - start) / 100 * installation.battery_capacity_kwh


def _clamped(ratio: float) -> float:
    return min(1.0, max(0.0, ratio))


def _self_consumption(paired: _Paired) -> _Outcome:
    produced, exported = paired.sums["produced"], paired.sums["exported"]
    return _clamped((produced - exported) / produced) if produced > 0 else "no-production"


def _self_sufficiency(paired: _Paired) -> _Outcome:
    consumed, imported = paired.sums["consumed"], paired.sums["imported"]
    return _clamped(1 - imported / consumed) if consumed > 0 else "no-consumption"


def _specific_yield(paired: _Paired) -> _Outcome:
    capacity = paired.installation.installed_capacity_watts
    return paired.sums["produced"] / (capacity / 1000) if capacity else "no-capacity"


def _performance_ratio(paired: _Paired) -> _Outcome:
    final_yield = _specific_yield(paired)
    if isinstance(final_yield, str):
        return final_yield
    reference_yield = paired.sums[RADIATION] / _MEGAJOULES_PER_KWH
    return final_yield / reference_yield if reference_yield > 0 else "no-radiation"


def _capacity_factor(paired: _Paired) -> _Outcome:
    final_yield = _specific_yield(paired)
    return final_yield if isinstance(final_yield, str) else final_yield / paired.hours


def _battery_round_trip(paired: _Paired) -> _Outcome:
    charged, discharged = paired.sums["charged"], paired.sums["discharged"]
    stored = paired.period.stored_kwh
    if stored is None or len(paired.dates) < paired.period.length:
        capacity = paired.installation.battery_capacity_kwh
        if not capacity or charged < _ENOUGH_FULL_CHARGES * capacity - _ROUNDING:
            return "stored-energy-unknown"
        stored = 0.0
    if charged - stored < _LEAST_ROUND_TRIP_KWH - _ROUNDING:
        return "too-little-energy"
    ratio = discharged / (charged - stored)
    return "above-one" if ratio > 1 + _ROUNDING else ratio


def _battery_full_cycles(paired: _Paired) -> _Outcome:
    capacity = paired.installation.battery_capacity_kwh
    return paired.sums["discharged"] / capacity if capacity else "no-battery-capacity"


def _co2_avoided(paired: _Paired) -> _Outcome:
    factor = paired.installation.co2_kg_per_kwh
    return "no-factor" if factor is None else paired.sums["produced"] * factor


_FIGURES: Mapping[str, tuple[tuple[str, ...], _Rule]] = {
    "selfConsumption": (("produced", "exported"), _self_consumption),
    "selfSufficiency": (("consumed", "imported"), _self_sufficiency),
    "specificYield": (("produced",), _specific_yield),
    "performanceRatio": (("produced", RADIATION), _performance_ratio),
    "capacityFactor": (("produced",), _capacity_factor),
    "batteryRoundTrip": (("charged", "discharged"), _battery_round_trip),
    "batteryFullCycles": (("discharged",), _battery_full_cycles),
    "co2AvoidedKg": (("produced",), _co2_avoided),
}
FIGURES: tuple[str, ...] = tuple(_FIGURES)
