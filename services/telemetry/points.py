"""Stored buckets of any level joined to the points of a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import rollups
from data.rollup_marks import bucket_of
from data.rollup_reads import Buckets
from services.telemetry.resolution import BASE, Resolution
from solar import days

_DAY = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the points of a series lie: counted from the start of a local day, and made of stored buckets."""

    time_zone: str
    first: date
    resolution: Resolution

    def bucket_of(self, instant: datetime) -> datetime:
        """The start of the stored bucket that an instant lies in."""
        base = BASE[self.resolution.level]
        if self.resolution.level == rollups.FIVE_MINUTES:
            return bucket_of(instant)
        begin = days.start_of_day(days.local_date(instant, self.time_zone), self.time_zone)
        return begin if base >= _DAY else begin + (instant - begin) // base * base

    def stored_starts(self, starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The start of the stored bucket that each of some finer ones, in order, lies in; milliseconds."""
        if not starts.size or self.resolution.level == rollups.FIVE_MINUTES:
            return starts
        first, last = (_EPOCH + int(each) * _MILLISECOND for each in (starts[0], starts[-1]))
        begins = np.array(
            [
                _milliseconds(days.start_of_day(day, self.time_zone))
                for day in days.dates_of_range(first, last + _MILLISECOND, self.time_zone)
            ]
        )
        begin = begins[np.searchsorted(begins, starts, side="right") - 1]
        base = BASE[self.resolution.level] // _MILLISECOND
        return np.asarray(begin if base >= _DAY // _MILLISECOND else begin + (starts - begin) // base * base)

    def points(self, starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the point that each stored bucket belongs to."""
        since = starts - _milliseconds(days.start_of_day(self.first, self.time_zone))
        # Days last 23 to 25 hours, so the distance of their starts is taken with some room.
        room = timedelta(hours=2) // _MILLISECOND if self.resolution.width >= _DAY else 0
        return np.asarray((since + room) // (self.resolution.width // _MILLISECOND))


def _milliseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MILLISECOND


def together(pieces: Sequence[Buckets]) -> Buckets:
    """Buckets that follow one another in time, as one."""
    return Buckets(np.concatenate([each.starts for each in pieces]), np.concatenate([each.values for each in pieces]))


def joined(found: Buckets, points: NDArray[np.int64], statistics: Sequence[str]) -> Buckets:
    """Join buckets in time order that belong to one point; `statistics` are those of the values, `count` among them."""
    if not found.starts.size:
        return found
    firsts = np.flatnonzero(np.concatenate(([True], points[1:] != points[:-1])))
    counts = np.nan_to_num(found.values[:, :, list(statistics).index("count")])
    total = np.add.reduceat(counts, firsts)
    values = np.stack([_join(found.values[:, :, at], name, firsts, counts) for at, name in enumerate(statistics)], -1)
    values[total == 0] = np.nan
    return Buckets(found.starts[firsts], values)


def _join(
    values: NDArray[np.float64], statistic: str, firsts: NDArray[np.int64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    if statistic == "count":
        return np.asarray(np.add.reduceat(counts, firsts))
    if statistic == "mean":
        sums = np.add.reduceat(np.nan_to_num(values) * counts, firsts)
        return np.asarray(sums / np.maximum(np.add.reduceat(counts, firsts), 1))
    if statistic == "last":
        return _last(values, firsts)
    return np.asarray((np.fmin if statistic == "min" else np.fmax).reduceat(values, firsts))


def _last(values: NDArray[np.float64], firsts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The last value of each point that is one, by column."""
    rows = np.where(np.isnan(values), -1, np.arange(len(values))[:, None])
    latest = np.maximum.reduceat(rows, firsts)
    return np.asarray(np.take_along_axis(values, np.maximum(latest, 0), axis=0))


def frame_of(
    found: Buckets, fields: Sequence[str], wanted: Sequence[str], statistics: Sequence[str]
) -> pd.DataFrame:
    """Buckets as a DataFrame: `wanted` of the statistics the values have, means under the name of their field."""
    names = [name if each == "mean" else f"{name}.{each}" for name in fields for each in wanted]
    columns = [list(statistics).index(each) for each in wanted]
    values = found.values[:, :, columns].reshape(len(found.starts), len(names))
    index = pd.DatetimeIndex(found.starts.astype("datetime64[ms]"), name="timestamp").tz_localize("UTC")
    return pd.DataFrame(values, index=index, columns=names)
