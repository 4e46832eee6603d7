"""Which readings of a counter count, and what each step means: rise, reset, break or excursion (formulas 1.2, 1.3).

Ordinary rises are taken in whole stretches with array arithmetic; only the readings around anything else are decided
one by one. Both ways give the same numbers.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from solar.energy.calendar import Calendar
from solar.energy.channels import COARSE_STEP, GAP, JITTER, MICROSECONDS_PER_HOUR, TOLERANCE
from solar.energy.series import Flags, Series, Times, Values
from solar.energy.state import ChannelState

_SHORTEST_STRETCH = 128
_LONGEST_STRETCH = 1 << 16


class Step(IntEnum):
    """What became of a reading, or of the step that ends at it."""

    DROPPED = 0
    FIRST = 1
    RISE = 2
    RESET = 3
    BREAK = 4
    STALE = 5
    FROM_MIDNIGHT = 6


@dataclass(frozen=True, slots=True)
class Excursion:
    """Readings [start, end) of a series that were dropped because the value came back at `end`; microseconds."""

    start: int
    end: int
    readings: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A counter walked through: for each reading what it is, its energy in kWh and the level after it."""

    series: Series
    before: ChannelState | None
    kinds: NDArray[np.int8]
    energies: Values
    levels: Values
    levels_at: Times
    excursions: list[Excursion]

    def state_at(self, instant: int, seen_above_zero: bool) -> ChannelState | None:
        """The state after every decision about a reading before `instant`; None before the first reading."""
        position = int(np.searchsorted(self.series.times, instant)) - 1
        while position >= 0 and self.kinds[position] == Step.DROPPED:
            position -= 1
        skip = self._skip_before(instant)
        if position < 0:
            return None if self.before is None else self.before.at(instant, seen_above_zero, skip)
        level, level_at = float(self.levels[position]), int(self.levels_at[position])
        return ChannelState(level, level_at, int(self.series.times[position]), seen_above_zero, skip)

    def _skip_before(self, instant: int) -> int | None:
        """The end of the excursion that `instant` lies in."""
        position = bisect_left(self.excursions, instant, key=lambda excursion: excursion.start) - 1
        inside = position >= 0 and instant < self.excursions[position].end
        return self.excursions[position].end if inside else None


def walk(series: Series, before: ChannelState | None, limit: float, calendar: Calendar, *, daily: bool) -> Walk:
    """Walk a lifetime counter (night zeros removed) or, `daily`, a day counter; `limit` is L in kW."""
    if before is not None and before.skip_before is not None:
        series = series.where(series.times >= before.skip_before)
    walker = _Walker(series, limit, calendar, daily)
    if before is not None:
        walker.resume(before)
    walker.go()
    return Walk(series, before, walker.kinds, walker.energies, walker.levels, walker.levels_at, walker.excursions)


def without_night_zeros(series: Series, seen_above_zero: bool) -> Series:
    """The series without values of exactly 0 that come after any value above 0 (formulas 1.2, lifetime counters)."""
    seen = np.logical_or.accumulate(series.values > 0) | seen_above_zero
    return series.where(~((series.values == 0) & seen))


def falls(values: Values, below: Values | float) -> Flags:
    """Whether each value falls below the other: by more than q, or to exactly 0 from above (formulas 1.2)."""
    to_zero = np.logical_and(values == 0, np.greater(below, 0))
    fallen: Flags = np.logical_or(values < below - (JITTER + TOLERANCE), to_zero)
    return fallen


