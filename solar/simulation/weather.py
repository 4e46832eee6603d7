"""Weather of the simulated sky as a weather service tells it: hours, days, and forecasts that fade with the lead."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from pvlib import solarposition

from solar.simulation.noise import Floats
from solar.simulation.site import SiteSpec
from solar.simulation.sky import sky

_SAMPLES_PER_HOUR = 12
_HOUR = timedelta(hours=1)


def simulated_weather(
    spec: SiteSpec, start: datetime, end: datetime, issued_at: datetime | None = None
) -> pd.DataFrame:
    """Return the hourly weather at a site: see `hourly_weather`."""
    return hourly_weather(*spec.place, start, end, issued_at)


def hourly_weather(
    latitude: float, longitude: float, start: datetime, end: datetime, issued_at: datetime | None = None,
    lead_days: float | None = None,
) -> pd.DataFrame:
    """Return hourly weather stamped `[start, end)` on the hour (aware UTC), as Open-Meteo stamps it.

    `shortwave_radiation`, `direct_normal_irradiance`, `diffuse_radiation` (W/m²) are means and `precipitation` (mm) the
    sum of the hour *before* the stamp; `temperature` (°C), `cloud_cover` (%), `wind_speed` (m/s) and `weather_code`
    (WMO) belong to the stamp. With `issued_at` it is the forecast of that moment for what then lay ahead and the truth
    for what lay behind; with `lead_days` each hour is what was forecast so long before it.
    """
    stamps = _hours(start, end)
    if issued_at is None:
        return _weather(latitude, longitude, stamps, None if lead_days is None else np.full(len(stamps), lead_days))
    ahead: Floats = np.asarray((stamps - pd.Timestamp(issued_at)) / pd.Timedelta(days=1), dtype=np.float64)
    behind = _weather(latitude, longitude, stamps[ahead <= 0], None)
    forecast = _weather(latitude, longitude, stamps[ahead > 0], ahead[ahead > 0])
    return pd.concat([behind, forecast])


def _weather(latitude: float, longitude: float, stamps: pd.DatetimeIndex, lead_days: Floats | None) -> pd.DataFrame:
    if len(stamps) == 0:
        return pd.DataFrame(columns=list(_COLUMNS), index=stamps, dtype=float)
    offsets = (np.arange(_SAMPLES_PER_HOUR) + 0.5) / _SAMPLES_PER_HOUR - 1
    samples = stamps.repeat(_SAMPLES_PER_HOUR) + pd.to_timedelta(np.tile(offsets, len(stamps)) * 3600, unit="s")
    leads = None if lead_days is None else np.repeat(lead_days, _SAMPLES_PER_HOUR)
    within = sky(latitude, longitude, samples, leads)
    at_stamp = sky(latitude, longitude, stamps, lead_days)
    means = within[["ghi", "dni", "dhi", "rain"]].to_numpy().reshape(len(stamps), _SAMPLES_PER_HOUR, 4).mean(axis=1)
    frame = pd.DataFrame(means, columns=list(_COLUMNS[:4]), index=stamps).round(2)
    frame["temperature"] = at_stamp["temperature"].round(1)
    frame["cloud_cover"] = (at_stamp["cloud_cover"] * 100).round()
    frame["wind_speed"] = at_stamp["wind_speed"].round(2)
    frame["weather_code"] = _codes(frame)
    return frame


_COLUMNS = (
    "shortwave_radiation", "direct_normal_irradiance", "diffuse_radiation", "precipitation",
    "temperature", "cloud_cover", "wind_speed", "weather_code",
)


def daily_weather(hourly: pd.DataFrame, latitude: float, longitude: float, day_starts: list[datetime]) -> pd.DataFrame:
    """Return the days between neighbouring `day_starts` (aware UTC), made from hours that cover them.

    Columns: `weather_code` (the most severe), `temperature_max`, `temperature_min` (°C), `sunrise`, `sunset` (aware
    UTC, NaT where the sun does not rise or set), `uv_index_max`, `precipitation_sum` (mm), `shortwave_radiation_sum`
    (MJ/m²). The index is the position of the day.
    """
    rows = [
        {**_day_sums(hourly, start, end), **_sun_times(latitude, longitude, start, end)}
        for start, end in pairwise(day_starts)
    ]
    return pd.DataFrame(rows)


def _hours(start: datetime, end: datetime) -> pd.DatetimeIndex:
    first = pd.Timestamp(start).tz_convert("UTC").ceil("h")
    return pd.date_range(first, pd.Timestamp(end).tz_convert("UTC"), freq="h", inclusive="left", name="timestamp")


def _codes(frame: pd.DataFrame) -> Floats:
    """Return WMO codes: by cloud cover when dry, by the kind and rate of what falls otherwise."""
    cover, rate, cold = frame["cloud_cover"], frame["precipitation"], frame["temperature"] < 0.5
    dry = np.select([cover < 15, cover < 40, cover < 85], [0, 1, 2], 3)
    rain = np.select([rate < 0.3, rate < 1.5, rate < 4], [51, 61, 63], 65)
    snow = np.select([rate < 0.8, rate < 2.5], [71, 73], 75)
    storm = (frame["temperature"] > 22) & (rate > 2.5)
    wet = np.where(storm, 95, np.where(cold, snow, rain))
    codes: Floats = np.where(rate >= 0.1, wet, dry).astype(np.float64)
    return codes


def _day_sums(hourly: pd.DataFrame, start: datetime, end: datetime) -> dict[str, object]:
    stamped = hourly.loc[(hourly.index >= start) & (hourly.index < end)]
    ended = hourly.loc[(hourly.index > start) & (hourly.index <= end)]
    hours = np.diff(np.concatenate([[pd.Timestamp(start).value], pd.DatetimeIndex(ended.index).as_unit("ns").asi8]))
    # Half-hour zones: the first hour counts only from midnight on.
    shares = np.clip(hours / 3.6e12, 0, 1)
    radiation = float((ended["shortwave_radiation"] * shares).sum()) * 3600 / 1e6
    strongest = float(ended["shortwave_radiation"].max())
    return {
        "weather_code": float(stamped["weather_code"].max()),
        "temperature_max": float(stamped["temperature"].max()), "temperature_min": float(stamped["temperature"].min()),
        "uv_index_max": round(max(strongest, 0.0) / 120, 2),
        "precipitation_sum": round(float((ended["precipitation"] * shares).sum()), 1),
        "shortwave_radiation_sum": round(radiation, 2),
    }


def _sun_times(latitude: float, longitude: float, start: datetime, end: datetime) -> dict[str, object]:
    """Return sunrise and sunset within a day: pvlib's, for the UTC dates around it, those that fall into it."""
    noon = start + (end - start) / 2
    dates = pd.DatetimeIndex([_midnight(noon.astimezone(UTC).date() + timedelta(days=each)) for each in (-1, 0, 1)])
    found = solarposition.sun_rise_set_transit_spa(dates, latitude, longitude)
    times = {}
    for name in ("sunrise", "sunset"):
        inside = [each for each in found[name] if not pd.isna(each) and start <= each < end]
        times[name] = inside[0] if inside else pd.NaT
    return times


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
