"""Answers of Open-Meteo as frames, with every quirk seen: what cannot be understood is refused, not taken as metric."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from solar.weather.clocks import Clock, WeatherFormatError, clock_of
from solar.weather.variables import DAILY, HOURLY, NO_UNIT, SUN_TIMES, Variable

DAILY_COLUMNS = (*(each.column for each in DAILY.values()), *SUN_TIMES)
HOURLY_COLUMNS = tuple(each.column for each in HOURLY.values())
_LEAD = re.compile(r"(?P<name>\w+)_previous_day(?P<lead>[1-7])")
_ONE_DAY = timedelta(days=1)

__all__ = ["DAILY_COLUMNS", "HOURLY_COLUMNS", "WeatherAnswer", "WeatherFormatError", "parse", "parse_leads"]


@dataclass(frozen=True, slots=True)
class WeatherAnswer:
    """What an answer says.

    `daily` has one row for each local date (index `date`, of `datetime.date`) and DAILY_COLUMNS: `weather_code`,
    `temperature_max`, `temperature_min` (°C), `uv_index_max`, `precipitation_sum` (mm), `shortwave_radiation_sum`
    (MJ/m² on the horizontal), `sunrise`, `sunset` (aware UTC; NaT where there is none, as on polar days).
    `hourly` has one row for each stamp (index `timestamp`, aware UTC) and HOURLY_COLUMNS: `shortwave_radiation`,
    `direct_normal_irradiance`, `diffuse_radiation` (W/m²) and `precipitation` (mm) of the hour *before* the stamp;
    `temperature` (°C), `cloud_cover` (%), `wind_speed` (m/s) and `weather_code` at the stamp.
    What the answer does not carry is NaN; a section that it does not have is an empty frame. `is_simulated` is true
    where the answer says that it was made up, as those of the demo's weather service do.
    """

    latitude: float
    longitude: float
    time_zone: str
    utc_offset: timedelta
    daily: pd.DataFrame
    hourly: pd.DataFrame
    is_simulated: bool = False


def parse(payload: object, time_zone: str | None = None) -> WeatherAnswer:
    """Return what a forecast or archive answer says.

    With `time_zone` (IANA) the answer must be in that zone, since its days would be others otherwise. Raises
    WeatherFormatError, which names the field, where a unit is imperial, unknown or missing, or the shape is wrong.
    """
    answer = _mapping(payload, "answer")
    clock = clock_of(answer, time_zone)
    return WeatherAnswer(
        latitude=_coordinate(answer, "latitude"), longitude=_coordinate(answer, "longitude"),
        time_zone=clock.time_zone, utc_offset=clock.offset,
        daily=_daily(answer, clock), hourly=_hourly(answer, clock, {name: name for name in HOURLY}),
        is_simulated=answer.get("simulated") is True,
    )


def parse_leads(payload: object, time_zone: str | None = None) -> dict[int, pd.DataFrame]:
    """Return an answer of the previous-runs service: for each lead in days what was forecast so long before.

    Lead 0 is the newest run. The frames are as `WeatherAnswer.hourly`. Raises WeatherFormatError.
    """
    answer = _mapping(payload, "answer")
    clock = clock_of(answer, time_zone)
    names: dict[int, dict[str, str]] = {}
    for sent in _mapping(answer.get("hourly", {}), "hourly"):
        found = _LEAD.fullmatch(str(sent))
        name, lead = (found["name"], int(found["lead"])) if found else (str(sent), 0)
        if name in HOURLY:
            names.setdefault(lead, {})[name] = str(sent)
    return {lead: _hourly(answer, clock, names[lead]) for lead in sorted(names)}


def _daily(answer: Mapping[str, Any], clock: Clock) -> pd.DataFrame:
    section, units = _section(answer, "daily")
    times = _times(section, "daily")
    days = [clock.date(value, _unit(units, "time"), "daily.time") for value in times]
    _require_order(days, "daily.time")
    columns: dict[str, Any] = {
        variable.column: _values(section, units, name, "daily", variable, len(days)) for name, variable in DAILY.items()
    }
    for name in SUN_TIMES:
        columns[name] = _sun_times(section, units, name, days, clock)
    frame = pd.DataFrame(columns, index=pd.Index(days, name="date", dtype=object))
    # Where the sun never sets or never rises, the service tells a day of 24 or of 0 hours.
    lengths = frame["sunset"] - frame["sunrise"]
    frame.loc[(lengths <= pd.Timedelta(0)) | (lengths >= pd.Timedelta(days=1)), list(SUN_TIMES)] = pd.NaT
    return frame


def _hourly(answer: Mapping[str, Any], clock: Clock, names: Mapping[str, str]) -> pd.DataFrame:
    section, units = _section(answer, "hourly")
    times = _times(section, "hourly")
    stamps = [clock.instant(value, _unit(units, "time"), "hourly.time") for value in times]
    _require_order(stamps, "hourly.time")
    columns = {
        variable.column: _values(section, units, names.get(name, ""), "hourly", variable, len(stamps))
        for name, variable in HOURLY.items()
    }
    index = pd.DatetimeIndex(pd.to_datetime(stamps, utc=True), name="timestamp")
    return pd.DataFrame(columns, index=index)


def _section(answer: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if answer.get(name) is None:
        return {"time": []}, {"time": "iso8601"}
    return _mapping(answer[name], name), _mapping(answer.get(f"{name}_units", {}), f"{name}_units")


def _times(section: Mapping[str, Any], name: str) -> list[Any]:
    times = section.get("time")
    if not isinstance(times, list):
        raise WeatherFormatError(f"{name}.time", "is missing; a list of times is needed")
    return times


def _values(
    section: Mapping[str, Any], units: Mapping[str, Any], name: str, where: str, variable: Variable, length: int
) -> np.typing.NDArray[np.float64]:
    """Return a variable in our unit; all NaN where the answer does not have it or nothing but null."""
    field = f"{where}.{name}"
    sent = _column(section, name, field, length)
    values = np.array([_number(value, field) for value in sent], dtype=np.float64)
    if np.isnan(values).all():
        # A unit that is empty or "undefined" is no harm where there is no value.
        return values
    return values * _factor(_unit(units, name), variable, f"{where}_units.{name}")


def _factor(unit: str, variable: Variable, field: str) -> float:
    if unit in variable.factors:
        return variable.factors[unit]
    if unit in NO_UNIT:
        raise WeatherFormatError(field, f"is missing; {variable.unit} is needed")
    needed = variable.unit or "no unit"
    raise WeatherFormatError(field, f"is {unit!r}; only {needed} can be used")


def _column(section: Mapping[str, Any], name: str, field: str, length: int) -> list[Any]:
    sent = section.get(name)
    if sent is None:
        return [None] * length
    if not isinstance(sent, list):
        raise WeatherFormatError(field, "is no list; a list of values is needed")
    if len(sent) != length:
        raise WeatherFormatError(field, f"has {len(sent)} values for {length} times")
    return sent


def _number(value: Any, field: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WeatherFormatError(field, f"holds {value!r}; only numbers and null are allowed")
    return float(value) if math.isfinite(value) else math.nan


def _sun_times(
    section: Mapping[str, Any], units: Mapping[str, Any], name: str, days: list[date], clock: Clock
) -> pd.DatetimeIndex:
    """Return sunrise or sunset as instants; of an answer in another zone they may fall on a neighbouring date."""
    field = f"daily.{name}"
    found: list[datetime | None] = []
    for day, value in zip(days, _column(section, name, field, len(days)), strict=True):
        instant = None if value in (None, "", 0) else clock.instant(value, _unit(units, name) or "iso8601", field)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - clock.offset
        # Before 2024 the service told 1970 on polar days.
        is_near = instant is not None and start - _ONE_DAY <= instant < start + 2 * _ONE_DAY
        found.append(instant if is_near else None)
    return pd.DatetimeIndex(pd.to_datetime(pd.Series(found, dtype=object), utc=True))


def _unit(units: Mapping[str, Any], name: str) -> str:
    unit = units.get(name)
    return unit.strip() if isinstance(unit, str) else ""


def _require_order(times: list[Any], field: str) -> None:
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise WeatherFormatError(field, "is not in order; each time must come after the one before")


def _mapping(value: object, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise WeatherFormatError(field, f"is {type(value).__name__}; an object is needed")
    if value.get("error"):
        raise WeatherFormatError(field, f"is an error of the service: {value.get('reason', 'no reason given')}")
    return value


def _coordinate(answer: Mapping[str, Any], name: str) -> float:
    value = _number(answer.get(name), name)
    if math.isnan(value):
        raise WeatherFormatError(name, "is missing; degrees are needed")
    return value
