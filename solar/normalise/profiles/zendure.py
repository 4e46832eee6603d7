"""P26 Zendure hubs: partial reports on `properties/report`; the pack's powers are seen from the hub."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="zendure",
        marks=(("properties/report/",), ("properties/electricLevel",), ("electricLevel", "properties/")),
        keys={
            "solarInputPower": "solarPower",
            "solarPower<n>": "solarPower",
            "outputPackPower": Key("batteryPower", channel="+"),
            "packInputPower": Key("batteryPower", channel="-"),
            "electricLevel": "stateOfCharge",
            "minSoc": None,
            "socSet": None,
            "outputHomePower": None,
        },
    )
]
