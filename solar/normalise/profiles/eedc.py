"""P27 eedc: live values by MQTT with German keys; whichever device also sends `soc` is the battery."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from solar.normalise.profiles.base import Key, Profile

_DEVICE = re.compile(r"(?:^|/)live/inv/([^/]+)/(soc|leistung_w)$")


def _batteries(paths: Sequence[str], values: Sequence[Any]) -> Iterable[str]:
    """The devices that send a state of charge."""
    found = (_DEVICE.search(path) for path in paths)
    return {match[1] for match in found if match and match[2] == "soc"}


def _device(path: str, flags: frozenset[str]) -> Key | None:
    found = _DEVICE.search(path)
    if found is None:
        return None
    device, quantity = found.groups()
    if quantity == "soc":
        return Key("stateOfCharge", part=device)
    return Key("batteryPower" if device in flags else "solarPower", part=device)


PROFILES = [
    Profile(
        name="eedc",
        marks=(("eedc/*/live/",), ("eedc/*/energy/",)),
        flags=_batteries,
        keeps_flags=True,
        adapt=_device,
        keys={
            "live/netzbezug_w": Key("gridPower", channel="+"),
            "live/einspeisung_w": Key("gridPower", channel="-"),
        },
        foreign=("eedc/*/energy/",),
    )
]
