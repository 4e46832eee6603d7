"""What the device says of its state: the vocabulary's columns, consistent with each other and rounded as devices do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from solar.simulation import battery
from solar.simulation.faults import CODES
from solar.simulation.flows import Flows
from solar.simulation.noise import Floats, seed_of, smooth
from solar.simulation.site import SiteSpec, epoch_seconds

_GRID_VOLTS, _GRID_HERTZ = 230.0, 50.0
_POWER_FACTOR = 0.96
_HOT = 52.0


@dataclass(frozen=True, slots=True)
class _Mains:
    volts: Floats
    hertz: Floats


def columns(spec: SiteSpec, sky: pd.DataFrame, flows: Flows) -> dict[str, object]:
    """Return every column but the counters; battery columns only with a battery."""
    mains = _mains(spec, sky.index)
    warmth = np.round(sky["temperature"].to_numpy() * 0.6 + 12 + 26 * flows.inverter_share, 1)
    result: dict[str, object] = {**_solar(flows), **_load(spec, flows, mains), **_grid(flows, mains)}
    if spec.battery_kwh is not None:
        result |= _battery(spec, sky, flows)
    is_faulty = flows.fault >= 0
    result["inverterTemperature"] = warmth
    result["operatingMode"] = _mode(spec, flows)
    result["deviceStatus"] = np.where(is_faulty, "Fault", "Normal").astype(object)
    result["faultCodes"] = [[CODES[code]] if code >= 0 else [] for code in flows.fault.tolist()]
    result["warningCodes"] = _warnings(warmth)
    return result


def _mains(spec: SiteSpec, times: pd.Index) -> _Mains:
    seconds = epoch_seconds(pd.DatetimeIndex(times))
    volts = _GRID_VOLTS + 2.5 * smooth(seed_of(spec.seed, "volts"), seconds, 1200)
    hertz = _GRID_HERTZ + 0.02 * smooth(seed_of("hertz"), seconds, 120)
    return _Mains(np.round(volts, 1), np.round(hertz, 2))


def _current(power: Floats, volts: Floats) -> Floats:
    amperes: Floats = np.where(volts > 0, power / np.where(volts > 0, volts, 1.0), 0.0)
    return np.round(amperes, 2)


def _solar(flows: Flows) -> dict[str, object]:
    power, volts = np.round(flows.solar), np.round(flows.solar_volts, 1)
    return {"solarPower": power, "solarVoltage": volts, "solarCurrent": _current(power, volts)}


def _load(spec: SiteSpec, flows: Flows, mains: _Mains) -> dict[str, object]:
    power = np.round(flows.load)
    apparent = np.round(power / _POWER_FACTOR)
    return {
        "loadPower": power, "apparentPower": apparent, "outputVoltage": mains.volts, "outputFrequency": mains.hertz,
        "outputCurrent": _current(apparent, mains.volts),
        "loadPercentage": np.round(power / (spec.inverter_kw * 10), 1),
    }


def _grid(flows: Flows, mains: _Mains) -> dict[str, object]:
    power = np.round(flows.grid)
    return {
        "gridPower": power, "gridVoltage": mains.volts, "gridFrequency": mains.hertz,
        "gridCurrent": _current(power, mains.volts),
    }


def _battery(spec: SiteSpec, sky: pd.DataFrame, flows: Flows) -> dict[str, object]:
    share = flows.stored_kwh / (spec.battery_kwh or 1.0)
    power = np.round(flows.battery)
    volts = np.round(battery.voltage(spec, share, power), 2)
    capacity = battery.capacity_ah(spec)
    effort = np.abs(power) / ((spec.battery_kw or 1.0) * 1000)
    return {
        "batteryPower": power, "batteryVoltage": volts, "batteryCurrent": _current(power, volts),
        "stateOfCharge": np.round(share * 100, 1), "stateOfHealth": np.full(len(share), 98.0),
        "batteryTemperature": np.round(17 + 0.3 * sky["temperature"].to_numpy() + 4 * effort, 1),
        "batteryCapacity": np.full(len(share), round(capacity, 1)), "remainingCapacity": np.round(capacity * share, 1),
    }


def _mode(spec: SiteSpec, flows: Flows) -> np.typing.NDArray[np.object_]:
    working = "Hybrid" if spec.battery_kwh is not None else "On-grid"
    mode = np.where((flows.solar > 0) | (np.abs(flows.battery) > 0), working, "Standby").astype(object)
    mode[flows.fault >= 0] = "Fault"
    return mode


def _warnings(warmth: Floats) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(len(warmth))]
    for at in np.flatnonzero(warmth > _HOT):
        found[at].append("W07 inverter hot")
    return found
