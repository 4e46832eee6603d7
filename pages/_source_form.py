"""Between the inputs of a source's form and the values of its rules."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from components.source_form import SECTIONS
from services import access
from services.people.viewer import Viewer
from services.sources import time_zones
from solar.days import start_of_day
from solar.money import MINOR_UNITS

_KINDS = {field.name: field.kind for section in SECTIONS.values() for field in section}
_BATTERY = {"yes": True, "no": False}


@lru_cache(maxsize=1)
def choices() -> dict[str, list[str]]:
    """Return what the selects of the form offer, for everybody."""
    return {"currency": sorted(MINOR_UNITS), "zone": time_zones.names()}


def group_choices(viewer: Viewer) -> list[dict[str, str]]:
    """Return the groups to choose from."""
    return [{"value": str(each.id), "label": each.name} for each in access.visible_groups(viewer)]


def values_of(ids: Sequence[Mapping[str, str]], given: Sequence[Any], time_zone: str) -> dict[str, Any]:
    """Return what the inputs hold as values of the rules; what is no number stays as it is, for the rules to say so."""
    return {each["name"]: _value(_KINDS[each["name"]], raw, time_zone) for each, raw in zip(ids, given, strict=True)}


def _value(kind: str, raw: Any, time_zone: str) -> Any:
    if kind == "battery":
        return _BATTERY.get(raw)
    if raw is None or raw == "":
        return None
    if kind == "number":
        return _number(raw)
    if kind == "date":
        return _day(str(raw), time_zone)
    return raw


def _number(raw: Any) -> Any:
    if isinstance(raw, int | float):
        return raw
    try:
        return float(raw)
    except ValueError:
        return raw


def _day(text: str, time_zone: str) -> Any:
    """The first instant of a day at the source."""
    try:
        return start_of_day(date.fromisoformat(text[:10]), time_zone)
    except ValueError:
        return text


def inputs_of(ids: Sequence[Mapping[str, str]], record: Any) -> list[Any]:
    """Return what the inputs show of a source, in the order of their ids."""
    return [_shown(_KINDS[each["name"]], getattr(record, each["name"]), record.time_zone) for each in ids]


def _shown(kind: str, value: Any, time_zone: str) -> Any:
    if kind == "battery":
        return next((text for text, known in _BATTERY.items() if known is value), "")
    if value is None:
        return "" if kind != "date" else None
    if kind == "date":
        return value.astimezone(ZoneInfo(time_zone)).date().isoformat()
    return float(value) if isinstance(value, Decimal) else value


def changes_of(values: Mapping[str, Any], record: Any) -> dict[str, Any]:
    """Return the values that differ from those stored; an empty text is the same as none."""
    return {name: value for name, value in values.items() if value != (getattr(record, name) if
            getattr(record, name) != "" else None)}


def errors_for(ids: Sequence[Mapping[str, str]], faults: Mapping[str, str]) -> list[Any]:
    """Return the sentence for each input, in the order of their ids; False where there is none."""
    return [_sentence(faults[each["name"]]) if each["name"] in faults else False for each in ids]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
