"""The price of every instant of a source: its price history, windows, hourly prices and holidays in its own zone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest
from typing import Literal

from solar.days import end_of_day, local_date, start_of_day, zone_of
from solar.money import exact
from solar.tariffs.prices import NOTHING, HourlyPrice, PriceEntry, effective_date, effective_instant
from solar.tariffs.windows import Window, day_kind, segments

Unpriced = Literal["no-price", "no-hourly-price"]


@dataclass(frozen=True, slots=True)
class PricePiece:
    """A stretch [start, end) UTC of one local date with one price; without a price it says why.

    `price_per_kwh` and `export_price_per_kwh` are both None or both set (unpaid feed-in is 0).
    """

    day: date
    start: datetime
    end: datetime
    entry: PriceEntry | None
    price_per_kwh: Decimal | None
    export_price_per_kwh: Decimal | None
    label: str = ""
    unpriced: Unpriced | None = None


@dataclass(frozen=True)
class Tariff:
    """All prices of a source in one currency.

    entries: in any order; of two on one local date the later instant wins, of two at one instant the later in the
    tuple. hourly: non-overlapping dynamic prices, in any order. holidays: local dates.
    """

    entries: tuple[PriceEntry, ...]
    time_zone: str
    hourly: tuple[HourlyPrice, ...] = ()
    holidays: frozenset[date] = frozenset()

    @cached_property
    def _history(self) -> tuple[list[date], list[PriceEntry]]:
        zone = self.time_zone
        ranked = sorted(self.entries, key=lambda entry: (effective_date(entry, zone), effective_instant(entry, zone)))
        newest = {effective_date(entry, zone): entry for entry in ranked}
        return list(newest), list(newest.values())

    @cached_property
    def _hours(self) -> tuple[list[datetime], list[HourlyPrice]]:
        hours = sorted(self.hourly, key=lambda hour: hour.starts_at)
        return [hour.starts_at for hour in hours], hours

    def history(self) -> list[tuple[date, date | None, PriceEntry]]:
        """List (first local date, first date of the next entry or None, entry) for entries that hold on some day."""
        dates, entries = self._history
        return list(zip_longest(dates, dates[1:], entries))

    def entry_on(self, day: date) -> PriceEntry | None:
        """Return the entry whose local date is the newest on or before the day; None before the first."""
        dates, entries = self._history
        position = bisect_right(dates, day)
        return entries[position - 1] if position else None

    def pieces(self, day: date) -> tuple[PricePiece, ...]:
        """Cut a local day of 23 to 25 hours into stretches of one price, in order and without gaps."""
        entry = self.entry_on(day)
        start, end = start_of_day(day, self.time_zone), end_of_day(day, self.time_zone)
        if start >= end:
            return ()
        if entry is None:
            return (PricePiece(day, start, end, None, None, None, unpriced="no-price"),)
        with exact():
            return tuple(
                piece
                for left, right, window in self._wall_clock(entry, day, start, end)
                for piece in self._by_hour(entry, day, left, right, window)
            )

    def timeline(self, start_date: date, end_date: date) -> Iterable[PricePiece]:
        """Yield the pieces of every local date from start_date up to, but without, end_date."""
        for number in range((end_date - start_date).days):
            yield from self.pieces(start_date + timedelta(days=number))

    def at(self, instant: datetime) -> PricePiece:
        """Return the piece that holds an aware instant."""
        moment = instant.astimezone(UTC)
        pieces = self.pieces(local_date(instant, self.time_zone))
        return next(piece for piece in pieces if piece.start <= moment < piece.end)

    def _wall_clock(
        self, entry: PriceEntry, day: date, start: datetime, end: datetime
    ) -> list[tuple[datetime, datetime, Window | None]]:
        if not entry.windows:
            return [(start, end, None)]
        parts = segments(entry.windows, day, day_kind(day, self.holidays))
        zone, last = zone_of(self.time_zone), end - timedelta(minutes=1)
        steady = start.astimezone(zone).utcoffset() == last.astimezone(zone).utcoffset()
        if steady and end - start == timedelta(days=1):
            return [(start + timedelta(minutes=a), start + timedelta(minutes=b), window) for a, b, window in parts]
        return self._minute_by_minute(parts, start, end)

    def _minute_by_minute(
        self, parts: list[tuple[int, int, Window | None]], start: datetime, end: datetime
    ) -> list[tuple[datetime, datetime, Window | None]]:
        # Where clocks change, a wall-clock range may be missing or come twice: ask the zone for every minute.
        zone = zone_of(self.time_zone)
        by_minute = [window for a, b, window in parts for _ in range(a, b)]
        result: list[tuple[datetime, datetime, Window | None]] = []
        for number in range(int((end - start) / timedelta(minutes=1))):
            moment = start + timedelta(minutes=number)
            local = moment.astimezone(zone)
            window = by_minute[local.hour * 60 + local.minute]
            after = moment + timedelta(minutes=1)
            if result and result[-1][2] is window:
                result[-1] = (result[-1][0], after, window)
            else:
                result.append((moment, after, window))
        return result

    def _by_hour(
        self, entry: PriceEntry, day: date, start: datetime, end: datetime, window: Window | None
    ) -> Iterable[PricePiece]:
        price = window.price_per_kwh if window else entry.price_per_kwh
        export = window.export_price_per_kwh if window else None
        export = (entry.export_price_per_kwh or NOTHING) if export is None else export
        label = window.name if window else ""
        if not entry.hourly:
            yield PricePiece(day, start, end, entry, price, export, label)
            return
        starts, hours = self._hours
        clock = start
        first, last = max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)
        for hour in (hours[number] for number in range(first, last)):
            left, right = max(hour.starts_at, clock), min(hour.ends_at, end)
            if left >= right:
                continue
            if left > clock:
                yield PricePiece(day, clock, left, entry, None, None, label, "no-hourly-price")
            hour_export = hour.export_price_per_kwh or NOTHING
            yield PricePiece(day, left, right, entry, hour.price_per_kwh + price, hour_export + export, label)
            clock = right
        if clock < end:
            yield PricePiece(day, clock, end, entry, None, None, label, "no-hourly-price")
