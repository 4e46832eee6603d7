"""Energies of a period as Monitor shows them: per bar with what was recovered, how much was measured, and compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from data import mongo, rollup_reads, rollups
from services import access
from services.people.viewer import Viewer
from services.telemetry import queries as telemetry
from services.telemetry.queries import Energies
from solar import days
from solar.periods import Comparison, Period, bars_of, counterparts, period_around
from solar.vocabulary import CHANNELS

# Two days are alike where their covered shares differ by no more than so much.
_ALIKE = 0.1
_HOUR = timedelta(hours=1)
BAR_COLUMNS = (*CHANNELS, "self_used", "recovered", "covered", "former")


@dataclass(frozen=True, slots=True)
class EnergyRange:
    """Energies of a period.

    `bars`: a row per bar in the order of `solar.periods.bars_of`, columns BAR_COLUMNS: kWh per channel, what was used
    of the solar energy itself, the recovered part of what was produced, the covered share, and what was produced on the
    days compared with; NaN where nothing is known. `former` are the kWh per channel of the compared days, under the
    dates of the period, `former_coverage` their covered shares; `energies` are those of the period, by day; `passed` is
    as `passed_hours` returns it.
    """

    period: Period
    energies: Energies
    former: pd.DataFrame
    former_coverage: pd.DataFrame
    bars: pd.DataFrame
    covered: dict[str, float]
    passed: pd.DataFrame


def whole_period(viewer: Viewer, source_id: str, today: date) -> Period:
    """Return everything there is of a source up to today, at least today."""
    source = access.source_for(viewer, source_id)
    start = rollup_reads.first_start(mongo.database(), rollups.DAYS, str(source.id))
    return Period("all", min(today, days.local_date(start, source.time_zone)) if start else today, today)


def energy_range(
    viewer: Viewer, source_id: str, period: Period, comparison: Comparison, now: datetime
) -> EnergyRange:
    """Return the energies of a period and of the days it is compared with; raises NotFound."""
    source = access.source_for(viewer, source_id)
    found = telemetry.energies(viewer, source_id, period.first, period.last)
    former, coverage = _former(viewer, source_id, period, comparison, days.local_date(now, source.time_zone))
    passed = passed_hours(period, source.time_zone, now)
    covered = {name: covered_share(found.coverage[name], passed) for name in CHANNELS}
    return EnergyRange(period, found, former, coverage, _bars(period, found, former, passed), covered, passed)


def _former(
    viewer: Viewer, source_id: str, period: Period, comparison: Comparison, today: date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Energies and covered shares of the days compared with, under the dates of the period."""
    wanted = counterparts(list(days.dates(period.first, period.last)), period, comparison)
    # What is still to come of the period has no comparison yet in the numbers, but its ticks are drawn.
    wanted = {day: other for day, other in wanted.items() if other < today}
    if not wanted:
        nothing = pd.DataFrame(columns=list(CHANNELS), dtype=float)
        return nothing, nothing
    found = telemetry.energies(viewer, source_id, min(wanted.values()), max(wanted.values()))
    known = {day: other for day, other in wanted.items() if other in found.kwh.index}
    kwh, coverage = (frame.loc[list(known.values())] for frame in (found.kwh, found.coverage))
    return kwh.set_axis(list(known), axis="index"), coverage.set_axis(list(known), axis="index")


def passed_hours(period: Period, time_zone: str, now: datetime) -> pd.DataFrame:
    """Return of each day of a period that has begun its `length` and how much of it has `passed`, in hours."""
    rows = {}
    for day in days.dates(period.first, period.last):
        start, end = days.start_of_day(day, time_zone), days.end_of_day(day, time_zone)
        if start >= now:
            break
        rows[day] = ((end - start) / _HOUR, (min(end, now) - start) / _HOUR)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["length", "passed"], dtype=float)


def covered_share(coverage: pd.Series, passed: pd.DataFrame) -> float:
    """Return the covered share of the time that has passed, from the shares of its days."""
    total = float(passed["passed"].sum())
    hours = (coverage.reindex(passed.index) * passed["length"]).clip(upper=passed["passed"])
    return float(hours.sum()) / total if total else 0.0


def _bars(period: Period, found: Energies, former: pd.DataFrame, passed: pd.DataFrame) -> pd.DataFrame:
    by_day = _per_day(found)
    rows = []
    for bar in bars_of(period):
        within = by_day.loc[_within(by_day, bar)]
        row = within.sum(min_count=1).to_dict()
        share = covered_share(found.coverage["produced"], passed.loc[_within(passed, bar)])
        row["covered"] = share if len(within) else None
        row["former"] = former.loc[_within(former, bar)]["produced"].sum(min_count=1)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(BAR_COLUMNS)).astype(float)


def _per_day(found: Energies) -> pd.DataFrame:
    table = found.kwh.copy()
    # Energy may leave the battery for the grid: then more is exported than produced, and nothing of it was used.
    table["self_used"] = (table["produced"] - table["exported"]).clip(lower=0)
    table["recovered"] = found.recovered_kwh["produced"]
    return table


def _within(frame: pd.DataFrame, bar: Period) -> list[date]:
    return [day for day in frame.index if bar.contains(day)]


def compared(found: EnergyRange, channel: str) -> tuple[float, float] | None:
    """Return the kWh of a channel on the days that can be compared, now and then; None where there is no such day."""
    both = comparable_days(found, (channel,))
    if not both:
        return None
    now, then = (float(frame.loc[both][channel].sum()) for frame in (found.energies.kwh, found.former))
    return now, then


def comparable_days(found: EnergyRange, channels: Sequence[str]) -> list[date]:
    """Return the days of the period, in order, on which all channels are known as well as on the days compared with.

    A day of which half was measured says nothing beside a whole one; so today counts once it is over.
    """
    dates = sorted(set(found.energies.kwh.index) & set(found.former.index))
    if not dates or not channels:
        return []
    names = list(channels)
    known = found.energies.kwh.loc[dates, names].notna() & found.former.loc[dates, names].notna()
    apart = (found.energies.coverage.loc[dates, names] - found.former_coverage.loc[dates, names]).abs()
    alike = (known & (apart <= _ALIKE)).all(axis=1)
    return [day for day, is_alike in zip(dates, alike, strict=True) if is_alike]


def period_of(viewer: Viewer, source_id: str, kind: str, day: date, ends: tuple[date, date] | None) -> Period:
    """Return the period of a kind around a day of a source; `ends` are those of a custom one."""
    if kind == "custom" and ends is not None and ends[0] <= ends[1]:
        return Period("custom", *ends)
    if kind == "all":
        return whole_period(viewer, source_id, day)
    return period_around(kind if kind in {"week", "month", "year"} else "day", day)  # type: ignore[arg-type]
