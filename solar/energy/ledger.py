"""The account of one source of one channel: energy and time per local date, cut at midnights (formulas 1.3)."""

from dataclasses import dataclass, field

import numpy as np

from solar.energy.calendar import Calendar
from solar.energy.channels import MICROSECONDS_PER_HOUR
from solar.energy.series import Times, Values, summed


@dataclass(slots=True)
class Ledger:
    """Per date of `calendar`: kWh, the kWh of it in recovered time, and covered and recovered time in microseconds."""

    calendar: Calendar
    kwh: Values = field(init=False)
    recovered_kwh: Values = field(init=False)
    covered: Times = field(init=False)
    recovered: Times = field(init=False)
    # When what was booked flowed: starts, ends and energies, a stretch of steps at a time.
    _flows: list[tuple[Times, Times, Values]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.calendar.dates)
        self.kwh, self.recovered_kwh = np.zeros(size), np.zeros(size)
        self.covered, self.recovered = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)

    def add_within_days(self, positions: Times, energies: Values, starts: Times, ends: Times) -> None:
        """Book covered steps that each lie within the one date at its position."""
        size = len(self.calendar.dates)
        self.kwh += summed(positions, energies, size)
        self.covered += summed(positions, ends - starts, size).astype(np.int64)
        self._flows.append((starts, ends, energies))

    def place(self, position: int, start: int, end: int, energy: float, *, covered: bool) -> None:
        """Book all `energy` of [start, end) on one date; the time is covered or else recovered."""
        self.kwh[position] += energy
        (self.covered if covered else self.recovered)[position] += end - start
        if not covered:
            self.recovered_kwh[position] += energy
        self._flows.append((np.array([start]), np.array([end]), np.array([energy])))

    def spread(self, start: int, end: int, energy: float, *, covered: bool) -> None:
        """Book `energy` evenly over [start, end), cut at local midnights; its time is covered or else recovered."""
        position = self.calendar.index(start)
        while start < end:
            until = min(end, self.calendar.end(position))
            part = energy * ((until - start) / (end - start))
            self.place(position, start, until, part, covered=covered)
            start, energy, position = until, energy - part, self.calendar.index(until)

    def hours(self, position: int) -> Values:
        """The kWh of each hour of a date, counted from its start, each step evenly over its time; they sum to `kwh`."""
        begin, end = self.calendar.start(position), self.calendar.end(position)
        starts, ends, energies = (np.concatenate(each) for each in zip(*self._flows, strict=True))
        # Nothing is booked across a midnight, so that a day is made of its own steps alone.
        within = np.flatnonzero((starts >= begin) & (starts < end))
        within = within[np.argsort(starts[within], kind="stable")]
        starts, energies = starts[within], energies[within]
        # What was counted right at midnight took no time, and belongs to the day that begins.
        ends = np.maximum(ends[within], starts + 1)
        booked = np.cumsum(energies)
        knots = np.stack((starts, ends), axis=1).ravel()
        levels = np.stack((booked - energies, booked), axis=1).ravel()
        edges = np.append(np.arange(begin, end, MICROSECONDS_PER_HOUR), end)
        return np.diff(np.interp(edges, knots, levels))
