"""Answers in the shape of Open-Meteo's, quirks included, made from the simulated weather of any place on Earth."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from solar.simulation import daily_weather, hourly_weather

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
Section = tuple[dict[str, str], dict[str, Any]]
# The archive is that far behind: later values are null.
ARCHIVE_DELAY = timedelta(days=2)
_HOURLY = {
    "shortwave_radiation": ("shortwave_radiation", "W/m²"), "diffuse_radiation": ("diffuse_radiation", "W/m²"),
    "direct_normal_irradiance": ("direct_normal_irradiance", "W/m²"), "temperature_2m": ("temperature", "°C"),
    "cloud_cover": ("cloud_cover", "%"), "wind_speed_10m": ("wind_speed", "m/s"),
    "precipitation": ("precipitation", "mm"), "weather_code": ("weather_code", "wmo code"),
}
_DAILY = {
    "weather_code": ("weather_code", "wmo code"), "temperature_2m_max": ("temperature_max", "°C"),
    "temperature_2m_min": ("temperature_min", "°C"), "uv_index_max": ("uv_index_max", ""),
    "precipitation_sum": ("precipitation_sum", "mm"), "shortwave_radiation_sum": ("shortwave_radiation_sum", "MJ/m²"),
}
_SUN = ("sunrise", "sunset")
_LEAD = "_previous_day"
T = TypeVar("T")


class BadRequest(Exception):
    """A question that the service answers with 400 and this reason."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: the place, the local days [first, last], and the variables."""

    latitude: float
    longitude: float
    time_zone: str
    offset: timedelta
    first: date
    last: date
    daily: tuple[str, ...]
    hourly: tuple[str, ...]
    is_epoch: bool
    is_archive: bool

    def start_of(self, day: date) -> datetime:
        """The day's begin by the one offset of the answer, as the service cuts days."""
        return datetime(day.year, day.month, day.day, tzinfo=UTC) - self.offset

    def written(self, at: datetime) -> int | str:
        """An instant in the format asked for."""
        return int(at.timestamp()) if self.is_epoch else (at + self.offset).strftime("%Y-%m-%dT%H:%M")


def question_of(query: Mapping[str, str], now: datetime, *, is_archive: bool) -> Question:
    """Return what a query string asks for; raises BadRequest."""
    name = query.get("timezone", "GMT")
    try:
        offset = now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequest("Invalid timezone") from None
    today = (now + offset).date()
    if "start_date" in query or is_archive:
        first, last = _date(query, "start_date"), _date(query, "end_date")
    else:
        first = today - timedelta(days=int(_number(query, "past_days", 0, 0, 92)))
        last = today + timedelta(days=int(_number(query, "forecast_days", 7, 1, 16)) - 1)
    if last < first:
        raise BadRequest("End-date must be larger or equals than start-date")
    return Question(
        _number(query, "latitude", None, -90, 90), _number(query, "longitude", None, -180, 180), name, offset,
        first, last, _names(query, "daily"), _names(query, "hourly"),
        is_epoch=query.get("timeformat") == "unixtime", is_archive=is_archive,
    )


def answer(asked: Question, now: datetime) -> dict[str, Any]:
    """Return the answer to a question at `now`; raises BadRequest for a variable that there is not."""
    begun = asked.start_of(asked.first)
    end = asked.start_of(asked.last + _DAY)
    # A run an hour; what lies before it is told as it was.
    issued_at = None if asked.is_archive else now.replace(minute=0, second=0, microsecond=0)
    hours = hourly_weather(asked.latitude, asked.longitude, begun, end + _HOUR, issued_at)
    known_until = now - ARCHIVE_DELAY if asked.is_archive else None
    result: dict[str, Any] = {
        "latitude": round(asked.latitude * 16) / 16, "longitude": round(asked.longitude * 16) / 16,
        "generationtime_ms": 0.1, "utc_offset_seconds": int(asked.offset.total_seconds()),
        "timezone": asked.time_zone, "timezone_abbreviation": "local", "elevation": 200.0,
        # Ours alone: so that nobody takes made-up weather for real.
        "simulated": True,
    }
    if asked.hourly:
        units, columns = _hourly(asked, hours.loc[hours.index < end], known_until)
        result |= {"hourly_units": units, "hourly": columns}
    if asked.daily:
        units, columns = _daily(asked, hours, known_until)
        result |= {"daily_units": units, "daily": columns}
    return result


