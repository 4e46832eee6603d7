"""What was saved by month, as bars of self-use and export."""

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.amounts import symbol
from components.figures.returns_parts import check_size, dates, empty, layout, write
from components.theme import Scheme
from solar.money import minor_units

HEIGHT = 260
_LABEL_MARGIN = 78
_PARTS = (("self_used", "solar", "self-used"), ("exported", "export", "exported"))


def months_figure(frame: pd.DataFrame, *, currency: str, scheme: Scheme) -> go.Figure:
    """Return the savings of months: `frame` by the first local date of each, columns self_used and exported in money;
    NaN for a month without a priced day.
    """
    if frame.dropna(how="all").empty:
        return empty("No month has a day with both energy and a price yet", HEIGHT, scheme)
    figure = go.Figure([_bars(frame, column, meaning, words, currency, scheme) for column, meaning, words in _PARTS])
    check_size(figure)
    figure.update_layout(layout(HEIGHT, f"{symbol(currency)} per month", scheme, "months"))
    figure.update_layout(barmode="relative", bargap=0.28, margin={**theme.CHART_MARGIN, "t": 28, "r": _LABEL_MARGIN})
    ticks = {"tickformat": "%b %y", "nticks": min(len(frame), 6), "tickangle": 0, "ticklabelstandoff": 4}
    figure.update_xaxes(type="date", showline=False, unifiedhovertitle={"text": "<b>%{x|%B %Y}</b>"}, **ticks)
    figure.update_yaxes(zeroline=True, fixedrange=True, tickformat=",.6~g")
    _label(figure, frame, scheme)
    return figure


def _bars(frame: pd.DataFrame, column: str, meaning: str, words: str, currency: str, scheme: Scheme) -> go.Bar:
    tokens = theme.TOKENS[scheme]
    # Amber alone is too pale on white: it gets an outline in its line colour.
    outline = tokens["solar"] if scheme == "light" and meaning == "solar" else tokens["card"]
    amount = f"%{{y:,.{minor_units(currency)}f}} {symbol(currency)}"
    return go.Bar(
        x=dates(frame.index), y=[None if value != value else value for value in frame[column]], name=words,
        marker={"color": tokens[f"{meaning}-fill"], "line": {"color": outline, "width": 1}},
        hovertemplate=f"{words.capitalize()}  <b>{amount}</b><extra></extra>",
    )


def _label(figure: go.Figure, frame: pd.DataFrame, scheme: Scheme) -> None:
    """Write the names beside the last bar, each at the height of its part and apart from one another."""
    last = frame.dropna(how="all").iloc[-1].fillna(0.0)
    own, exported = float(last["self_used"]), float(last["exported"])
    reach = float(frame.clip(lower=0).sum(axis=1).max() - frame.clip(upper=0).sum(axis=1).min()) or 1.0
    height = max(own, 0.0) + exported / 2
    heights = (own / 2, max(height, own / 2 + 0.12 * reach))
    for (column, meaning, words), at in zip(_PARTS, heights, strict=True):
        # Unpaid export earns nothing and has no bar to name.
        if frame[column].fillna(0.0).any():
            write(figure, f"<b>{words}</b>", 1, at, theme.TOKENS[scheme][f"{meaning}-text"], xref="paper", xshift=8)
