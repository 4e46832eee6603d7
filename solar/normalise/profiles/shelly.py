"""P12 Shelly of the second generation and later: meters (`em`, `em1`) at the grid, plugs (`switch`, `pm1`) at a
balcony plant.
"""

from solar.normalise.profiles.base import Key, Profile

_COMPONENTS = ("em:<n>/", "emdata:<n>/", "em1:<n>/", "em1data:<n>/", "switch:<n>/", "pm1:<n>/")


def _meter(quantity: str, unit: str | None = None) -> Key:
    return Key(quantity, role="grid", unit=unit)


def _plug(quantity: str, unit: str | None = None) -> Key:
    return Key(quantity, role="solar", unit=unit)


PROFILES = [
    Profile(
        name="shelly",
        marks=(
            *((f"status/{component}",) for component in _COMPONENTS),
            *(("method", f"params/{component}") for component in _COMPONENTS),
            ("method", "params/ts"),
        ),
        keys={
            "em:<n>/total_act_power": _meter("power"),
            "em:<n>/<abc>_act_power": _meter("power"),
            "emdata:<n>/total_act": _meter("forward", "Wh"),
            "emdata:<n>/total_act_ret": _meter("reverse", "Wh"),
            "emdata:<n>/<abc>_total_act_energy": _meter("forward", "Wh"),
            "emdata:<n>/<abc>_total_act_ret_energy": _meter("reverse", "Wh"),
            "em1:<n>/act_power": _meter("power"),
            "em1:<n>/voltage": "gridVoltage",
            "em1data:<n>/total_act_energy": _meter("forward", "Wh"),
            "em1data:<n>/total_act_ret_energy": _meter("reverse", "Wh"),
            "switch:<n>/apower": _plug("power"),
            "switch:<n>/aenergy/total": _plug("forward", "Wh"),
            "pm1:<n>/apower": _plug("power"),
            "pm1:<n>/aenergy/total": _plug("forward", "Wh"),
        },
    )
]
