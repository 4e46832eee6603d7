"""How good the readings of a source are over a time: how many, where they are missing, what was refused, how late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data import arrivals, mongo, quality_reads
from services import access
from services.people.viewer import Viewer
from services.telemetry import queries as telemetry
from services.telemetry.queries import Gap
from solar.vocabulary import NUMERIC_FIELDS

CELLS = 96
_LONGEST_LOOK = timedelta(days=31)
_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Rejected:
    """Values of a field that were dropped: how many, and the newest reason with its time (aware UTC)."""

    field: str
    times: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of `[start, end)` up to now.

    `cells` are CELLS equal parts of the whole time: the share of the usual readings that came (0..1), None for what is
    still to come. `usual` is the usual distance between readings, None before the second. `late` is the mean and the
    longest time between measuring and receipt. `rejected` is None where the time is too long to look at every reading.
    """

    start: datetime
    end: datetime
    cells: Sequence[float | None]
    readings: int
    expected: int | None
    usual: timedelta | None
    gaps: Sequence[Gap]
    rejected: Sequence[Rejected] | None
    late: tuple[timedelta, timedelta] | None
    dead: int
    dead_reason: str | None


def quality_of(viewer: Viewer, source_id: str, start: datetime, end: datetime, now: datetime) -> Quality:
    """Return the quality of a source's readings in `[start, end)`; raises NotFound."""
    source = access.source_for(viewer, source_id)
    until = min(end, now)
    counts, width = _counts(viewer, source_id, start, until)
    usual = _usual(counts, width)
    counted = arrivals.counts_between(mongo.database(), str(source.id), start.replace(minute=0, second=0), end)
    rejected = _rejected(str(source.id), start, until, counted)
    dead = int(sum(each.get("dead", 0) for each in counted))
    return Quality(
        start, end, _cells(counts, start, end, until, usual), int(counts.sum()),
        None if usual is None else max(int(counts.sum()), round((until - start) / usual)), usual,
        telemetry.gaps(viewer, source_id, start, until) if until > start else [], rejected, _late(counted), dead,
        _reason(str(source.id), start, end) if dead else None,
    )


def _counts(viewer: Viewer, source_id: str, start: datetime, end: datetime) -> tuple[pd.Series, timedelta]:
    """How many readings came in each point of a series: as many as the field that came most often."""
    latest = telemetry.latest(viewer, source_id)
    fields = [name for name in (latest.fields if latest else ()) if name in NUMERIC_FIELDS]
    if not fields or end <= start:
        return pd.Series(dtype=float, index=pd.DatetimeIndex([], tz="UTC")), timedelta(minutes=5)
    found = telemetry.series(viewer, source_id, start, end, fields, statistics=("count",))
    return found.frame.max(axis=1).dropna(), found.width or timedelta(minutes=5)


def _usual(counts: pd.Series, width: timedelta) -> timedelta | None:
    if len(counts) < 2:
        return None
    each = float(counts.median())
    if each > 1.5:
        return width / each
    steps = pd.Series(counts.index).diff().dropna()
    return max(pd.Timedelta(steps.median()).to_pytimedelta(), width)


def _cells(
    counts: pd.Series, start: datetime, end: datetime, until: datetime, usual: timedelta | None
) -> list[float | None]:
    width = (end - start) / CELLS
    numbers = (pd.DatetimeIndex(counts.index) - start) // width
    sums: dict[Any, float] = counts.groupby(numbers.to_numpy()).sum().to_dict()
    cells: list[float | None] = []
    for at in range(CELLS):
        passed = min(start + (at + 1) * width, until) - (start + at * width)
        if passed <= timedelta(0):
            cells.append(None)
            continue
        wanted = max(passed / usual, 1.0) if usual else 1.0
        share = min(float(sums.get(at, 0.0)) / wanted, 1.0)
        cells.append(1.0 if share >= _WHOLE else share)
    return cells


def _rejected(
    source_id: str, start: datetime, end: datetime, counted: Sequence[dict[str, Any]]
) -> list[Rejected] | None:
    if end - start > _LONGEST_LOOK:
        return None
    if not any(each.get("rejectedValues") for each in counted):
        return []
    found = quality_reads.rejected_between(mongo.database(), source_id, start, end)
    return [Rejected(each["field"], each["times"], str(each["reason"]), each["at"]) for each in found]


def _late(counted: Sequence[dict[str, Any]]) -> tuple[timedelta, timedelta] | None:
    stored = sum(each.get("stored", 0) for each in counted)
    if not stored:
        return None
    mean = sum(each.get("lateSeconds", 0.0) for each in counted) / stored
    return timedelta(seconds=mean), timedelta(seconds=max(each.get("maxLateSeconds", 0.0) for each in counted))


def _reason(source_id: str, start: datetime, end: datetime) -> str | None:
    letters = arrivals.dead_letters(mongo.database(), source_id, limit=50)
    return next((str(each["reason"]) for each in letters if start <= each["receivedAt"] < end), None)
