"""Where the sun stands and what it sends: position, clear sky and the irradiance on a tilted plane, by pvlib."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pvlib

from .site import Array


@dataclass(frozen=True)
class Sun:
    """Geometry at the middle of each interval. Degrees; `extra` is the extraterrestrial normal irradiance in W/m2,
    `day` the day of the year, `air` the usual temperature of the air by day at that latitude in degrees C."""

    zenith: Array
    elevation: Array
    azimuth: Array
    extra: Array
    airmass: Array
    day: Array
    air: Array

    def at(self, chosen: "np.typing.NDArray[np.int64] | np.typing.NDArray[np.bool_]") -> "Sun":
        """The chosen instants only."""
        return Sun(*(getattr(self, name)[chosen] for name in Sun.__dataclass_fields__))


@dataclass(frozen=True)
class Irradiance:
    """Global horizontal, direct normal and diffuse horizontal irradiance in W/m2."""

    ghi: Array
    dni: Array
    dhi: Array


def position(starts: pd.DatetimeIndex, minutes: int, latitude: float, longitude: float) -> Sun:
    """The sun at the middle of intervals of `minutes` that begin at `starts` (UTC). NREL SPA as pvlib has it."""
    middle = starts + pd.Timedelta(minutes=minutes / 2)
    found = pvlib.solarposition.get_solarposition(middle, latitude, longitude)
    zenith = found["apparent_zenith"].to_numpy()
    day = middle.day_of_year.to_numpy()
    with np.errstate(invalid="ignore"):
        airmass = np.nan_to_num(pvlib.atmosphere.get_relative_airmass(np.minimum(zenith, 89.9)), nan=40.0)
    return Sun(
        zenith=zenith,
        elevation=found["elevation"].to_numpy(),
        azimuth=found["azimuth"].to_numpy(),
        extra=np.asarray(pvlib.irradiance.get_extra_radiation(day), dtype=float),
        airmass=np.asarray(airmass, dtype=float),
        day=day.astype(float),
        air=usual_temperature(latitude, day.astype(float)),
    )


def usual_temperature(latitude: float, day: Array) -> Array:
    """Rough air temperature by day in degrees C: colder and more seasonal away from the equator, warmest a month after
    the summer solstice. It only has to carry the drift of a clear day's yield through the year."""
    mean, swing = 30.0 - 0.4 * max(abs(latitude) - 10, 0.0), 0.28 * max(abs(latitude) - 5, 0.0)
    season = np.cos(2 * np.pi * (day - 205) / 365.25) * (1 if latitude >= 0 else -1)
    return np.asarray(mean + swing * season)


def clear_sky(sun: Sun) -> Irradiance:
    """A cloudless sky: simplified Solis (Ineichen 2008), with more water and haze in warm air than in cold."""
    water = np.clip(0.55 * np.exp(0.06 * sun.air), 0.3, 5.0)
    haze = np.clip(0.06 + 0.004 * sun.air, 0.05, 0.2)
    sky = pvlib.clearsky.simplified_solis(90.0 - sun.zenith, aod700=haze, precipitable_water=water, dni_extra=sun.extra)
    return Irradiance(*(np.nan_to_num(np.asarray(sky[name], dtype=float)) for name in ("ghi", "dni", "dhi")))


def from_weather(sun: Sun, weather: pd.DataFrame) -> Irradiance:
    """Irradiance from columns shortwave_radiation and, where given, dni and dhi; else split by Erbs (1982)."""
    ghi = weather["shortwave_radiation"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        split = pvlib.irradiance.erbs(ghi, sun.zenith, sun.day)
    dni, dhi = np.asarray(split["dni"], dtype=float), np.asarray(split["dhi"], dtype=float)
    if {"dni", "dhi"} <= set(weather.columns):
        given_dni, given_dhi = weather["dni"].to_numpy(dtype=float), weather["dhi"].to_numpy(dtype=float)
        given = np.isfinite(given_dni) & np.isfinite(given_dhi)
        dni, dhi = np.where(given, given_dni, dni), np.where(given, given_dhi, dhi)
    return Irradiance(ghi, dni, dhi)


def on_plane(sun: Sun, sky: Irradiance, tilt: float, azimuth: float) -> Array:
    """Irradiance on a tilted plane in W/m2 (Hay and Davies 1980), 0 with the sun down, NaN where the sky is unknown."""
    beam = np.maximum(pvlib.irradiance.aoi_projection(tilt, azimuth, sun.zenith, sun.azimuth), 0.0)
    horizontal = np.maximum(np.cos(np.radians(sun.zenith)), 0.01745)
    share = np.clip(sky.dni / sun.extra, 0.0, 1.0)
    isotropic = (1 + np.cos(np.radians(tilt))) / 2
    diffuse = sky.dhi * (share * beam / horizontal + (1 - share) * isotropic)
    ground = sky.ghi * 0.2 * (1 - np.cos(np.radians(tilt))) / 2
    total = sky.dni * beam + np.minimum(diffuse, sky.dhi * 10) + ground
    return np.asarray(np.where(sun.elevation > 0, np.maximum(total, 0.0), 0.0))
