"""The power balance of a house: panels, battery, load and grid, with the inverter's limit and losses between them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from solar.simulation import battery
from solar.simulation.faults import faults
from solar.simulation.household import load_watts
from solar.simulation.noise import Floats, Integers
from solar.simulation.pv import array
from solar.simulation.site import SiteSpec

INVERTER_EFFICIENCY = 0.965
IDLE_WATTS_PER_KW = 2.5


@dataclass(frozen=True, slots=True)
class Flows:
    """Watts at each time, held during the step that follows: solar DC >= 0, battery + charging, grid + import.

    `solar + grid = load + battery + losses`, the losses those of the inverter.
    """

    solar: Floats
    solar_volts: Floats
    load: Floats
    battery: Floats
    grid: Floats
    losses: Floats
    stored_kwh: Floats
    final_kwh: float
    inverter_share: Floats
    fault: Integers


def flows(spec: SiteSpec, sky: pd.DataFrame, step_hours: float, stored_kwh: float) -> Flows:
    """Return the flows under a sky at evenly spaced times, `step_hours` apart, from a battery that holds `stored_kwh`.

    The battery takes what the house does not need and gives what it lacks; it is never charged from the grid.
    """
    times = pd.DatetimeIndex(sky.index)
    panels, load, fault = array(spec, sky), load_watts(spec, times), faults(spec, times)
    limit = spec.inverter_kw * 1000
    is_up = fault < 0
    offered = np.where(is_up, panels.power, 0.0)
    needed = np.minimum(load, limit) / INVERTER_EFFICIENCY
    wanted = np.where(is_up, offered - needed, 0.0)
    course = battery.run(spec, wanted, step_hours, stored_kwh)
    # Clipping: what neither the battery takes nor the inverter can turn into AC stays in the panels.
    solar = np.minimum(offered, np.maximum(course.power, 0) + limit / INVERTER_EFFICIENCY)
    converted = np.maximum(solar - course.power, 0.0) * INVERTER_EFFICIENCY
    given = converted - np.where(is_up, IDLE_WATTS_PER_KW * spec.inverter_kw, 0.0)
    grid = load - given
    return Flows(
        solar=solar, solar_volts=np.where(solar > 0, panels.voltage, 0.0), load=load, battery=course.power, grid=grid,
        losses=solar + grid - load - course.power, stored_kwh=course.stored_kwh, final_kwh=course.final_kwh,
        inverter_share=converted / limit, fault=fault,
    )
