"""The key figures of a period as Monitor shows them: value, coverage, change against other days, and peak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from data import rollups
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.returns import results as returns
from services.telemetry import energy_ranges
from services.telemetry import queries as telemetry
from services.telemetry.energy_ranges import EnergyRange
from services.weather import views as weather
from solar import days
from solar.kpis import Installation, key_figures
from solar.periods import Period

_MEGAJOULES_PER_KWH = 3.6
ENERGIES = ("produced", "consumed", "exported", "imported", "charged", "discharged")
SHARES = ("selfConsumption", "selfSufficiency")
# What each figure is made of, as `solar.kpis` has it.
INPUTS: Mapping[str, tuple[str, ...]] = {
    "selfConsumption": ("produced", "exported"), "selfSufficiency": ("consumed", "imported"),
    "specificYield": ("produced",), "performanceRatio": ("produced",), "batteryFullCycles": ("discharged",),
    "co2AvoidedKg": ("produced",), **{name: (name,) for name in ENERGIES},
}


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest 5-minute bucket of solar power: its greatest reading in W, and when it begins (aware UTC)."""

    watts: float
    at: datetime


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Figures by name: energies in kWh by channel, and those of `solar.kpis`, shares as fractions; absent = not known.

    `reasons` say why one is not known, `days_used` on how many days it rests, `covered` how much of the time its inputs
    are measured, and `changes` how far it is from the days compared with: energies as a fraction of them, shares as the
    difference of fractions. `radiation` is what the performance ratio rests on: the measured radiation on the
    horizontal in kWh/m² of the days that have it.
    """

    values: Mapping[str, float]
    reasons: Mapping[str, str]
    days_used: Mapping[str, int]
    covered: Mapping[str, float]
    changes: Mapping[str, float] = field(default_factory=dict)
    compared_days: tuple[date, ...] = ()
    peak: Peak | None = None
    radiation: Mapping[date, float] = field(default_factory=dict)


def figures_of(viewer: Viewer, source_id: str, found: EnergyRange) -> PeriodFigures:
    """Return the figures of a period of a source; raises NotFound."""
    source = access.source_for(viewer, source_id)
    co2 = returns.saved_terms(viewer, source_id).assumptions.co2_kg_per_kwh
    radiation = _radiation(viewer, source_id, found.period)
    kpis = telemetry.kpis(
        viewer, source_id, found.period.first, found.period.last, co2_kg_per_kwh=None if co2 is None else float(co2),
        radiation={day: kwh * _MEGAJOULES_PER_KWH for day, kwh in radiation.items()}, read=found.energies,
    )
    reasons = {**kpis.reasons, **_why_no_ratio(kpis.reasons, found, radiation)}
    sums = found.energies.kwh.sum(min_count=1).dropna()
    values = {name: float(sums[name]) for name in ENERGIES if name in sums.index}
    used = {name: int(found.energies.kwh[name].notna().sum()) for name in values}
    values |= {name: value for name, value in kpis.values.items() if value is not None}
    covered = {name: min(found.covered[each] for each in inputs) for name, inputs in INPUTS.items()}
    covered["performanceRatio"] = _covered_with(found, radiation)
    days_compared = tuple(energy_ranges.comparable_days(found, ("produced",)))
    return PeriodFigures(
        values, reasons, {**kpis.days_used, **used}, covered, _changes(source, found), days_compared,
        peak_of(viewer, source, found.period), radiation,
    )


def _radiation(viewer: Viewer, source_id: str, period: Period) -> dict[date, float]:
    """Measured radiation in kWh/m² by day: what is only forecast would make a ratio of the forecast."""
    known = weather.observed_days(viewer, source_id, period.first, period.last)["radiation_kwh"].dropna()
    dates: list[date] = known.index.to_list()
    return dict(zip(dates, known.to_list(), strict=True))


def _why_no_ratio(reasons: Mapping[str, str], found: EnergyRange, radiation: Mapping[date, float]) -> dict[str, str]:
    """The reason for no performance ratio where it is the weather that is missing, not the production."""
    is_measured = bool(found.energies.kwh["produced"].notna().any())
    if reasons.get("performanceRatio") != "missing-channel" or radiation or not is_measured:
        return {}
    return {"performanceRatio": "no-radiation"}


def _covered_with(found: EnergyRange, radiation: Mapping[date, float]) -> float:
    """How much of the time that has passed is measured on days of which the radiation is known too."""
    both = found.energies.coverage["produced"]
    return energy_ranges.covered_share(both.loc[[day for day in both.index if day in radiation]], found.passed)


def _changes(source: SourceRecord, found: EnergyRange) -> dict[str, float]:
    """Energies and shares against those of the days compared with, each on the days that both know."""
    changes: dict[str, float] = {}
    for channel in ENERGIES:
        pair = energy_ranges.compared(found, channel)
        if pair is not None and pair[1] > 0:
            changes[channel] = pair[0] / pair[1] - 1
    for name in SHARES:
        both = energy_ranges.comparable_days(found, INPUTS[name])
        if both:
            shares = [_share(source, name, frame.loc[both], both) for frame in (found.energies.kwh, found.former)]
            if shares[0] is not None and shares[1] is not None:
                changes[name] = shares[0] - shares[1]
    return changes


def _share(source: SourceRecord, name: str, frame: pd.DataFrame, both: list[date]) -> float | None:
    energies: dict[date, Any] = dict(zip(both, frame.to_dict("records"), strict=True))
    return key_figures(energies, Installation(source.time_zone), first=both[0], last=both[-1]).values[name]


def peak_of(viewer: Viewer, source: SourceRecord, period: Period) -> Peak | None:
    """Return the highest solar power of a period: by day first, then in that day by 5 minutes; None without any."""
    source_id, name = str(source.id), "solarPower.max"
    day = period.first
    if period.length > 1:
        start, end = days.start_of_day(period.first, source.time_zone), days.end_of_day(period.last, source.time_zone)
        by_day = telemetry.series(
            viewer, source_id, start, end, ["solarPower"], statistics=("max",), finest=rollups.DAYS
        ).frame
        if by_day.empty or by_day[name].isna().all():
            return None
        day = days.local_date(_instant_of_most(by_day[name]), source.time_zone)
    start, end = days.start_of_day(day, source.time_zone), days.end_of_day(day, source.time_zone)
    found = telemetry.series(viewer, source_id, start, end, ["solarPower"], statistics=("max",)).frame
    if found.empty or not found[name].max() > 0:
        return None
    return Peak(float(found[name].max()), _instant_of_most(found[name]))


def _instant_of_most(values: pd.Series) -> datetime:
    instant: datetime = pd.DatetimeIndex(values.index)[int(values.argmax())].to_pydatetime()
    return instant
