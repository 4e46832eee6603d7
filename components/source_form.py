"""The form of a source: its fields by section, each with its label, unit and hint; errors stand beside the field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.icons import icon
from components.quantities import localised

BATTERY_CHOICES = (("", "Not known"), ("yes", "Yes"), ("no", "No"))


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its name in the rules; `kind` is text, long, number, date, battery, currency, zone or group."""

    name: str
    label: str
    kind: str = "number"
    unit: str = ""
    hint: str = ""
    is_needed: bool = False
    placeholder: str = ""


NAME = Field("name", "Name", "text", is_needed=True)
DESCRIPTION = Field("description", "Description", "long", hint="Up to 500 characters, for you and your group.")
GROUP = Field("power_group_id", "Group", "group")
LATITUDE = Field("latitude", "Latitude", unit="°", hint="North is positive, such as 38.6333")
LONGITUDE = Field("longitude", "Longitude", unit="°", hint="East is positive, such as -0.8667")
ZONE = Field("time_zone", "Time zone", "zone", hint="Days begin at midnight here.", is_needed=True)
CAPACITY = Field("installed_capacity_watts", "Installed capacity", unit="W", hint="All panels together, at peak")
TILT = Field("tilt_degrees", "Tilt", unit="°", hint="0 lies flat, 90 stands upright")
AZIMUTH = Field("azimuth_degrees", "Facing", unit="°", hint="90 east, 180 south, 270 west")
EXPORT_LIMIT = Field("export_limit_watts", "Export limit", unit="W", hint="Where the grid operator allows no more")
HAS_BATTERY = Field("has_battery", "Battery", "battery", hint="Without one, its power counts as 0")
BATTERY = Field("battery_capacity_kwh", "Battery capacity", unit="kWh", hint="What can be used of it")
CURRENCY = Field("currency", "Currency", "currency", hint="Of all prices and costs", is_needed=True)
COST = Field("system_cost", "System cost", hint="What the whole plant cost")
UPKEEP = Field("maintenance_cost_per_year", "Upkeep a year", hint="In today's money")
RAW_DAYS = Field("retention_raw_days", "Readings, each as received", unit="days")
FINE_DAYS = Field("retention_five_minutes_days", "Means over 5 minutes", unit="days")
INSTALLED = Field("installation_date", "Installed on", "date", hint="Its account begins here")

SECTIONS: Mapping[str, tuple[Field, ...]] = {
    "general": (NAME, DESCRIPTION),
    "location": (LATITUDE, LONGITUDE, ZONE),
    "plant": (CAPACITY, TILT, AZIMUTH, EXPORT_LIMIT, HAS_BATTERY, BATTERY),
    "economics": (CURRENCY, COST, UPKEEP, INSTALLED),
    "retention": (RAW_DAYS, FINE_DAYS),
}


def fields(
    section: str, kind: str, choices: Mapping[str, Iterable[str]], *, without: Iterable[str] = (),
    when_empty: Mapping[str, str] = MappingProxyType({}),
) -> Any:
    """Return the fields of a section, each with the id {"type": kind, "name": the name in the rules}.

    `choices` are the currencies and zones to choose from, under `currency` and `zone`; `when_empty` says by name what
    an empty number means.
    """
    left_out = set(without)
    shown = [field for field in SECTIONS[section] if field.name not in left_out]
    shown = [replace(each, placeholder=when_empty.get(each.name, "")) for each in shown]
    inputs = [_input(field, {"type": kind, "name": field.name}, list(choices.get(field.kind, ()))) for field in shown]
    return html.Div(inputs, className="form-grid")


def group_field(identity: str) -> Any:
    """Return the choice of a group, whose groups are filled in later."""
    return _select(GROUP, {"id": identity, "label": GROUP.label}, [])


def _input(field: Field, identity: dict[str, str], choices: list[str]) -> Any:
    about = {"id": identity, "label": field.label, "description": field.hint or None, "withAsterisk": field.is_needed}
    if field.kind == "text":
        return dmc.TextInput(**about)
    if field.kind == "long":
        return dmc.Textarea(**about, autosize=True, minRows=2, maxRows=6, className="wide")
    if field.kind == "date":
        return dmc.DateInput(
            **about, clearable=True, clearButtonProps={"aria-label": f"Clear {field.label.lower()}"},
            valueFormat="D MMMM YYYY", placeholder="Choose a day",
        )
    if field.kind == "number":
        return _number(field, about)
    return _select(field, about, choices)


def _number(field: Field, about: Mapping[str, Any]) -> Any:
    # No limits: Mantine would correct what was typed. No delay: a quick click would save without the last field.
    unit = html.Span(field.unit, className="input-unit") if field.unit else None
    return dmc.NumberInput(
        **about, placeholder=field.placeholder, hideControls=True, decimalScale=6, rightSection=unit,
        rightSectionWidth=44, rightSectionPointerEvents="none", decimalSeparator=localised("."),
        allowedDecimalSeparators=[".", ","],
    )


def _select(field: Field, about: Mapping[str, Any], choices: list[str]) -> Any:
    known: list[Any] = [{"value": value, "label": label} for value, label in BATTERY_CHOICES]
    is_group = field.kind == "group"
    return dmc.Select(
        **about, data=known if field.kind == "battery" else choices, searchable=field.kind != "battery",
        allowDeselect=False, withCheckIcon=False, clearable=is_group,
        clearButtonProps={"aria-label": f"Clear {field.label.lower()}"},
        rightSection=None if is_group else icon("down", 16), comboboxProps={"shadow": "md"},
        placeholder="No group" if is_group else None, nothingFoundMessage="Nothing of that name", maxDropdownHeight=260,
    )


def foot(*content: Any) -> Any:
    """Return the row of buttons under a form."""
    return html.Div(list(content), className="form-foot")
