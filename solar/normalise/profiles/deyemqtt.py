"""P9 deye-inverter-mqtt: Deye micro and hybrid inverters; the same topics mean other things on a hybrid."""

from collections.abc import Iterable, Sequence
from typing import Any

from solar.normalise.profiles.base import Key, Profile


def _conditions(paths: Sequence[str], values: Sequence[Any]) -> Iterable[str]:
    """A hybrid has battery topics; some models measure the grid apart from the total. Both last: it publishes on
    change.
    """
    flags = set()
    for path in paths:
        if f"/{path}".rpartition("/battery/")[1]:
            flags.add("hybrid")
        if path.endswith("ac/total_grid_power"):
            flags.add("metered")
    return flags


PROFILES = [
    Profile(
        name="deyemqtt",
        marks=(
            ("day_energy",),
            ("dc/total_power",),
            ("dc/pv<n>/power",),
            ("ac/total_power",),
            ("ac/total_grid_power",),
            ("ac/l<n>/voltage",),
            ("ac/l<n>/ct/external",),
            ("ac/l<n>/ct/internal",),
            ("battery/daily_charge",),
            ("battery/daily_discharge",),
            ("battery/total_charge",),
            ("battery/total_discharge",),
            ("ac/daily_energy_bought",),
            ("ac/daily_energy_sold",),
            ("ac/total_energy_bought",),
            ("ac/total_energy_sold",),
            ("radiator_temp",),
        ),
        flags=_conditions,
        keeps_flags=True,
        keys={
            "day_energy": "dailyEnergyProduced",
            "total_energy": "totalEnergyProduced",
            "radiator_temp": "inverterTemperature",
            "ac/l1/voltage": "gridVoltage",
            "ac/freq": "gridFrequency",
            "dc/total_power": Key("solarPower", when="hybrid"),
            "dc/pv<n>/power": Key("solarPower", rank=1, when="hybrid"),
            "dc/pv<n>/day_energy": "dailyEnergyProduced",
            "dc/pv<n>/total_energy": "totalEnergyProduced",
            "ac/total_grid_power": Key("gridPower", when="hybrid"),
            "ac/l<n>/ct/external": Key("gridPower", rank=2, when="hybrid"),
            "battery/power": Key("batteryPower", factor=-1),
            "battery/current": Key("batteryCurrent", factor=-1),
            "battery/<n>/power": Key("batteryPower", factor=-1),
            "battery/<n>/current": Key("batteryCurrent", factor=-1),
            "battery/soc": "stateOfCharge",
            "battery/voltage": "batteryVoltage",
            "battery/temperature": "batteryTemperature",
            "battery/<n>/soc": "stateOfCharge",
            "battery/<n>/voltage": "batteryVoltage",
            "battery/<n>/temperature": "batteryTemperature",
            "battery/daily_charge": "dailyBatteryCharged",
            "battery/daily_discharge": "dailyBatteryDischarged",
            "battery/total_charge": "totalBatteryCharged",
            "battery/total_discharge": "totalBatteryDischarged",
            "ac/daily_energy_bought": "dailyEnergyImported",
            "ac/daily_energy_sold": "dailyEnergyExported",
            "ac/total_energy_bought": "totalEnergyImported",
            "ac/total_energy_sold": "totalEnergyExported",
            "ac/l<n>/power": None,
            "ac/l<n>/ct/internal": None,
            "ac/total_internal_power": None,
        },
        adapt=lambda path, flags: _total_power(flags) if f"/{path}".endswith("/ac/total_power") else None,
        unmapped=("dc/total_power", "dc/pv<n>/power", "ac/total_grid_power", "ac/total_power", "ac/l<n>/ct/external"),
    )
]


def _total_power(flags: frozenset[str]) -> Key | None:
    """`ac/total_power`: the production of a micro-inverter, the grid of a hybrid that sends nothing better."""
    if "hybrid" not in flags:
        return Key("solarPower")
    return None if "metered" in flags else Key("gridPower", rank=1)
