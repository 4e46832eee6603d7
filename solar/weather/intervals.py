"""Hours stamped at their end, as the weather service does, turned into intervals stamped at their start."""

import pandas as pd

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
