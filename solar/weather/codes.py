"""WMO weather codes (table 4677, as Open-Meteo uses it) as words and icons."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Condition:
    """What a code means: `words` for people and the name of an icon, one of ICONS."""

    words: str
    icon: str


_TABLE: Mapping[int, Condition] = MappingProxyType({
    0: Condition("Clear sky", "sun"),
    1: Condition("Mainly clear", "sun"),
    2: Condition("Partly cloudy", "sun-cloud"),
    3: Condition("Overcast", "cloud"),
    45: Condition("Fog", "fog"),
    48: Condition("Freezing fog", "fog"),
    51: Condition("Light drizzle", "drizzle"),
    53: Condition("Drizzle", "drizzle"),
    55: Condition("Dense drizzle", "drizzle"),
    56: Condition("Light freezing drizzle", "sleet"),
    57: Condition("Freezing drizzle", "sleet"),
    61: Condition("Light rain", "rain"),
    63: Condition("Rain", "rain"),
    65: Condition("Heavy rain", "rain"),
    66: Condition("Light freezing rain", "sleet"),
    67: Condition("Freezing rain", "sleet"),
    71: Condition("Light snow", "snow"),
    73: Condition("Snow", "snow"),
    75: Condition("Heavy snow", "snow"),
    77: Condition("Snow grains", "snow"),
    80: Condition("Light showers", "showers"),
    81: Condition("Showers", "showers"),
    82: Condition("Violent showers", "showers"),
    85: Condition("Light snow showers", "snow"),
    86: Condition("Snow showers", "snow"),
    95: Condition("Thunderstorm", "storm"),
    96: Condition("Thunderstorm with light hail", "storm"),
    99: Condition("Thunderstorm with hail", "storm"),
})
UNKNOWN = Condition("Unknown weather", "unknown")
CODES: tuple[int, ...] = tuple(_TABLE)
ICONS: tuple[str, ...] = tuple(dict.fromkeys([*(each.icon for each in _TABLE.values()), UNKNOWN.icon]))


def condition(code: float | None) -> Condition:
    """Return what a code means; UNKNOWN for None, NaN and codes that the table does not have."""
    if code is None or code != code or code != int(code):
        return UNKNOWN
    return _TABLE.get(int(code), UNKNOWN)
