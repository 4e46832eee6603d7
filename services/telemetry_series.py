"""Fields of a source over time at the resolution a chart asks for: from roll-ups, and what is newer from readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from data import mongo, readings, rollup_marks, rollup_reads, rollups
from data.rollup_marks import bucket_of
from data.sources import SourceRecord
from services import access, rollup_sites
from services.rollup_readings import without
from services.telemetry_resolution import BASE, MOST_POINTS, Resolution, resolution_for
from services.viewer import Viewer
from solar import days

# A worker that is away longer than this leaves charts behind; they must not read weeks of readings instead.
_LONGEST_OPEN = timedelta(hours=26)
_LONGEST_RAW = timedelta(hours=12)
_DAY = timedelta(days=1)
_ALL = ("count", "mean", "min", "max", "last")


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
    """Return fields over `[start, end)` in at most so many points (at most 2,000); never behind the readings."""
    source = access.source_for(viewer, source_id)
    span = end - start
    if span <= timedelta(0):
        return Series(_flat(_empty(fields, statistics)), None)
    resolution = resolution_for(span, points, finest)
    frame = read(source, start, end, fields, statistics, resolution)
    if frame.empty and resolution.level == rollups.FIVE_MINUTES:
        # Five minutes are kept for two years, hours for ever.
        resolution = resolution_for(span, points, rollups.HOURS)
        frame = read(source, start, end, fields, statistics, resolution)
    return Series(_flat(frame), resolution.width)


def raw(viewer: Viewer, source_id: str, start: datetime, end: datetime, fields: Sequence[str]) -> Series | None:
    """Return the readings of at most twelve hours, or None where that is longer or they are more than 2,000."""
    source = access.source_for(viewer, source_id)
    if end - start > _LONGEST_RAW:
        return None
    database = mongo.database()
    if readings.count_between(database, str(source.id), start, end, MOST_POINTS + 1) > MOST_POINTS:
        return None
    frame = readings.frame_between(database, str(source.id), start, end, list(fields))
    return Series(without(frame, rollup_sites.slots_of(source.id)), None)


def read(
    source: SourceRecord,
    start: datetime,
    end: datetime,
    fields: Sequence[str],
    statistics: Sequence[str],
    resolution: Resolution,
) -> pd.DataFrame:
    """Return buckets of a window with columns (field, statistic); what is not rolled up yet comes from readings."""
    database, source_id = mongo.database(), str(source.id)
    open_from = _open_from(source_id, start, end)
    grid = _Grid(source.time_zone, days.local_date(start, source.time_zone), resolution)
    closed_until = end if open_from is None else grid.point_of(open_from)
    window = (grid.bucket_of(start), closed_until)
    closed = rollup_reads.buckets(
        database, resolution.level, source_id, window, fields, statistics, resolution.joined, grid.origin
    )
    if open_from is None:
        return closed
    newest = _open(source, grid, (max(window[0], closed_until), open_from, end), fields)
    return pd.concat([closed, newest[list(closed.columns)]]) if len(newest) else closed


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


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the points of a series lie: counted from the start of a local day, and made of stored buckets."""

    time_zone: str
    first: date
    resolution: Resolution

    @property
    def origin(self) -> datetime:
        """The start of the first point's day."""
        return days.start_of_day(self.first, self.time_zone)

    def bucket_of(self, instant: datetime) -> datetime:
        """The start of the stored bucket that an instant lies in."""
        base = BASE[self.resolution.level]
        if self.resolution.level == rollups.FIVE_MINUTES:
            return bucket_of(instant)
        begin = days.start_of_day(days.local_date(instant, self.time_zone), self.time_zone)
        return begin if base >= _DAY else begin + (instant - begin) // base * base

    def number_of(self, instant: datetime) -> int:
        """The number of the point that an instant lies in."""
        if self.resolution.width >= _DAY:
            return (days.local_date(instant, self.time_zone) - self.first) // self.resolution.width
        return (instant - self.origin) // self.resolution.width

    def point_of(self, instant: datetime) -> datetime:
        """The start of the point that an instant lies in."""
        number, width = self.number_of(instant), self.resolution.width
        if width >= _DAY:
            return days.start_of_day(self.first + number * width, self.time_zone)
        return self.origin + number * width


def _open(
    source: SourceRecord, grid: _Grid, parts: tuple[datetime, datetime, datetime], fields: Sequence[str]
) -> pd.DataFrame:
    """The points from the first of `parts` on: of stored buckets up to the second, then of readings up to the third."""
    begin, open_from, end = parts
    database, source_id, level = mongo.database(), str(source.id), grid.resolution.level
    whole_until = max(begin, grid.bucket_of(open_from))
    pieces = [
        rollup_reads.buckets(database, name, source_id, window, fields, _ALL)
        for name, window in ((level, (begin, whole_until)), (rollups.FIVE_MINUTES, (whole_until, open_from)))
        if window[0] < window[1]
    ]
    slots = rollup_sites.slots_of(source.id)
    pieces.append(rollup_reads.open_buckets(database, source_id, (open_from, end), fields, _ALL, slots))
    whole = pd.concat(pieces)
    if grid.resolution.width == BASE[rollups.FIVE_MINUTES] or whole.empty:
        return whole
    instants = pd.DatetimeIndex(whole.index).to_pydatetime()
    points = pd.Index([grid.number_of(each) for each in instants])
    starts = pd.DatetimeIndex([grid.bucket_of(each) for each in instants], name="timestamp")
    return _joined(whole.set_axis(starts), fields, points)


def _joined(frame: pd.DataFrame, fields: Sequence[str], points: pd.Index) -> pd.DataFrame:
    grouped = frame.groupby(points)
    columns = {}
    for name in fields:
        count = frame[name, "count"]
        sums = (frame[name, "mean"] * count).groupby(points).sum(min_count=1)
        columns[name, "count"] = grouped[[(name, "count")]].sum(min_count=1)[name, "count"]
        columns[name, "mean"] = sums / columns[name, "count"]
        for each in ("min", "max", "last"):
            columns[name, each] = grouped[[(name, each)]].agg(each)[name, each]
    starts = pd.Series(frame.index, index=points).groupby(level=0).first()
    joined = pd.DataFrame(columns)
    joined.index = pd.DatetimeIndex(starts, name="timestamp")
    return joined


def _empty(fields: Sequence[str], statistics: Sequence[str]) -> pd.DataFrame:
    columns = pd.MultiIndex.from_product([list(fields), list(statistics)])
    index = pd.DatetimeIndex([], name="timestamp", tz=UTC)
    return pd.DataFrame(columns=columns, index=index, dtype=float)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    fields, statistics = frame.columns.get_level_values(0), frame.columns.get_level_values(1)
    pairs = zip(fields, statistics, strict=True)
    return frame.set_axis([name if each == "mean" else f"{name}.{each}" for name, each in pairs], axis="columns")
