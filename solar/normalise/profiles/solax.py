"""P26 SolaX cloud: feed-in is positive, the battery charges when positive, production is the sum of the DC inputs."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="solax",
        marks=(("result/feedinpower", "result/powerdc1"),),
        keys={
            "powerdc<n>": "solarPower",
            "feedinpower": Key("gridPower", factor=-1),
            "batPower": "batteryPower",
            "soc": "stateOfCharge",
            "yieldtoday": "dailyEnergyProduced",
            "yieldtotal": "totalEnergyProduced",
            "feedinenergy": "totalEnergyExported",
            "consumeenergy": "totalEnergyImported",
            "acpower": None,
            "feedinpowerM2": None,
        },
    )
]
