"""The bar that chooses the period of Monitor: its kind, the way back and forth, what to compare with, and exports."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.icons import icon
from components.parts import part

KINDS = (
    ("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year"), ("all", "All"), ("custom", "Custom"),
)
COMPARISONS = (("none", "None"), ("previous", "Previous period"), ("year", "Same time last year"))


def range_bar(ids: Mapping[str, str], kind: str, comparison: str) -> Any:
    """Return the bar; `ids` are those of its controls: kind, back, forward, today, day, span, title, compare."""
    return html.Div(
        [
            dmc.SegmentedControl(
                id=ids["kind"], value=kind, data=[{"value": value, "label": label} for value, label in KINDS],
                className="range-kinds", **{"aria-label": "Period"},
            ),
            html.Div(
                [
                    _step(ids["back"], "left", "The period before"),
                    _pickers(ids),
                    _step(ids["forward"], "right", "The period after"),
                    html.Button("Today", id=ids["today"], className="button quiet", type="button"),
                ],
                className="range-steps",
            ),
            html.Div(
                [
                    html.Label("Compare with", htmlFor=ids["compare"], className="dim"),
                    dmc.Select(
                        id=ids["compare"], value=comparison, allowDeselect=False, withCheckIcon=False, w=184,
                        data=[{"value": value, "label": label} for value, label in COMPARISONS],
                        rightSection=icon("down", 16), comboboxProps={"shadow": "md"},
                    ),
                    _exports(),
                ],
                className="range-aside",
            ),
        ],
        className="range-bar",
    )


def _step(identity: str, symbol: str, words: str) -> Any:
    button = html.Button(icon(symbol, 18), id=identity, className="icon-button framed", type="button", title=words)
    setattr(button, "aria-label", words)
    return button


def _pickers(ids: Mapping[str, str]) -> Any:
    """One of the three shows, by the kind of the period: a day, two dates, or its name."""
    return html.Div(
        [
            dmc.DatePickerInput(
                id=ids["day"], valueFormat="dddd, D MMMM YYYY", placeholder="Choose a day",
                className="day-picker of-day", highlightToday=True, **{"aria-label": "Day"},
            ),
            dmc.DatePickerInput(
                id=ids["span"], type="range", valueFormat="D MMM YYYY", placeholder="Choose two dates",
                className="day-picker of-custom", highlightToday=True, allowSingleDateInRange=True,
                **{"aria-label": "First and last day"},
            ),
            html.Div(id=ids["title"], className="range-title"),
        ],
        className="range-chosen",
    )


def _exports() -> Any:
    """CSV and Excel are links that the browser keeps pointed at what is shown; the picture is made in the browser."""
    links = [
        html.A([icon("download", 18), words], href="#", download="", className="menu-item", **part(f"export-{kind}"))
        for kind, words in (("csv", "Table as CSV"), ("xlsx", "Table as Excel"))
    ]
    picture = html.Button([icon("download", 18), "Chart as PNG"], type="button", className="menu-item",
                          **{"data-png": "monitor"})
    paper = html.Button([icon("printer", 18), "Print"], type="button", className="menu-item", **{"data-print": "page"})
    target = html.Button([icon("download", 18), html.Span("Export", className="wide-only")], type="button",
                         className="button", title="Export", **{"aria-label": "Export"})
    return dmc.Menu(
        [dmc.MenuTarget(target), dmc.MenuDropdown([*links, picture, paper])],
        position="bottom-end", width=200, shadow="md", keepMounted=True,
    )
