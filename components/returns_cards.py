"""The cards of the returns page before their content comes, and the notices that stand in for it."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from components.icons import icon
from components.quantities import localised

_WAITING = "Still waiting for the database. The page goes on by itself."
DRAWN = "money-chart"
GRAPH = {"displayModeBar": False, "doubleClick": False, "showTips": False}


def card(title: Any, content: Sequence[Any], *, subtitle: str = "", aside: Any = None, class_name: str = "") -> Any:
    """Return a card with its head row."""
    head = [html.H2(title, className="card-title"), html.Span(subtitle, className="card-subtitle wide-only")]
    if aside is not None:
        head.append(html.Div(aside, className="card-aside"))
    return html.Section([html.Div(head, className="card-head"), *content], className=f"card {class_name}".strip())


def chart(graph_id: str, panel_id: str, height: int) -> Any:
    """Return a chart that waits for its figure; the class of its panel is set to `DRAWN` when that has come."""
    graph = dcc.Graph(
        id=graph_id, figure={}, responsive=True, className="chart", config=GRAPH, style={"height": height}
    )
    wait = html.Div(html.Span(_WAITING), className="chart-wait")
    return html.Div([wait, graph], id=panel_id, className=f"{DRAWN} waiting", style={"minHeight": height})


def unpriced_notice(words: str, advice: str, button: Any, rows: Any) -> Any:
    """Return the notice of days without a price, with the fix as its button and the list of days behind it."""
    return html.Section(
        [
            html.Div(
                [
                    icon("alert", 22, "of-warning"),
                    html.Div([html.Strong(words), f" {advice}"], className="money-notice-words"),
                    button,
                ],
                className="money-notice-row",
            ),
            rows,
        ],
        className="card money-notice",
        role="status",
    )


def next_step(title: str, words: str, action: Any = None) -> Any:
    """Return the notice of what is missing before there is a result, with what to do."""
    return html.Section(
        [
            html.Div(
                [
                    icon("info", 22, "of-dim"),
                    html.Div([html.Strong(title), f" {words}"], className="money-notice-words"),
                    action,
                ],
                className="money-notice-row",
            )
        ],
        className="card money-notice",
        role="status",
    )


def number_input(identity: Any, label: str, unit: str, **more: Any) -> Any:
    """Return a number field with its unit inside, on the right."""
    return dmc.NumberInput(
        id=identity, label=label, hideControls=True, thousandSeparator="\N{NARROW NO-BREAK SPACE}",
        rightSection=html.Span(unit, className="input-unit"), rightSectionWidth=max(34, 9 * len(unit)),
        rightSectionPointerEvents="none", decimalSeparator=localised("."), allowedDecimalSeparators=[".", ","],
        **{"decimalScale": 6, **more},
    )


def modal(identity: str, title: str, content: Sequence[Any], *, size: str = "lg") -> Any:
    """Return a dialog that is closed at first."""
    return dmc.Modal(
        list(content), id=identity, title=title, opened=False, size=size, centered=True, className="money-modal",
        closeButtonProps={"aria-label": "Close"},
    )


def icon_button(identity: Any, symbol: str, words: str) -> Any:
    """Return a button that shows an icon only."""
    return html.Button(
        icon(symbol, 18), id=identity, className="icon-button", type="button", title=words, **{"aria-label": words}
    )


def button(identity: Any, words: str, kind: str = "", symbol: str | None = None, **more: Any) -> Any:
    """Return a button; `kind` is main, quiet or nothing."""
    content = [icon(symbol, 16), words] if symbol else words
    return html.Button(content, id=identity, className=f"button {kind}".strip(), type="button", **more)
