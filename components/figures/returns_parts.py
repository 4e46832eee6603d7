"""What the figures of the returns share: their layout, direct labels and the figure that says why there is none."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.template import template, title
from components.theme import Scheme

MOST_POINTS = 2000
DAY_TITLE = {"text": "<b>%{x|%-d %B %Y}</b>"}


def layout(height: int, words: str, scheme: Scheme, revision: str) -> dict[str, Any]:
    """Return the layout of one panel with its horizontal title."""
    return {
        "template": template(scheme), "height": height, "uirevision": revision, "meta": {"explicit_colours": True},
        "dragmode": False, "annotations": [title(words, 1.0, scheme)], "margin": {**theme.CHART_MARGIN, "t": 28},
    }


def check_size(figure: go.Figure) -> go.Figure:
    """Return the figure; a trace with too many points is a mistake of the query."""
    for trace in figure.data:
        assert len(trace.x or ()) <= MOST_POINTS, f"{trace.name}: more than {MOST_POINTS} points; the query must thin"
    return figure


def write(figure: go.Figure, words: str, x: object, y: float, colour: str, **more: Any) -> None:
    """Write a direct label at a point, to its right unless told otherwise."""
    given = {"xref": "x", "yref": "y", "xanchor": "left", "yanchor": "middle", "showarrow": False, **more}
    figure.add_annotation(x=x, y=y, text=words, font={"size": theme.CHART_FONT_SIZE, "color": colour}, **given)


def dates(index: pd.Index) -> list[str]:
    """Return local dates as Plotly wants them."""
    return [str(each)[:10] for each in index]


def empty(words: str, height: int, scheme: Scheme) -> go.Figure:
    """Return a figure that says why it shows nothing."""
    figure = go.Figure()
    figure.update_layout(template=template(scheme), height=height, meta={"explicit_colours": True}, dragmode=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(
        text=words, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False,
        font={"color": theme.TOKENS[scheme]["dim"]},
    )
    return figure
