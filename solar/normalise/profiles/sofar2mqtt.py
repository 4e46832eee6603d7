"""P19 Sofar2mqtt: `grid_power` is positive for export; the original firmware sends registers and is chosen by the
owner.
"""

from solar.normalise.profiles.base import Key, Profile

_NOT_WANTED = ("solarPVAmps", "systemIO_power", "battery_cycles")


def _keys(power: float, tenth: float, hundredth: float) -> dict[str, Key | str | None]:
    """The keys of both firmwares with the scales of their powers, voltages, and currents, frequencies and energies."""
    return {
        "solarPV": Key("solarPower", factor=power),
        "consumption": Key("loadPower", factor=power),
        "grid_power": Key("gridPower", factor=-power),
        "battery_power": Key("batteryPower", factor=power),
        "battery_current": Key("batteryCurrent", factor=hundredth),
        "batterySOC": "stateOfCharge",
        "battery_voltage": Key("batteryVoltage", factor=tenth),
        "battery_temp": "batteryTemperature",
        "grid_voltage": Key("gridVoltage", factor=tenth),
        "grid_current": Key("gridCurrent", factor=hundredth),
        "grid_freq": Key("gridFrequency", factor=hundredth),
        "today_generation": Key("dailyEnergyProduced", factor=hundredth),
        "today_consumption": Key("dailyEnergyConsumed", factor=hundredth),
        "today_purchase": Key("dailyEnergyImported", factor=hundredth),
        "today_exported": Key("dailyEnergyExported", factor=hundredth),
        "inverter_temp": "inverterTemperature",
    }


PROFILES = [
    Profile(
        name="sofar2mqtt",
        marks=(("batterySOC", "solarPV"), ("batterySOC", "running_state")),
        keys=_keys(1, 1, 1),
        unmapped=_NOT_WANTED,
    ),
    Profile(name="sofar2mqtt-raw", keys=_keys(10, 0.1, 0.01), unmapped=_NOT_WANTED),
]
