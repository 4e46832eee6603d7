"""Radiation and temperature by the hour over several local days: observed solid, forecast dashed."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.days_axis import DaysAxis
from components.figures.returns_parts import check_size, empty
from components.figures.template import template, title
from components.quantities import fixed, long_date
from components.theme import Scheme
from components.weather_words import in_unit
from solar.days import dates, end_of_day, start_of_day

HEIGHT = 330
_HALF_HOUR = pd.Timedelta(minutes=30)
_PANELS = {"radiation": (0.44, 1.0), "temperature": (0.0, 0.32)}
_DASH = "5px,4px"


def hours_figure(
    hours: pd.DataFrame, *, first: date, last: date, time_zone: str, issued_at: datetime | None, now: datetime,
    scheme: Scheme, is_fahrenheit: bool = False,
) -> go.Figure:
    """Return the figure of the local dates `[first, last]`.

    `hours` has an aware index of hour ends, `shortwave_radiation` (W/m², mean of the hour) and `temperature` (°C, at
    the stamp), NaN where not known; what lies after `issued_at` is forecast.
    """
    start, end = start_of_day(first, time_zone), end_of_day(last, time_zone)
    hours = hours[(hours.index > start) & (hours.index <= end)]
    if hours[["shortwave_radiation", "temperature"]].dropna(how="all").empty:
        return empty("No hourly weather yet", HEIGHT, scheme)
    axis = DaysAxis(first, last, time_zone)
    unit = "°F" if is_fahrenheit else "°C"
    temperature = hours["temperature"].map(lambda value: in_unit(value, is_fahrenheit=is_fahrenheit))
    # The mean of an hour belongs to its middle.
    radiation = hours["shortwave_radiation"].set_axis(pd.DatetimeIndex(hours.index) - _HALF_HOUR, axis="index")
    figure = go.Figure([
        *_line("Radiation", radiation, axis, issued_at, _solar(scheme), "%{y:.0f} W/m²", "y"),
        *_line("Temperature", temperature, axis, issued_at, _ink(scheme), f"%{{y:.1f}} {unit}", "y2"),
    ])
    figure.update_layout(_layout(axis, radiation, unit, scheme))
    for day in list(dates(first, last))[1:]:
        at = axis.position(start_of_day(day, time_zone))
        figure.add_shape(type="line", xref="x", yref="paper", x0=at, x1=at, y0=0, y1=1, layer="below",
                         line={"color": theme.TOKENS[scheme]["grid-line"], "width": 1})
    if start <= now < end:
        _draw_now(figure, axis.position(now), scheme)
    return check_size(figure)


def _solar(scheme: Scheme) -> dict[str, Any]:
    tokens = theme.TOKENS[scheme]
    return {"line": {"color": tokens["solar"], "width": theme.LINE_WIDTH}, "fill": "tozeroy",
            "fillcolor": theme.translucent(tokens["solar-fill"], theme.AREA_ALPHA)}


def _ink(scheme: Scheme) -> dict[str, Any]:
    return {"line": {"color": theme.TOKENS[scheme]["ink"], "width": theme.LINE_WIDTH}}


def _line(
    name: str, values: pd.Series, axis: DaysAxis, issued_at: datetime | None, style: dict[str, Any], hover: str, y: str
) -> Iterator[go.Scatter]:
    values = values.dropna()
    split = values.index[0] if issued_at is None and len(values) else issued_at
    parts = [(values[values.index <= split], "", name), (values[values.index > split], _DASH, f"{name}, forecast")]
    if len(parts[0][0]) and len(parts[1][0]):
        # One line: the forecast goes on from the last hour observed.
        parts[1] = (pd.concat([parts[0][0].iloc[-1:], parts[1][0]]), *parts[1][1:])
    for part, dash, label in parts:
        if len(part):
            line = {**style["line"], **({"dash": dash} if dash else {})}
            yield go.Scatter(
                x=axis.positions(pd.DatetimeIndex(part.index)), y=part.round(1).tolist(), name=label, mode="lines",
                yaxis=y, connectgaps=False, hovertemplate=f"{label}  <b>{hover}</b><extra></extra>",
                **{**style, "line": line},
            )


def _layout(axis: DaysAxis, radiation: pd.Series, unit: str, scheme: Scheme) -> dict[str, Any]:
    top = max(float(radiation.max()) if radiation.notna().any() else 0.0, 200.0)
    words = {"radiation": "Radiation on the horizontal, W/m²", "temperature": f"Temperature, {unit}"}
    y_axis = {"fixedrange": True, "anchor": "x", "showline": True}
    return {
        "template": template(scheme), "height": HEIGHT, "uirevision": f"{axis.first}", "dragmode": False,
        "meta": {"explicit_colours": True}, "hoversubplots": "axis", "xaxis": axis.layout(),
        "margin": {**theme.CHART_MARGIN, "t": 28, "b": 36},
        "yaxis": {**y_axis, "domain": list(_PANELS["radiation"]), "range": [0, top * 1.08], "nticks": 5},
        "yaxis2": {**y_axis, "domain": list(_PANELS["temperature"]), "nticks": 4, "zeroline": False},
        "annotations": [title(words[name], _PANELS[name][1], scheme) for name in _PANELS],
    }


def _draw_now(figure: go.Figure, at: str, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    figure.add_shape(type="line", xref="x", yref="paper", x0=at, x1=at, y0=0, y1=1,
                     line={"color": tokens["dim"], "width": 1})
    figure.add_annotation(x=at, y=1, xref="x", yref="paper", xanchor="left", yanchor="top", xshift=4, showarrow=False,
                          text="<b>now</b>", font={"size": theme.SMALL_FONT_SIZE, "color": tokens["ink"]})


def summary(days: pd.DataFrame, first: date) -> str:
    """Return the hours as a sentence for screen readers: what their days bring (`days`: radiation_kwh by date)."""
    known = days["radiation_kwh"].dropna()
    if known.empty:
        return "Radiation and temperature by the hour: nothing known yet"
    best, least = known.idxmax(), known.idxmin()
    return (f"Radiation and temperature by the hour from {long_date(first)} on: most radiation on {long_date(best)} "
            f"with {fixed(known[best], 1)} kWh/m², least on {long_date(least)} with {fixed(known[least], 1)} kWh/m²")
