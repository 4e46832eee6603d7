"""The six energy channels: their fields, their limits of power and the constants of the accounting (formulas 1.1)."""

import math
from dataclasses import dataclass
from typing import Literal

from solar.vocabulary import CHANNELS, COUNTER_FIELDS

Source = Literal["lifetime", "day", "power"]
SOURCES: tuple[Source, ...] = ("lifetime", "day", "power")

MICROSECONDS_PER_HOUR = 3_600_000_000
GAP = 90 * 60 * 1_000_000
"""G, microseconds: longest step over which a straight line is trusted."""
COARSE_STEP = 1.0
"""Q, kWh: coarsest step of usual counters."""
JITTER = 0.2
"""q, kWh: two steps of a common counter; a smaller decrease is jitter."""
TOLERANCE = 1e-6
"""kWh by which comparisons of energies lean towards `fits`, `does not fall` and `at most q`."""
UNKNOWN_LIMIT_KILOWATTS = 20.0


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel and the field of each of its sources; `sign` is the part of the power field that belongs to it."""

    name: str
    lifetime: str
    day: str
    power: str
    sign: Literal[1, -1] = 1


_CHANNELS = (
    Channel("produced", "totalEnergyProduced", "dailyEnergyProduced", "solarPower"),
    Channel("consumed", "totalEnergyConsumed", "dailyEnergyConsumed", "loadPower"),
    Channel("imported", "totalEnergyImported", "dailyEnergyImported", "gridPower"),
    Channel("exported", "totalEnergyExported", "dailyEnergyExported", "gridPower", -1),
    Channel("charged", "totalBatteryCharged", "dailyBatteryCharged", "batteryPower"),
    Channel("discharged", "totalBatteryDischarged", "dailyBatteryDischarged", "batteryPower", -1),
)
CHANNEL: dict[str, Channel] = {channel.name: channel for channel in _CHANNELS}
assert tuple(CHANNEL) == CHANNELS

BATTERY_FIELDS: frozenset[str] = frozenset({"batteryPower"} | {name for name in COUNTER_FIELDS if "Battery" in name})
"""Fields whose occurrence proves that there is a battery (formulas 1.4)."""


def known_capacity(installed_capacity_watts: float | None) -> float | None:
    """The capacity in W, None where it is absent or 0; raises ValueError for a negative or endless one."""
    if installed_capacity_watts is None or installed_capacity_watts == 0:
        return None
    if not math.isfinite(installed_capacity_watts) or installed_capacity_watts < 0:
        raise ValueError(f"installed_capacity_watts: {installed_capacity_watts} is not a power of 0 W or more")
    return float(installed_capacity_watts)


def limit_kilowatts(channel: str, installed_capacity_watts: float | None) -> float:
    """L: the most power the channel can carry, kW (formulas 1.1)."""
    capacity = known_capacity(installed_capacity_watts)
    if capacity is None:
        return UNKNOWN_LIMIT_KILOWATTS
    if channel == "produced":
        return 1.2 * capacity / 1000
    return max(UNKNOWN_LIMIT_KILOWATTS, 3 * capacity / 1000)


def limit_of_reported_watts(installed_capacity_watts: float | None) -> float:
    """The largest |power| a reading may carry, W (telemetry rule 5)."""
    return 1000 * max(UNKNOWN_LIMIT_KILOWATTS, 3 * (known_capacity(installed_capacity_watts) or 0.0) / 1000)


def lowest_solar_watts(installed_capacity_watts: float | None) -> float:
    """The lowest `solarPower` that is still night consumption, W: -2 % of capacity, of 20/3 kW where it is unknown."""
    capacity = known_capacity(installed_capacity_watts)
    return -0.02 * (capacity if capacity is not None else 1000 * UNKNOWN_LIMIT_KILOWATTS / 3)