@dataclass
class _Walker:
    series: Series
    limit: float
    calendar: Calendar
    daily: bool
    level: float | None = None
    level_at: int = 0
    accepted_at: int = 0
    accepted_day: int = -1
    excursions: list[Excursion] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.series)
        self.times, self.values = self.series.times, self.series.values
        self.days = self.calendar.indices(self.times)
        self.kinds = np.zeros(size, dtype=np.int8)
        self.energies, self.levels = np.zeros(size), np.zeros(size)
        self.levels_at = np.zeros(size, dtype=np.int64)
        self.steps = np.diff(self.times, prepend=self.times[:1])
        self.room = self.limit * self.steps / MICROSECONDS_PER_HOUR + (COARSE_STEP + TOLERANCE)
        self.odd = self._odd()

    def resume(self, before: ChannelState) -> None:
        self.level, self.level_at, self.accepted_at = before.level, before.level_at, before.accepted_at
        self.accepted_day = self.calendar.index(before.accepted_at)

    def go(self) -> None:
        position = 0
        while position < len(self.series):
            after = self._decide(position)
            accepted = after == position + 1 and self.kinds[position] != Step.DROPPED
            position = self._stretch(after) if accepted else after

    def _odd(self) -> Flags:
        """Readings that are never taken unseen: one falls right after them, or a day counter's night lies before."""
        odd = np.zeros(len(self.series), dtype=np.bool_)
        odd[:-1] = falls(self.values[1:], self.values[:-1])
        if self.daily:
            odd[1:] |= (self.steps[1:] > GAP) & (self.days[1:] > self.days[:-1])
        return odd

    # Stretches of ordinary rises. The reading before `position` was accepted.

    def _stretch(self, position: int) -> int:
        size = _SHORTEST_STRETCH
        while position < len(self.series):
            end = min(len(self.series), position + size)
            taken = self._take_ordinary(position, end)
            position += taken
            if position < end:
                break
            size = min(4 * size, _LONGEST_STRETCH)
        return position

    def _take_ordinary(self, start: int, end: int) -> int:
        """Accept readings from `start` while each is an ordinary rise; gives how many."""
        assert self.level is not None
        values = self.values[start:end]
        levels = np.maximum.accumulate(np.concatenate(([self.level], values)))
        below = levels[:-1]
        fits = ~falls(values, below) & (values <= below + self.room[start:end])
        ordinary = fits & ~self.odd[start:end]
        count = int(ordinary.size if ordinary.all() else np.argmin(ordinary))
        if count:
            self._book_rises(start, levels[: count + 1])
        return count

    def _book_rises(self, start: int, levels: Values) -> None:
        span = slice(start, start + levels.size - 1)
        rises = np.diff(levels)
        grown = np.where(rises > 0, self.times[span], self.level_at)
        self.kinds[span] = Step.RISE
        self.energies[span] = rises
        self.levels[span] = levels[1:]
        self.levels_at[span] = np.maximum.accumulate(grown)
        self._remember(span.stop - 1)

    def _remember(self, position: int) -> None:
        self.level, self.level_at = float(self.levels[position]), int(self.levels_at[position])
        self.accepted_at, self.accepted_day = int(self.times[position]), int(self.days[position])

    # One reading at a time.

    def _decide(self, position: int) -> int:
        """Accept or drop the reading at `position`; gives the position of the next one to decide."""
        if self.level is None and not self.daily:
            return self._accept(position, Step.FIRST, 0.0)
        if self.daily and (self.level is None or self._first_after_night(position)):
            return self._first_of_day(position)
        if self._fits(slice(position, position + 1))[0]:
            if self._falls_right_back(position):
                return self._drop(position, position + 1)
            return self._accept(position, Step.RISE, self._rise(position))
        back = self._comes_back(position)
        if back is not None:
            return self._drop(position, back)
        if self._restarted(position):
            return self._accept(position, Step.RESET, float(self.values[position]))
        return self._accept(position, Step.BREAK, 0.0)

    def _accept(self, position: int, step: Step, energy: float) -> int:
        value, time = float(self.values[position]), int(self.times[position])
        holds = step in (Step.RISE, Step.STALE) and self.level is not None and value <= self.level
        self.kinds[position], self.energies[position] = step, energy
        self.levels[position] = self.level if holds else value
        self.levels_at[position] = self.level_at if holds else time
        self._remember(position)
        return position + 1

    def _drop(self, position: int, back: int) -> int:
        excursion = Excursion(int(self.times[position]), int(self.times[back]), back - position)
        self.excursions.append(excursion)
        return back

    def _rise(self, position: int) -> float:
        return max(0.0, float(self.values[position]) - self._known_level())

    def _known_level(self) -> float:
        assert self.level is not None
        return self.level

    def _room(self, times: Times) -> Values:
        """L times the time that counts, plus Q: how far a counter may have come (formulas 1.2)."""
        since = np.maximum(times - self.accepted_at, np.minimum(times - self.level_at, GAP))
        return np.asarray(self.limit * since / MICROSECONDS_PER_HOUR + (COARSE_STEP + TOLERANCE))

    def _fits(self, window: slice) -> Flags:
        values, level = self.values[window], self._known_level()
        return ~falls(values, level) & (values <= level + self._room(self.times[window]))

    def _end_of_gap(self, position: int) -> int:
        """The position after the last reading within G of the one at `position`."""
        return int(np.searchsorted(self.times, self.times[position] + GAP, side="right"))

    def _comes_back(self, position: int) -> int | None:
        """Rule 1a: the first later reading within G that fits and is reached by a jump, or None."""
        end = self._end_of_gap(position)
        later, earlier = slice(position + 1, end), slice(position, end - 1)
        jumps = falls(self.values[later], self.values[earlier])
        jumps |= self.values[later] > self.values[earlier] + self.room[later]
        found = np.flatnonzero(jumps & self._fits(later))
        return position + 1 + int(found[0]) if found.size else None

    def _falls_right_back(self, position: int) -> bool:
        """Rule 1b: the direct successor within G falls below this reading and itself fits."""
        successor = slice(position + 1, position + 2)
        if position + 1 >= self._end_of_gap(position):
            return False
        if self.daily and self.days[position + 1] != self.days[position]:
            return False
        value = float(self.values[position])
        return bool(falls(self.values[successor], value)[0] and self._fits(successor)[0])

    def _restarted(self, position: int) -> bool:
        here = slice(position, position + 1)
        below = bool(falls(self.values[here], self._known_level())[0])
        return below and bool(self.values[position] <= self._room(self.times[here])[0])

    # The first reading of a day counter, or of a later date after a gap.

    def _first_after_night(self, position: int) -> bool:
        return int(self.times[position]) - self.accepted_at > GAP and int(self.days[position]) > self.accepted_day

    def _first_of_day(self, position: int) -> int:
        if self._is_stale(position):
            return self._accept_stale(position)
        value, time = float(self.values[position]), int(self.times[position])
        since_midnight = time - self.calendar.start(int(self.days[position]))
        room = self.limit * since_midnight / MICROSECONDS_PER_HOUR + COARSE_STEP + TOLERANCE
        return self._accept(position, Step.FROM_MIDNIGHT, value) if value <= room else self._accept_break(position)

    def _is_stale(self, position: int) -> bool:
        value = float(self.values[position])
        if self.level is not None and abs(value - self.level) <= JITTER + TOLERANCE:
            return True
        later = slice(position + 1, self._end_of_gap(position))
        same_date = self.days[later] == self.days[position]
        return bool((falls(self.values[later], value) & same_date).any())

    def _accept_stale(self, position: int) -> int:
        if self.level is None:
            return self._accept_break(position)
        energy = self._rise(position)
        elapsed = (int(self.times[position]) - self.accepted_at) / MICROSECONDS_PER_HOUR
        fell = float(self.values[position]) < self.level - JITTER - TOLERANCE
        if fell or energy > self.limit * elapsed + COARSE_STEP + TOLERANCE:
            return self._accept_break(position)
        return self._accept(position, Step.STALE, energy)

    def _accept_break(self, position: int) -> int:
        return self._accept(position, Step.BREAK, 0.0)
