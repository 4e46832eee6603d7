"""The simple forecasts every other one is held against: the last known day and the mean of seven days."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .site import Array, Site
from .tables import Days, sun_days, wall_days


@dataclass(frozen=True)
class Baselines:
    """One measured column as days by time of day: solar days for solar power, days of the clock for all else."""

    days: Days
    table: Array

    @classmethod
    def of(cls, measured: pd.Series, site: Site, minutes: int, *, sun: bool) -> "Baselines":
        """From a column (UTC index of interval starts of `minutes`); `sun` for solar power."""
        index = pd.DatetimeIndex(measured.index)
        make = sun_days if sun else wall_days
        days = make(site, index[0], index[-1] + pd.Timedelta(minutes=minutes), minutes)
        return cls(days, days.table(measured))

    def at(self, date: pd.Timestamp, index: pd.DatetimeIndex) -> tuple[Array, Array]:
        """(last known day, 7-day mean) for the intervals of `index`, from days complete before the naive local `date`.

        The last known day is the newest of seven with at least 90 % of its intervals, else simply the newest.
        """
        first = min(self.days.row_of(date), len(self.table))
        week = self.table[max(0, first - 7) : max(first, 0)]
        slots = self.days.cells(index)[1]
        if len(week) == 0:
            return np.full(len(slots), np.nan), np.full(len(slots), np.nan)
        whole = [row for row in week[::-1] if np.isfinite(row).mean() >= 0.9]
        last = whole[0] if whole else week[-1]
        seen = np.isfinite(week).sum(axis=0)
        mean = np.where(seen > 0, np.nansum(week, axis=0) / np.maximum(seen, 1), np.nan)
        return last[slots], mean[slots]
