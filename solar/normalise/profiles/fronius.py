"""P14 Fronius Solar API: power flow (`Site`) and common inverter data (`PAC` and the like)."""

from solar.normalise.profiles.base import Key, Profile


def _inverter(name: str, meaning: Key | str | None) -> dict[str, Key | str | None]:
    """One inverter's `{"Value", "Unit"}`, or `{"Unit", "Values": {"1": ...}}` of all of them."""
    return {name: meaning, f"{name}/Values/<n>": meaning}


PROFILES = [
    Profile(
        name="fronius",
        marks=(("Head/", "Body/Data/"),),
        keys={
            "Site/P_PV": "solarPower",
            "Site/P_Grid": "gridPower",
            "Site/P_Akku": Key("batteryPower", factor=-1),
            "Site/P_Load": Key("loadPower", factor=-1),
            "Site/E_Day": Key("dailyEnergyProduced", unit="Wh"),
            "Site/E_Total": Key("totalEnergyProduced", unit="Wh"),
            "Site/E_Year": None,
            "Site/Mode": None,
            "Inverters/<n>/SOC": "stateOfCharge",
            "Inverters/<n>/E_Day": Key("dailyEnergyProduced", unit="Wh", rank=1),
            "Inverters/<n>/E_Total": Key("totalEnergyProduced", unit="Wh", rank=1),
            "Inverters/<n>/E_Year": None,
            "Inverters/<n>/P": None,
            **_inverter("PAC", "solarPower"),
            **_inverter("DAY_ENERGY", Key("dailyEnergyProduced", unit="Wh", unit_may_differ=True)),
            **_inverter("TOTAL_ENERGY", Key("totalEnergyProduced", unit="Wh", unit_may_differ=True)),
            **_inverter("YEAR_ENERGY", None),
            **_inverter("UAC", "gridVoltage"),
            **_inverter("FAC", "gridFrequency"),
            **_inverter("UDC", "solarVoltage"),
            **_inverter("IDC", "solarCurrent"),
            "DeviceStatus/ErrorCode": "faultCodes",
            "Head/Status/Code": None,
        },
    )
]