def _hourly(asked: Question, hours: pd.DataFrame, known_until: datetime | None) -> Section:
    units, columns = _time_columns(asked, [each.to_pydatetime() for each in hours.index])
    is_known = [known_until is None or each <= known_until for each in hours.index]
    leads: dict[str, pd.DataFrame] = {"": hours}
    for name in asked.hourly:
        plain, _, lead = name.partition(_LEAD)
        if plain not in _HOURLY or (lead and lead not in set("1234567")):
            raise BadRequest(f"Data corrupted at path ''. Cannot initialize variable from invalid String value {name}.")
        if lead not in leads:
            leads[lead] = hourly_weather(
                asked.latitude, asked.longitude, hours.index[0], hours.index[-1] + _HOUR, lead_days=float(lead)
            )
        column, units[name] = _HOURLY[plain]
        columns[name] = _listed(leads[lead][column], is_known)
    return units, columns


def _daily(asked: Question, hours: pd.DataFrame, known_until: datetime | None) -> Section:
    count = (asked.last - asked.first).days + 1
    starts = [asked.start_of(asked.first + each * _DAY) for each in range(count + 1)]
    days = daily_weather(hours, asked.latitude, asked.longitude, starts)
    units, columns = _time_columns(asked, starts[:-1])
    if not asked.is_epoch:
        columns["time"] = [(asked.first + each * _DAY).isoformat() for each in range(count)]
    is_known = [known_until is None or each <= known_until for each in starts[1:]]
    for name in asked.daily:
        if name in _SUN:
            units[name] = units["time"]
            columns[name] = [asked.written(each) for each in _sun_times(days, starts, name)]
        elif name in _DAILY:
            column, units[name] = _DAILY[name]
            columns[name] = _listed(days[column], is_known)
        else:
            raise BadRequest(f"Data corrupted at path ''. Cannot initialize variable from invalid String value {name}.")
    return units, columns


def _time_columns(asked: Question, times: list[datetime]) -> Section:
    return {"time": "unixtime" if asked.is_epoch else "iso8601"}, {"time": [asked.written(each) for each in times]}


def _sun_times(days: pd.DataFrame, starts: list[datetime], name: str) -> list[datetime]:
    """Return sunrise or sunset; a polar day is told as 24 hours and a polar night as 0, both from midnight on."""
    found = []
    for position, at in enumerate(days[name]):
        if not pd.isna(at):
            found.append(at.floor("s").to_pydatetime())
            continue
        is_light = name == "sunset" and days["shortwave_radiation_sum"].iloc[position] > 0
        found.append(starts[position] + (_DAY if is_light else timedelta()))
    return found


def _listed(values: pd.Series, is_known: list[bool]) -> list[float | None]:
    return [
        None if not known or math.isnan(value) else float(value) for value, known in zip(values, is_known, strict=True)
    ]


def _names(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(each for each in query.get(name, "").split(",") if each)


def _date(query: Mapping[str, str], name: str) -> date:
    return _read(lambda: date.fromisoformat(query[name]), f"Parameter '{name}' must be a date such as 2026-03-05")


def _number(query: Mapping[str, str], name: str, default: float | None, least: float, most: float) -> float:
    if name not in query and default is not None:
        return default
    value: float = _read(lambda: float(query[name]), f"Parameter '{name}' is required and must be a number")
    if not least <= value <= most:
        raise BadRequest(f"Parameter '{name}' must be in range of {least} to {most}. Given: {value}.")
    return value


def _read(read: Callable[[], T], reason: str) -> T:
    try:
        return read()
    except (ValueError, KeyError):
        raise BadRequest(reason) from None
