"""The energy that the sun is expected to give, a bar a local day with its range, and what today has given so far."""

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.returns_parts import check_size, empty, layout
from components.quantities import energy
from components.theme import Scheme

HEIGHT = 260


def energy_figure(daily: pd.DataFrame, so_far: float | None, today: date, scheme: Scheme) -> go.Figure:
    """Return the bars of `daily` (index: ISO dates; solar_kwh_p10, _p50, _p90); `so_far` kWh were measured today."""
    if "solar_kwh_p50" not in daily or daily.empty:
        return empty("No forecast of solar energy yet", HEIGHT, scheme)
    tokens = theme.TOKENS[scheme]
    days = [date.fromisoformat(str(each)) for each in daily.index]
    names = [f"{each:%a}<br>{each.day}" for each in days]
    middle, low, high = (daily[f"solar_kwh_{name}"].astype(float) for name in ("p50", "p10", "p90"))
    figure = go.Figure(_bars(names, middle, low, high, scheme))
    if so_far is not None and today in days:
        at = names[days.index(today)]
        figure.add_trace(go.Bar(
            x=[at], y=[round(so_far, 2)], name="so far", width=0.56, marker={"color": tokens["solar-fill"]},
            hovertemplate=f"So far  <b>{energy(so_far)}</b><extra></extra>",
        ))
    # Before the labels: the layout brings its title, which is one of them.
    figure.update_layout(_layout(high, today, scheme))
    for name, value, top in zip(names, middle, high, strict=True):
        figure.add_annotation(x=name, y=top, text=f"<b>{energy(value).value}</b>", showarrow=False, yanchor="bottom",
                              yshift=3, font={"size": theme.CHART_FONT_SIZE, "color": tokens["ink"]})
    return check_size(figure)


def _bars(names: list[str], middle: pd.Series, low: pd.Series, high: pd.Series, scheme: Scheme) -> go.Bar:
    tokens = theme.TOKENS[scheme]
    words = [f"{energy(value)} ({energy(less).value} to {energy(more)})"
             for value, less, more in zip(middle, low, high, strict=True)]
    return go.Bar(
        x=names, y=middle.round(2).tolist(), name="expected", customdata=words, width=0.56,
        marker={"color": theme.translucent(tokens["solar-fill"], 0.34),
                "line": {"color": tokens["solar"], "width": 1}},
        error_y={"type": "data", "array": (high - middle).round(2).tolist(),
                 "arrayminus": (middle - low).round(2).tolist(), "color": tokens["ink"], "thickness": 1.2, "width": 5},
        hovertemplate="Expected  <b>%{customdata}</b><extra></extra>",
    )


def _layout(high: pd.Series, today: date, scheme: Scheme) -> dict[str, Any]:
    base = layout(HEIGHT, "kWh a day, line = 80 % range", scheme, f"{today}")
    return {
        **base, "barmode": "overlay", "margin": {**theme.CHART_MARGIN, "t": 28, "b": 36},
        "xaxis": {"type": "category", "showline": True, "fixedrange": True, "tickangle": 0},
        "yaxis": {"range": [0, max(float(high.max()), 1.0) * 1.18], "fixedrange": True, "nticks": 4},
    }
