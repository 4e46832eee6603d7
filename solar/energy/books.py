"""What the steps of all counters and powers of one source book on the dates of a calendar."""

from collections.abc import Iterator, Mapping

import numpy as np

from solar.energy.booking import Anchors, Booker, Note
from solar.energy.calendar import Calendar
from solar.energy.channels import CHANNEL, Channel, Source
from solar.energy.counter import Walk
from solar.energy.ledger import Ledger
from solar.energy.power import Integral, continued, integrate
from solar.energy.ranking import Candidate
from solar.energy.series import Flags, Series
from solar.energy.state import State


class Books:
    """The ledgers of every source of every channel, of all steps or of those that end before an instant."""

    def __init__(
        self,
        found: Mapping[str, Series],
        walks: Mapping[str, Walk],
        state: State,
        calendar: Calendar,
        before: int | None = None,
    ) -> None:
        self.notes: list[Note] = []
        self._found, self._walks, self._state, self._calendar, self._before = found, walks, state, calendar, before
        self._ledgers: dict[tuple[str, Source], Ledger] = {}
        for channel in CHANNEL.values():
            self._count_lifetime(channel, self._count_day(channel))
        self._integrate_powers()

    def candidates(self) -> Iterator[Candidate]:
        """What each source says about each date of which it knows anything."""
        for (channel, source), ledger in self._ledgers.items():
            known, with_power = ledger.covered + ledger.recovered, self._with_power(channel)
            for position in np.flatnonzero(known).tolist():
                yield self._candidate(channel, source, ledger, position, is_counted=not with_power[position])

    def _count_day(self, channel: Channel) -> Anchors:
        if channel.day not in self._walks:
            return {}
        booker = Booker(channel.name, "day", self._walks[channel.day], self._calendar, self._before)
        anchors = booker.book_day()
        self._keep(channel, booker)
        return anchors

    def _count_lifetime(self, channel: Channel, anchors: Anchors) -> None:
        if channel.lifetime not in self._walks:
            return
        booker = Booker(channel.name, "lifetime", self._walks[channel.lifetime], self._calendar, self._before)
        booker.book_lifetime(anchors)
        self._keep(channel, booker)

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
                series = continued(self._booked(self._found[name]), self._state.powers.get(name))
                if not len(series):
                    continue
                integrals[name] = integrate(series, self._calendar.starts)
            self._ledgers[channel.name, "power"] = self._power_ledger(integrals[name], channel.sign)

    def _booked(self, series: Series) -> Series:
        return series if self._before is None else series.where(series.times < self._before)

    def _power_ledger(self, integral: Integral, sign: int) -> Ledger:
        ledger = Ledger(self._calendar)
        ledger.kwh = integral.positive if sign > 0 else integral.negative
        ledger.covered = integral.covered
        return ledger

    def _with_power(self, channel: str) -> Flags:
        """The dates on which the power of a channel is known, which tells hours better than a counter."""
        ledger = self._ledgers.get((channel, "power"))
        flags: Flags = np.zeros(len(self._calendar.dates), dtype=np.bool_) if ledger is None else ledger.covered > 0
        return flags

    def _candidate(
        self, channel: str, source: Source, ledger: Ledger, position: int, *, is_counted: bool
    ) -> Candidate:
        return Candidate(
            self._calendar.dates[position],
            channel,
            source,
            float(ledger.kwh[position]),
            float(ledger.recovered_kwh[position]),
            int(ledger.covered[position]),
            int(ledger.recovered[position]),
            self._calendar.end(position) - self._calendar.start(position),
            tuple(ledger.hours(position).tolist()) if is_counted else None,
        )
