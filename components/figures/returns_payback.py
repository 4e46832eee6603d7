"""The balance of money put in and returned: measured solid, modelled dashed with its band, until it is paid back."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.amounts import symbol
from components.figures.returns_parts import DAY_TITLE, check_size, dates, empty, layout, write
from components.quantities import grouped
from components.theme import Scheme

HEIGHT = 320
_DASH = "5px,4px"


def payback_figure(
    measured: pd.DataFrame,
    modelled: pd.DataFrame,
    *,
    put_in: str,
    paid_back: date | None,
    currency: str,
    scheme: Scheme,
    nothing: str = "",
) -> go.Figure:
    """Return money returned minus money put in.

    `measured` (column balance) and `modelled` (balance, p10, p90; NaN without a band) by local date; the first modelled
    point is the last measured one. `put_in` are the words at the start, `paid_back` is where the modelled line reaches
    0, `nothing` why there is nothing to show.
    """
    if measured.empty:
        return empty(nothing, HEIGHT, scheme)
    figure = go.Figure([*_band(modelled, scheme), *_lines(measured, modelled, currency, scheme)])
    check_size(figure)
    figure.update_layout(layout(HEIGHT, f"Money returned minus money put in, {symbol(currency)}", scheme, "payback"))
    span = [dates(measured.index)[0], max([*dates(measured.index)[-1:], *dates(modelled.index)[-1:]])]
    figure.update_xaxes(
        type="date", showline=True, nticks=7, tickangle=0, unifiedhovertitle=DAY_TITLE, range=span, fixedrange=True
    )
    figure.update_yaxes(zeroline=True, tickformat="~s", fixedrange=True, range=_reach(measured, modelled))
    _mark_today(figure, measured, scheme)
    _label_lines(figure, measured, modelled, put_in, scheme)
    if paid_back is not None:
        _mark_payback(figure, paid_back, span, scheme)
    return figure


def _band(modelled: pd.DataFrame, scheme: Scheme) -> list[go.Scatter]:
    known = modelled.dropna(subset=["p10", "p90"])
    if len(known) < 2:
        return []
    line: dict[str, Any] = {"x": dates(known.index), "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    fill = theme.translucent(theme.TOKENS[scheme]["ink"], theme.BAND_ALPHA * 0.7)
    return [
        go.Scatter(y=known["p10"].tolist(), name="P10", **line),
        go.Scatter(y=known["p90"].tolist(), name="P90", fill="tonexty", fillcolor=fill, **line),
    ]


def _lines(measured: pd.DataFrame, modelled: pd.DataFrame, currency: str, scheme: Scheme) -> list[go.Scatter]:
    ink = theme.TOKENS[scheme]["ink"]
    amount = f"%{{y:,.0f}} {symbol(currency)}"
    lines = [
        go.Scatter(
            x=dates(measured.index), y=measured["balance"].tolist(), mode="lines", name="Measured",
            line={"color": ink, "width": 2.2}, hovertemplate=f"Measured  <b>{amount}</b><extra></extra>",
        )
    ]
    if len(modelled) < 2:
        return lines
    reach = [
        f"  {grouped(f'{low:.0f}')} to {grouped(f'{high:.0f}')}" if low == low and high == high else ""
        for low, high in modelled[["p10", "p90"]].astype(float).itertuples(index=False)
    ]
    modelled_line = go.Scatter(
        x=dates(modelled.index), y=modelled["balance"].tolist(), customdata=reach, mode="lines", name="Modelled",
        line={"color": ink, "width": 1.8, "dash": _DASH},
        hovertemplate=f"Modelled  <b>{amount}</b>%{{customdata}}<extra></extra>",
    )
    return [*lines, modelled_line]


def _reach(measured: pd.DataFrame, modelled: pd.DataFrame) -> list[float]:
    """From lowest to highest with room for the words below the start, and 0 always within."""
    values = [*measured["balance"], *modelled[["balance", "p10", "p90"]].astype(float).stack().dropna(), 0.0]
    low, high = min(values), max(values)
    room = (high - low) or 1.0
    return [low - 0.14 * room, high + 0.06 * room]


def _mark_today(figure: go.Figure, measured: pd.DataFrame, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    today = dates(measured.index[-1:])[0]
    line = {"color": tokens["dim"], "width": 1}
    figure.add_shape(type="line", xref="x", yref="paper", x0=today, x1=today, y0=0, y1=1, line=line)
    write(figure, "<b>today</b>", today, 1, tokens["ink"], yref="paper", yanchor="top", xshift=6)
    figure.add_trace(
        go.Scatter(
            x=[today], y=measured["balance"].tolist()[-1:], mode="markers", hoverinfo="skip", name="Today",
            marker={"size": 8, "color": tokens["ink"]},
        )
    )


def _label_lines(
    figure: go.Figure, measured: pd.DataFrame, modelled: pd.DataFrame, put_in: str, scheme: Scheme
) -> None:
    tokens = theme.TOKENS[scheme]
    x, y = dates(measured.index), measured["balance"].tolist()
    write(figure, put_in, x[0], y[0], tokens["dim"], yanchor="top", xshift=4, yshift=-8)
    whole = modelled.index[-1] if len(modelled) > 1 else measured.index[-1]
    # A short stretch leaves no room for its name beside the words about the start.
    if (measured.index[-1] - measured.index[0]).days > 0.3 * (whole - measured.index[0]).days:
        # Late enough that on a phone its name does not reach over the axis.
        late = len(x) * 3 // 4
        above = {"xanchor": "right", "yanchor": "bottom", "yshift": 8}
        write(figure, "<b>measured</b>", x[late], y[late], tokens["ink"], **above)
    if len(modelled) > 2:
        words = "modelled, with 80 % band" if modelled["p10"].iloc[1:].notna().any() else "modelled"
        # The corner that the line does not run into.
        is_rising = modelled["balance"].iloc[-1] >= modelled["balance"].iloc[0]
        corner = {"yref": "paper", "xref": "paper", "xanchor": "right", "yanchor": "bottom" if is_rising else "top"}
        write(figure, words, 1, 0.03 if is_rising else 0.97, tokens["dim"], **corner)


def _mark_payback(figure: go.Figure, paid_back: date, span: list[str], scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    marker = {"size": 11, "color": tokens["card"], "line": {"color": tokens["ink"], "width": 2}}
    figure.add_trace(
        go.Scatter(x=[paid_back.isoformat()], y=[0], mode="markers", marker=marker, hoverinfo="skip", name="Paid back")
    )
    first, last = (date.fromisoformat(each) for each in span)
    # The curve rises: above it there is room to the left, or, where that is too narrow, below it to the right.
    is_early = (paid_back - first).days < 0.5 * (last - first).days
    side = {"xanchor": "left", "yanchor": "top", "xshift": 10, "yshift": -6}
    if not is_early:
        side = {"xanchor": "right", "yanchor": "bottom", "xshift": -10, "yshift": 6}
    words = f"<b>paid back about {paid_back:%b %Y}</b>"
    write(figure, words, paid_back.isoformat(), 0, tokens["ink"], **side)
