"""The forecast of a day laid over its chart: dashed lines in the colours of what they foresee."""

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.day_traces import hover_words
from components.figures.local_time import DayAxis
from components.theme import Scheme

_DASH = "4px,3px"
_LINES = (("solarPower", "solar", "Solar, forecast", "y", 1e-3), ("loadPower", "load", "Load, forecast", "y", 1e-3),
          ("stateOfCharge", "battery", "Charge, forecast", "y3", 1.0))
_QUARTER = pd.Timedelta(minutes=15)


def add_forecast(figure: go.Figure, frame: pd.DataFrame, axis: DayAxis, scheme: Scheme) -> None:
    """Add the half hours of `frame` (index: aware starts; columns such as solarPower_p50, W and %) of the axis' day."""
    frame = frame[(frame.index >= axis.start) & (frame.index < axis.end)]
    panels = {trace.yaxis for trace in figure.data}
    for field, meaning, name, y, scale in _LINES:
        values = frame[f"{field}_p50"].dropna() if f"{field}_p50" in frame else pd.Series(dtype=float)
        if values.empty or y not in panels:
            continue
        figure.add_trace(go.Scatter(
            # The mean of a half hour belongs to its middle.
            x=axis.positions(pd.DatetimeIndex(values.index) + _QUARTER), y=(values * scale).round(3).tolist(),
            name=name, mode="lines", yaxis=y, opacity=0.85,
            line={"color": theme.TOKENS[scheme][meaning], "width": 1.4, "dash": _DASH},
            customdata=[hover_words(field, value) for value in values],
            hovertemplate=f"{name}  <b>%{{customdata}}</b><extra></extra>",
        ))
        if y == "y":
            low, high = figure.layout.yaxis.range
            figure.layout.yaxis.range = (low, max(high, float(values.max()) * scale * 1.1))
