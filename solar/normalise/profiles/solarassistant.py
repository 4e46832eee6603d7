"""P1 SolarAssistant: bare values under `total/`, `inverter_<n>/` and `battery_<n>/`, published by its MQTT broker."""

from solar.normalise.profiles.base import Profile

PROFILES = [
    Profile(
        name="solarassistant",
        marks=(
            ("solar_assistant/total/",),
            ("solar_assistant/inverter_<n>/",),
            ("solar_assistant/battery_<n>/",),
        ),
        keys={
            "total/battery_state_of_charge": "stateOfCharge",
            "total/battery_power": "batteryPower",
            "total/battery_temperature": "batteryTemperature",
            "total/grid_power": "gridPower",
            "total/load_power": "loadPower",
            "total/pv_power": "solarPower",
            "total/pv_energy": "totalEnergyProduced",
            "total/load_energy": "totalEnergyConsumed",
            "total/grid_energy_in": "totalEnergyImported",
            "total/grid_energy_out": "totalEnergyExported",
            "inverter_<n>/pv_power": "solarPower",
            "inverter_<n>/pv_power_<n>": "solarPower",
            "inverter_<n>/load_power": "loadPower",
            "inverter_<n>/grid_power": "gridPower",
            "inverter_<n>/grid_voltage": "gridVoltage",
            "inverter_<n>/temperature": "inverterTemperature",
            "inverter_<n>/work_mode": "operatingMode",
            "battery_<n>/voltage": "batteryVoltage",
            "battery_<n>/current": "batteryCurrent",
            "battery_<n>/power": "batteryPower",
            "battery_<n>/temperature": "batteryTemperature",
            "battery_<n>/state_of_charge": "stateOfCharge",
            "max_charge_current": None,
            "max_discharge_current": None,
            "capacity_point_<n>": None,
            "export_power_rate": None,
            "*priority": None,
            "max_*": None,
        },
    )
]
