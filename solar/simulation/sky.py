"""The sky over a place: clear-sky irradiance from pvlib, and a cloud process that any instant can be asked of."""

import numpy as np
import pandas as pd
from pvlib import clearsky, solarposition
from scipy.special import expit, ndtr, ndtri

from solar.simulation.noise import Floats, Integers, layered, seed_of, smooth
from solar.simulation.site import epoch_seconds

_HOUR = 3600
_DAY = 24 * _HOUR
_WEATHER_LAYERS = ((3 * _DAY, 0.75), (18 * _HOUR, 0.55), (5 * _HOUR, 0.35), (90 * 60, 0.25))
_CLOUD_LAYERS = ((12 * 60, 0.6), (4 * 60, 0.6), (60, 0.4))
_COVER_GAIN = 1.6
_CELL_DEGREES = 0.5


def sky(latitude: float, longitude: float, times: pd.DatetimeIndex, lead_days: Floats | None = None) -> pd.DataFrame:
    """Return the sky at each of the aware `times`: the same instant always gives the same values.

    Columns: `elevation`, `azimuth` of the sun (degrees, elevation with refraction), `ghi`, `dni`, `dhi` (W/m², with
    ghi = dni x sin(elevation) + dhi), `cloud_cover` (0..1), `temperature` (°C), `wind_speed` (m/s), `rain` (mm/h).
    With `lead_days` (one value for each time) these are what a forecast issued so many days ahead says: it knows the
    weather less the longer the lead, and never the single clouds.
    """
    seconds, seed = epoch_seconds(times), _weather_seed(latitude, longitude)
    position = solarposition.get_solarposition(times, latitude, longitude)
    elevation = position["apparent_elevation"].to_numpy()
    weather = _forecast_weather(seed, seconds, lead_days)
    summer = _summer(latitude, seconds)
    # Skies close towards the poles and in winter.
    cover: Floats = ndtr(_COVER_GAIN * weather + 0.03 * (abs(latitude) - 35) - 0.3 * summer)
    rain = _rain(seed, seconds, cover)
    frame = pd.DataFrame({"elevation": elevation, "azimuth": position["azimuth"].to_numpy()}, index=times)
    frame["ghi"], frame["dni"], frame["dhi"] = _irradiance(
        seed, seconds, elevation, cover, are_clouds_known=lead_days is None
    )
    frame["cloud_cover"], frame["rain"] = cover, rain
    frame["temperature"] = _temperature(seed, seconds, latitude, longitude, summer, cover)
    frame["wind_speed"] = 3.5 * np.exp(0.45 * layered(seed_of(seed, "wind"), seconds, _WEATHER_LAYERS))
    return frame


def _weather_seed(latitude: float, longitude: float) -> int:
    """One weather for a cell of half a degree, so that neighbours and the weather service agree."""
    return seed_of("weather", int(np.floor(latitude / _CELL_DEGREES)), int(np.floor(longitude / _CELL_DEGREES)))


def _summer(latitude: float, seconds: Integers) -> Floats:
    """Return the season, from -1 in mid winter to 1 in mid summer of the place's hemisphere, about a month late."""
    year = (seconds % int(365.2425 * _DAY)) / (365.2425 * _DAY)
    values: Floats = np.cos(2 * np.pi * (year - 200 / 365)) * (1 if latitude >= 0 else -1)
    return values


def _forecast_weather(seed: int, seconds: Integers, lead_days: Floats | None) -> Floats:
    """Return the weather's latent value, mixed with an error of its own for each day of lead."""
    truth = layered(seed_of(seed, "cover"), seconds, _WEATHER_LAYERS)
    if lead_days is None:
        return truth
    share = 0.85 * (1 - np.exp(-np.maximum(lead_days, 0) / 1.6))
    return np.sqrt(1 - share**2) * truth + share * _forecast_error(seed, seconds, lead_days)


def _forecast_error(seed: int, seconds: Integers, lead_days: Floats) -> Floats:
    lead = np.maximum(lead_days, 0)
    whole = np.floor(lead).astype(np.int64)
    high_share = lead - whole
    error = np.zeros(len(seconds))
    for day in range(int(whole.min(initial=0)), int(whole.max(initial=0)) + 2):
        weight = np.where(whole == day, 1 - high_share, np.where(whole == day - 1, high_share, 0.0))
        error += weight * smooth(seed_of(seed, "error", day), seconds, 20 * _HOUR)
    values: Floats = error / np.sqrt((1 - high_share) ** 2 + high_share**2)
    return values


def _irradiance(
    seed: int, seconds: Integers, elevation: Floats, cover: Floats, *, are_clouds_known: bool
) -> tuple[Floats, Floats, Floats]:
    """Return global, direct normal and diffuse irradiance under clouds that hide the sun `cover` of the time."""
    clear = clearsky.simplified_solis(elevation, aod700=0.08, precipitable_water=1.4)
    clear_dni = np.where(elevation > 0, clear["dni"], 0.0)
    clear_dhi = np.where(elevation > 0, clear["dhi"], 0.0)
    height = np.clip(np.sin(np.radians(elevation)), 0, None)
    clear_ghi = clear_dni * height + clear_dhi
    hidden = cover
    if are_clouds_known:
        single_clouds = layered(seed_of(seed, "clouds"), seconds, _CLOUD_LAYERS)
        hidden = expit((ndtri(np.clip(cover, 1e-4, 1 - 1e-4)) - single_clouds) / 0.12)
    thickness: Floats = ndtr(smooth(seed_of(seed, "thickness"), seconds, 6 * _HOUR))
    dni = clear_dni * (1 - hidden + hidden * 0.35 * (1 - cover) ** 2)
    # Bright edges of broken clouds lift diffuse light above that of the clear sky.
    bright = clear_dhi * (1 + 2.4 * cover * (1 - cover))
    overcast = clear_ghi * (0.56 - 0.42 * thickness * cover)
    share = cover * (0.4 + 0.6 * hidden)
    dhi = (1 - share) * bright + share * overcast
    return dni * height + dhi, dni, dhi


def _rain(seed: int, seconds: Integers, cover: Floats) -> Floats:
    """Return rain in mm/h: only from a sky that is nearly closed, and not from every one."""
    closed = np.clip((cover - 0.88) / 0.12, 0, 1)
    strength = layered(seed_of(seed, "rain"), seconds, ((8 * _HOUR, 0.8), (2 * _HOUR, 0.6)))
    values: Floats = closed * np.clip(strength - 0.3, 0, None) ** 1.5 * 1.7
    return values


def _temperature(
    seed: int, seconds: Integers, latitude: float, longitude: float, summer: Floats, cover: Floats
) -> Floats:
    """Return air temperature in °C: yearly mean by latitude, season, time of day, and spells of days."""
    yearly_mean = 27 - 0.0068 * latitude**2
    season = min(18.0, 0.2 * abs(latitude)) * summer
    solar_hour = (seconds / _HOUR + longitude / 15) % 24
    day = (5.5 - 3.5 * cover) * np.cos(2 * np.pi * (solar_hour - 15) / 24)
    spell = 3.2 * layered(seed_of(seed, "temperature"), seconds, ((4 * _DAY, 0.8), (20 * _HOUR, 0.5)))
    values: Floats = yearly_mean + season + day + spell
    return values
