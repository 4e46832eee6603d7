"""Why a figure of a period is what it is: its inputs, how they were found, and on one day what each source said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from services import access
from services.people.viewer import Viewer
from services.telemetry import energy_ranges, key_figures
from services.telemetry import queries as telemetry
from services.telemetry.key_figures import INPUTS, PeriodFigures
from services.telemetry.queries import Energies
from solar import days
from solar.energy import Explanation
from solar.periods import Period

_WORST_DAYS = 5


@dataclass(frozen=True, slots=True)
class Input:
    """One channel of a figure over the days it is used on: kWh, the recovered part, and days by method."""

    channel: str
    kwh: float
    recovered_kwh: float
    methods: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Why:
    """What a figure rests on; `day` holds what each source said by channel where the period is one day.

    `worst` are the least measured days that were used, with their covered share (0..1); `radiation_kwh` is what fell on
    each m² of the horizontal on the days used, where the figure rests on it.
    """

    figure: str
    value: float | None
    reason: str | None
    days_used: int
    days_passed: int
    covered: float | None
    inputs: list[Input]
    capacity_watts: float | None
    battery_capacity_kwh: float | None
    time_zone: str
    peak_at: datetime | None = None
    worst: list[tuple[date, float]] = field(default_factory=list)
    day: Mapping[str, Explanation] = field(default_factory=dict)
    radiation_kwh: float | None = None


def why(viewer: Viewer, source_id: str, figure: str, period: Period | None, now: datetime) -> Why:
    """Return why a figure of a period (today where None) is what it is; raises NotFound, ValueError for no figure."""
    source = access.source_for(viewer, source_id)
    today = days.local_date(now, source.time_zone)
    chosen = period or Period("day", today, today)
    if figure != "peak" and figure not in INPUTS:
        raise ValueError(f"figure: {figure} is none of {', '.join((*INPUTS, 'peak'))}")
    found = energy_ranges.energy_range(viewer, source_id, chosen, "none", now)
    figures = key_figures.figures_of(viewer, source_id, found)
    channels = INPUTS.get(figure, ())
    known = found.energies.kwh[list(channels)].dropna().index if channels else pd.Index([])
    is_by_radiation = figure == "performanceRatio"
    if is_by_radiation:
        known = pd.Index([day for day in known if day in figures.radiation], dtype=object)
    return Why(
        figure,
        *_value(figure, figures),
        days_used=figures.days_used.get(figure, 0),
        days_passed=len(found.passed),
        covered=figures.covered.get(figure),
        inputs=[_input(found.energies, each, known) for each in channels],
        capacity_watts=source.installed_capacity_watts,
        battery_capacity_kwh=source.battery_capacity_kwh,
        time_zone=source.time_zone,
        peak_at=figures.peak.at if figure == "peak" and figures.peak else None,
        worst=_worst(found.energies, channels, known) if chosen.length > 1 else [],
        day=_explanations(viewer, source_id, chosen.first, channels) if chosen.length == 1 else {},
        radiation_kwh=_radiation(figures, known.to_list()) if is_by_radiation else None,
    )


def _radiation(figures: PeriodFigures, dates: Sequence[Any]) -> float:
    return sum(figures.radiation[day] for day in dates)


def _value(figure: str, figures: PeriodFigures) -> tuple[float | None, str | None]:
    if figure == "peak":
        return (figures.peak.watts, None) if figures.peak else (None, "missing-channel")
    return figures.values.get(figure), figures.reasons.get(figure)


def _input(energies: Energies, channel: str, known: "pd.Index[Any]") -> Input:
    methods = energies.method[channel].loc[known].value_counts()
    return Input(
        channel,
        float(energies.kwh[channel].loc[known].sum()),
        float(energies.recovered_kwh[channel].loc[known].sum()),
        {str(name): int(count) for name, count in methods.items()},
    )


def _worst(energies: Energies, channels: tuple[str, ...], known: "pd.Index[Any]") -> list[tuple[date, float]]:
    if known.empty or not channels:
        return []
    least = energies.coverage[list(channels)].loc[known].min(axis=1).sort_values()
    found: list[tuple[date, float]] = list(zip(least.index.to_list(), least.to_list(), strict=True))
    return [(day, share) for day, share in found[:_WORST_DAYS] if share < 1]


def _explanations(viewer: Viewer, source_id: str, day: date, channels: tuple[str, ...]) -> dict[str, Explanation]:
    return {each: telemetry.explain(viewer, source_id, day, each) for each in channels}
