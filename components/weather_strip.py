"""The weather of one day in a row as wide as the plot above it: an icon and the temperature for each eighth."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pandas as pd
from dash import html

from components.quantities import clock
from components.weather_icons import night_icon, weather_icon
from components.weather_words import degrees
from solar.days import end_of_day, start_of_day
from solar.weather import condition

PARTS = 8


def weather_strip(
    hours: pd.DataFrame, day: date, time_zone: str, now: datetime, *, is_fahrenheit: bool
) -> Any:
    """Return the strip of a local day, or None where nothing is known of it.

    `hours` has an aware index of hour ends, `weather_code` (WMO), `temperature` (°C) and `shortwave_radiation` (W/m²,
    0 at night); parts that begin after `now` are forecast.
    """
    start, end = start_of_day(day, time_zone), end_of_day(day, time_zone)
    inside = hours[(hours.index > start) & (hours.index <= end)]
    if inside[["weather_code", "temperature"]].dropna(how="all").empty:
        return None
    edges = [start + (end - start) * part / PARTS for part in range(PARTS + 1)]
    cells = [
        _cell(inside[(inside.index > since) & (inside.index <= until)], since, until, time_zone, now,
              is_fahrenheit=is_fahrenheit)
        for since, until in pairwise(edges)
    ]
    return html.Ul(cells, className="weather-strip", **{"aria-label": "Weather"})


def _cell(
    hours: pd.DataFrame, since: datetime, until: datetime, time_zone: str, now: datetime, *, is_fahrenheit: bool
) -> Any:
    codes = hours["weather_code"].dropna()
    span = f"{clock(since, time_zone)} to {clock(until, time_zone)}"
    if codes.empty:
        return html.Li(html.Span(f"{span}: not known", className="sr-only"), className="weather-strip-part")
    # Of the hours the one most of them have, the severer of two alike.
    means = condition(codes.mode().max())
    warm = degrees(float(hours["temperature"].mean()), is_fahrenheit=is_fahrenheit)
    ahead = "forecast, " if since > now else ""
    words = f"{means.words}, {ahead}{span}"
    symbol = means.icon if (hours["shortwave_radiation"] > 0).any() else night_icon(means.icon)
    return html.Li(
        [weather_icon(symbol, 20), html.Span(warm), html.Span(words, className="sr-only")],
        className=f"weather-strip-part{' ahead' if ahead else ''}",
        title=words,
    )
