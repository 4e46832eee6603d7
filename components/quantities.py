"""How numbers, times and zones are written: three significant digits, a unit beside each value, a dash for missing."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MISSING = "–"
_MINUS, _THIN = "\N{MINUS SIGN}", "\N{NARROW NO-BREAK SPACE}"
# Whether the reader of the current request wants a decimal comma; the pages install how to find out.
_has_comma: list[Callable[[], bool]] = []


def set_format(has_decimal_comma: Callable[[], bool]) -> None:
    """Install how to find out whether the current reader writes 12,5 instead of 12.5."""
    _has_comma[:] = [has_decimal_comma]


def localised(text: str) -> str:
    """Return a number written with a point as the current reader writes it."""
    if not (_has_comma and _has_comma[0]()):
        return text
    return text.replace(".", ",")


def grouped(text: str) -> str:
    """Return a plain number with thin spaces between its thousands, a real minus and the reader's decimal mark.

    Thin spaces say the same to those who write 12.5 and to those who write 12,5 (ISO 80000-1, 7.3.1).
    """
    whole, point, decimals = text.lstrip("-+").partition(".")
    spaced = f"{int(whole):,}".replace(",", _THIN) if len(whole) > 3 else whole
    sign = {"-": _MINUS, "+": "+"}.get(text[:1], "")
    return f"{sign}{spaced}{localised(point)}{decimals}"


def fixed(value: float, decimals: int = 0) -> str:
    """Write a number with fixed decimals, as `grouped` does; a dash where it is missing."""
    return MISSING if is_missing(value) else grouped(f"{value:.{decimals}f}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, and its unit."""

    value: str
    unit: str

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


def is_missing(value: float | None) -> bool:
    """Tell whether a number was not reported."""
    return value is None or math.isnan(value)


def _three_digits(value: float, most_decimals: int = 2) -> str:
    magnitude = abs(value)
    decimals = most_decimals if magnitude < 9.995 else 1 if magnitude < 99.95 else 0
    text = f"{value:.{min(decimals, most_decimals)}f}"
    # -0.00 is no number that a person would write.
    return localised(text.lstrip("-") if float(text) == 0 else text)


def power(watts: float | None) -> Quantity:
    """Write power given in W: W below 1 kW, then kW, from 1,000 kW on MW; the sign stays."""
    if watts is None or math.isnan(watts):
        return Quantity(MISSING, "kW")
    if abs(watts) < 999.5:
        return Quantity(_three_digits(watts, 0), "W")
    if abs(watts) < 999_500:
        return Quantity(_three_digits(watts / 1e3), "kW")
    return Quantity(_three_digits(watts / 1e6), "MW")


def energy(kwh: float | None) -> Quantity:
    """Write energy given in kWh: kWh, from 1,000 kWh on MWh."""
    if kwh is None or math.isnan(kwh):
        return Quantity(MISSING, "kWh")
    if abs(kwh) < 999.5:
        return Quantity(_three_digits(kwh), "kWh")
    return Quantity(_three_digits(kwh / 1e3), "MWh")


def percent(fraction: float | None) -> Quantity:
    """Write a share given as a fraction in whole percent."""
    if fraction is None or math.isnan(fraction):
        return Quantity(MISSING, "%")
    return Quantity(_three_digits(fraction * 100, 0), "%")


def per_peak(kwh: float | None, capacity_watts: float | None) -> Quantity:
    """Write energy given in kWh per kW of installed capacity given in W."""
    if kwh is None or math.isnan(kwh) or not capacity_watts:
        return Quantity(MISSING, "kWh/kWp")
    return Quantity(_three_digits(kwh * 1e3 / capacity_watts), "kWh/kWp")


def clock(instant: datetime, time_zone: str, *, seconds: bool = False) -> str:
    """Write an aware instant as local time of day in an IANA zone."""
    return f"{instant.astimezone(ZoneInfo(time_zone)):{'%H:%M:%S' if seconds else '%H:%M'}}"


def zone_name(instant: datetime, time_zone: str) -> str:
    """Name the zone at an aware instant: its abbreviation, or the offset from UTC where it has only digits."""
    name = instant.astimezone(ZoneInfo(time_zone)).tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def long_date(day: date) -> str:
    """Write a local day: Sunday, 21 June 2026."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def age(span: timedelta) -> str:
    """Write how old something is in its one or two greatest units; `assets/live.js` writes ages the same way."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60} min" if hours < 24 else f"{days} d {hours % 24} h"


def since(instant: datetime, now: datetime, time_zone: str) -> str:
    """Write when an aware instant was, as short as its age allows: 11:52, or 20 June, 11:52."""
    local = instant.astimezone(ZoneInfo(time_zone))
    if local.date() == now.astimezone(ZoneInfo(time_zone)).date():
        return f"{local:%H:%M}"
    year = f" {local.year}" if now - instant > timedelta(days=300) else ""
    return f"{local.day} {local:%B}{year}, {local:%H:%M}"
