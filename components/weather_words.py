"""How weather is written: temperatures in the reader's unit, radiation in both of its units, rain, places, ages."""

import math
from datetime import date, datetime

from components.quantities import MISSING, age, clock, fixed, localised, since

MINUS = "\N{MINUS SIGN}"


def in_unit(celsius: float, *, is_fahrenheit: bool) -> float:
    """Return a temperature given in °C in the reader's unit."""
    return celsius * 9 / 5 + 32 if is_fahrenheit else celsius


def degrees(celsius: float, *, is_fahrenheit: bool) -> str:
    """Write a temperature given in °C in whole degrees of the reader's unit."""
    if math.isnan(celsius):
        return MISSING
    written = f"{in_unit(celsius, is_fahrenheit=is_fahrenheit):.0f}"
    return f"{'0' if written == '-0' else written.replace('-', MINUS)}°"


def number(value: float, decimals: int = 1) -> str:
    """Write a number of fixed decimals, a dash where it is missing; 0 is a value and is written 0."""
    if math.isnan(value):
        return MISSING
    return "0" if value == 0 else fixed(value, decimals)


def day_name(day: date, today: date) -> str:
    """Write a day as on its card: Today, Mon 22."""
    return "Today" if day == today else f"{day:%a} {day.day}"


def place_words(place: tuple[float, float]) -> str:
    """Write coordinates: 49.79° N, 9.95° E."""
    latitude, longitude = place
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    between = "; " if localised(".") == "," else ", "
    return f"{fixed(abs(latitude), 2)}° {north}{between}{fixed(abs(longitude), 2)}° {east}"


def sun_words(sunrise: datetime | None, sunset: datetime | None, time_zone: str) -> str:
    """Write when the sun rises and sets; a dash for a time that there is none of."""
    times = [MISSING if each is None else clock(each, time_zone) for each in (sunrise, sunset)]
    return f"{times[0]} – {times[1]}"


def issue_words(issued_at: datetime, now: datetime, time_zone: str) -> str:
    """Write when a forecast was issued, and its age."""
    return f"forecast of {since(issued_at, now, time_zone)}, {age(now - issued_at)} old"
