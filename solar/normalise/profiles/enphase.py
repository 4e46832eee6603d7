"""P15 Enphase Envoy `production.json`: the same production measured twice, energies in Wh, entries of 0 units do not
exist.
"""

from collections.abc import Iterable
from typing import Any

from solar.normalise.profiles.base import Context, Item, Key, Profile


def _unfold(value: Any, context: Context) -> Iterable[Item]:
    """The production entry that counts, the house's consumption and the net of both."""
    production = _entries(value, "production")
    metered = [entry for entry in production if entry.get("type") == "eim"]
    chosen = next(iter(metered or production), {})
    consumption = {entry.get("measurementType"): entry for entry in _entries(value, "consumption")}
    merged = {
        "production": chosen,
        "consumption": consumption.get("total-consumption", {}),
        "net": consumption.get("net-consumption", {}),
    }
    yield Item(merged, chosen.get("readingTime"), has_time=True, raw=value)


def _entries(value: Any, key: str) -> list[dict[str, Any]]:
    """The entries under `key` that exist."""
    found = value.get(key) if isinstance(value, dict) else None
    return [
        entry
        for entry in (found if isinstance(found, list) else [])
        if isinstance(entry, dict) and entry.get("activeCount") != 0
    ]


PROFILES = [
    Profile(
        name="enphase",
        marks=(("production/<n>/wNow",),),
        reshape=_unfold,
        keys={
            "production/wNow": "solarPower",
            "production/whToday": Key("dailyEnergyProduced", unit="Wh"),
            "production/whLifetime": Key("totalEnergyProduced", unit="Wh"),
            "consumption/wNow": "loadPower",
            "consumption/whToday": Key("dailyEnergyConsumed", unit="Wh"),
            "consumption/whLifetime": Key("totalEnergyConsumed", unit="Wh"),
            "net/wNow": "gridPower",
        },
        unmapped=("net/*",),
    )
]
