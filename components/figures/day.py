"""The power of one day over one time axis: solar and load, battery and grid with their signs, state of charge."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures import day_traces
from components.figures.day_traces import PANEL_TITLES, Panel
from components.figures.labels import Place, place
from components.figures.local_time import DayAxis
from components.figures.template import template, title
from components.quantities import long_date, percent
from components.theme import Scheme

MOST_POINTS = 2000
_SILENCE = timedelta(minutes=30)
# Heights in pixels, and shares of it, of the panels that a source has.
_SHARES: dict[Panel, float] = {"power": 0.46, "signed": 0.26, "charge": 0.16}
_HEIGHTS = {1: 270, 2: 370, 3: 450}
_GAP_PIXELS = 32


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical mark at an aware instant, with its words (sunrise 06:46)."""

    at: datetime
    words: str


def day_figure(
    frame: pd.DataFrame,
    *,
    time_zone: str,
    date: dt.date,
    scheme: Scheme,
    now: datetime | None = None,
    marks: Sequence[Mark] = (),
) -> go.Figure:
    """Return the figure of one local day.

    `frame` has an aware index and columns of solarPower, loadPower, batteryPower, gridPower (W; signs of the
    vocabulary) and stateOfCharge (%); NaN or a missing column is not reported. `now` (aware) marks the present.
    """
    axis = DayAxis(date, time_zone)
    frame = frame[(frame.index >= axis.start) & (frame.index < axis.end)].dropna(how="all", axis="index")
    if frame.empty:
        return _empty(date, scheme, "No readings yet today" if now and axis.start <= now < axis.end else "No readings")
    panels = [panel for panel in PANEL_TITLES if day_traces.has(frame, panel)]
    domains = _domains(panels)
    figure = go.Figure(day_traces.traces(frame, axis, scheme))
    _check_size(figure)
    figure.update_layout(_layout(frame, axis, panels, domains, scheme))
    _label(figure, frame, axis, panels, scheme, now)
    for mark in marks:
        _draw_mark(figure, axis, mark, scheme)
    if now is not None and axis.start <= now < axis.end:
        _draw_now(figure, frame, axis, now, scheme)
    return figure


def _check_size(figure: go.Figure) -> None:
    for trace in figure.data:
        assert len(trace.x or ()) <= MOST_POINTS, f"{trace.name}: more than {MOST_POINTS} points; the query must thin"


def _domains(panels: Sequence[Panel]) -> dict[Panel, tuple[float, float]]:
    """Return bottom and top of each panel as shares of the plot."""
    plot_height = _HEIGHTS[len(panels)] - theme.CHART_MARGIN["t"] - theme.CHART_MARGIN["b"]
    gap = _GAP_PIXELS / plot_height
    room = 1 - gap * (len(panels) - 1)
    whole = sum(_SHARES[panel] for panel in panels)
    domains, top = {}, 1.0
    for panel in panels:
        bottom = max(top - room * _SHARES[panel] / whole, 0.0)
        domains[panel] = (bottom, top)
        top = bottom - gap
    return domains


def _layout(
    frame: pd.DataFrame,
    axis: DayAxis,
    panels: Sequence[Panel],
    domains: dict[Panel, tuple[float, float]],
    scheme: Scheme,
) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "template": template(scheme),
        "height": _HEIGHTS[len(panels)],
        "uirevision": f"{axis.day} {axis.time_zone}",
        "meta": {"explicit_colours": True, "day": f"{axis.day}", "range": axis.layout()["range"]},
        "hoversubplots": "axis",
        "dragmode": "zoom",
        "xaxis": {
            **axis.layout(), "anchor": day_traces.axis_of(panels[-1]), "showline": True,
        },
        "annotations": [title(day_traces.title_of(frame, panel), domains[panel][1], scheme) for panel in panels],
    }
    for panel in panels:
        low, high = day_traces.reach(frame, panel)
        key = day_traces.axis_of(panel).replace("y", "yaxis")
        layout[key] = {
            "domain": domains[panel], "range": [low, high], "fixedrange": True, "anchor": "x", "showline": True,
            "zeroline": True, "zerolinecolor": theme.TOKENS[scheme]["axis-line"],
            **({"tickvals": [0, 50, 100]} if panel == "charge" else {"nticks": 6 if panel == "signed" else 5}),
        }
    return layout


