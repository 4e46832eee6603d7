"""Places that share one weather: sources within about a kilometre of each other are asked for once."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Place:
    """Where weather is asked for: degrees (rounded to about 10 m) and an IANA zone."""

    latitude: float
    longitude: float
    time_zone: str


def shared_places(
    sources: Iterable[tuple[str, float, float, str]], within_km: float = 1.0
) -> dict[Place, list[str]]:
    """Return the places to ask for and the sources of each, from (source id, latitude, longitude, IANA zone).

    A source joins the first place of its zone that is at most `within_km` away, else it is a place of its own; the same
    sources in any order give the same places.
    """
    found: dict[Place, list[str]] = {}
    rows: dict[tuple[int, str], list[Place]] = {}
    for source_id, latitude, longitude, zone in sorted(sources):
        place = Place(round(latitude, 4), round(longitude, 4), zone)
        row = math.floor(place.latitude * _KM_PER_DEGREE / within_km)
        near = [
            each for step in (-1, 0, 1) for each in rows.get((row + step, zone), ())
            if _distance_km(each, place) <= within_km
        ]
        if not near:
            rows.setdefault((row, zone), []).append(place)
        chosen = min(near, key=lambda each: _distance_km(each, place), default=place)
        found.setdefault(chosen, []).append(source_id)
    return found


def _distance_km(one: Place, other: Place) -> float:
    """Return the distance on a plane that fits locally; good to a per mille within some kilometres."""
    north = (one.latitude - other.latitude) * _KM_PER_DEGREE
    shrink = math.cos(math.radians((one.latitude + other.latitude) / 2))
    east = ((one.longitude - other.longitude + 180) % 360 - 180) * _KM_PER_DEGREE * shrink
    return math.hypot(north, east)
