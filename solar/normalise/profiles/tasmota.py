"""P11 Tasmota: plugs that measure (`ENERGY`) and meter scripts (`Power_curr`, `E_in`, `E_out` under any name)."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="tasmota",
        marks=(
            ("Time", "ENERGY/"),
            ("Time", "E_in"),
            ("Time", "E_out"),
            ("Time", "Power_curr"),
            ("StatusSNS/",),
        ),
        keys={
            "ENERGY/Power": Key("power", role="solar"),
            "ENERGY/Today": Key("today", role="solar"),
            "ENERGY/Total": Key("forward", role="solar"),
            "ENERGY/Yesterday": None,
            "ENERGY/Period": None,
            "ENERGY/TotalStartTime": None,
            "ENERGY/ApparentPower": None,
            "Power_curr": Key("power", role="grid"),
            "E_in": Key("forward", role="grid"),
            "E_out": Key("reverse", role="grid"),
        },
    )
]
