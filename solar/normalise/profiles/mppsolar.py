"""P7 mpp-solar: Voltronic and MPP Solar inverters by serial line; no grid meter, and they cannot feed in."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="mppsolar",
        marks=(
            ("ac_output_active_power", "battery_discharge_current"),
            ("ac_output_active_power", "bus_voltage"),
        ),
        loose_marks=True,
        feeds_in=False,
        keys={
            "ac_output_active_power": "loadPower",
            "ac_output_apparent_power": "apparentPower",
            "ac_output_load": "loadPercentage",
            "ac_output_voltage": "outputVoltage",
            "ac_output_frequency": "outputFrequency",
            "ac_input_voltage": "gridVoltage",
            "ac_input_frequency": "gridFrequency",
            "battery_capacity": "stateOfCharge",
            "battery_voltage": "batteryVoltage",
            "battery_charging_current": Key("batteryCurrent", channel="+"),
            "battery_discharge_current": Key("batteryCurrent", channel="-"),
            "pv_input_power": "solarPower",
            "pv<n>_input_power": "solarPower",
            "pv<n>_charging_power": "solarPower",
            "inverter_heat_sink_temperature": "inverterTemperature",
        },
    )
]
