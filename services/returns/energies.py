"""The energies that returns rest on, from the roll-ups: of local days, and of hours or five minutes within them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np

from data import daily_energies, mongo, rollup_reads
from data.rollups import FIVE_MINUTES, HOURS
from data.sources import SourceRecord
from services.rollups import hours as rollup_hours
from solar.days import end_of_day, start_of_day, zone_of
from solar.returns import DayEnergy, day_energies
from solar.tariffs import IntervalEnergies, Tariff
from solar.tariffs.pricing import instant_number
from solar.vocabulary import CHANNELS

Version = tuple[float, ...]
FINE, COARSE = timedelta(minutes=5), timedelta(hours=1)
FLOWS = ("produced", "consumed", "imported", "exported")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LEVELS = {FINE: FIVE_MINUTES, COARSE: HOURS}


def versions(sources: Iterable[SourceRecord], last_dates: Mapping[str, date]) -> dict[UUID, Version]:
    """Return by source what differs when the energies of any day through its last date (by time zone) differ."""
    by_zone: dict[str, list[SourceRecord]] = {}
    for source in sources:
        by_zone.setdefault(source.time_zone, []).append(source)
    found: dict[UUID, Version] = {}
    for zone, some in by_zone.items():
        known = daily_energies.fingerprints(
            mongo.database(), [str(each.id) for each in some], end_of_day(last_dates[zone], zone)
        )
        found |= {each.id: known.get(str(each.id), ()) for each in some}
    return found


def daily(source: SourceRecord, as_of: date) -> list[DayEnergy]:
    """Return the energies of every local day through `as_of`, in order; what is not known is absent."""
    found = rollup_reads.daily(mongo.database(), str(source.id), _BEGINNING, end_of_day(as_of, source.time_zone))
    return day_energies(
        (date.fromisoformat(day["date"]), channel, kwh)
        for day in found
        for channel, kwh in zip(CHANNELS, day["kwh"], strict=True)
        if kwh is not None
    )


def step_for(tariff: Tariff) -> timedelta:
    """Return the coarsest step whose energies the prices of a tariff do not cut: an hour, else five minutes.

    Sums over a price interval are linear in its energies, so hours give the same as the five minutes in them.
    """
    clocks = [clock for entry in tariff.entries for window in entry.windows for clock in (window.start, window.end)]
    on_the_hour = all(clock.minute == 0 for clock in clocks)
    if not tariff.hourly:
        return COARSE if on_the_hour else FINE
    zone = zone_of(tariff.time_zone)
    ends = [tariff.hourly[0].starts_at.astimezone(zone), *(hour.ends_at.astimezone(zone) for hour in tariff.hourly)]
    return COARSE if on_the_hour and all(_is_full_hour(each) for each in ends) else FINE


def intervals(
    source: SourceRecord, first_date: date, last_date: date, step: timedelta, channels: Sequence[str] = FLOWS
) -> IntervalEnergies:
    """Return the energies of intervals of 5 minutes or an hour of the local dates first to last, both included."""
    start, end = start_of_day(first_date, source.time_zone), end_of_day(last_date, source.time_zone)
    found = rollup_hours.energies(str(source.id), source.time_zone, _LEVELS[step], start, end)
    starts = np.array([instant_number(each["start"]) for each in found], dtype=np.int64)
    kwh = {name: np.array([each["energy"].get(name, np.nan) for each in found], dtype=np.float64) for name in channels}
    return IntervalEnergies(starts, starts + step // timedelta(microseconds=1), kwh)


def _is_full_hour(instant: datetime) -> bool:
    return not (instant.minute or instant.second or instant.microsecond)
