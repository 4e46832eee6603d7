"""P25 OpenEMS: the channels of `_sum` are the home as a whole; those of `meter0`, `ess0` and the like are copies."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="openems",
        marks=(("_sum/*",), ("_sum/",)),
        keys={
            "_sum/ProductionActivePower": "solarPower",
            "_sum/ConsumptionActivePower": "loadPower",
            "_sum/GridActivePower": "gridPower",
            "_sum/EssDischargePower": Key("batteryPower", factor=-1),
            "_sum/EssSoc": "stateOfCharge",
            "_sum/ProductionActiveEnergy": Key("totalEnergyProduced", unit="Wh", unit_may_differ=True),
            "_sum/ConsumptionActiveEnergy": Key("totalEnergyConsumed", unit="Wh", unit_may_differ=True),
            "_sum/GridBuyActiveEnergy": Key("totalEnergyImported", unit="Wh", unit_may_differ=True),
            "_sum/GridSellActiveEnergy": Key("totalEnergyExported", unit="Wh", unit_may_differ=True),
        },
        unmapped=("_sum/*", "meter<n>/*", "ess<n>/*", "pvInverter<n>/*", "charger<n>/*", "battery*<n>/*", "evcs<n>/*"),
    )
]
