"""From the steps of a walked counter to energy and time per local date, with notes on what is odd (formulas 1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from solar.energy.calendar import Calendar
from solar.energy.channels import GAP, JITTER, TOLERANCE, Source
from solar.energy.counter import Step, Walk
from solar.energy.ledger import Ledger
from solar.energy.series import Flags, Times, Values, instant_of

Anchors = Mapping[int, float]
"""What a day counter had counted from midnight, kWh, by the time of its reading."""


@dataclass(frozen=True, slots=True)
class Note:
    """A step that a reader of the total may ask about, over [start, end]; `kwh` is None where nothing was booked.

    `kind`: `reset`, `break`, `excursion` (values dropped because they came back), `recovered` (spread evenly over
    days), `anchored` (split at midnight by the day counter), `stale` (the device still showed yesterday) or
    `from-midnight` (a day counter's first value of a date).
    """

    channel: str
    source: Source
    kind: str
    start: datetime
    end: datetime
    kwh: float | None
    readings: int = 1


@dataclass(frozen=True, slots=True)
class _Steps:
    """Accepted steps as arrays: from `starts` to `ends`, microseconds since 1970."""

    kinds: Times
    starts: Times
    ends: Times
    energies: Values
    start_days: Times
    end_days: Times
    crossing: Flags


class Booker:
    """Books the walk of one counter of one channel, or its steps that end before an instant, and keeps the notes."""

    def __init__(
        self, channel: str, source: Source, walk: Walk, calendar: Calendar, before: int | None = None
    ) -> None:
        self.channel: str = channel
        self.source: Source = source
        self.calendar = calendar
        self.ledger = Ledger(calendar)
        self.notes: list[Note] = []
        self.steps = _steps(walk, calendar, before)
        for excursion in walk.excursions:
            if before is None or excursion.start < before:
                self._note("excursion", excursion.start, excursion.end, None, excursion.readings)

    def book_lifetime(self, anchors: Anchors) -> None:
        """Book the steps of a lifetime counter."""
        self._book_ordinary()
        for position in self._notable():
            self._book_lifetime_step(position, anchors)

    def book_day(self) -> Anchors:
        """Book the steps of a day counter; gives what it counted from midnight."""
        self._book_ordinary()
        for position in self._notable():
            self._book_day_step(position)
        counted = self.steps.kinds == Step.FROM_MIDNIGHT
        return dict(zip(self.steps.ends[counted].tolist(), self.steps.energies[counted].tolist(), strict=True))

    def _book_ordinary(self) -> None:
        """Rises that do not cross a midnight belong to their day, covered, however long they took."""
        steps, whole = self.steps, self._ordinary()
        self.ledger.add_within_days(
            steps.start_days[whole], steps.energies[whole], steps.starts[whole], steps.ends[whole]
        )

    def _ordinary(self) -> Flags:
        ordinary: Flags = np.logical_and(self.steps.kinds == Step.RISE, ~self.steps.crossing)
        return ordinary

    def _notable(self) -> list[int]:
        notable = ~self._ordinary() & (self.steps.kinds != Step.FIRST)
        positions: list[int] = np.flatnonzero(notable).tolist()
        return positions

    def _step(self, position: int) -> tuple[int, int, float]:
        steps = self.steps
        return int(steps.starts[position]), int(steps.ends[position]), float(steps.energies[position])

    def _book_lifetime_step(self, position: int, anchors: Anchors) -> None:
        start, end, energy = self._step(position)
        kind = self.steps.kinds[position]
        if kind == Step.RISE:
            self._book_crossing_rise(position, anchors)
        elif kind == Step.RESET:
            self.ledger.spread(start, end, energy, covered=False)
            self._note("reset", start, end, energy)
        else:
            self._note("break", start, end, None)

    def _book_crossing_rise(self, position: int, anchors: Anchors) -> None:
        start, end, energy = self._step(position)
        if end - start <= GAP or energy <= JITTER + TOLERANCE:
            self.ledger.spread(start, end, energy, covered=True)
            return
        today = anchors.get(end)
        if today is not None and today <= energy + JITTER + TOLERANCE:
            self._book_anchored(position, min(today, energy))
            return
        self.ledger.spread(start, end, energy, covered=False)
        self._note("recovered", start, end, energy)

    def _book_anchored(self, position: int, today: float) -> None:
        start, end, energy = self._step(position)
        midnight = self._book_since_midnight(position, today)
        rest = energy - today
        self.ledger.spread(start, midnight, rest, covered=self._known_before(position, rest))
        self._note("anchored", start, end, energy)

    def _book_day_step(self, position: int) -> None:
        start, end, energy = self._step(position)
        kind = self.steps.kinds[position]
        if kind == Step.RISE:
            self.ledger.spread(start, end, energy, covered=True)
        elif kind == Step.RESET:
            self._book_day_reset(position)
        elif kind == Step.STALE:
            midnight = self._book_since_midnight(position, 0.0)
            self.ledger.spread(start, midnight, energy, covered=self._known_before(position, energy))
            self._note("stale", start, end, energy)
        elif kind == Step.FROM_MIDNIGHT:
            midnight = self._book_since_midnight(position, energy)
            self._note("from-midnight", midnight, end, energy)
        else:
            self._note("break", start, end, None)

    def _book_day_reset(self, position: int) -> None:
        start, end, energy = self._step(position)
        if self.steps.end_days[position] > self.steps.start_days[position]:
            self._book_since_midnight(position, energy)
        else:
            self.ledger.place(int(self.steps.end_days[position]), start, end, energy, covered=False)
        self._note("reset", start, end, energy)

    def _book_since_midnight(self, position: int, energy: float) -> int:
        """Book energy on the date of the step's end, covered from its midnight on; gives that midnight."""
        day = int(self.steps.end_days[position])
        midnight = self.calendar.start(day)
        self.ledger.place(day, midnight, int(self.steps.ends[position]), energy, covered=True)
        return midnight

    def _known_before(self, position: int, energy: float) -> bool:
        """Whether energy before the last midnight of a step belongs to one date, or is as good as nothing."""
        day_after = self.calendar.end(int(self.steps.start_days[position]))
        return day_after == self.calendar.start(int(self.steps.end_days[position])) or energy <= JITTER + TOLERANCE

    def _note(self, kind: str, start: int, end: int, kwh: float | None, readings: int = 1) -> None:
        note = Note(self.channel, self.source, kind, instant_of(start), instant_of(end), kwh, readings)
        self.notes.append(note)


def _steps(walk: Walk, calendar: Calendar, before: int | None) -> _Steps:
    """The accepted steps of a walk (that end before an instant); the very first of a series starts at its end."""
    accepted = np.flatnonzero(walk.kinds != Step.DROPPED)
    if before is not None:
        accepted = accepted[walk.series.times[accepted] < before]
    ends = walk.series.times[accepted]
    starts = np.concatenate((ends[:1], ends[:-1]))
    if walk.before is not None and starts.size:
        starts[0] = walk.before.accepted_at
    start_days = calendar.indices(starts)
    crossing = calendar.starts[start_days + 1] < ends
    energies, kinds = walk.energies[accepted], walk.kinds[accepted].astype(np.int64)
    return _Steps(kinds, starts, ends, energies, start_days, calendar.indices(ends), crossing)
