"""Local days as numbers: the start of each date of a stretch of time, to cut and count whole arrays at once."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from solar import days
from solar.energy.series import Times, instant_of, microseconds


@dataclass(frozen=True, slots=True)
class Calendar:
    """`dates`, and `starts` with one more entry: date i is [starts[i], starts[i + 1]), in microseconds since 1970."""

    dates: Sequence[date]
    starts: Times

    def index(self, instant: int) -> int:
        """The position of the date that holds `instant`; a date without length holds none."""
        return bisect_right(self.starts, instant) - 1

    def indices(self, times: Times) -> Times:
        """The position of the date of each time."""
        return np.asarray(np.searchsorted(self.starts, times, side="right") - 1, dtype=np.int64)

    def start(self, position: int) -> int:
        """When the date at `position` starts."""
        return int(self.starts[position])

    def end(self, position: int) -> int:
        """When the date at `position` ends, which is when the next one that exists starts."""
        return int(self.starts[position + 1])

    def position(self, day: date) -> int:
        """The position of a date of this calendar."""
        return (day - self.dates[0]).days


def calendar_over(earliest: int, latest: int, time_zone: str) -> Calendar:
    """The calendar of all dates from that of `earliest` to that of `latest`, both microseconds since 1970."""
    first = days.local_date(instant_of(earliest), time_zone)
    last = days.local_date(instant_of(latest), time_zone)
    return calendar_of(first, last, time_zone)


def calendar_of(first: date, last: date, time_zone: str) -> Calendar:
    """The calendar of the dates from `first` to `last`, both included."""
    dates = list(days.dates(first, last))
    edges = [*dates, last + timedelta(days=1)]
    starts = [microseconds(days.start_of_day(day, time_zone)) for day in edges]
    return Calendar(dates, np.array(starts, dtype=np.int64))
