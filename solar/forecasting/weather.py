"""Weather frames on the grid of a forecast: hourly irradiance follows the sun inside its hour."""

import numpy as np
import pandas as pd

from .site import Array
from .sun import Sun, clear_sky

COLUMNS = ("shortwave_radiation", "dni", "dhi", "temperature_2m")


def on_grid(weather: pd.DataFrame | None, instants: pd.DatetimeIndex, minutes: int, sun: Sun) -> pd.DataFrame | None:
    """Columns shortwave_radiation, temperature_2m and, where given, dni and dhi at `instants` (starts of intervals of
    `minutes`); NaN where not known. `weather` has a UTC index of interval starts; None where there is no irradiance."""
    if weather is None or weather.empty or "shortwave_radiation" not in weather:
        return None
    frame = weather[[name for name in COLUMNS if name in weather]].astype(float).sort_index()
    frame = frame[~frame.index.duplicated()]
    gaps = pd.Series(frame.index).diff().dropna().dt.total_seconds()
    step = int(float(gaps.median()) // 60) if len(gaps) else minutes
    if step <= minutes:
        found = frame.resample(f"{minutes}min").mean().reindex(instants)
    else:
        found = _spread(frame, instants, step, sun)
    if "temperature_2m" not in found:
        found["temperature_2m"] = np.nan
    return found if found["shortwave_radiation"].notna().any() else None


def _spread(frame: pd.DataFrame, instants: pd.DatetimeIndex, step: int, sun: Sun) -> pd.DataFrame:
    """Means over longer intervals spread over shorter ones in proportion to the clear sky; temperature by time."""
    whole = instants.floor(f"{step}min")
    sky = clear_sky(sun)
    found = frame.reindex(whole)
    found.index = instants
    for name, clear in (("shortwave_radiation", sky.ghi), ("dni", sky.dni), ("dhi", sky.dhi)):
        if name in found:
            found[name] = found[name].to_numpy() * _share(clear, whole)
    if "temperature_2m" in frame:
        middle = frame["temperature_2m"].copy()
        middle.index = middle.index + pd.Timedelta(minutes=step / 2)
        joined = middle.reindex(middle.index.union(instants)).interpolate("time", limit_area="inside", limit=8)
        found["temperature_2m"] = joined.reindex(instants).to_numpy()
    return found


def _share(clear: Array, whole: pd.DatetimeIndex) -> Array:
    """Clear-sky value of each interval over the mean of its longer interval, 1 where the sun is down."""
    mean = pd.Series(clear).groupby(whole).transform("mean").to_numpy()
    return np.asarray(np.where(mean > 5, clear / np.maximum(mean, 5), 1.0))
