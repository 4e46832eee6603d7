"""The weather page's parts: cards of days, notices with what to do, progress, history and where it all comes from."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from dash import dcc, html

from components.icons import icon
from components.quantities import MISSING, age, since
from components.tables import table
from components.weather_icons import weather_icon
from components.weather_words import day_name, degrees, in_unit, number, sun_words
from solar.weather import ATTRIBUTION, condition

# A forecast older than this has missed a refresh.
STALE_AFTER = timedelta(hours=12)
_SIMULATED = (
    "Simulated weather: this installation asks the demo's weather service, so nothing here is the real sky, "
    "not even for real sources."
)


def waiting_days(count: int = 8) -> Any:
    """Return the cards before their days are known."""
    return html.Div([html.Div(className="card weather-day waiting", **{"aria-hidden": "true"}) for _ in range(count)],
                    className="weather-days")


def day_cards(days: pd.DataFrame, today: date, time_zone: str, *, is_fahrenheit: bool) -> Any:
    """Return a card for each day (index: dates; columns of `services.weather.views.WeatherView.days`)."""
    greatest = days["radiation_kwh"].max()
    cards = [
        _day_card(day, row, greatest, today, time_zone, is_fahrenheit=is_fahrenheit) for day, row in days.iterrows()
    ]
    return html.Ul(cards, className="weather-days", **{"aria-label": "Days"})


def _day_card(
    day: Any, row: Any, greatest: float, today: date, time_zone: str, *, is_fahrenheit: bool
) -> Any:
    means = condition(row["weather_code"])
    share = 0.0 if row["radiation_kwh"] != row["radiation_kwh"] or not greatest else row["radiation_kwh"] / greatest
    rain, uv = number(row["precipitation_sum"]), number(row["uv_index_max"], 0)
    sun = sun_words(*(None if pd.isna(row[name]) else row[name] for name in ("sunrise", "sunset")), time_zone)
    kwh, megajoules = number(row["radiation_kwh"]), number(row["shortwave_radiation_sum"])
    return html.Li(
        [
            html.H2(day_name(day, today), className="weather-name"),
            weather_icon(means.icon, 36),
            html.Div(means.words, className="weather-words"),
            html.Div(
                [
                    html.Span(degrees(row["temperature_max"], is_fahrenheit=is_fahrenheit), className="weather-max"),
                    html.Span(degrees(row["temperature_min"], is_fahrenheit=is_fahrenheit), className="weather-min"),
                    html.Span("Fahrenheit" if is_fahrenheit else "Celsius", className="sr-only"),
                ]
            ),
            html.Div(html.Div(className="meter-part solar", style={"--share": f"{100 * share:.0f}"}),
                     className="meter", **{"aria-hidden": "true"}),
            html.Div([html.Span(kwh, className="strong"), " kWh/m²"], className="weather-sum"),
            html.Div(f"{megajoules} MJ/m²", className="weather-sum dim"),
            html.Div([html.Span("UV", className="dim"), html.Span(uv)], className="weather-row ruled"),
            html.Div([html.Span("Rain", className="dim"), html.Span(f"{rain} mm" if rain != MISSING else rain)],
                     className="weather-row"),
            html.Div([weather_icon("sunrise", 16), html.Span("Sunrise and sunset", className="sr-only"),
                      html.Span(sun, className="dim")], className="weather-row"),
        ],
        className=f"card weather-day{' today' if day == today else ''}",
    )


def notice(symbol: str, title: str, words: str, action: Any = None, *, kind: str = "") -> Any:
    """Return a notice: what is the matter and what to do."""
    return html.Section(
        [icon(symbol, 22), html.Div([html.Strong(title), " ", words], className="weather-notice-words"), action],
        className=f"card weather-notice {kind}".strip(), role="status",
    )


def no_place(source_id: str) -> Any:
    """Return what to do where a source has no coordinates."""
    link = dcc.Link("Enter the place", href=f"/source/{source_id}?tab=location", className="button main")
    return notice(
        "info", "Where is it?", "Weather, and forecasts that know it, need the latitude and longitude of this source.",
        link,
    )


def nothing_yet(*, is_automatic: bool) -> Any:
    """Return what happens next where there is a place and no weather yet."""
    words = (
        "It comes with the next round, within six hours, or at once with Refresh now." if is_automatic
        else "Your settings say that weather is not fetched by itself: press Refresh now, or switch it on there."
    )
    return notice("clock", "No weather yet.", words)


def failure(message: str, issued_at: datetime | None, now: datetime, time_zone: str, *, is_automatic: bool) -> Any:
    """Return what went wrong last time, and how old what the page shows is."""
    shown = "" if issued_at is None else (
        f" What you see is the forecast of {since(issued_at, now, time_zone)}, {age(now - issued_at)} old."
    )
    again = " It is tried again by itself." if is_automatic else " Refresh now tries it again."
    return notice("alert", "The weather could not be refreshed.", f"{message}{shown}{again}", kind="warning")


def old(issued_at: datetime, now: datetime, *, is_automatic: bool) -> Any:
    """Return that the forecast is old although nothing failed."""
    words = "The next round renews it." if is_automatic else (
        "Your settings say that weather is not fetched by itself; Refresh now renews it."
    )
    return notice("clock", f"This forecast is {age(now - issued_at)} old.", words)


def archive_failure(message: str) -> Any:
    """Return that the past could not be filled."""
    return notice("alert", "The weather of the past is not complete.", f"{message} It is tried again every night.")


def progress_line(words: str, stage: str, percent: int) -> Any:
    """Return how far a piece of work is."""
    bar = html.Div(html.Div(className="weather-bar", style={"width": f"{percent}%"}), className="weather-track",
                   role="progressbar", **{"aria-valuenow": str(percent), "aria-valuemin": "0", "aria-valuemax": "100",
                                          "aria-label": words})
    return html.Div([html.Span(words, className="strong"), html.Span(f"{stage} · {percent} %", className="dim"), bar],
                    className="weather-progress")


def history_words(span: tuple[date, date, int] | None) -> str:
    """Say how far the observed weather reaches."""
    if span is None:
        return "History: none yet"
    first, last, count = span
    year = f" {first.year}" if first.year != last.year else ""
    days = "day" if count == 1 else "days"
    return f"History: {first.day} {first:%B}{year} to {last.day} {last:%B %Y}, {count} {days}"


def days_table(days: pd.DataFrame, time_zone: str, *, is_fahrenheit: bool) -> Any:
    """Return days as a table, the newest first."""
    unit = "°F" if is_fahrenheit else "°C"
    heads = ("Day", "Weather", f"Max, {unit}", f"Min, {unit}", "kWh/m²", "MJ/m²", "UV", "Rain, mm", "Sun")
    rows = []
    for day, row in days.iloc[::-1].iterrows():
        sun = sun_words(*(None if pd.isna(row[name]) else row[name] for name in ("sunrise", "sunset")), time_zone)
        warm = [
            number(in_unit(row[name], is_fahrenheit=is_fahrenheit))
            for name in ("temperature_max", "temperature_min")
        ]
        code = row["weather_code"]
        rows.append([
            f"{day:%a} {day.day} {day:%b %Y}", MISSING if code != code else condition(code).words, *warm,
            number(row["radiation_kwh"], 2), number(row["shortwave_radiation_sum"]), number(row["uv_index_max"]),
            number(row["precipitation_sum"]), sun,
        ])
    return table(heads, rows, "Days of weather")


def yield_table(days: pd.DataFrame, reasons: Mapping[date, str]) -> Any:
    """Return days of radiation and production as a table, the newest first."""
    rows = [
        [f"{day:%a} {day.day} {day:%b %Y}", number(row["radiation"], 2), number(row["kwh"], 2),
         f"{100 * row['coverage']:.0f} %", reasons.get(day, "")]
        for day, row in days.iloc[::-1].iterrows()
    ]
    return table(("Day", "kWh/m²", "kWh", "Measured", "Fell off the line"), rows, "Radiation against production")


def folded(summary: str, content: Any) -> Any:
    """Return something that opens at a click."""
    body = html.Div(content, className="table-view", tabIndex=0, **{"aria-label": summary})
    return html.Details([html.Summary(summary), body], className="weather-details")


def foot(span: tuple[date, date, int] | None, *, is_simulated: bool) -> Sequence[Any]:
    """Return the last line: history, and where the weather comes from."""
    told = html.A(ATTRIBUTION, href="https://open-meteo.com/", rel="noreferrer", target="_blank")
    return [html.Span(history_words(span)), html.Span(_SIMULATED if is_simulated else told)]
