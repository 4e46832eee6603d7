"""Measured data of a site folder, its daylight, and the plain regression on irradiance."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pvlib

from solar.forecasting import Site

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """A folder of measured data. `capacity_watts` is the kWp where known, else the largest value in the file."""

    name: str
    site: Site
    minutes: int
    telemetry: pd.DataFrame
    weather: pd.DataFrame | None
    capacity_watts: float
    capacity_known: bool


def read(folder: Path) -> Measured:
    """Read `site.json`, `telemetry.csv.gz` and, where present, `weather.csv.gz`."""
    about: dict[str, Any] = json.loads((folder / "site.json").read_text())
    site = Site(
        about["timezone"], about.get("latitude"), about.get("longitude"), about.get("installedCapacityWatts"),
        about.get("tilt"), about.get("azimuth"), about.get("batteryCapacityKwh"),
    )
    telemetry = _csv(folder / "telemetry.csv.gz")
    weather = _csv(folder / "weather.csv.gz") if (folder / "weather.csv.gz").exists() else None
    largest = float(telemetry["solarPower"].max()) if "solarPower" in telemetry else 1.0
    minutes = int(about.get("resolutionMinutes") or 30)
    known = site.capacity_watts is not None
    return Measured(folder.name, site, minutes, telemetry, weather, site.capacity_watts or largest, known)


def _csv(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path)
    frame.index = pd.DatetimeIndex(pd.to_datetime(frame.pop("timestamp"), utc=True), name="timestamp")
    return frame.astype(float)


def midnights(measured: Measured) -> pd.DatetimeIndex:
    """UTC instants of the local midnights inside the data."""
    index = measured.telemetry.index
    first, last = (instant.tz_convert(measured.site.zone).date() for instant in (index[0], index[-1]))
    dates = pd.date_range(first, last)
    local = dates.tz_localize(measured.site.zone, ambiguous="NaT", nonexistent="shift_forward")
    return pd.DatetimeIndex(local.dropna().tz_convert("UTC"))


def daylight(measured: Measured) -> npt.NDArray[np.bool_]:
    """Sun above the horizon in the middle of each interval; without a place: produced at that time within a week."""
    index = pd.DatetimeIndex(measured.telemetry.index)
    site = measured.site
    if site.latitude is not None and site.longitude is not None:
        middle = index + pd.Timedelta(minutes=measured.minutes / 2)
        found = pvlib.solarposition.get_solarposition(middle, site.latitude, site.longitude)
        return np.asarray(found["elevation"] > 0)
    if "solarPower" not in measured.telemetry:
        return np.zeros(len(index), dtype=bool)
    produced = measured.telemetry["solarPower"] > 0.002 * measured.capacity_watts
    around = produced.groupby(index.hour * 60 + index.minute).transform(
        lambda days: days.astype(float).rolling(15, center=True, min_periods=1).max()
    )
    return np.asarray(around > 0)


def plain_regression(measured: Measured, until: pd.Timestamp) -> Array:
    """Power from measured global irradiance by a straight line fitted to daylight before `until`: with or without an
    intercept, whichever fits the older data better; NaN without weather."""
    nothing = np.full(len(measured.telemetry), np.nan)
    if "solarPower" not in measured.telemetry or measured.weather is None:
        return nothing
    power = measured.telemetry["solarPower"].to_numpy()
    ghi = measured.weather["shortwave_radiation"].reindex(measured.telemetry.index).to_numpy()
    known = np.isfinite(power) & np.isfinite(ghi) & daylight(measured) & np.asarray(measured.telemetry.index < until)
    if known.sum() < 50:
        return nothing
    x, y = ghi[known], power[known]
    through = np.array([float(x @ y) / float(x @ x), 0.0])
    lines = [through, np.polyfit(x, y, 1)]
    line = min(lines, key=lambda found: float(np.mean(np.abs(np.maximum(np.polyval(found, x), 0) - y))))
    return np.maximum(np.polyval(line, ghi), 0.0)
