"""P26 FoxESS cloud: kW also where no unit is sent, as keys or as `{"variable", "value", "unit"}`."""

from solar.normalise.profiles.base import Key, Profile


def _kilowatts(field: str, channel: str = "") -> Key:
    return Key(field, unit="kW", channel=channel, unit_may_differ=True)


PROFILES = [
    Profile(
        name="foxess",
        marks=(("pvPower", "loadsPower"), ("pvPower", "gridConsumptionPower")),
        keys={
            "pvPower": _kilowatts("solarPower"),
            "pv<n>Power": _kilowatts("solarPower"),
            "loadsPower": _kilowatts("loadPower"),
            "gridConsumptionPower": _kilowatts("gridPower", "+"),
            "feedinPower": _kilowatts("gridPower", "-"),
            "batChargePower": _kilowatts("batteryPower", "+"),
            "batDischargePower": _kilowatts("batteryPower", "-"),
            "SoC": "stateOfCharge",
            "batTemperature": "batteryTemperature",
            "invTemperation": "inverterTemperature",
            "generationPower": None,
            "meterPower*": None,
        },
    )
]
