"""The forecast of several local days in half hours: solar and load with their bands, state of charge below."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import theme
from components.figures.days_axis import DaysAxis
from components.figures.returns_parts import check_size, empty
from components.figures.template import template, title
from components.quantities import energy, long_date
from components.theme import Scheme
from solar.days import dates, end_of_day, start_of_day

HEIGHT = 360
_DASH = "4px,3px"
_FIELDS = (("solarPower", "solar", "Solar", "y", 1e-3), ("loadPower", "load", "Load", "y", 1e-3),
           ("stateOfCharge", "battery", "Charge", "y2", 1.0))
_TWO, _ONE = {"y": (0.36, 1.0), "y2": (0.0, 0.24)}, {"y": (0.0, 1.0)}
_QUARTER = pd.Timedelta(minutes=15)


def days_figure(
    frame: pd.DataFrame, measured: pd.DataFrame, *, first: date, last: date, time_zone: str, now: datetime,
    scheme: Scheme, why: str = "No forecast yet",
) -> go.Figure:
    """Return the figure of the local dates `[first, last]`.

    `frame` has half hours (index: aware starts) with columns such as solarPower_p10, _p50, _p90 (W, %); `measured`
    means of today (index: aware starts, W and %). `why` stands in place of a figure with nothing to show.
    """
    start, end = start_of_day(first, time_zone), end_of_day(last, time_zone)
    frame = frame[(frame.index >= start) & (frame.index < end)]
    if frame.empty:
        return empty(why, HEIGHT, scheme)
    axis = DaysAxis(first, last, time_zone)
    has_charge = "stateOfCharge_p50" in frame
    figure = go.Figure()
    for field, meaning, name, y, scale in _FIELDS:
        if f"{field}_p50" in frame:
            figure.add_traces(list(_band(frame, field, meaning, y, scale, axis, scheme)))
            figure.add_traces(list(_lines(frame, measured, (field, meaning, name, y, scale), axis, scheme)))
    figure.update_layout(_layout(frame, axis, scheme, has_charge=has_charge))
    for day in list(dates(first, last))[1:]:
        at = axis.position(start_of_day(day, time_zone))
        figure.add_shape(type="line", xref="x", yref="paper", x0=at, x1=at, y0=0, y1=1, layer="below",
                         line={"color": theme.TOKENS[scheme]["grid-line"], "width": 1})
    _label(figure, frame, axis, scheme)
    if start <= now < end:
        _draw_now(figure, axis.position(now), scheme)
    return check_size(figure)


def _middles(frame: pd.DataFrame, axis: DaysAxis) -> list[str]:
    # The mean of a half hour belongs to its middle.
    return axis.positions(pd.DatetimeIndex(frame.index) + _QUARTER)


def _band(
    frame: pd.DataFrame, field: str, meaning: str, y: str, scale: float, axis: DaysAxis, scheme: Scheme
) -> Iterator[go.Scatter]:
    """p10 unseen, and p90 filled down to it."""
    at, colour = _middles(frame, axis), theme.TOKENS[scheme][f"{meaning}-fill"]
    plain = {"x": at, "mode": "lines", "line": {"width": 0, "color": colour}, "hoverinfo": "skip", "yaxis": y}
    yield go.Scatter(y=(frame[f"{field}_p10"] * scale).round(3).tolist(), name=f"{meaning} low", **plain)
    yield go.Scatter(y=(frame[f"{field}_p90"] * scale).round(3).tolist(), name=f"{meaning} high", fill="tonexty",
                     fillcolor=theme.translucent(colour, theme.BAND_ALPHA + 0.06), **plain)


def _lines(
    frame: pd.DataFrame, measured: pd.DataFrame, series: tuple[str, str, str, str, float], axis: DaysAxis,
    scheme: Scheme,
) -> Iterator[go.Scatter]:
    """p50 dashed with its range in the hover, and what was measured solid."""
    field, meaning, name, y, scale = series
    colour, unit = theme.TOKENS[scheme][meaning], "%" if field == "stateOfCharge" else "kW"
    digits = ".0f" if unit == "%" else ".2f"
    ends = [[round(low * scale, 3), round(high * scale, 3)] for low, high in zip(
        frame[f"{field}_p10"], frame[f"{field}_p90"], strict=True)]
    yield go.Scatter(
        x=_middles(frame, axis), y=(frame[f"{field}_p50"] * scale).round(3).tolist(), customdata=ends, mode="lines",
        name=f"{name}, forecast", yaxis=y, line={"color": colour, "width": theme.LINE_WIDTH, "dash": _DASH},
        hovertemplate=f"{name}  <b>%{{y:{digits}}} {unit}</b> "
                      f"(%{{customdata[0]:{digits}}} to %{{customdata[1]:{digits}}})<extra></extra>",
    )
    known = measured[field].dropna() if field in measured else pd.Series(dtype=float)
    if len(known):
        yield go.Scatter(
            x=axis.positions(pd.DatetimeIndex(known.index)), y=(known * scale).round(3).tolist(), mode="lines",
            name=f"{name}, measured", yaxis=y, line={"color": colour, "width": theme.LINE_WIDTH},
            hovertemplate=f"{name} measured  <b>%{{y:{digits}}} {unit}</b><extra></extra>",
        )


def _layout(frame: pd.DataFrame, axis: DaysAxis, scheme: Scheme, *, has_charge: bool) -> dict[str, Any]:
    powers = [frame[f"{field}_p90"].max() for field in ("solarPower", "loadPower") if f"{field}_p90" in frame]
    top = max([*powers, 100.0]) / 1000
    domains = _TWO if has_charge else _ONE
    y_axis = {"fixedrange": True, "anchor": "x", "showline": True}
    words = {"y": "Solar and load, kW, with 80 % bands", "y2": "State of charge, %"}
    charge = {"yaxis2": {**y_axis, "domain": list(_TWO["y2"]), "range": [0, 104], "tickvals": [0, 50, 100]}}
    return {
        "template": template(scheme), "height": HEIGHT, "uirevision": f"{axis.first} {axis.last}", "dragmode": False,
        "meta": {"explicit_colours": True}, "hoversubplots": "axis",
        "xaxis": {**axis.layout(), "anchor": "y2" if has_charge else "y"},
        "margin": {**theme.CHART_MARGIN, "t": 28, "b": 36},
        "yaxis": {**y_axis, "domain": list(domains["y"]), "range": [0, top * 1.1], "nticks": 5},
        **(charge if has_charge else {}),
        "annotations": [title(words[name], domain[1], scheme) for name, domain in domains.items()],
    }


def _label(figure: go.Figure, frame: pd.DataFrame, axis: DaysAxis, scheme: Scheme) -> None:
    """Write the names of solar and load at the peaks of tomorrow: there is no legend."""
    tomorrow = frame.iloc[48:96] if len(frame) > 96 else frame
    for field, meaning, name, y, scale in _FIELDS[:2]:
        values = tomorrow[f"{field}_p50"] if f"{field}_p50" in frame else pd.Series(dtype=float)
        if values.notna().any() and values.max() > 0:
            at = pd.Timestamp(values.idxmax())
            figure.add_annotation(
                x=axis.position(at.to_pydatetime()), y=float(frame.loc[at, f"{field}_p90"]) * scale, xref="x", yref=y,
                text=f"<b>{name.lower()}</b>", showarrow=False, yanchor="bottom", yshift=2,
                font={"size": theme.CHART_FONT_SIZE, "color": theme.TOKENS[scheme][f"{meaning}-text"]},
            )


def _draw_now(figure: go.Figure, at: str, scheme: Scheme) -> None:
    tokens = theme.TOKENS[scheme]
    figure.add_shape(type="line", xref="x", yref="paper", x0=at, x1=at, y0=0, y1=1,
                     line={"color": tokens["dim"], "width": 1})
    figure.add_annotation(x=at, y=1, xref="x", yref="paper", xanchor="left", yanchor="top", xshift=4, showarrow=False,
                          text="<b>now</b>", font={"size": theme.SMALL_FONT_SIZE, "color": tokens["ink"]})


def summary(daily: pd.DataFrame) -> str:
    """Return the days as one sentence for screen readers (`daily`: index ISO dates, solar_kwh_p10 and so on)."""
    if "solar_kwh_p50" not in daily or daily.empty:
        return "No forecast of solar power"
    days = [
        f"{long_date(date.fromisoformat(str(day)))} {energy(row['solar_kwh_p50'])}, between "
        f"{energy(row['solar_kwh_p10']).value} and {energy(row['solar_kwh_p90'])}" for day, row in daily.iterrows()
    ]
    return f"Expected of the sun: {'; '.join(days)}"