def _label(
    figure: go.Figure,
    frame: pd.DataFrame,
    axis: DayAxis,
    panels: Sequence[Panel],
    scheme: Scheme,
    now: datetime | None,
) -> None:
    """Write the name of each series at its peak: there is no legend."""
    length = axis.end - axis.start
    wall = None if now is None else (now - axis.start) / length
    for panel in panels:
        low, high = day_traces.reach(frame, panel)
        wanted = list(day_traces.labelled(frame, panel))
        curves = [_shares(series.values, low, high, axis) for series in wanted]
        taken: list[Place] = []
        for series, curve in zip(wanted, curves, strict=True):
            others = [other for other in curves if other is not curve]
            found = place(series.words, curve, series.side, taken, others, wall)
            if found is not None:
                taken.append(found)
                at = axis.position(axis.start + found.x * length)
                _write(figure, found, at, low + found.y * (high - low), day_traces.axis_of(panel),
                       theme.TOKENS[scheme][f"{series.meaning}-text"])


def _shares(values: pd.Series, low: float, high: float, axis: DayAxis) -> pd.Series:
    shares = (values - low) / (high - low)
    return shares.set_axis((values.index - axis.start) / (axis.end - axis.start))


def _write(figure: go.Figure, found: Place, x: str, y: float, y_axis: str, colour: str) -> None:
    above = found.side == "above"
    figure.add_annotation(
        x=x, y=y, xref="x", yref=y_axis, showarrow=False, text=f"<b>{found.words}</b>", xanchor=found.anchor,
        xshift=-4 if found.anchor == "right" else 0, yanchor="bottom" if above else "top", yshift=3 if above else -3,
        font={"size": theme.CHART_FONT_SIZE, "color": colour},
    )


def _draw_mark(figure: go.Figure, axis: DayAxis, mark: Mark, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    at = axis.position(mark.at)
    figure.add_shape(type="line", xref="x", yref="paper", x0=at, x1=at, y0=0, y1=1.02,
                     line={"color": tokens["border2"], "width": 1, "dash": "dot"})
    figure.add_annotation(x=at, y=1, xref="x", yref="paper", xanchor="left", yanchor="bottom", xshift=4, yshift=5,
                          text=mark.words, showarrow=False,
                          font={"size": theme.SMALL_FONT_SIZE, "color": tokens["tick"]})


def _draw_now(figure: go.Figure, frame: pd.DataFrame, axis: DayAxis, now: datetime, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    newest = frame.index[-1]
    if now - newest > _SILENCE:
        _shade(figure, axis, newest, now, scheme)
    at = axis.position(now)
    late = (now - axis.start) / (axis.end - axis.start) > 0.85
    # `assets/live.js` moves what is named so as time goes on.
    figure.add_shape(name="now", type="line", xref="x", yref="paper", x0=at, x1=at, y0=0, y1=1.04,
                     line={"color": tokens["dim"], "width": 1})
    figure.add_annotation(name="now", x=at, y=1, xref="x", yref="paper", xanchor="right" if late else "left",
                          yanchor="bottom", xshift=-5 if late else 5, yshift=5, showarrow=False,
                          text=f"<b>now {axis.time_of_day(pd.DatetimeIndex([now]))[0]}</b>",
                          font={"size": theme.SMALL_FONT_SIZE, "color": tokens["ink"]})


def _shade(figure: go.Figure, axis: DayAxis, start: datetime, end: datetime, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    figure.add_shape(type="rect", xref="x", yref="paper", x0=axis.position(start), x1=axis.position(end), y0=0, y1=1,
                     fillcolor=tokens["raised"], line_width=0, layer="below")
    if (end - start) / (axis.end - axis.start) > 0.15:
        figure.add_annotation(x=axis.position(start + (end - start) / 2), y=1, xref="x", yref="paper", yanchor="top",
                              text="<b>no readings</b>", showarrow=False, yshift=-4,
                              font={"size": theme.SMALL_FONT_SIZE, "color": tokens["dim"]})


def _empty(day: dt.date, scheme: Scheme, why: str) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(template=template(scheme), height=_HEIGHTS[1], uirevision=f"{day}",
                         meta={"explicit_colours": True}, dragmode=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(text=f"<b>{why}</b><br>{long_date(day)}", x=0.5, y=0.5, xref="paper", yref="paper",
                          showarrow=False, font={"color": theme.TOKENS[scheme]["dim"]})
    return figure


def summary(frame: pd.DataFrame, day: dt.date) -> str:
    """Return the figure as one sentence for screen readers."""
    if frame.dropna(how="all").empty:
        return f"Power on {long_date(day)}: no readings"
    words = [day_traces.spoken_peak(frame, column) for column in ("solarPower", "loadPower")]
    charge = frame["stateOfCharge"].dropna() if "stateOfCharge" in frame else pd.Series(dtype=float)
    if not charge.empty:
        words.append(f"state of charge from {percent(charge.min() / 100)} to {percent(charge.max() / 100)}")
    return f"Power on {long_date(day)}: {', '.join(filter(None, words))}"
