"""The form of the assumptions, and the one that compares another contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.returns_cards import number_input


@dataclass(frozen=True, slots=True)
class Term:
    """A field of the assumptions by its JSON name; `unit` empty: the currency of the source, written when known."""

    name: str
    label: str
    unit: str = ""
    whole: bool = False
    negative: bool = False


TERMS = (
    Term("systemCost", "System cost"),
    Term("maintenanceCostPerYear", "Yearly upkeep"),
    Term("importPriceEscalation", "Price rise", "% a year", negative=True),
    Term("realDiscountRate", "Discount rate, real", "% a year", negative=True),
    Term("degradation", "Panels lose", "% a year"),
    Term("years", "Life", "years", whole=True),
    Term("inflation", "Inflation", "% a year", negative=True),
    Term("exportPriceEscalation", "Feed-in rise", "% a year", negative=True),
    Term("co2KgPerKwh", "CO₂ factor", "kg/kWh"),
)
NAMES = tuple(term.name for term in TERMS)
_FIRST = 6


def assumption_fields(field_type: str, unit_type: str) -> Any:
    """Return the fields; their ids are {"type": field_type, "name": the JSON name}, those of their units unit_type."""
    first, more = TERMS[:_FIRST], TERMS[_FIRST:]
    return html.Div(
        [
            html.Div([_field(term, field_type, unit_type) for term in first], className="form-grid"),
            html.Details(
                [
                    html.Summary("More assumptions"),
                    html.Div([_field(term, field_type, unit_type) for term in more], className="form-grid"),
                ],
                className="more",
            ),
        ]
    )


def _field(term: Term, field_type: str, unit_type: str) -> Any:
    # No delay here, or a quick save would be without the last key; the browser waits before it asks for the result.
    field = number_input(
        {"type": field_type, "name": term.name}, term.label, term.unit or "EUR", allowNegative=term.negative,
        allowDecimal=not term.whole,
    )
    field.rightSection = html.Span(term.unit, id={"type": unit_type, "name": term.name}, className="input-unit")
    return field


def money_units(sign: str) -> list[str]:
    """Return the units of all fields in their order, with the currency's sign where it is money."""
    return [term.unit or sign for term in TERMS]


def contract_fields(ids: Sequence[str]) -> Any:
    """Return the fields of another contract; ids: buy, sell, standing charge, its period, night price, its start and
    end, and whether the stored dynamic prices are added."""
    buy, sell, charge, period, night, start, end, hourly = ids
    return html.Div(
        [
            number_input(buy, "Buy", "/kWh", decimalScale=10),
            number_input(sell, "Sell", "/kWh", decimalScale=10),
            number_input(charge, "Standing charge", "", allowNegative=False),
            dmc.Select(id=period, label="due per", data=["day", "month", "year"], value="month", allowDeselect=False),
            number_input(night, "Night price (optional)", "/kWh", decimalScale=10),
            html.Div(
                [
                    dmc.TextInput(id=start, label="from", value="22:00"),
                    dmc.TextInput(id=end, label="to", value="06:00"),
                ],
                className="pair",
            ),
            dmc.Switch(id=hourly, label="Add my stored hourly prices", checked=False, className="wide"),
        ],
        className="form-grid",
    )
