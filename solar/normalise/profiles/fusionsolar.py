"""P21 Huawei FusionSolar northbound KPIs: `day_power` and `total_power` are energies, the time is that of the
request.
"""

from solar.normalise.profiles.base import Profile

PROFILES = [
    Profile(
        name="fusionsolar",
        marks=(("data/<n>/dataItemMap/",),),
        times=("params/currentTime",),
        keys={
            "data/<n>/dataItemMap/day_power": "dailyEnergyProduced",
            "data/<n>/dataItemMap/total_power": "totalEnergyProduced",
            "data/<n>/dataItemMap/day_on_grid_energy": "dailyEnergyExported",
            "data/<n>/dataItemMap/day_use_energy": "dailyEnergyConsumed",
            "month_power": None,
            "*_income": None,
            "real_health_state": None,
            "performance_ratio": None,
        },
    )
]
