"""What becomes of an answer of the weather service: forecast, observed hours and days, for all sources of a place.

A refresh is written in three steps: the forecast (a document a source), the days (one transaction for all sources),
the observed hours (a document a source and day). Each is whole or not there at all, and repeating the refresh after a
crash completes what was missing; an answer that cannot be used is refused before the first of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from data import mongo, postgres, weather, weather_hours
from data.weather_hours import Forecast, ObservedDay, Origin
from solar.days import local_date, start_of_day
from solar.weather import WeatherAnswer, WeatherFormatError, dates_of, day_table, expected_hours, on_the_hour


def keep_forecast(source_ids: Collection[str], answer: WeatherAnswer, time_zone: str, now: datetime) -> None:
    """Store a forecast that was issued `now`, and what it tells of the hours before, for sources of one place.

    Raises WeatherFormatError, storing nothing, where the answer holds no value for what lies ahead.
    """
    hours, days, today = on_the_hour(answer.hourly), day_table(answer, time_zone), local_date(now, time_zone)
    ahead, coming = hours[hours.index > now], days[[each >= today for each in days.index]]
    if ahead.dropna(how="all").empty or coming.empty:
        raise WeatherFormatError("answer", "holds no value for the days ahead")
    database = mongo.database()
    behind = list(observed_days(hours[hours.index <= now], time_zone, "recent"))
    behind = [each for each in behind if each.is_complete or each.day == today]
    told = [each.day for each in behind]
    known = weather_hours.complete_days(database, source_ids, min(told), max(told)) if told else {}
    missing = {source: set(told) - known.get(source, set()) for source in source_ids}
    weather_hours.put_forecast(database, source_ids, Forecast(now, answer.is_simulated, ahead))
    for some, wanted in _alike(missing):
        past = days[[each < today and each in wanted for each in days.index]]
        _put_days(some, pd.concat([past, coming]), time_zone, now, today)
    wanted_hours = {source: [each for each in behind if each.day in missing[source]] for source in source_ids}
    weather_hours.put_observed(database, wanted_hours, now)


def keep_archive(first_dates: Mapping[str, date], answer: WeatherAnswer, time_zone: str, now: datetime) -> int:
    """Store the complete local days of an archive answer for sources of one place, each from its first date on.

    Returns how many days the answer gave. Raises WeatherFormatError, storing nothing.
    """
    hours, days, today = on_the_hour(answer.hourly), day_table(answer, time_zone), local_date(now, time_zone)
    told = [each for each in observed_days(hours, time_zone, "archive") if each.is_complete and each.day < today]
    whole = {each.day for each in told}
    days = days[[each in whole for each in days.index]]
    for first in sorted(set(first_dates.values())):
        some = [source for source, own in first_dates.items() if own == first]
        _put_days(some, days[[each >= first for each in days.index]], time_zone, now, today)
    # The hours last: a day whose hours are from the archive is not asked for again.
    wanted = {source: [each for each in told if each.day >= first] for source, first in first_dates.items()}
    weather_hours.put_observed(mongo.database(), wanted, now)
    return len(told)


def observed_days(hours: pd.DataFrame, time_zone: str, origin: Origin) -> Iterator[ObservedDay]:
    """Yield hours by the local date of their middles, in order; a day without any value is left out."""
    dates = pd.Index(dates_of(pd.DatetimeIndex(hours.index), time_zone), dtype=object)
    for day in sorted(set(dates)):
        own = hours[dates == day]
        count = int(own["shortwave_radiation"].notna().sum())
        if count:
            yield ObservedDay(day, origin, count == expected_hours(day, time_zone), own)


def _alike(missing: Mapping[str, set[date]]) -> Iterator[tuple[Sequence[str], set[date]]]:
    """Yield sources that miss the same days together, so that they share a statement."""
    groups: dict[frozenset[date], list[str]] = {}
    for source, days in missing.items():
        groups.setdefault(frozenset(days), []).append(source)
    for wanted, some in groups.items():
        yield some, set(wanted)


def _put_days(
    source_ids: Sequence[str], days: pd.DataFrame, time_zone: str, now: datetime, today: date
) -> None:
    rows = days.assign(
        date=[start_of_day(each, time_zone) for each in days.index],
        is_observed=[each < today for each in days.index],
        issued_at=now,
    )
    with postgres.session() as session:
        weather.put(session, source_ids, rows)
