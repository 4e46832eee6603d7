"""The physical model of a plant: orientation, size, losses, clipping and shading, fitted to what it produced."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from .site import Array, Mask, Rows, Site
from .sun import Irradiance, Sun, clear_sky, on_plane

PER_KELVIN = -0.004
FAITH_GIVEN, FAITH_ASSUMED = 0.4, 0.03
SHADE_AZIMUTH, SHADE_ELEVATION = 24, (0.0, 4.0, 8.0, 14.0, 22.0, 90.0)


@dataclass(frozen=True)
class Plant:
    """Tilt and azimuth in degrees, `scale` in W per W/m2 on the plane, `limit_watts` the most it can give, `shading` a
    factor per 15 degrees of azimuth and band of elevation, `cell_rise` in K per W/m2. `fitted` says where the
    orientation is from: "data", "given" by the owner or "assumed"."""

    latitude: float
    longitude: float
    tilt: float
    azimuth: float
    scale: float
    limit_watts: float
    shading: list[list[float]]
    cell_rise: float = 0.03
    fitted: str = "data"

    def plane(self, sun: Sun, sky: Irradiance) -> Array:
        """Irradiance on the modules in W/m2, shading taken off."""
        shade = np.asarray(self.shading)[shade_cells(sun)]
        return np.asarray(on_plane(sun, sky, self.tilt, self.azimuth) * shade)

    def power(self, sun: Sun, sky: Irradiance, temperature: Array) -> Array:
        """Watts under a sky; `temperature` of the air in degrees C (NaN is taken as 15). Losses as in PVWatts v5."""
        plane = self.plane(sun, sky)
        return np.asarray(np.minimum(self.scale * plane * heat(plane, temperature, self.cell_rise), self.limit_watts))

    def clear(self, sun: Sun) -> Array:
        """Watts under a cloudless sky in the usual warmth of the season, not clipped: the yardstick of clearness."""
        plane = self.plane(sun, clear_sky(sun))
        return np.asarray(self.scale * plane * heat(plane, sun.air, self.cell_rise))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Plant":
        """The reverse of `to_dict`."""
        return cls(**values)


def heat(plane: Array, temperature: Array, cell_rise: float) -> Array:
    """Factor by which warm cells give less: -0.4 %/K from 25 degrees C; cell = air + rise x irradiance (Ross 1976)."""
    cell = np.nan_to_num(temperature, nan=15.0) + cell_rise * np.nan_to_num(plane)
    return np.asarray(1 + PER_KELVIN * (cell - 25))


def shade_cells(sun: Sun) -> tuple[Rows, Rows]:
    """Row and column of the shading table for each instant."""
    row = (sun.azimuth // (360 / SHADE_AZIMUTH)).astype(np.int64) % SHADE_AZIMUTH
    column = np.clip(np.searchsorted(SHADE_ELEVATION, sun.elevation) - 1, 0, len(SHADE_ELEVATION) - 2)
    return row, column.astype(np.int64)


def unshaded() -> list[list[float]]:
    """A free horizon."""
    return [[1.0] * (len(SHADE_ELEVATION) - 1) for _ in range(SHADE_AZIMUTH)]


def assumed(site: Site, latitude: float, longitude: float, capacity_watts: float) -> Plant:
    """A plant nobody measured yet: the site's orientation or the usual one, 14 % of losses (PVWatts v5 default)."""
    tilt = site.tilt_degrees if site.tilt_degrees is not None else min(abs(latitude) * 0.76, 40.0)
    azimuth = site.azimuth_degrees if site.azimuth_degrees is not None else (180.0 if latitude >= 0 else 0.0)
    given = site.tilt_degrees is not None and site.azimuth_degrees is not None
    scale = 0.86 * capacity_watts / 1000
    return Plant(
        latitude, longitude, tilt, azimuth, scale, capacity_watts, unshaded(), fitted="given" if given else "assumed"
    )


def fit(start: Plant, power: Array, sun: Sun, sky: Irradiance | None, temperature: Array) -> Plant:
    """Orientation, size and shading that fit `power` (W, NaN where it teaches nothing) best.

    With `sky` (measured) by robust least squares; without it the clear-sky power is laid along the upper edge of what
    was produced (expectile 0.95). Values at the limit are left out, for there the size cannot be seen.
    """
    weather = sky is not None
    seen = sky if sky is not None else clear_sky(sun)
    temperature = temperature if weather else sun.air
    usable = np.isfinite(power) & (sun.elevation > 3) & np.isfinite(seen.ghi) & (power < 0.985 * start.limit_watts)
    points = np.flatnonzero(usable)
    if len(points) < 60:
        return start
    points = points[:: max(1, len(points) // 4000)]
    found = _orientation(start, power[points], sun.at(points), _pick(seen, points), temperature[points], weather)
    return _shaded(found, power, sun, seen, temperature, usable, 0.5 if weather else 0.9)


def _pick(sky: Irradiance, points: Rows) -> Irradiance:
    return Irradiance(sky.ghi[points], sky.dni[points], sky.dhi[points])


def _orientation(
    start: Plant, power: Array, sun: Sun, sky: Irradiance, temperature: Array, weather: bool
) -> Plant:
    """`start` with tilt, azimuth and scale by non-linear least squares."""
    top = max(float(np.quantile(power, 0.999)), 1e-6)
    few, faith = len(power) < 400, FAITH_GIVEN if start.fitted == "given" else FAITH_ASSUMED

    def error(guess: Array) -> Array:
        plane = on_plane(sun, sky, float(guess[0]), float(guess[1]))
        given = guess[2] * top / 1000 * plane
        given = given * heat(plane, temperature, start.cell_rise)
        left = (power - given) / top
        left = left if weather else left * np.where(left > 0, 1.0, 0.23)
        known = np.array([(guess[0] - start.tilt) / 90, (guess[1] - start.azimuth) / 180])
        return np.concatenate([left, known * np.sqrt(len(power)) * (1.0 if few else faith)])

    def solve(azimuth: float) -> Any:
        return least_squares(
            error, [start.tilt, azimuth, 1.0], loss="soft_l1", f_scale=0.1, x_scale=[20.0, 30.0, 0.5],
            bounds=([0, start.azimuth - 150, 0.02], [90, start.azimuth + 150, 20]),
        )

    found = min((solve(start.azimuth + turn) for turn in (0.0, -60.0, 60.0)), key=lambda result: float(result.cost))
    tilt, azimuth, scale = (float(value) for value in found.x)
    changes = {"tilt": tilt, "azimuth": azimuth % 360, "scale": scale * top / 1000, "fitted": "data"}
    return Plant(**{**start.to_dict(), **changes})


def _shaded(
    plant: Plant, power: Array, sun: Sun, sky: Irradiance, temperature: Array, usable: Mask, level: float
) -> Plant:
    """`plant` with the factor each part of the sky needs, drawn towards 1 where little was seen."""
    model = plant.scale * on_plane(sun, sky, plant.tilt, plant.azimuth)
    model = model * heat(model / plant.scale, temperature, plant.cell_rise)
    top = float(np.nanmax(power[usable]))
    good = usable & (model > 0.03 * top)
    rows, columns = shade_cells(sun)
    table = unshaded()
    for row in range(len(table)):
        for column in range(len(table[row])):
            cell = good & (rows == row) & (columns == column)
            count = int(cell.sum())
            if count >= 10:
                ratio = float(np.quantile(power[cell] / model[cell], level))
                table[row][column] = (count * float(np.clip(ratio, 0.05, 1.3)) + 20) / (count + 20)
    return Plant(**{**plant.to_dict(), "shading": table})
