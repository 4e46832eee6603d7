"""P6 OpenInverterGateway: Growatt inverters by a custom stick; values are scaled already."""

from collections.abc import Iterable, Sequence
from typing import Any

from solar.normalise.profiles.base import Key, Profile

_BATTERY = {"SOC", "ChargePower", "DischargePower"}


def _hybrid(paths: Sequence[str], values: Sequence[Any]) -> Iterable[str]:
    """A battery is there when its keys are reported; then the AC output mixes PV with it."""
    names = {path.rsplit("/", 1)[-1] for path, value in zip(paths, values, strict=True) if value is not None}
    return ("hybrid",) if names & _BATTERY else ()


PROFILES = [
    Profile(
        name="openinvertergateway",
        marks=(("InverterStatus", "OutputPower"), ("InverterStatus", "InputPower")),
        flags=_hybrid,
        keys={
            "InputPower": Key("solarPower", when="hybrid"),
            "OutputPower": Key("solarPower", when="!hybrid"),
            "PV<n>InputPower": Key("solarPower", rank=1),
            "ACPowerToUser": Key("gridPower", channel="+"),
            "ACPowerToGrid": Key("gridPower", channel="-"),
            "ChargePower": Key("batteryPower", channel="+"),
            "DischargePower": Key("batteryPower", channel="-"),
            "INVPowerToLocalLoad": "loadPower",
            "SOC": "stateOfCharge",
            "TodayGenerateEnergy": "dailyEnergyProduced",
            "TotalGenerateEnergy": "totalEnergyProduced",
            "LocalLoadEnergyToday": "dailyEnergyConsumed",
            "LocalLoadEnergyTotal": "totalEnergyConsumed",
            "EnergyToUserToday": "dailyEnergyImported",
            "EnergyToUserTotal": "totalEnergyImported",
            "EnergyToGridToday": "dailyEnergyExported",
            "EnergyToGridTotal": "totalEnergyExported",
            "GridFrequency": "gridFrequency",
            "L1ThreePhaseGridVoltage": "gridVoltage",
            "InverterTemperature": "inverterTemperature",
        },
        unmapped=("InputPower", "OutputPower"),
    )
]
