"""Telemetry as tables of days by time of day: rows are days, columns are equal slots of a day."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from .site import Array, Refusal, Rows, Site

DAY = pd.Timedelta(days=1)


def regular(frame: pd.DataFrame, minutes: int) -> pd.DataFrame:
    """`frame` (UTC index, numbers) on a complete grid of `minutes`, each value the mean of what falls into the slot."""
    if frame.empty:
        return frame
    return frame.astype(float).resample(f"{minutes}min").mean()


def resolution_minutes(index: pd.DatetimeIndex) -> int:
    """30 where half hours are reported, 60 where hours are; raises Refusal for anything coarser."""
    if len(index) < 2:
        return 30
    step = float(pd.Series(index).diff().dropna().dt.total_seconds().median()) / 60
    if step > 60:
        raise Refusal("Readings are more than an hour apart; a forecast needs at least hourly values.")
    return 60 if step > 30 else 30


def standard_offset(zone: ZoneInfo, year: int, minutes: int) -> timedelta:
    """The zone's offset without summer time, rounded to whole slots; solar days are cut by it so that no day jumps."""
    offsets = [datetime(year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() or timedelta(0) for month in (1, 7)]
    slot = timedelta(minutes=minutes)
    return round(min(offsets) / slot) * slot


@dataclass(frozen=True)
class Days:
    """A run of whole days of `slots` columns. `zone` None: days of the fixed `offset` (sun); else wall-clock days."""

    first: pd.Timestamp
    count: int
    slots: int
    offset: timedelta
    zone: ZoneInfo | None = None

    @property
    def minutes(self) -> int:
        """Minutes in one slot."""
        return 1440 // self.slots

    def extended(self, count: int) -> "Days":
        """The same days with `count` rows in all."""
        return replace(self, count=count)

    def dates(self) -> pd.DatetimeIndex:
        """One naive midnight per row."""
        return pd.date_range(self.first, periods=self.count, freq="D")

    def row_of(self, date: pd.Timestamp) -> int:
        """Row of a naive local date (may lie outside the run)."""
        return int((date - self.first) / DAY)

    def cells(self, index: pd.DatetimeIndex) -> tuple[Rows, Rows]:
        """Row and column of each UTC instant; rows may lie outside the run."""
        wall = index.tz_convert(self.zone).tz_localize(None) if self.zone else index.tz_localize(None) + self.offset
        midnight = wall.normalize()
        rows = ((midnight - self.first) // DAY).to_numpy(dtype=np.int64)
        columns = ((wall - midnight) // pd.Timedelta(minutes=self.minutes)).to_numpy(dtype=np.int64)
        return rows, columns

    def table(self, series: pd.Series) -> Array:
        """Series (UTC index) as a table, NaN where nothing is known; an hour that exists twice is averaged."""
        rows, columns = self.cells(pd.DatetimeIndex(series.index))
        values = series.to_numpy(dtype=float)
        good = np.isfinite(values) & (rows >= 0) & (rows < self.count)
        cells = rows[good] * self.slots + columns[good]
        size = self.count * self.slots
        total, seen = np.bincount(cells, values[good], size), np.bincount(cells, minlength=size)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(seen > 0, total / seen, np.nan).reshape(self.count, self.slots))

    def pick(self, table: Array, index: pd.DatetimeIndex) -> Array:
        """Values of `table` at UTC instants, NaN outside."""
        rows, columns = self.cells(index)
        inside = (rows >= 0) & (rows < len(table))
        return np.where(inside, table[np.clip(rows, 0, len(table) - 1), columns], np.nan)

    def instants(self) -> pd.DatetimeIndex:
        """UTC start of every cell, row by row (fixed-offset days only)."""
        start = (self.first - self.offset).tz_localize("UTC")
        return pd.date_range(start, periods=self.count * self.slots, freq=f"{self.minutes}min")


def sun_days(site: Site, start: pd.Timestamp, end: pd.Timestamp, minutes: int) -> Days:
    """Fixed-offset days that cover [start, end)."""
    offset = standard_offset(site.zone, end.year, minutes)
    first = (start.tz_convert("UTC").tz_localize(None) + offset).normalize()
    last = (end.tz_convert("UTC").tz_localize(None) + offset - pd.Timedelta(seconds=1)).normalize()
    return Days(first, int((last - first) / DAY) + 1, 1440 // minutes, offset)


def wall_days(site: Site, start: pd.Timestamp, end: pd.Timestamp, minutes: int) -> Days:
    """Wall-clock days that cover [start, end)."""
    first = start.tz_convert(site.zone).tz_localize(None).normalize()
    last = (end.tz_convert(site.zone).tz_localize(None) - pd.Timedelta(seconds=1)).normalize()
    return Days(first, int((last - first) / DAY) + 1, 1440 // minutes, timedelta(0), site.zone)


def last_known(table: Array, columns: Array | None = None, reach: int = 7) -> Rows:
    """For each row the latest row up to it (at most `reach` back) with at least 90 % of its cells; itself if none."""
    known = np.isfinite(table) if columns is None else np.isfinite(table) | (columns <= 0)
    whole = known.mean(axis=1) >= 0.9
    latest = np.arange(len(table), dtype=np.int64)
    for row in range(1, len(table)):
        if not whole[row] and (whole[latest[row - 1]] and row - latest[row - 1] <= reach):
            latest[row] = latest[row - 1]
    return latest
