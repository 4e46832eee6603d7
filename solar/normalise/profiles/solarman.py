"""P10 Solarman and Deye Cloud station data: W; two channels for the grid, of which `gridPower` is the feed-in."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="solarman",
        marks=tuple(
            ("generationPower", load, last)
            for load in ("usePower", "consumptionPower")
            for last in ("lastUpdateTime", "wirePower")
        ),
        keys={
            "generationPower": "solarPower",
            "usePower": "loadPower",
            "consumptionPower": "loadPower",
            "purchasePower": Key("gridPower", channel="+"),
            "gridPower": Key("gridPower", channel="-"),
            "batteryPower": Key("batteryPower", factor=-1),
            "chargePower": Key("batteryPower", channel="+", magnitude=True),
            "dischargePower": Key("batteryPower", channel="-", magnitude=True),
            "batterySoc": "stateOfCharge",
            "generationValue": "dailyEnergyProduced",
            "generationTotal": "totalEnergyProduced",
            "wirePower": None,
        },
    )
]
