"""P8 docker-voltronic-homeassistant: Voltronic inverters that cannot feed in; a device name may stand before a key."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="voltronic",
        marks=(("*PV_in_watts",), ("*Load_watt",), ("*Battery_charge_current",)),
        feeds_in=False,
        keys={
            "*PV_in_watts": "solarPower",
            "*Load_watt": "loadPower",
            "*Load_va": "apparentPower",
            "*Load_pct": "loadPercentage",
            "*Battery_capacity": "stateOfCharge",
            "*Battery_voltage": "batteryVoltage",
            "*Battery_charge_current": Key("batteryCurrent", channel="+"),
            "*Battery_discharge_current": Key("batteryCurrent", channel="-"),
            "*AC_grid_voltage": "gridVoltage",
            "*AC_grid_frequency": "gridFrequency",
            "*AC_out_voltage": "outputVoltage",
            "*AC_out_frequency": "outputFrequency",
            "*Heatsink_temperature": "inverterTemperature",
            "*PV_in_watthour": None,
            "*Load_watthour": None,
        },
    )
]
