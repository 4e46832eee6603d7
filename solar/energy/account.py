"""All counters of one source walked over one calendar, and the state of it at any instant."""

from collections.abc import Mapping

import numpy as np

from solar.energy.books import Books
from solar.energy.calendar import Calendar
from solar.energy.channels import CHANNEL, Channel, limit_kilowatts
from solar.energy.counter import Walk, walk, without_night_zeros
from solar.energy.power import last_before
from solar.energy.series import Series, has_battery_field
from solar.energy.state import ChannelState, State


class Account:
    """The account of clean series `found`, all at or after the instant of `state`; capacity in W."""

    def __init__(self, found: Mapping[str, Series], state: State, calendar: Calendar, capacity: float | None) -> None:
        self._found, self._state, self._calendar, self._capacity = found, state, calendar, capacity
        self._walks: dict[str, Walk] = {}
        self._first_above_zero = {name: _first_above_zero(series) for name, series in found.items()}
        for channel in CHANNEL.values():
            self._walk(channel.day, channel, daily=True)
            self._walk(channel.lifetime, channel, daily=False)

    def books(self, before: int | None = None) -> "Books":
        """What all steps book, or those that end before an instant: decisions rest on all readings in any case."""
        return Books(self._found, self._walks, self._state, self._calendar, before)

    def state_at(self, instant: int) -> State:
        """The state after all decisions about readings before `instant` (microseconds since 1970)."""
        names = dict.fromkeys((*self._state.counters, *self._walks))
        counters = {name: self._counter_at(name, instant) for name in names}
        powers = dict(self._state.powers)
        for name in dict.fromkeys(channel.power for channel in CHANNEL.values()):
            if name in self._found and (last := last_before(self._found[name], instant)) is not None:
                powers[name] = last
        read = [name for name, series in self._found.items() if series.times[0] < instant]
        seen = self._state.battery_seen or has_battery_field(read)
        return State({name: counter for name, counter in counters.items() if counter is not None}, powers, seen)

    def _walk(self, name: str, channel: Channel, *, daily: bool) -> None:
        if name not in self._found:
            return
        series = self._found[name]
        if not daily:
            series = without_night_zeros(series, self._had_seen(name))
        limit = limit_kilowatts(channel.name, self._capacity)
        self._walks[name] = walk(series, self._state.counters.get(name), limit, self._calendar, daily=daily)

    def _had_seen(self, name: str) -> bool:
        before = self._state.counters.get(name)
        return before is not None and before.seen_above_zero

    def _counter_at(self, name: str, instant: int) -> ChannelState | None:
        before = self._state.counters.get(name)
        seen = self._had_seen(name)
        if name not in self._walks:
            return before.at(instant, seen) if before is not None else None
        first = self._first_above_zero[name]
        return self._walks[name].state_at(instant, seen or (first is not None and first < instant))


def _first_above_zero(series: Series) -> int | None:
    above = series.values > 0
    return int(series.times[np.argmax(above)]) if above.any() else None
