"""Hours as local days: for services whose own days have one offset all year, and for days cut by another zone."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from solar.days import length_of_day, local_date, start_of_day, zone_of
from solar.weather.answers import DAILY_COLUMNS, WeatherAnswer

_HALF_HOUR, _HOUR = timedelta(minutes=30), timedelta(hours=1)
_FROM_HOURS = ("shortwave_radiation_sum", "precipitation_sum", "temperature_max", "temperature_min")
# A day of which nothing but these is known is not known.
_SUN = ("sunrise", "sunset")
_MEGAJOULES_PER_WATT_HOUR = 0.0036


def local_days(hourly: pd.DataFrame, time_zone: str) -> pd.DataFrame:
    """Return the local days of hourly weather as `WeatherAnswer.hourly` holds it, in an IANA zone.

    The index is `date`; columns `shortwave_radiation_sum` (MJ/m²), `precipitation_sum` (mm), `temperature_max`,
    `temperature_min` (°C) and `hours`, the number of hours with radiation that the sum rests on. An hour belongs to the
    day of its middle; a day with no value has NaN.
    """
    middles = [local_date(each.to_pydatetime() - _HALF_HOUR, time_zone) for each in hourly.index]
    stamps = [local_date(each.to_pydatetime(), time_zone) for each in hourly.index]
    by_middle = hourly[["shortwave_radiation", "precipitation"]].groupby(pd.Index(middles, dtype=object))
    by_stamp = hourly["temperature"].groupby(pd.Index(stamps, dtype=object))
    sums = by_middle.sum(min_count=1)
    frame = pd.DataFrame({
        "shortwave_radiation_sum": sums["shortwave_radiation"] * _MEGAJOULES_PER_WATT_HOUR,
        "precipitation_sum": sums["precipitation"],
        "temperature_max": by_stamp.max(), "temperature_min": by_stamp.min(),
        "hours": by_middle["shortwave_radiation"].count(),
    })
    return frame.rename_axis("date")


def expected_hours(day: date, time_zone: str) -> int:
    """Return how many hours a local day has whose middles lie in it: 23 to 25, 0 for a date that the zone skipped."""
    return round(length_of_day(day, time_zone) / _HOUR)


def day_table(answer: WeatherAnswer, time_zone: str) -> pd.DataFrame:
    """Return the local days of an answer in an IANA zone: index `date`, DAILY_COLUMNS as in `WeatherAnswer.daily`.

    The service cuts all days by one offset. Where that is not the day's own, and where the answer has no days of its
    own, sums and extremes come from the hours, if all of them are there. A day without any value is left out.
    """
    hours = local_days(answer.hourly, time_zone)
    whole = hours[hours["hours"].to_numpy() == [expected_hours(day, time_zone) for day in hours.index.tolist()]]
    index = pd.Index(sorted({*answer.daily.index, *whole.index}), dtype=object, name="date")
    days, made = answer.daily.reindex(index), whole.reindex(index)
    is_cut_elsewhere = np.array([_offset_at(day, time_zone) != answer.utc_offset for day in index], dtype=bool)
    for name in _FROM_HOURS:
        days[name] = made[name].where(is_cut_elsewhere & made[name].notna(), days[name].fillna(made[name]))
    severest = answer.hourly["weather_code"].groupby(pd.Index(_dates(answer.hourly, time_zone), dtype=object)).max()
    days["weather_code"] = days["weather_code"].fillna(severest.reindex(whole.index).reindex(index))
    return days.dropna(how="all", subset=[name for name in DAILY_COLUMNS if name not in _SUN])


def _offset_at(day: date, time_zone: str) -> timedelta | None:
    return start_of_day(day, time_zone).astimezone(zone_of(time_zone)).utcoffset()


def _dates(hourly: pd.DataFrame, time_zone: str) -> list[date]:
    return [local_date(each.to_pydatetime(), time_zone) for each in hourly.index]
