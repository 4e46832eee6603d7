"""The times of an answer: local ones without offset, or epoch seconds, and the zone that says what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LARGEST_OFFSET = timedelta(hours=15)
_ISO, _EPOCH = "iso8601", "unixtime"


class WeatherFormatError(ValueError):
    """An answer that cannot be used: `field` is where, the message says what is wrong and what is allowed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field} {sentence}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Clock:
    """The one offset that all local times of an answer have, also those beyond a change of clocks."""

    time_zone: str
    offset: timedelta

    def instant(self, value: Any, unit: str, field: str) -> datetime:
        """Return a time of the answer as an aware UTC instant."""
        if unit == _EPOCH and isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if unit == _ISO and isinstance(value, str):
            return (self._local(value, field) - self.offset).replace(tzinfo=UTC)
        raise WeatherFormatError(field, f"holds {value!r} in {unit or 'no unit'}; {_ISO} and {_EPOCH} are allowed")

    def date(self, value: Any, unit: str, field: str) -> date:
        """Return the local date of a day of the answer: an epoch time is the day's local midnight."""
        return (self.instant(value, unit, field) + self.offset).date()

    def _local(self, text: str, field: str) -> datetime:
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            raise WeatherFormatError(field, f"holds {text!r}; a time such as 2026-03-05T21:00 is needed") from None
        if local.tzinfo is not None:
            raise WeatherFormatError(field, f"holds {text!r}; local times without offset are needed")
        return local


def clock_of(answer: Mapping[str, Any], wanted: str | None) -> Clock:
    """Return the clock of an answer; raises WeatherFormatError where it is not that of the zone wanted."""
    seconds, name = answer.get("utc_offset_seconds"), answer.get("timezone")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or abs(timedelta(seconds=seconds)) > _LARGEST_OFFSET:
        raise WeatherFormatError("utc_offset_seconds", f"is {seconds!r}; whole seconds are needed")
    if not isinstance(name, str):
        raise WeatherFormatError("timezone", f"is {name!r}; the name of a zone is needed")
    offset = timedelta(seconds=seconds)
    if wanted is not None and name != wanted and offset not in _offsets(wanted):
        raise WeatherFormatError("timezone", f"is {name!r}; {wanted} was asked for")
    return Clock(name, offset)


def _offsets(name: str) -> set[timedelta | None]:
    """Return the offsets that a zone has had lately: the service may know it by another name."""
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"time_zone: {name!r} is not an IANA time zone") from None
    return {
        datetime(year, month, 1, tzinfo=zone).utcoffset() for year in (2020, 2025, 2030) for month in range(1, 13)
    }
