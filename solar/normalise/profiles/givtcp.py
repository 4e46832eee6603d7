"""P20 GivTCP: GivEnergy inverters; the signed grid is positive for export, the signed battery for discharge."""

from solar.normalise.profiles.base import Key, Profile

_COUNTERS = {
    "PV": "EnergyProduced",
    "Load": "EnergyConsumed",
    "Import": "EnergyImported",
    "Export": "EnergyExported",
    "Battery_Charge": "BatteryCharged",
    "Battery_Discharge": "BatteryDischarged",
}

PROFILES = [
    Profile(
        name="givtcp",
        marks=(("Import_Power", "Export_Power"), ("Invertor_Energy_Today_kWh",), ("GivEnergy/",)),
        keys={
            "PV_Power": "solarPower",
            "PV_Power_String_<n>": "solarPower",
            "Load_Power": "loadPower",
            "SOC": "stateOfCharge",
            "Grid_Power": Key("gridPower", factor=-1),
            "Import_Power": Key("gridPower", channel="+"),
            "Export_Power": Key("gridPower", channel="-"),
            "Battery_Power": Key("batteryPower", factor=-1),
            "Charge_Power": Key("batteryPower", channel="+"),
            "Discharge_Power": Key("batteryPower", channel="-"),
            **{f"{name}_Energy_Today_kWh": f"daily{field}" for name, field in _COUNTERS.items()},
            **{f"{name}_Energy_Total_kWh": f"total{field}" for name, field in _COUNTERS.items()},
            "SOC_kWh": None,
            "Invertor_*": None,
            "AC_Charge_*": None,
        },
    )
]
