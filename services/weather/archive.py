"""Fills the weather of the past from the archive: back to where a source begins, at most two years, politely."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data import mongo, readings, rollup_reads, rollups, weather_hours
from data.sources import SourceRecord
from data.weather_client import WeatherClient, WeatherRefused, WeatherUnavailable
from services.weather import keeping as weather_keeping
from services.weather import places as weather_sources
from services.weather.places import ARCHIVE
from services.weather.refresh import sentence_of
from solar.days import local_date
from solar.weather import Place, WeatherFormatError, parse

LONGEST_HISTORY = timedelta(days=730)
# What the archive may take of the daily budget: forecasts must not wait for history.
BUDGET_SHARE = 0.7
PAUSE_SECONDS = 1.0
_LONGEST_REQUEST_DAYS = 92
# Gaps shorter than this are asked for as well: another request costs more.
_WORTH_A_REQUEST = timedelta(days=7)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filling:
    """What a filling did: requests made, days stored (a day of several sources counts once), and places that failed."""

    requests: int
    days: int
    failed: int


def fill(
    client: WeatherClient, source_id: str | None = None, pause: Callable[[float], None] = time.sleep
) -> Filling:
    """Fill the missing days of one source, or of all that are kept up to date; the newest come first."""
    records = weather_sources.asked_for(source_id)
    by_id = {str(each.id): each for each in records}
    total = Filling(0, 0, 0)
    for place, ids in weather_sources.places_of(records).items():
        done = _fill_place(client, place, [by_id[each] for each in ids], pause)
        total = Filling(total.requests + done.requests, total.days + done.days, total.failed + done.failed)
    return total


def first_date(record: SourceRecord, now: datetime) -> date | None:
    """Return the local date from which a source needs weather, or None where nothing of it lies in the past.

    It is that of its installation or of its first reading, whichever is earlier, at most two years ago.
    """
    database, source_id = mongo.database(), str(record.id)
    begins = [
        record.installation_date,
        readings.first_at(database, source_id),
        rollup_reads.first_start(database, rollups.DAYS, source_id),
    ]
    known = [each for each in begins if each is not None]
    if not known:
        return None
    return max(local_date(min(known), record.time_zone), local_date(now - LONGEST_HISTORY, record.time_zone))


def _fill_place(
    client: WeatherClient, place: Place, records: Sequence[SourceRecord], pause: Callable[[float], None]
) -> Filling:
    now = client.clock()
    firsts = {str(each.id): first for each in records if (first := first_date(each, now)) is not None}
    spans = list(_spans(_missing(firsts, local_date(now, place.time_zone))))
    days = 0
    try:
        for number, (first, last) in enumerate(spans):
            share = 100 * number // len(spans)
            stage = f"Asking the archive for {first:%-d %B %Y} to {last:%-d %B %Y}"
            weather_sources.note(ARCHIVE, firsts, "running", client.clock(), stage=stage, percent=share)
            if number:
                pause(PAUSE_SECONDS)
            # The last hour of a day has its stamp in the next one.
            answer = parse(client.archive(place, first, last + _ONE_DAY), place.time_zone)
            days += weather_keeping.keep_archive(firsts, answer, place.time_zone, client.clock())
    except (WeatherUnavailable, WeatherRefused, WeatherFormatError) as error:
        weather_sources.note(ARCHIVE, firsts, "failed", client.clock(), message=sentence_of(error))
        return Filling(len(spans), days, 1)
    # Also of those that have no past yet: they may wait, as their pages say, since they were made.
    weather_sources.note(ARCHIVE, [str(each.id) for each in records], "done", client.clock(), percent=100)
    return Filling(len(spans), days, 0)


def _missing(firsts: Mapping[str, date], today: date) -> list[date]:
    """Return the past days that any of the sources lacks from the archive, the newest first."""
    if not firsts:
        return []
    oldest, yesterday = min(firsts.values()), today - _ONE_DAY
    known = weather_hours.complete_days(mongo.database(), list(firsts), oldest, yesterday, "archive")
    lacking = {
        day for source, first in firsts.items() for day in _dates(first, yesterday) if day not in known[source]
    }
    return sorted(lacking, reverse=True)


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + each * _ONE_DAY for each in range((last - first).days + 1))


def _spans(missing: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Yield first and last dates of requests that cover days given newest first."""
    pending = list(missing)
    while pending:
        last = first = pending.pop(0)
        while pending and first - pending[0] <= _WORTH_A_REQUEST and (last - pending[0]).days < _LONGEST_REQUEST_DAYS:
            first = pending.pop(0)
        yield first, last
