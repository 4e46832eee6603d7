"""All counters and powers of one source walked, booked and integrated over one calendar."""

from collections.abc import Iterator, Mapping

import numpy as np

from solar.energy.booking import Anchors, Booker, Note
from solar.energy.calendar import Calendar
from solar.energy.channels import CHANNEL, Channel, Source, limit_kilowatts
from solar.energy.counter import Walk, walk, without_night_zeros
from solar.energy.ledger import Ledger
from solar.energy.power import Integral, continued, integrate, last_before
from solar.energy.ranking import Candidate
from solar.energy.series import Series, has_battery_field
from solar.energy.state import ChannelState, State


class Account:
    """The account of clean series `found`, all at or after the instant of `state`; capacity in W."""

    def __init__(self, found: Mapping[str, Series], state: State, calendar: Calendar, capacity: float | None) -> None:
        self.notes: list[Note] = []
        self._found, self._state, self._calendar, self._capacity = found, state, calendar, capacity
        self._walks: dict[str, Walk] = {}
        self._ledgers: dict[tuple[str, Source], Ledger] = {}
        self._first_above_zero = {name: _first_above_zero(series) for name, series in found.items()}
        for channel in CHANNEL.values():
            self._count_lifetime(channel, self._count_day(channel))
        self._integrate_powers()

    def candidates(self) -> Iterator[Candidate]:
        """What each source says about each date of which it knows anything."""
        for (channel, source), ledger in self._ledgers.items():
            known = ledger.covered + ledger.recovered
            for position in np.flatnonzero(known).tolist():
                yield self._candidate(channel, source, ledger, position)

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

    def _count_day(self, channel: Channel) -> Anchors:
        if channel.day not in self._found:
            return {}
        booker = self._booker(channel, "day", channel.day, self._found[channel.day])
        anchors = booker.book_day()
        self._keep(channel, booker)
        return anchors

    def _count_lifetime(self, channel: Channel, anchors: Anchors) -> None:
        if channel.lifetime not in self._found:
            return
        series = without_night_zeros(self._found[channel.lifetime], self._had_seen(channel.lifetime))
        booker = self._booker(channel, "lifetime", channel.lifetime, series)
        booker.book_lifetime(anchors)
        self._keep(channel, booker)

    def _booker(self, channel: Channel, source: Source, name: str, series: Series) -> Booker:
        limit = limit_kilowatts(channel.name, self._capacity)
        before = self._state.counters.get(name)
        self._walks[name] = walk(series, before, limit, self._calendar, daily=source == "day")
        return Booker(channel.name, source, self._walks[name], self._calendar)

    def _keep(self, channel: Channel, booker: Booker) -> None:
        self._ledgers[channel.name, booker.source] = booker.ledger
        self.notes += booker.notes

    def _integrate_powers(self) -> None:
        integrals: dict[str, Integral] = {}
        for channel in CHANNEL.values():
            name = channel.power
            if name not in self._found:
                continue
            if name not in integrals:
                series = continued(self._found[name], self._state.powers.get(name))
                integrals[name] = integrate(series, self._calendar.starts)
            self._ledgers[channel.name, "power"] = self._power_ledger(integrals[name], channel.sign)

    def _power_ledger(self, integral: Integral, sign: int) -> Ledger:
        ledger = Ledger(self._calendar)
        ledger.kwh = integral.positive if sign > 0 else integral.negative
        ledger.covered = integral.covered
        return ledger

    def _candidate(self, channel: str, source: Source, ledger: Ledger, position: int) -> Candidate:
        return Candidate(
            self._calendar.dates[position],
            channel,
            source,
            float(ledger.kwh[position]),
            float(ledger.recovered_kwh[position]),
            int(ledger.covered[position]),
            int(ledger.recovered[position]),
            self._calendar.end(position) - self._calendar.start(position),
        )

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
