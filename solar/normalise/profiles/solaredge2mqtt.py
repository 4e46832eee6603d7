"""P17 SolarEdge2MQTT power flow: pairs of positive numbers; `leader` and `follower` topics repeat the sum."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="solaredge2mqtt",
        marks=(
            ("grid/consumption", "grid/delivery", "battery/charge", "battery/discharge", "consumer/"),
            ("grid/consumption", "grid/delivery", "consumer/"),
        ),
        keys={
            "pv_production": "solarPower",
            "inverter/pv_production": None,
            "grid/consumption": Key("gridPower", channel="+"),
            "grid/delivery": Key("gridPower", channel="-"),
            "battery/charge": Key("batteryPower", channel="+"),
            "battery/discharge": Key("batteryPower", channel="-"),
            "consumer/house": "loadPower",
            "consumer/evcharger": Key("loadPower", extra=True),
            "consumer/*": None,
            "inverter/*": None,
        },
        foreign=("leader/", "follower*/"),
    )
]
