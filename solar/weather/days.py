"""Hours as local days: for services whose own days have one offset all year, and for days cut by another zone."""

from datetime import timedelta

import pandas as pd

from solar.days import local_date

_HALF_HOUR = timedelta(minutes=30)
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
