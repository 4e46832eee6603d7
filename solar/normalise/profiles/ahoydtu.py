"""P4 AhoyDTU: Hoymiles inverters; `ch0` is the AC side of an inverter, `ch1` and up are its strings."""

from solar.normalise.profiles.base import Key, Profile

#: Its manual says Wh for YieldTotal, its own example says kWh, and kWh it is.
_DAY = Key("dailyEnergyProduced", unit="Wh")

PROFILES = [
    Profile(
        name="ahoydtu",
        marks=(
            ("ch<n>/P_AC",),
            ("ch<n>/P_DC",),
            ("ch<n>/U_AC",),
            ("ch<n>/F_AC",),
            ("ch<n>/YieldDay",),
            ("ch<n>/YieldTotal",),
        ),
        keys={
            "total/P_AC": "solarPower",
            "total/YieldDay": _DAY,
            "total/YieldTotal": "totalEnergyProduced",
            "<id>/ch0/P_AC": "solarPower",
            "<id>/ch0/YieldDay": _DAY,
            "<id>/ch0/YieldTotal": "totalEnergyProduced",
            "<id>/ch0/U_AC": "gridVoltage",
            "<id>/ch0/F_AC": "gridFrequency",
            "<id>/ch0/Temp": "inverterTemperature",
            "<id>/ch<n>/P_DC": "solarPower",
            "<id>/ch<n>/YieldDay": _DAY,
            "<id>/ch<n>/YieldTotal": "totalEnergyProduced",
            "ch0/P_DC": None,
            "total/P_DC": None,
            "Efficiency": None,
            "Irradiation": None,
        },
    )
]
