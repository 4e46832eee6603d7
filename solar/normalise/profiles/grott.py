"""P5 Grott: Growatt inverters by their data logger; integers in tenths, the frequency in hundredths, time of the
site.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from solar.normalise.profiles.base import Key, Profile


def _hybrid(paths: Sequence[str], values: Sequence[Any]) -> Iterable[str]:
    """A battery is there when its state of charge or voltage is reported."""
    names = {path.rsplit("/", 1)[-1].lower() for path, value in zip(paths, values, strict=True) if value is not None}
    return ("hybrid",) if names & {"soc", "vbat"} else ()


def _tenth(field: str, channel: str = "") -> Key:
    return Key(field, factor=0.1, channel=channel)


PROFILES = [
    Profile(
        name="grott",
        marks=(("device", "time", "buffered", "values/"),),
        flags=_hybrid,
        keys={
            "pvpowerout": Key("solarPower", factor=0.1, when="!hybrid"),
            "pvpowerin": Key("solarPower", factor=0.1, when="hybrid"),
            "pv<n>watt": Key("solarPower", factor=0.1, rank=1),
            "pvgridvoltage": _tenth("gridVoltage"),
            "pvfrequentie": Key("gridFrequency", factor=0.01),
            "pvenergytoday": _tenth("dailyEnergyProduced"),
            "pvenergytotal": _tenth("totalEnergyProduced"),
            "pvtemperature": _tenth("inverterTemperature"),
            "SOC": "stateOfCharge",
            "vbat": _tenth("batteryVoltage"),
            "p1charge1": _tenth("batteryPower", "+"),
            "pdischarge1": _tenth("batteryPower", "-"),
            "pactouserr": _tenth("gridPower", "+"),
            "pactogridr": _tenth("gridPower", "-"),
            "plocaloadr": _tenth("loadPower"),
            "etouser_tod": _tenth("dailyEnergyImported"),
            "etouser_tot": _tenth("totalEnergyImported"),
            "etogrid_tod": _tenth("dailyEnergyExported"),
            "etogrid_tot": _tenth("totalEnergyExported"),
            "eharge1_tod": _tenth("dailyBatteryCharged"),
            "eharge1_tot": _tenth("totalBatteryCharged"),
            "edischarge1_tod": _tenth("dailyBatteryDischarged"),
            "edischarge1_tot": _tenth("totalBatteryDischarged"),
            "elocalload_tod": _tenth("dailyEnergyConsumed"),
            "elocalload_tot": _tenth("totalEnergyConsumed"),
        },
        unmapped=("pvpowerin", "pvpowerout", "pvgridpower", "totworktime", "pv<n>voltage", "pv<n>current"),
    )
]
