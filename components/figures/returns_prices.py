"""The price history as steps."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.amounts import symbol
from components.figures.returns_parts import DAY_TITLE, check_size, dates, empty, layout, write
from components.theme import Scheme

HEIGHT = 230
_MOST_LABELS = 5
_KINDS = (("buy", "price"), ("sell", "export"))


def prices_figure(frame: pd.DataFrame, *, until: date, currency: str, scheme: Scheme) -> go.Figure:
    """Return buying and selling prices per kWh as steps: `frame` by the first local date of each price, columns buy and
    sell (numbers) with buy_text and sell_text (as entered); the last holds until a local date.
    """
    if frame.empty:
        return empty("No price yet", HEIGHT, scheme)
    last = pd.DataFrame(frame.iloc[-1:].to_dict("list"), index=[max(until, frame.index[-1])])
    steps = pd.concat([frame, last])
    figure = go.Figure([_steps(steps, kind, meaning, currency, scheme) for kind, meaning in _KINDS])
    check_size(figure)
    figure.update_layout(layout(HEIGHT, f"{symbol(currency)} per kWh", scheme, "prices"))
    figure.update_xaxes(type="date", showline=True, nticks=4, tickangle=0, unifiedhovertitle=DAY_TITLE)
    figure.update_yaxes(zeroline=True, fixedrange=True, rangemode="tozero", nticks=5)
    for kind, meaning in _KINDS:
        _label(figure, frame, kind, theme.TOKENS[scheme][f"{meaning}-text"])
    return figure


def _steps(steps: pd.DataFrame, kind: str, meaning: str, currency: str, scheme: Scheme) -> go.Scatter:
    return go.Scatter(
        x=dates(steps.index), y=steps[kind].tolist(), customdata=steps[f"{kind}_text"].tolist(), mode="lines",
        name=kind,
        line={"color": theme.TOKENS[scheme][meaning], "width": 2, "shape": "hv"},
        hovertemplate=f"{kind.capitalize()}  <b>%{{customdata}} {symbol(currency)}/kWh</b><extra></extra>",
    )


def _label(figure: go.Figure, frame: pd.DataFrame, kind: str, colour: str) -> None:
    """Write each price over its step where there is room, else only the newest; the newest also says what it is."""
    shown = frame if len(frame) <= _MOST_LABELS else frame.iloc[-1:]
    for position, (day, row) in enumerate(shown.iterrows()):
        words = f"<b>{row[f'{kind}_text']}</b>" + (f" <b>{kind}</b>" if position == len(shown) - 1 else "")
        write(figure, words, str(day)[:10], float(row[kind]), colour, yanchor="bottom", yshift=3, xshift=4)
