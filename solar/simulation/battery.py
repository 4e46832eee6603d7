"""A battery behind an inverter: it takes surplus and covers deficit within its limits, losing a little both ways."""

from dataclasses import dataclass

import numpy as np

from solar.simulation.noise import Floats
from solar.simulation.site import SiteSpec

EFFICIENCY_ONE_WAY = 0.97
LOWEST_SHARE = 0.10
NOMINAL_VOLTAGE = 51.2
_TAPER_FROM_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Course:
    """Power at the terminals in W (+ charging) during each step, energy held in kWh before each, and after the last."""

    power: Floats
    stored_kwh: Floats
    final_kwh: float


def run(spec: SiteSpec, wanted: Floats, step_hours: float, stored_kwh: float) -> Course:
    """Return the course of the battery that is asked for `wanted` W (+ charge, - discharge) in each step.

    It gives no more than its power, its bounds of 10 to 100 % and, near full, its tapering charge allow.
    """
    if spec.battery_kwh is None or spec.battery_kw is None:
        return Course(np.zeros(len(wanted)), np.zeros(len(wanted)), 0.0)
    full, empty = spec.battery_kwh, spec.battery_kwh * LOWEST_SHARE
    most = spec.battery_kw
    taper_band = full * (1 - _TAPER_FROM_SHARE)
    power, held, now = [], [], stored_kwh
    for ask in (np.clip(wanted / 1000, -most, most)).tolist():
        held.append(now)
        room = full - now
        if ask > 0:
            tapered = most * max(0.05, room / taper_band) if room < taper_band else most
            given = min(ask, tapered, room / (step_hours * EFFICIENCY_ONE_WAY))
            now += given * step_hours * EFFICIENCY_ONE_WAY
        else:
            given = max(ask, min(0.0, (empty - now) * EFFICIENCY_ONE_WAY / step_hours))
            now += given * step_hours / EFFICIENCY_ONE_WAY
        power.append(given * 1000)
    return Course(np.array(power, dtype=np.float64), np.array(held, dtype=np.float64), now)


def voltage(spec: SiteSpec, share: Floats, power: Floats) -> Floats:
    """Return terminal volts of a 16-cell LFP battery: a flat curve with steep ends, and its inner resistance."""
    capacity = capacity_ah(spec)
    ends = 24 * np.clip(share - 0.95, 0, None) - 2 * np.clip(0.15 - share, 0, None)
    rest = 52.0 + 1.6 * (share - 0.5) + ends
    resistance = 2.0 / max(capacity, 1.0)
    values: Floats = rest + resistance * power / rest
    return values


def capacity_ah(spec: SiteSpec) -> float:
    """Return the battery's capacity in Ah, 0 without one."""
    return 0.0 if spec.battery_kwh is None else spec.battery_kwh * 1000 / NOMINAL_VOLTAGE
