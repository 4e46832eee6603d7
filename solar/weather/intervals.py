"""Hours stamped at their end, as the weather service does: as intervals stamped at their start, and their dates."""

from datetime import date

import pandas as pd

from solar.days import local_date
from solar.weather.clocks import WeatherFormatError

_HOUR = pd.Timedelta(hours=1)


def hour_intervals(hourly: pd.DataFrame) -> pd.DataFrame:
    """Return `WeatherAnswer.hourly` as intervals of an hour: the index is the start of each, aware UTC.

    Columns as forecasting takes them: `shortwave_radiation`, `dni`, `dhi` (W/m², means of the interval) and
    `temperature_2m` (°C, mean of its two ends, or the one that is known).
    """
    starts = pd.DatetimeIndex(hourly.index) - _HOUR
    temperature = hourly["temperature"]
    frame = pd.DataFrame({
        "shortwave_radiation": hourly["shortwave_radiation"].to_numpy(),
        "dni": hourly["direct_normal_irradiance"].to_numpy(), "dhi": hourly["diffuse_radiation"].to_numpy(),
    }, index=starts)
    ends = pd.DataFrame({"start": temperature.reindex(starts).to_numpy(), "end": temperature.to_numpy()}, index=starts)
    frame["temperature_2m"] = ends.mean(axis=1)
    return frame


def dates_of(stamps: pd.DatetimeIndex, time_zone: str) -> list[date]:
    """Return the local dates, in an IANA zone, that hours stamped at their end belong to: those of their middles."""
    return [local_date(each.to_pydatetime(), time_zone) for each in stamps - _HOUR / 2]


def on_the_hour(hourly: pd.DataFrame) -> pd.DataFrame:
    """Return hours with a row for each stamp from the first to the last; missing ones are NaN, empty ends are cut off.

    Raises WeatherFormatError where stamps are not whole hours apart.
    """
    known = hourly.dropna(how="all")
    if known.empty:
        return known
    stamps = pd.date_range(known.index[0], known.index[-1], freq=_HOUR, name=hourly.index.name)
    if not known.index.isin(stamps).all():
        raise WeatherFormatError("hourly.time", "is uneven; times must be whole hours apart")
    return known.reindex(stamps)
