"""Any field of the vocabulary over a time: its means as a line, what it reached at most and at least as a band."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.template import template, title
from components.theme import Scheme
from solar.vocabulary import FIELDS

HEIGHT = 320
_MEANINGS = {"solar": "solar", "battery": "battery", "load": "load", "energy": "solar"}


def field_figure(frame: pd.DataFrame, name: str, *, time_zone: str, scheme: Scheme) -> go.Figure:
    """Return the figure of one field; `frame` has an aware index and columns NAME, NAME.min and NAME.max.

    Times are those that the wall clock of the zone showed; where clocks went back, an hour is drawn over itself.
    """
    field = FIELDS[name]
    known = frame.dropna(subset=[name])
    figure = go.Figure()
    figure.update_layout(
        template=template(scheme), height=HEIGHT, uirevision=name, meta={"explicit_colours": True},
        annotations=[title(f"{field.label}, {field.unit}", 1, scheme)],
    )
    if known.empty:
        figure.add_annotation(text="<b>Not reported in this time</b>", x=0.5, y=0.5, xref="paper", yref="paper",
                              showarrow=False, font={"color": theme.TOKENS[scheme]["dim"]})
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
        return figure
    figure.add_traces(_traces(frame, name, time_zone, scheme))
    figure.update_xaxes(type="date", showline=True, tickangle=0, nticks=7)
    figure.update_yaxes(zeroline=True, showline=True, ticksuffix="")
    return figure


def _traces(frame: pd.DataFrame, name: str, time_zone: str, scheme: Scheme) -> list[go.Scatter]:
    tokens, field = theme.TOKENS[scheme], FIELDS[name]
    meaning = _MEANINGS.get(field.group, "dim")
    whole = _with_gaps(frame[[name, f"{name}.min", f"{name}.max"]].dropna(how="all"))
    zone = ZoneInfo(time_zone)
    x = [f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in pd.DatetimeIndex(whole.index).to_pydatetime()]
    edge: dict[str, Any] = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "connectgaps": False}
    band = theme.translucent(tokens[meaning], theme.BAND_ALPHA)
    return [
        go.Scatter(y=_rounded(whole[f"{name}.min"]), **edge),
        go.Scatter(y=_rounded(whole[f"{name}.max"]), fill="tonexty", fillcolor=band, **edge),
        go.Scatter(
            x=x, y=_rounded(whole[name]), mode="lines", connectgaps=False, name=field.label,
            line={"color": tokens[meaning], "width": theme.LINE_WIDTH},
            customdata=list(zip(_rounded(whole[f"{name}.min"]), _rounded(whole[f"{name}.max"]), strict=True)),
            hovertemplate=f"<b>%{{y}} {field.unit}</b>, from %{{customdata[0]}} to %{{customdata[1]}}<extra></extra>",
        ),
    ]


def _with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an empty row into every silence of more than three usual steps, so that no line crosses it."""
    if len(frame) < 3:
        return frame
    steps = frame.index.to_series().diff()
    late = frame.index[steps > steps.median() * 3]
    holes = pd.DataFrame(float("nan"), index=late - dt.timedelta(minutes=1), columns=frame.columns)
    return pd.concat([frame, holes]).sort_index()


def _rounded(values: pd.Series) -> list[float | None]:
    return [None if value != value else round(float(value), 3) for value in values]
