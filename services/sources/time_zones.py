"""The time zone of a place, offline."""

from functools import lru_cache
from threading import Lock
from typing import Any
from zoneinfo import available_timezones

_LOCK = Lock()


def of_place(latitude: float, longitude: float) -> str:
    """Return the IANA zone of a place by its WGS 84 degrees; at sea the nautical one, such as Etc/GMT+2."""
    # The finder reads its file as it searches and is not made for several threads at once.
    with _LOCK:
        found = _finder().timezone_at(lat=latitude, lng=longitude)
    return found if found is not None and is_known(found) else "UTC"


def is_known(name: str) -> bool:
    """Return whether a name is an IANA zone that this machine knows."""
    return name in _names()


def names() -> list[str]:
    """Return the zones to choose from, those named after places before the fixed offsets."""
    return sorted(_names(), key=lambda each: ("/" not in each, each.startswith("Etc/"), each))


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def _finder() -> Any:
    # Only here: it is needed where a source gets its place, not to show one.
    from timezonefinder import TimezoneFinder

    return TimezoneFinder()
