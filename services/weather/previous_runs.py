"""Fills in what was forecast before a source came: a forecast of each past day, as if it had been kept then.

The service tells for any hour what was forecast one to seven days before it (Open-Meteo's previous runs). Of these a
forecast issued at the begin of a UTC day is put together: its first 24 hours as they were forecast a day before them,
the next as two days before, and so on. Nothing in it was known later than it says.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from data import mongo, weather_hours
from data.weather_client import LEADS, WeatherClient, WeatherRefused, WeatherUnavailable
from data.weather_hours import Forecast
from services.weather import archive as weather_archive
from services.weather import places as weather_sources
from solar.weather import Place, WeatherFormatError, on_the_hour, parse_leads

log = logging.getLogger(__name__)
# So far back a model's errors are looked at; further back the service has little.
REACH = timedelta(days=60)
_ONE_DAY = timedelta(days=1)


def fill(client: WeatherClient, source_id: str | None = None) -> int:
    """Fill in the missing forecasts of one source, or of all that are kept up to date; returns how many days.

    A request a place at most. Where the service does not offer previous runs, or not now, nothing is changed.
    """
    records = weather_sources.asked_for(source_id)
    firsts = {str(each.id): weather_archive.first_date(each, client.clock()) for each in records}
    filled = 0
    for place, ids in weather_sources.places_of(records).items():
        known = {each: first for each in ids if (first := firsts[each]) is not None}
        try:
            filled += _fill_place(client, place, known)
        except (WeatherRefused, WeatherFormatError, WeatherUnavailable) as error:
            log.info("no previous runs for %d sources: %s", len(known), error)
    return filled


def _fill_place(client: WeatherClient, place: Place, firsts: Mapping[str, date]) -> int:
    today = client.clock().astimezone(UTC).date()
    missing = _missing(firsts, today)
    days = sorted(set().union(*missing.values())) if missing else []
    if not days:
        return 0
    # A day more on either side: these are local days, ours are UTC.
    payload = client.previous_runs(place, days[0] - _ONE_DAY, days[-1] + len(LEADS) * _ONE_DAY)
    leads = {lead: on_the_hour(frame) for lead, frame in parse_leads(payload, place.time_zone).items() if lead}
    is_simulated = payload.get("simulated") is True
    filled = 0
    for issued_at, hours in _forecasts(leads, days):
        ids = [each for each, lacking in missing.items() if issued_at.date() in lacking]
        weather_hours.put_forecast(mongo.database(), ids, Forecast(issued_at, is_simulated, hours))
        filled += 1
    return filled


def _missing(firsts: Mapping[str, date], today: date) -> dict[str, set[date]]:
    """Return by source the past UTC days, from its first on, of which no forecast is kept."""
    if not firsts:
        return {}
    oldest = today - REACH
    known = weather_hours.issue_dates(mongo.database(), list(firsts), _begin(oldest), _begin(today))
    wanted = {each: max(first, oldest) for each, first in firsts.items()}
    return {
        each: {first + number * _ONE_DAY for number in range((today - first).days)} - known[each]
        for each, first in wanted.items()
    }


def _forecasts(leads: Mapping[int, pd.DataFrame], days: list[date]) -> Iterator[tuple[datetime, pd.DataFrame]]:
    """Yield the issue and the hours of a forecast for each day of which there is one; stamps are the ends of hours."""
    for day in days:
        issued_at = _begin(day)
        parts = [
            frame[(frame.index > issued_at + (lead - 1) * _ONE_DAY) & (frame.index <= issued_at + lead * _ONE_DAY)]
            for lead, frame in sorted(leads.items())
        ]
        hours = on_the_hour(pd.concat(parts)) if parts else pd.DataFrame()
        if not hours.empty:
            yield issued_at, hours


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
