"""Radiation against production, a point a day, with the fitted line and the days that fell off it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.returns_parts import check_size, empty, write
from components.figures.template import template, title
from components.quantities import energy, fixed, percent
from components.theme import Scheme
from solar.weather import Yield

HEIGHT = 330
# More words than these would lie over one another, longer ones would leave a narrow screen.
_MOST_NAMED = 3
_LONGEST_WORDS = 18
_LEAST_APART = 0.09


def yield_figure(
    days: pd.DataFrame, fit: Yield | None, reasons: Mapping[date, str], *, scheme: Scheme
) -> go.Figure:
    """Return the figure of days: index of dates, `radiation` (kWh/m²), `kwh`, `coverage` (0..1)."""
    if days.empty:
        return empty("No day yet of which both<br>radiation and production are known", HEIGHT, scheme)
    fell = [day for day in days.index if fit is not None and day in set(fit.fell_off)]
    most, top = float(days["radiation"].max()) * 1.06, max(float(days["kwh"].max()), 0.1) * 1.08
    figure = go.Figure(_points(days.drop(index=fell), scheme))
    figure.update_layout(_layout(most, top, scheme))
    if fit is not None:
        _draw_line(figure, fit, most, top, scheme)
    if fell:
        figure.add_trace(_outliers(days.loc[fell], reasons, scheme))
        _name(figure, days.loc[fell], reasons, most, top, scheme)
    return check_size(figure)


def _points(days: pd.DataFrame, scheme: Scheme) -> go.Scatter:
    tokens = theme.TOKENS[scheme]
    return go.Scatter(
        x=days["radiation"].round(2).tolist(), y=days["kwh"].round(2).tolist(), mode="markers", name="Day",
        customdata=[_hover(day, row) for day, row in days.iterrows()],
        marker={"size": 7, "color": theme.translucent(tokens["solar"], 0.55),
                "line": {"width": 1, "color": tokens["card"]}},
        hovertemplate="%{customdata}<extra></extra>",
    )


def _outliers(days: pd.DataFrame, reasons: Mapping[date, str], scheme: Scheme) -> go.Scatter:
    tokens = theme.TOKENS[scheme]
    return go.Scatter(
        x=days["radiation"].round(2).tolist(), y=days["kwh"].round(2).tolist(), mode="markers", name="Fell off",
        customdata=[f"{_hover(day, row)}<br>{reasons.get(day, 'older than what is looked up')}"
                    for day, row in days.iterrows()],
        marker={"size": 11, "symbol": "circle-open-dot", "color": tokens["warning"], "line": {"width": 2}},
        cliponaxis=False,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _hover(day: Any, row: "pd.Series[float]") -> str:
    radiation = f"{fixed(row['radiation'], 2)} kWh/m²"
    return (f"<b>{day:%a} {day.day} {day:%B %Y}</b><br>{energy(row['kwh'])} from {radiation}<br>"
            f"{percent(row['coverage'])} measured")


def _draw_line(figure: go.Figure, fit: Yield, most: float, top: float, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    end = min(most, top / fit.kwh_per_radiation)
    figure.add_trace(go.Scatter(
        x=[0, end], y=[0, end * fit.kwh_per_radiation], mode="lines", name="Fit", hoverinfo="skip",
        line={"color": tokens["ink"], "width": 1.6},
    ))
    at = end * 0.74
    write(figure, f"<b>{energy(fit.kwh_per_radiation).value} kWh for each kWh/m²</b>", at,
          at * fit.kwh_per_radiation, tokens["ink"], xanchor="right", yanchor="bottom", xshift=-4, yshift=4)


def _name(
    figure: go.Figure, days: pd.DataFrame, reasons: Mapping[date, str], most: float, top: float, scheme: Scheme
) -> None:
    """Write the reasons of the newest outliers beside them, where no other name lies."""
    taken: list[float] = []
    for day in reversed(days.index):
        height, words = float(days["kwh"][day]), reasons.get(day, "")
        if len(taken) == _MOST_NAMED or not words or any(abs(height - each) < _LEAST_APART * top for each in taken):
            continue
        taken.append(height)
        first = words.split(";")[0]
        short = first if len(first) <= _LONGEST_WORDS else f"{first[: _LONGEST_WORDS - 1]}…"
        is_right = float(days["radiation"][day]) > most / 2
        write(figure, f"<b>{day.day} {day:%b}: {short}</b>", float(days["radiation"][day]), height,
              theme.TOKENS[scheme]["warning-text"], xanchor="right" if is_right else "left",
              xshift=-9 if is_right else 9, yshift=3)


def _layout(most: float, top: float, scheme: Scheme) -> dict[str, Any]:
    font = {"size": theme.SMALL_FONT_SIZE, "color": theme.TOKENS[scheme]["tick"]}
    return {
        "template": template(scheme), "height": HEIGHT, "uirevision": "yield", "dragmode": False,
        "meta": {"explicit_colours": True}, "hovermode": "closest", "margin": {**theme.CHART_MARGIN, "t": 28, "b": 40},
        "xaxis": {"range": [0, most], "fixedrange": True, "showline": True, "showgrid": True, "nticks": 6,
                  "gridcolor": theme.TOKENS[scheme]["grid-line"],
                  "title": {"text": "radiation, kWh/m² per day", "font": font, "standoff": 6}},
        "yaxis": {"range": [0, top], "fixedrange": True, "showline": True},
        "annotations": [title("Production, kWh per day", 1.0, scheme)],
    }


def summary(days: pd.DataFrame, fit: Yield | None, reasons: Mapping[date, str]) -> str:
    """Return the figure as a sentence for screen readers."""
    if fit is None:
        return f"Radiation against production: {len(days)} days are known, too few for a line"
    words = [f"{day.day} {day:%B %Y}, {reason}" for day, reason in sorted(reasons.items(), reverse=True)[:5]]
    fell = f"; days that produced less: {'; '.join(words)}" if words else ""
    slope = energy(fit.kwh_per_radiation)
    return (f"Radiation against production on {len(days)} days: {slope} for each kWh/m², "
            f"r² {fixed(fit.r_squared, 2)}{fell}")
