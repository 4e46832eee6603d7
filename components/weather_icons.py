"""Icons of the weather by the names that `solar.weather.codes` gives, in the colours of the page."""

from typing import Any

from components.icons import drawn

_SMALL_CLOUD = '<path d="M8.2 17.2a3.4 3.4 0 0 1-.2-6.8 4.9 4.9 0 0 1 9.4 1.1 2.9 2.9 0 0 1 .1 5.7z"/>'
_HIGH_CLOUD = '<path d="M7.4 14.6a3.8 3.8 0 0 1-.2-7.6 5.4 5.4 0 0 1 10.3 1.3 3.2 3.2 0 0 1 .1 6.3z"/>'
SHAPES: dict[str, str] = {
    "sun": '<circle cx="12" cy="12" r="4.1"/><path d="M12 3v1.8M12 19.2V21M3 12h1.8M19.2 12H21M5.6 5.6l1.3 1.3'
    'M17.1 17.1l1.3 1.3M5.6 18.4l1.3-1.3M17.1 6.9l1.3-1.3"/>',
    "sun-cloud": '<path d="M6.4 9.9A3.6 3.6 0 0 1 12.2 6M8.6 2.6v1.2M3 8.6h1.2M4.6 4.6l.9.9M13.4 3.7l-.8 1"/>'
    '<path d="M8.9 19.4a3.7 3.7 0 0 1-.2-7.4 5.2 5.2 0 0 1 10 1.2 3.1 3.1 0 0 1 .1 6.2z"/>',
    "cloud": '<path d="M7.2 18a4.2 4.2 0 0 1-.2-8.4 5.9 5.9 0 0 1 11.3 1.4 3.5 3.5 0 0 1 .1 7z"/>',
    "fog": _HIGH_CLOUD + '<path d="M4.6 18h14.8M7 21h10"/>',
    "drizzle": _HIGH_CLOUD + '<path d="M9 18v.1M12.4 20.6v.1M15.6 18v.1"/>',
    "rain": _HIGH_CLOUD + '<path d="m9 17.6-1 2.8M12.8 17.6l-1 2.8M16.6 17.6l-1 2.8"/>',
    "showers": '<path d="M6.4 6.9A3.2 3.2 0 0 1 11 4M8.2 1.6v1M3.6 6.2h1"/>'
    + _SMALL_CLOUD + '<path d="m10 19.6-.7 2M14.6 19.6l-.7 2"/>',
    "sleet": _HIGH_CLOUD + '<path d="m9 17.6-1 2.8M12.4 19v.1M16.6 17.6l-1 2.8M14 21.4v.1"/>',
    "snow": _HIGH_CLOUD + '<path d="M8.6 17.6v2.8M7.4 18.3l2.4 1.4M9.8 18.3l-2.4 1.4M15.4 17.6v2.8M14.2 18.3l2.4 1.4'
    'M16.6 18.3l-2.4 1.4"/>',
    "storm": _HIGH_CLOUD + '<path d="m12.8 15.6-2.2 3.2h3l-2 3"/>',
    "unknown": '<path d="M9.4 9.2a2.7 2.7 0 1 1 3.9 2.5c-.9.5-1.3 1-1.3 2.1M12 17.4v.1"/>'
    '<circle cx="12" cy="12" r="9"/>',
    "moon": '<path d="M19.6 14.3A8 8 0 0 1 9.7 4.4a8 8 0 1 0 9.9 9.9z"/>',
    "moon-cloud": '<path d="M12.6 6.6A4.9 4.9 0 0 1 10.2 3a4.9 4.9 0 0 0-4.6 6.8"/>'
    '<path d="M8.9 19.4a3.7 3.7 0 0 1-.2-7.4 5.2 5.2 0 0 1 10 1.2 3.1 3.1 0 0 1 .1 6.2z"/>',
    "sunrise": '<path d="M3 18.6h18M6.6 18.6a5.4 5.4 0 0 1 10.8 0M12 9V3.4M9.4 5.8 12 3.2l2.6 2.6"/>',
}
# Where the sun is to be seen, the icon has its colour.
_SUNNY = frozenset({"sun"})

_AT_NIGHT = {"sun": "moon", "sun-cloud": "moon-cloud"}


def night_icon(name: str) -> str:
    """Return the name of the icon of a condition while the sun is down."""
    return _AT_NIGHT.get(name, name)


def weather_icon(name: str, size: int = 32) -> Any:
    """Return the icon of a condition; it is hidden from screen readers, since its words stand beside it."""
    return drawn(SHAPES[name], size, "of-solar" if name in _SUNNY else "of-dim")
