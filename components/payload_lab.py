"""The payload lab on the screen: a message beside what it becomes, its leaves to map, and the balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.copying import code_block
from components.icons import icon
from components.quantities import grouped, localised, since
from components.source_page import warning
from solar.vocabulary import FIELDS

LEAVE_OUT = "-"
_SIGNED = frozenset({"batteryPower", "batteryCurrent", "gridPower"})
UNITS = ("W", "kW", "MW", "Wh", "kWh", "MWh", "V", "mV", "A", "mA", "Hz", "Ah", "VA", "kVA", "%", "°C", "°F")


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a reading as shown: value, unit, and where it comes from; `is_derived`: worked out here."""

    field: str
    value: Any
    unit: str
    origin: str
    is_derived: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of a message: its path, value, the unit said, and its fate; `field` is what it feeds."""

    path: str
    value: Any
    unit: str | None
    fate: str
    field: str | None
    own: bool


def choices(labels: Sequence[tuple[datetime, str, str]], now: datetime, zone: str) -> list[dict[str, str]]:
    """Return the messages to choose from: (received at, kind, topic) each."""
    words = {"reading": "reading", "letter": "not understood"}
    return [
        {"value": str(at), "label": f"{since(received, now, zone)}, {words[kind]}{f', {topic}' if topic else ''}"}
        for at, (received, kind, topic) in enumerate(labels)
    ]


def as_received(text: str) -> Any:
    """Return a message as it came."""
    return html.Div([html.Div("As received", className="input-label"), code_block(text[:60_000])])


def as_stored(
    timestamp: datetime | None, rows: Sequence[Shown], rejected: Mapping[str, str], reason: str | None
) -> Any:
    """Return what a message becomes: fields with where they come from, and what was refused with the reason."""
    head = html.Div("As stored", className="input-label")
    if timestamp is None:
        return html.Div([head, warning("This becomes no reading", f"{reason}.")])
    lines = [_line("check", "timestamp", f"{timestamp:%Y-%m-%d %H:%M:%S} UTC", "")]
    lines += [_line("bolt" if row.is_derived else "check", row.field, _value(row),
                    "worked out here" if row.is_derived else row.origin) for row in rows]
    lines += [_line("alert", name, "refused", why, "bad") for name, why in rejected.items()]
    return html.Div([head, html.Ul(lines, className="lab-rows")])


def _line(symbol: str, name: str, value: str, origin: str, kind: str = "") -> Any:
    parts = [icon(symbol, 16), html.Code(name), html.Strong(value), html.Span(origin, className="dim")]
    return html.Li(parts, className=kind)


def _value(row: Shown) -> str:
    value, unit = row.value, row.unit
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        sign = "+" if row.field in _SIGNED and value > 0 else ""
        # Very large and very small ones as the device may have sent them: 1e+20.
        text = f"{value:.10g}"
        return f"{localised(text) if 'e' in text else grouped(sign + text)} {unit}"
    return str(value)


def counts(rows: int, unmapped: int, rejected: int) -> Any:
    """Return the badges of a trial."""
    badges = [html.Span([icon("check", 14), f"{rows} fields"], className="badge live")]
    if unmapped:
        badges.append(html.Span(f"{unmapped} unmapped", className="badge warn"))
    if rejected:
        badges.append(html.Span(f"{rejected} refused", className="badge warn"))
    return badges


def mapping_rows(leaves: Sequence[Leaf], mapping: Mapping[str, Any], ids: Mapping[str, str]) -> Any:
    """Return a row for each leaf: what it feeds, in which unit, times what, and with which sign.

    `ids` are the types of the inputs: field, unit, factor, sign; each has the leaf's path as its `name`.
    """
    fields = mapping.get("fields", {})
    data = [{"value": LEAVE_OUT, "label": "Leave out"}]
    data += [{"value": name, "label": f"{each.label} ({each.unit or 'text'})"} for name, each in FIELDS.items()]
    ordered = sorted((each for each in leaves if each.fate != "time"), key=lambda each: each.fate != "unmapped")
    if not ordered:
        return html.P("This message has no values to map.", className="dim")
    return html.Div([_row(each, fields.get(each.path, ...), data, ids) for each in ordered[:80]], className="map-rows")


def _row(leaf: Leaf, rule: Any, data: Sequence[Mapping[str, str]], ids: Mapping[str, str]) -> Any:
    target = {"field": rule} if isinstance(rule, str) else rule if isinstance(rule, Mapping) else {}
    chosen = LEAVE_OUT if rule is None else target.get("field")
    factor = float(target.get("factor") or 1)
    known = FIELDS[leaf.field].label if leaf.field in FIELDS else "left out" if leaf.fate == "left out" else None
    named = {"name": leaf.path}
    return html.Div(
        [
            html.Div([html.Code(leaf.path), html.Span(str(leaf.value)[:40], className="dim")], className="map-leaf"),
            dmc.Select(
                id={"type": ids["field"], **named}, value=chosen, data=list(data), searchable=True, clearable=True,
                clearButtonProps={"aria-label": "Clear"},
                placeholder=f"as recognised: {known}" if known else "choose a field", comboboxProps={"shadow": "md"},
                **{"aria-label": f"Field of {leaf.path}"},
            ),
            dmc.Select(
                id={"type": ids["unit"], **named}, value=target.get("unit"), data=list(UNITS), clearable=True,
                clearButtonProps={"aria-label": "Clear"},
                searchable=True, placeholder=leaf.unit or "unit", comboboxProps={"shadow": "md"},
                **{"aria-label": f"Unit of {leaf.path}"},
            ),
            dmc.NumberInput(
                id={"type": ids["factor"], **named}, value=abs(factor), hideControls=True, decimalScale=9,
                leftSection="×", **{"aria-label": f"Factor of {leaf.path}"},
            ),
            dmc.SegmentedControl(
                id={"type": ids["sign"], **named}, value="-" if factor < 0 else "+",
                data=[{"value": "+", "label": "+"}, {"value": "-", "label": "−"}],
                **{"aria-label": f"Sign of {leaf.path}"},
            ),
        ],
        className=f"map-row {'unmapped' if leaf.fate == 'unmapped' else ''}".strip(),
    )


def mapping_of(
    before: Mapping[str, Any], paths: Sequence[str], given: Sequence[tuple[Any, Any, Any, Any]]
) -> dict[str, Any]:
    """Return a mapping with the rows of the editor in it: (field, unit, factor, sign) each; other paths stay."""
    fields = {path: rule for path, rule in before.get("fields", {}).items() if path not in set(paths)}
    for path, (field, unit, factor, sign) in zip(paths, given, strict=True):
        if field == LEAVE_OUT:
            fields[path] = None
        elif field:
            number = factor if isinstance(factor, int | float) else 1
            rule = {"field": field, **({"unit": unit} if unit else {})}
            scaled = -number if sign == "-" else number
            fields[path] = {**rule, "factor": scaled} if scaled != 1 else rule
    rest = {name: value for name, value in before.items() if name != "fields"}
    return {**rest, **({"fields": fields} if fields else {})}
