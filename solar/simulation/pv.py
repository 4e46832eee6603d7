"""Panels under a sky: irradiance on their plane, cell temperature, and the DC power and voltage of the strings."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pvlib import iam, irradiance, temperature

from solar.simulation.noise import Floats
from solar.simulation.site import SiteSpec

_ALBEDO = 0.2
_POWER_PER_KELVIN = -0.0037
_VOLTAGE_PER_KELVIN = -0.0028
_LOSSES = 0.10
_DIFFUSE_TRANSMISSION = 0.95
_STRING_VOLTAGE = 410.0
_WAKES_AT_WATTS_PER_KWP = 4.0


@dataclass(frozen=True, slots=True)
class Array:
    """What the panels could give: DC watts and volts at the maximum power point, and cell temperature in °C."""

    power: Floats
    voltage: Floats
    cell_temperature: Floats


def array(spec: SiteSpec, sky: pd.DataFrame) -> Array:
    """Return the panels' state under a sky as `solar.simulation.sky.sky` gives it.

    Transposition after Hay and Davies, reflection by the physical model, cell temperature after Faiman (all pvlib),
    power by the PVWatts relation with 10 % for wiring, mismatch and dirt.
    """
    day_of_year = pd.DatetimeIndex(sky.index).day_of_year.to_numpy()
    zenith = 90 - sky["elevation"]
    plane = irradiance.get_total_irradiance(
        spec.tilt_degrees, spec.azimuth_degrees, zenith, sky["azimuth"], sky["dni"], sky["ghi"], sky["dhi"],
        dni_extra=irradiance.get_extra_radiation(day_of_year), albedo=_ALBEDO, model="haydavies",
    )
    angle = irradiance.aoi(spec.tilt_degrees, spec.azimuth_degrees, zenith, sky["azimuth"])
    direct = np.nan_to_num(plane["poa_direct"].to_numpy())
    diffuse = np.nan_to_num(plane["poa_diffuse"].to_numpy())
    effective = direct * np.nan_to_num(iam.physical(angle.to_numpy())) + diffuse * _DIFFUSE_TRANSMISSION
    cell = temperature.faiman(direct + diffuse, sky["temperature"].to_numpy(), sky["wind_speed"].to_numpy())
    warmer = cell - 25
    power = spec.capacity_kwp * effective * (1 + _POWER_PER_KELVIN * warmer) * (1 - _LOSSES)
    power = np.where(power < _WAKES_AT_WATTS_PER_KWP * spec.capacity_kwp, 0.0, power)
    level = np.log(np.clip(effective, 1, None) / 1000)
    voltage = _STRING_VOLTAGE * (1 + _VOLTAGE_PER_KELVIN * warmer + 0.03 * level)
    return Array(power, np.where(power > 0, voltage, 0.0), cell)
