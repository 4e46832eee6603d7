"""P3 OpenDTU: Hoymiles inverters; `ac/` sums up all of them, `<serial>/0/` is one inverter, `<serial>/<1-6>/` its
strings.
"""

from solar.normalise.profiles.base import Key, Profile

_WH = Key("dailyEnergyProduced", unit="Wh")

PROFILES = [
    Profile(
        name="opendtu",
        marks=(
            ("ac/power",),
            ("ac/yieldday",),
            ("ac/yieldtotal",),
            ("<serial>/0/power",),
            ("<serial>/status/last_update",),
        ),
        keys={
            "ac/power": "solarPower",
            "ac/yieldday": _WH,
            "ac/yieldtotal": "totalEnergyProduced",
            "<id>/0/power": "solarPower",
            "<id>/0/yieldday": _WH,
            "<id>/0/yieldtotal": "totalEnergyProduced",
            "<id>/0/voltage": "gridVoltage",
            "<id>/0/frequency": "gridFrequency",
            "<id>/0/temperature": "inverterTemperature",
            "<id>/<n>/power": "solarPower",
            "<id>/<n>/yieldday": _WH,
            "<id>/<n>/yieldtotal": "totalEnergyProduced",
            "ac/*": None,
            "limit_*": None,
            "irradiation": None,
            "efficiency": None,
        },
        foreign=("dc/",),
    )
]
