"""Details of a source: every field it reports, by group, each a way to its chart over the chosen time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.freshness import LIVE_FOR
from components.icons import icon
from components.quantities import MISSING, clock, fixed, power, since
from solar.vocabulary import FIELDS, Field

FIELD_BUTTON = "monitor-field-button"
_GROUPS = (
    ("battery", "Battery", "battery"), ("solar", "Panels", "sun"), ("load", "Inverter output", "bolt"),
    ("grid", "Grid", "pylon"), ("energy", "Counters", "gauge"), ("status", "Status", "list"),
)
# What a closed group says of itself: its first fields that are there.
_SAID = ("batteryVoltage", "batteryTemperature", "solarVoltage", "outputVoltage", "outputFrequency", "apparentPower",
         "gridVoltage", "gridFrequency", "totalEnergyProduced", "operatingMode", "inverterTemperature")


@dataclass(frozen=True, slots=True)
class State:
    """The newest value of each field and when each was measured (aware UTC), of a source in an IANA zone."""

    fields: Mapping[str, Any]
    times: Mapping[str, datetime]
    measured_at: datetime
    time_zone: str
    unmapped: Sequence[str] = ()


def details(state: State | None, now: datetime) -> Any:
    """Return the groups, closed but for the first; None before the first reading."""
    if state is None:
        return html.P("As soon as the first reading arrives, every value of the device stands here.", className="dim")
    groups = []
    for group, title, symbol in _GROUPS:
        names = [name for name in FIELDS if FIELDS[name].group == group and name in state.fields]
        names = [name for name in names if FIELDS[name].kind != "list"]
        if names:
            groups.append(_group(group, title, symbol, names, state, now))
    raw = _unmapped(state)
    first = groups[0].value if groups else None
    return dmc.Accordion([*groups, *raw], multiple=True, value=[first] if first else [], className="details",
                         chevronPosition="right", chevronSize=18)


def _group(group: str, title: str, symbol: str, names: Sequence[str], state: State, now: datetime) -> Any:
    said = " · ".join(written(name, state.fields[name]) for name in _SAID if name in names)
    return dmc.AccordionItem(
        [
            dmc.AccordionControl(
                html.Span([html.Span(title, className="strong"), html.Span(said, className="detail-said")],
                          className="detail-head"),
                icon=icon(symbol, 18, "of-dim"),
            ),
            dmc.AccordionPanel(html.Div([_row(name, state, now) for name in names], className="detail-rows")),
        ],
        value=group,
    )


def _row(name: str, state: State, now: datetime) -> Any:
    field = FIELDS[name]
    old = state.measured_at - state.times[name] > LIVE_FOR
    note = f"since {since(state.times[name], now, state.time_zone)}" if old else ""
    words = [html.Span(field.label), html.Span(note, className="detail-age")]
    value = html.Span(written(name, state.fields[name]), className="strong old" if old else "strong")
    if field.kind != "number":
        return html.Div([html.Span(words), value], className="detail-row")
    return html.Button(
        [html.Span(words), value], id={"type": FIELD_BUTTON, "field": name}, type="button", className="detail-row",
        title=f"{field.label} over the chosen time",
    )


def _unmapped(state: State) -> list[Any]:
    if not state.unmapped:
        return []
    some = [html.Code(each) for each in state.unmapped[:40]]
    words = f"{len(state.unmapped)} not understood"
    return [
        dmc.AccordionItem(
            [
                dmc.AccordionControl(
                    html.Span([html.Span("Raw fields", className="strong"), html.Span(words, className="detail-said")],
                              className="detail-head"),
                    icon=icon("list", 18, "of-dim"),
                ),
                dmc.AccordionPanel([html.P("The device also sends these; no rule of ours takes them.", className="dim"),
                                    html.Div(some, className="raw-fields")]),
            ],
            value="raw",
        )
    ]


def written(name: str, value: Any) -> str:
    """Write the value of any field with its unit."""
    field: Field = FIELDS[name]
    if value is None:
        return MISSING
    if field.kind != "number":
        return ", ".join(value) if isinstance(value, list) else str(value)
    if field.unit == "W":
        return str(power(value))
    decimals = {"Hz": 2, "V": 1, "A": 1, "°C": 0, "%": 0, "VA": 0, "Ah": 1, "kWh": 1}.get(field.unit, 2)
    return f"{fixed(value, decimals)} {field.unit}"


def as_of(state: State | None) -> str:
    """Say when the newest reading was measured."""
    return "" if state is None else f"as of {clock(state.measured_at, state.time_zone, seconds=True)}"
