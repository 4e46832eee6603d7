"""Local days of a time zone: when a date starts, how long it lasts, which date an instant belongs to.

A local day D is [start_of_day(D), start_of_day(D + 1)) (formulas 1.1); it lasts 23 to 25 hours, and a date that the
zone skipped (Pacific/Apia, 2011-12-30) lasts 0. Everything is compared and subtracted in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ValueError that names the field for a name that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"time_zone: {name!r} is not an IANA time zone such as 'Europe/Berlin'") from error


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first instant whose local date is `day`, in UTC, also where clocks change at midnight (formulas 1.1)."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(time_zone)).astimezone(UTC)


def end_of_day(day: date, time_zone: str) -> datetime:
    """The first instant after the day: the start of the next date, in UTC."""
    return start_of_day(day + _ONE_DAY, time_zone)


def length_of_day(day: date, time_zone: str) -> timedelta:
    """Real length of the local day: 23, 23.5, 24, 24.5 or 25 hours, or 0 for a date the zone skipped."""
    return end_of_day(day, time_zone) - start_of_day(day, time_zone)


def local_date(instant: datetime, time_zone: str) -> date:
    """The date D with start_of_day(D) <= instant < start_of_day(D + 1); `instant` must be aware, else ValueError.

    Where clocks fall back over midnight, the repeated minutes belong to the date that had already begun.
    """
    if instant.tzinfo is None:
        raise ValueError("instant: a time without zone has no local date; give an aware datetime")
    day = instant.astimezone(zone_of(time_zone)).date()
    return day + _ONE_DAY if instant >= end_of_day(day, time_zone) else day


def dates(first: date, last: date) -> Iterator[date]:
    """Every calendar date from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + offset * _ONE_DAY


def real_dates(first: date, last: date, time_zone: str) -> list[date]:
    """The dates from `first` to `last`, both included, without those the zone skipped."""
    return [day for day in dates(first, last) if length_of_day(day, time_zone) > timedelta(0)]


def dates_of_range(start: datetime, end: datetime, time_zone: str) -> list[date]:
    """The local dates that [start, end) touches, in order; none where the range is empty."""
    if end <= start:
        return []
    return real_dates(local_date(start, time_zone), local_date(end - timedelta(microseconds=1), time_zone), time_zone)
