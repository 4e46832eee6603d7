"""Fields of a source over time at the resolution a chart asks for: from roll-ups, and what is newer from readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from data import mongo, reading_frames, readings, rollup_marks, rollup_reads, rollups
from data.rollup_marks import bucket_of
from data.rollup_reads import Buckets
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.rollups import sites as rollup_sites
from services.rollups.readings import without
from services.telemetry.points import Grid, frame_of, joined, together
from services.telemetry.resolution import BASE, MOST_POINTS, Resolution, resolution_for
from solar import days

# A worker that is away longer than this leaves charts behind; they must not read weeks of readings instead.
_LONGEST_OPEN = timedelta(hours=26)
_LONGEST_RAW = timedelta(hours=12)
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Series:
    """Points of some fields, `width` apart where measured (None: the readings themselves).

    `frame` has an aware UTC index (start of each point) and a column per field with its means; `NAME.min` and so on for
    other statistics that were asked for. NaN where a field was not reported.
    """

    frame: pd.DataFrame
    width: timedelta | None


def series(
    viewer: Viewer,
    source_id: str,
    start: datetime,
    end: datetime,
    fields: Sequence[str],
    *,
    points: int = MOST_POINTS,
    statistics: Sequence[str] = ("mean",),
    finest: str = rollups.FIVE_MINUTES,
) -> Series:
    """Return fields over `[start, end)` in at most so many points (at most 2,000); never behind the readings.

    `statistics` are any of count, mean, min, max and last.
    """
    source = access.source_for(viewer, source_id)
    span = max(end - start, _MOMENT)
    resolution = resolution_for(span, points, finest)
    frame = read(source, start, _seen(viewer, source, end, resolution), fields, statistics, resolution)
    if frame.empty and resolution.level == rollups.FIVE_MINUTES:
        # Five minutes are kept for two years, hours for ever.
        resolution = resolution_for(span, points, rollups.HOURS)
        frame = read(source, start, _seen(viewer, source, end, resolution), fields, statistics, resolution)
    return Series(frame, resolution.width)


def _seen(viewer: Viewer, source: SourceRecord, end: datetime, resolution: Resolution) -> datetime:
    """The end of what a viewer may see of a window: a bucket that holds anything newer is left out."""
    if viewer.until is None or viewer.until >= end:
        return end
    return Grid(source.time_zone, days.local_date(viewer.until, source.time_zone), resolution).bucket_of(viewer.until)


def raw(viewer: Viewer, source_id: str, start: datetime, end: datetime, fields: Sequence[str]) -> Series | None:
    """Return the readings of at most twelve hours, or None where that is longer or they are more than 2,000."""
    source = access.source_for(viewer, source_id)
    end = end if viewer.until is None else max(start, min(end, viewer.until))
    if end - start > _LONGEST_RAW:
        return None
    database = mongo.database()
    if readings.count_between(database, str(source.id), start, end, MOST_POINTS + 1) > MOST_POINTS:
        return None
    frame = reading_frames.frame_between(database, str(source.id), start, end, list(fields))
    return Series(without(frame, rollup_sites.slots_of(source.id)), None)


def read(
    source: SourceRecord,
    start: datetime,
    end: datetime,
    fields: Sequence[str],
    statistics: Sequence[str],
    resolution: Resolution,
) -> pd.DataFrame:
    """Return a window of a source already authorised at a resolution; see `Series`."""
    grid = Grid(source.time_zone, days.local_date(start, source.time_zone), resolution)
    # Means are joined by how many readings each stands for.
    needed = tuple(dict.fromkeys(("count", *statistics)))
    found = _stored(source, grid, (start, end), fields, needed)
    if resolution.width != BASE[rollups.FIVE_MINUTES]:
        found = joined(found, grid.points(found.starts), needed)
    return frame_of(found, fields, statistics, needed)


def _stored(
    source: SourceRecord,
    grid: Grid,
    window: tuple[datetime, datetime],
    fields: Sequence[str],
    statistics: Sequence[str],
) -> Buckets:
    """The stored buckets of a window; those not rolled up yet are made of finer ones, and of readings."""
    database, source_id, level = mongo.database(), str(source.id), grid.resolution.level
    start, end = grid.bucket_of(window[0]), window[1]
    open_from = _open_from(source_id, *window)
    if open_from is None:
        return rollup_reads.buckets(database, level, source_id, (start, end), fields, statistics)
    whole_until = grid.bucket_of(open_from)
    whole = rollup_reads.buckets(database, level, source_id, (start, whole_until), fields, statistics)
    finer = []
    if whole_until < open_from:
        part = (max(whole_until, start), open_from)
        finer.append(rollup_reads.buckets(database, rollups.FIVE_MINUTES, source_id, part, fields, statistics))
    slots = rollup_sites.slots_of(source.id)
    finer.append(rollup_reads.open_buckets(database, source_id, (open_from, end), fields, statistics, slots))
    newest = together(finer)
    return together([whole, Buckets(grid.stored_starts(newest.starts), newest.values)])


def _open_from(source_id: str, start: datetime, end: datetime) -> datetime | None:
    """From where on the newest buckets of a window are not rolled up yet; None where all are."""
    marked = [
        (begin, until)
        for begin, until in rollup_marks.ranges(mongo.database(), source_id, max(start, end - _LONGEST_OPEN))
        if begin < end and until > start
    ]
    if not marked:
        return None
    newest = max(until for _, until in marked)
    return max(bucket_of(start), min(begin for begin, until in marked if until > newest - _LONGEST_OPEN))
