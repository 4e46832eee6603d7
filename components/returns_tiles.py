"""The head of the returns: what was saved with its ring, and a tile for each figure with its *why this number*."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.icons import icon
from components.quantities import MISSING, Quantity


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as shown: `name` is that of its explanation, `note` what stands under it (why there is none, too)."""

    name: str
    label: str
    value: Quantity
    note: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved so far: the share of the money put in (percent, None: not known) and the words around it."""

    saved: Figure
    progress: Decimal | None
    net: Figure
    roi: Figure


def head(saved: Saved, figures: Sequence[Figure], why_type: str) -> list[Any]:
    """Return the card of what was saved and a tile for each further figure; buttons have ids of `why_type`."""
    return [_saved_card(saved, why_type), *(_tile(each, why_type) for each in figures)]


def waiting_head(count: int) -> list[Any]:
    """Return the tiles before the first answer."""
    return [html.Div(className=f"card money-tile {'saved-card ' if not at else ''}skeleton") for at in range(count)]


def why_button(figure: Figure, why_type: str) -> Any:
    """Return the button that explains a figure."""
    return html.Button(
        icon("info", 18), id={"type": why_type, "name": figure.name}, className="why-button", type="button",
        title=f"Why this number: {figure.label}", **{"aria-label": f"Why this number: {figure.label}"},
    )


def number(value: Quantity) -> Any:
    """Return a big number with its unit small beside it."""
    unit = [] if value.value == MISSING or not value.unit else [html.Span(value.unit, className="unit")]
    return html.Div([html.Span(value.value, className="number"), *unit], className="tile-number")


def _saved_card(saved: Saved, why_type: str) -> Any:
    share = None if saved.progress is None else float(saved.progress)
    words = MISSING if share is None else f"{round(share)} %"
    ring = dmc.RingProgress(
        size=92, thickness=9, roundCaps=True, rootColor="var(--raised)",
        sections=[{"value": min(max(share or 0.0, 0.0), 100.0), "color": "var(--primary)"}],
        label=html.Div(words, className="ring-words"),
        **{"aria-label": f"Paid back: {words}"},
    )
    facts = html.Div([_fact(saved.net, why_type), _fact(saved.roi, why_type)], className="saved-facts")
    words_block = html.Div(
        [
            html.Div([html.Span(saved.saved.label), why_button(saved.saved, why_type)], className="tile-label"),
            number(saved.saved.value),
            html.Div(saved.saved.note, className="tile-words"),
        ],
        className="saved-words",
    )
    return html.Section([html.Div([ring, words_block], className="saved-row"), facts], className="card saved-card")


def _fact(figure: Figure, why_type: str) -> Any:
    return html.Div(
        [
            html.Span(figure.label, className="dim"),
            html.Span(str(figure.value) if figure.value.value != MISSING else MISSING, className="strong"),
            why_button(figure, why_type),
            html.Span(figure.note, className="dim fact-note"),
        ],
        className="fact",
    )


def _tile(figure: Figure, why_type: str) -> Any:
    return html.Section(
        [
            html.Div([html.Span(figure.label), why_button(figure, why_type)], className="tile-label"),
            number(figure.value),
            html.Div(figure.note, className="tile-words"),
        ],
        className="card money-tile",
    )


def tiles(figures: Sequence[Figure], why_type: str) -> list[Any]:
    """Return a tile for each figure."""
    return [_tile(each, why_type) for each in figures]
