"""The dialogs that change prices and costs: fields, rows that can be added and removed, and what a change does."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.icons import icon
from components.returns_cards import button, icon_button, number_input

PERIODS = ["day", "month", "year"]
_DAYS = [
    {"value": "weekday", "label": "Weekdays"}, {"value": "weekend", "label": "Weekends"},
    {"value": "holiday", "label": "Holidays"},
]


def window_row(row: str, window_type: str, row_type: str, remove_type: str, values: Mapping[str, Any]) -> Any:
    """Return the fields of one time-of-use window; ids are {"type": window_type, "row": row, "field": JSON name}."""

    def identity(field: str) -> dict[str, str]:
        return {"type": window_type, "row": row, "field": field}

    season = values.get("season") or {}
    fields = [
        dmc.TextInput(id=identity("name"), label="Name", value=values.get("name", "")),
        dmc.TextInput(id=identity("from"), label="From", placeholder="22:00", value=values.get("from", "")),
        dmc.TextInput(id=identity("to"), label="To", placeholder="06:00", value=values.get("to", "")),
        number_input(identity("pricePerKwh"), "Buy", "/kWh", value=values.get("pricePerKwh", ""), decimalScale=10),
        number_input(
            identity("exportPricePerKwh"), "Sell", "/kWh", value=values.get("exportPricePerKwh") or "", decimalScale=10
        ),
        dmc.MultiSelect(
            id=identity("days"), label="On", data=_DAYS, className="wide",
            value=list(values.get("days") or [each["value"] for each in _DAYS]),
        ),
        dmc.TextInput(
            id=identity("seasonFrom"), label="Season from", placeholder="04-01", value=season.get("from", "")
        ),
        dmc.TextInput(id=identity("seasonTo"), label="Season to", placeholder="09-30", value=season.get("to", "")),
    ]
    remove = icon_button({"type": remove_type, "row": row}, "bin", "Remove this window")
    return html.Fieldset(
        [html.Legend("Other price by time"), html.Div(fields, className="form-grid"), remove],
        id={"type": row_type, "row": row}, className="row-fields",
    )


def cost_row(row: str, field_type: str, row_type: str, remove_type: str, values: Mapping[str, Any]) -> Any:
    """Return the fields of one dated cost."""

    def identity(field: str) -> dict[str, str]:
        return {"type": field_type, "row": row, "field": field}

    fields = [
        dmc.DatePickerInput(
            id=identity("date"), label="Date", value=values.get("date"), valueFormat="D MMM YYYY", placeholder="Day",
            dropdownType="popover",
        ),
        number_input(identity("amount"), "Amount", "", value=values.get("amount", "")),
        dmc.TextInput(id=identity("note"), label="What for", value=values.get("note", "")),
    ]
    return _row(fields, row, row_type, remove_type, "Remove this cost")


def replacement_row(row: str, field_type: str, row_type: str, remove_type: str, values: Mapping[str, Any]) -> Any:
    """Return the fields of one replacement in the model."""

    def identity(field: str) -> dict[str, str]:
        return {"type": field_type, "row": row, "field": field}

    fields = [
        number_input(identity("year"), "In year", "", value=values.get("year", ""), allowDecimal=False),
        number_input(identity("cost"), "Cost in today's money", "", value=values.get("cost", "")),
    ]
    return _row(fields, row, row_type, remove_type, "Remove this replacement")


def _row(fields: Sequence[Any], row: str, row_type: str, remove_type: str, words: str) -> Any:
    remove = icon_button({"type": remove_type, "row": row}, "bin", words)
    return html.Div([*fields, remove], id={"type": row_type, "row": row}, className="row-line")


def faults(errors: Mapping[str, str], labels: Mapping[str, str]) -> Any:
    """Return what is wrong, one sentence for each field."""
    if not errors:
        return None
    lines = [html.Li([html.Strong(f"{labels.get(name, name)}: "), sentence]) for name, sentence in errors.items()]
    return html.Div([icon("alert", 18, "of-warning"), html.Ul(lines)], className="faults", role="alert")


def change_words(sentence: str, lines: Sequence[tuple[str, str]], *, is_warning: bool) -> Any:
    """Return what a change does to the past, before it is kept."""
    rows = [html.Div([html.Span(label), html.Span(value, className="strong")], className="why-line")
            for label, value in lines]
    return html.Div(
        [html.P(sentence, className="strong"), *rows], className=f"change {'warn' if is_warning else ''}".strip(),
        role="status",
    )


def foot(*buttons: Any) -> Any:
    """Return the buttons at the end of a dialog."""
    return html.Div(list(buttons), className="form-foot")


def add_button(identity: str, words: str) -> Any:
    """Return the button that adds a row."""
    return button(identity, words, "quiet", "plus")
