"""The solar power of another day as one thin line in the chart of a day, at the same time of day."""

import datetime as dt

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.local_time import DayAxis
from components.quantities import is_missing, power
from components.theme import Scheme


def add_former(
    figure: go.Figure, frame: pd.DataFrame, day: dt.date, other: dt.date, time_zone: str, scheme: Scheme
) -> None:
    """Add the other day to the figure of `day`; `frame` has an aware index and solarPower in W. Changes the figure."""
    if "solarPower" not in frame or frame["solarPower"].dropna().empty:
        return
    axis, former = DayAxis(day, time_zone), DayAxis(other, time_zone)
    values = frame["solarPower"]
    since = pd.DatetimeIndex(values.index) - former.start
    within = since < axis.end - axis.start
    words = f"solar on {other.day} {other:%b %Y}"
    tokens = theme.TOKENS[scheme]
    figure.add_trace(
        go.Scatter(
            x=axis.positions(pd.DatetimeIndex(axis.start + since[within])),
            y=[None if is_missing(each) else round(each / 1000, 3) for each in values[within]],
            customdata=[str(power(each)) for each in values[within]], mode="lines", name=words, meta="former",
            line={"color": tokens["ink"], "width": 1.1}, opacity=0.7, connectgaps=False,
            hovertemplate=f"{words[:1].upper()}{words[1:]}  <b>%{{customdata}}</b><extra></extra>",
        )
    )
    low, high = figure.layout.yaxis.range
    figure.layout.yaxis.range = [low, max(high, float(values.max()) / 1000 * 1.22)]
    figure.add_annotation(
        x=1, y=1, xref="paper", yref="paper", xanchor="right", yanchor="top", showarrow=False, yshift=-2,
        text=f"<b>– {words}</b>", font={"size": theme.SMALL_FONT_SIZE, "color": tokens["ink"]},
    )
