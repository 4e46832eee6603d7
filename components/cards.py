"""Cards that hold a chart: their head with its buttons, the chart, its table and its words for screen readers."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from components.icons import icon
from components.parts import part

_CONFIG = {"displayModeBar": False, "doubleClick": False, "showTips": False}


def tool(symbol: str, words: str, **more: Any) -> Any:
    """Return a small button of a card's head."""
    given = {"aria-label": words, **more}
    return html.Button(icon(symbol, 18), className="icon-button tool", type="button", title=words, **given)


def chart_card(ids: Mapping[str, str], *, name: str) -> Any:
    """Return a card with a chart that is still waited for.

    `ids` are those of its parts: title, subtitle, coverage, summary, panel, chart, foot, table, shown (the button that
    shows the table). `name` is what the chart is called where there are several.
    """
    waiting = html.Span("Still waiting for the readings. The page goes on by itself.")
    head = html.Div(
        [
            html.H2("", id=ids["title"], className="card-title"),
            html.Span("", id=ids["subtitle"], className="card-subtitle wide-only"),
            html.Span(id=ids["coverage"], className="card-aside"),
            tool("table", "Show as a table", id=ids["shown"], **{"aria-expanded": "false"}),
            tool("expand", "Full screen", **{"data-full-screen": name}),
        ],
        className="card-head",
    )
    chart = html.Div(
        [
            html.Div(waiting, className="chart-wait"),
            html.Div(
                dcc.Graph(id=ids["chart"], figure={}, responsive=True, className="chart", config=_CONFIG),
                role="img", **{"aria-describedby": ids["summary"], "aria-label": "Chart"},
            ),
        ],
        id=ids["panel"],
        className="chart-panel waiting",
    )
    table = html.Div(id=ids["table"], className="table-view gone", tabIndex=0, **{"aria-label": "Table of the chart"})
    words = html.P(id=ids["summary"], className="sr-only")
    foot = html.Div(id=ids["foot"], className="chart-foot")
    return html.Section([head, words, chart, foot, table], className="card chart-card", **part(f"{name}-card"))
