"""The rules for the fields of a source, checked here for pages, API and demo alike; nothing is silently corrected."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from data.sources import ConnectionType
from services.errors import Invalid
from services.sources import time_zones
from solar.money import MINOR_UNITS
from solar.normalise import PROFILES
from solar.normalise.mapping_faults import faults_of

Rule = Callable[[Any], str | None]
_MOST_MONEY = Decimal(10) ** 12
GENERIC = "generic"
DAYS_KEPT = (7, 36_500)


def _text(value: Any, *, least: int, most: int) -> str | None:
    is_good = isinstance(value, str) and least <= len(value.strip()) and len(value) <= most
    if is_good and all(each.isprintable() or each == "\n" for each in value):
        return None
    return f"must be a text of {least} to {most} characters" if least else f"must be a text of up to {most} characters"


def _number(value: Any, *, least: float, most: float, unit: str) -> str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if is_number and least <= value <= most:
        return None
    return f"must be a number from {least:,.10g} to {most:,.10g} {unit}".rstrip()


def _days_kept(value: Any) -> str | None:
    least, most = DAYS_KEPT
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if is_whole and least <= value <= most:
        return None
    return f"must be a whole number of days from {least} to {most:,}, or empty for what the installation keeps"


def _money(value: Any) -> str | None:
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if is_number and Decimal(value).is_finite() and 0 <= value < _MOST_MONEY:
        return None
    return "must be an amount of 0 or more"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be yes or no"


def _connection(value: Any) -> str | None:
    is_one = isinstance(value, int) and not isinstance(value, bool) and value in set(ConnectionType)
    return None if is_one else "must be 0 (MQTT) or 1 (webhook)"


def _currency(value: Any) -> str | None:
    is_one = isinstance(value, str) and value in MINOR_UNITS
    return None if is_one else "must be a currency code of ISO 4217, such as EUR"


def _zone(value: Any) -> str | None:
    is_one = isinstance(value, str) and time_zones.is_known(value)
    return None if is_one else "must be an IANA time zone, such as Europe/Madrid"


def _mapping(value: Any) -> str | None:
    faults = faults_of(value)
    return "; ".join(f"{path}: {sentence}" for path, sentence in faults.items()) or None


def _profile(value: Any) -> str | None:
    is_one = isinstance(value, str) and (value in PROFILES or value == GENERIC)
    return None if is_one else "must be a known device family, or generic"


def _past(value: Any, *, now: datetime) -> str | None:
    is_moment = isinstance(value, datetime) and value.tzinfo is not None
    return None if is_moment and value <= now else "must be a moment with its time zone, and not in the future"


RULES: Mapping[str, Rule] = {
    "name": partial(_text, least=1, most=100),
    "description": partial(_text, least=0, most=500),
    "connection_type": _connection,
    "latitude": partial(_number, least=-90, most=90, unit="degrees"),
    "longitude": partial(_number, least=-180, most=180, unit="degrees"),
    "is_active": _flag,
    "installed_capacity_watts": partial(_number, least=0, most=1_000_000, unit="W"),
    "currency": _currency,
    "system_cost": _money,
    "maintenance_cost_per_year": _money,
    "time_zone": _zone,
    "has_battery": _flag,
    "battery_capacity_kwh": partial(_number, least=0, most=100_000, unit="kWh"),
    "tilt_degrees": partial(_number, least=0, most=90, unit="degrees (0 is flat)"),
    "azimuth_degrees": partial(_number, least=0, most=360, unit="degrees (180 is south)"),
    "export_limit_watts": partial(_number, least=0, most=1_000_000, unit="W"),
    "payload_mapping": _mapping,
    "payload_profile": _profile,
    "retention_raw_days": _days_kept,
    "retention_five_minutes_days": _days_kept,
}
NEEDED = frozenset({"name", "connection_type"})
_NEVER_EMPTY = NEEDED | {"is_active", "currency", "time_zone"}


def faults(values: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return a sentence for each value that breaks its rule; None means that a field is left empty."""
    rules: dict[str, Rule] = {**RULES, "installation_date": partial(_past, now=now)}
    found = {}
    for name, value in values.items():
        if name not in rules:
            found[name] = "is no field of a source that can be set"
        elif value is None:
            if name in _NEVER_EMPTY:
                found[name] = "must not be empty"
        elif sentence := rules[name](value):
            found[name] = sentence
    return found


def faults_of_new(values: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return what `faults` does, and a sentence for a field that a new source needs and that is missing."""
    missing = {name: None for name in NEEDED if name not in values}
    return faults({**values, **missing}, now) or _half_a_place(values)


def faults_of_change(changes: Mapping[str, Any], before: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return what `faults` does for some changes of a source that has the values `before`."""
    return faults(changes, now) or _half_a_place({**before, **changes})


def _half_a_place(values: Mapping[str, Any]) -> dict[str, str]:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if (latitude is None) == (longitude is None):
        return {}
    missing = "latitude" if latitude is None else "longitude"
    other = "longitude" if latitude is None else "latitude"
    return {missing: f"must be given together with the {other}, or neither of them"}


def check(values: Mapping[str, Any], now: datetime) -> None:
    """Raise Invalid with a sentence for each value that breaks its rule."""
    _raise(faults(values, now))


def check_new(values: Mapping[str, Any], now: datetime) -> None:
    """Raise Invalid as `check` does, and for a field that a new source needs and that is missing."""
    _raise(faults_of_new(values, now))


def check_change(changes: Mapping[str, Any], before: Mapping[str, Any], now: datetime) -> None:
    """Raise Invalid as `check` does for some changes of a source that has the values `before`."""
    _raise(faults_of_change(changes, before, now))


def _raise(errors: Mapping[str, str]) -> None:
    if errors:
        raise Invalid(errors)
