"""P13 Shelly of the first generation (EM, 3EM): `shellies/<id>/emeter/<n>/<m>`, at the grid by default."""

from solar.normalise.profiles.base import Key, Profile

PROFILES = [
    Profile(
        name="shelly1",
        marks=(("shellies/*/emeter/<n>/*",), ("shellies/*/emeter/<n>/power",)),
        keys={
            "emeter/<n>/power": Key("power", role="grid"),
            "emeter/<n>/total": Key("forward", role="grid", unit="Wh"),
            "emeter/<n>/total_returned": Key("reverse", role="grid", unit="Wh"),
            "emeter/<n>/energy": None,
            "emeter/<n>/returned_energy": None,
        },
    )
]
