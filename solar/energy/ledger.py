"""The account of one source of one channel: energy and time per local date, cut at midnights (formulas 1.3)."""

from dataclasses import dataclass, field

import numpy as np

from solar.energy.calendar import Calendar
from solar.energy.series import Times, Values, summed


@dataclass(slots=True)
class Ledger:
    """Per date of `calendar`: kWh, the kWh of it in recovered time, and covered and recovered time in microseconds."""

    calendar: Calendar
    kwh: Values = field(init=False)
    recovered_kwh: Values = field(init=False)
    covered: Times = field(init=False)
    recovered: Times = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.calendar.dates)
        self.kwh, self.recovered_kwh = np.zeros(size), np.zeros(size)
        self.covered, self.recovered = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)

    def add_within_days(self, positions: Times, energies: Values, durations: Times) -> None:
        """Book covered steps that each lie within the one date at its position."""
        size = len(self.calendar.dates)
        self.kwh += summed(positions, energies, size)
        self.covered += summed(positions, durations, size).astype(np.int64)

    def place(self, position: int, energy: float, covered: int = 0, recovered: int = 0) -> None:
        """Book all `energy` on one date, with the time it took there; it is recovered where recovered time is given."""
        self.kwh[position] += energy
        self.covered[position] += covered
        self.recovered[position] += recovered
        if recovered:
            self.recovered_kwh[position] += energy

    def spread(self, start: int, end: int, energy: float, *, covered: bool) -> None:
        """Book `energy` evenly over [start, end), cut at local midnights; its time is covered or else recovered."""
        position = self.calendar.index(start)
        while start < end:
            until = min(end, self.calendar.end(position))
            part, time = energy * ((until - start) / (end - start)), until - start
            self._book(position, part, time, covered)
            start, energy, position = until, energy - part, self.calendar.index(until)

    def _book(self, position: int, energy: float, time: int, covered: bool) -> None:
        if covered:
            self.place(position, energy, covered=time)
        else:
            self.place(position, energy, recovered=time)
