"""P26 sonnen batteries, status of the local API: feed-in and discharge are positive, the time is the site's."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="sonnen",
        marks=(("GridFeedIn_W", "Pac_total_W"),),
        keys={
            "Production_W": "solarPower",
            "Consumption_W": "loadPower",
            "GridFeedIn_W": Key("gridPower", factor=-1),
            "Pac_total_W": Key("batteryPower", factor=-1),
            "USOC": "stateOfCharge",
            "RSOC": None,
            "Ubat": "batteryVoltage",
            "Uac": "gridVoltage",
            "Fac": "gridFrequency",
            "RemainingCapacity_Wh": None,
            "RemainingCapacity_W": None,
        },
    )
]
