"""P18 evcc: `site/` is the home as a whole, loadpoints are its chargers, numbered PVs and batteries are copies."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="evcc",
        marks=(("evcc/site/",), ("evcc/loadpoints/",)),
        keys={
            "site/pvPower": "solarPower",
            "site/homePower": "loadPower",
            "loadpoints/<n>/chargePower": Key("loadPower", extra=True),
            "site/grid/power": "gridPower",
            "site/gridPower": "gridPower",
            "site/battery/power": Key("batteryPower", factor=-1),
            "site/batteryPower": Key("batteryPower", factor=-1),
            "site/battery/soc": "stateOfCharge",
            "site/batterySoc": "stateOfCharge",
            "site/batteryCapacity": None,
            "site/battery/capacity": None,
            "site/batteryMode": None,
            "greenShare*": None,
            "tariff*": None,
            "vehicleSoc": None,
        },
        foreign=("site/pv/", "vehicles/"),
        unmapped=("site/battery/<n>/", "loadpoints/"),
    )
]
