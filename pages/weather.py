"""Weather: eight days and their hours, how production followed radiation, and what was observed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from components import weather_cards as cards
from components.figures import weather_hours, weather_yield
from components.icons import icon
from components.quantities import fixed
from components.returns_cards import DRAWN, card, chart
from components.shell import ShellIds
from components.theme import Scheme
from pages import _weather_view as words
from services.people.viewer import current
from services.weather import jobs as weather_jobs
from services.weather import production as yields
from services.weather import views as weather
from solar.days import local_date

SLOW_MILLISECONDS, FAST_MILLISECONDS = 60_000, 1_000
RECENT = timedelta(days=61)

dash.register_page(
    __name__, path_template="/weather/<source_id>", name="Weather", title="Weather · Ampra", icon="weather", order=3
)


class Ids:
    """Ids of the page."""

    SOURCE = "weather-source-store"
    ASKED = "weather-asked-store"
    REVISION = "weather-revision-store"
    INTERVAL = "weather-pace-interval"
    PLACE = "weather-place-text"
    REFRESH = "weather-refresh-button"
    PROGRESS = "weather-progress-slot"
    NOTICES = "weather-notice-slot"
    DAYS = "weather-days-slot"
    CHARTS = "weather-charts-slot"
    HOURS = "weather-hours-chart"
    HOURS_PANEL = "weather-hours-panel"
    HOURS_WORDS = "weather-hours-summary"
    HOURS_TABLE = "weather-hours-table"
    YIELD = "weather-yield-chart"
    YIELD_PANEL = "weather-yield-panel"
    YIELD_WORDS = "weather-yield-summary"
    YIELD_NOTE = "weather-yield-text"
    YIELD_TABLE = "weather-yield-table"
    HISTORY = "weather-history-slot"
    FOOT = "weather-foot-slot"


def layout(source_id: str = "", **_query: str) -> Any:
    """Return the page of a source, waiting for its weather."""
    refresh = html.Button([icon("refresh", 18), "Refresh now"], id=Ids.REFRESH, className="button", type="button")
    title = html.Div([html.H1("Weather", className="page-title"), html.P(id=Ids.PLACE, className="dim")])
    return html.Div(
        [
            dcc.Store(id=Ids.SOURCE, data=source_id),
            dcc.Store(id=Ids.ASKED),
            dcc.Store(id=Ids.REVISION),
            dcc.Interval(id=Ids.INTERVAL, interval=SLOW_MILLISECONDS),
            html.Div([title, refresh], className="weather-head"),
            html.Div(id=Ids.PROGRESS, className="weather-works", role="status"),
            html.Div(id=Ids.NOTICES, className="weather-notices"),
            html.Div(cards.waiting_days(), id=Ids.DAYS),
            html.Div([_hours_card(), _yield_card()], id=Ids.CHARTS, className="weather-charts"),
            html.Div(id=Ids.HISTORY),
            html.Div(id=Ids.FOOT, className="weather-foot"),
        ],
        className="page weather",
    )


def _hours_card() -> Any:
    return card(
        "Radiation and temperature",
        [html.P(id=Ids.HOURS_WORDS, className="sr-only"),
         chart(Ids.HOURS, Ids.HOURS_PANEL, weather_hours.HEIGHT), html.Div(id=Ids.HOURS_TABLE)],
        subtitle="hourly, forecast dashed",
    )


def _yield_card() -> Any:
    return card(
        "Radiation against production",
        [html.P(id=Ids.YIELD_WORDS, className="sr-only"),
         chart(Ids.YIELD, Ids.YIELD_PANEL, weather_yield.HEIGHT), html.Div(id=Ids.YIELD_TABLE)],
        subtitle="each point is a day", aside=html.Span(id=Ids.YIELD_NOTE),
    )


@callback(
    Output(Ids.PLACE, "children"),
    Output(Ids.PROGRESS, "children"),
    Output(Ids.NOTICES, "children"),
    Output(Ids.REFRESH, "disabled"),
    Output(Ids.INTERVAL, "interval"),
    Output(Ids.REVISION, "data"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.ASKED, "data"),
    State(Ids.REVISION, "data"),
)
def follow(_ticks: int | None, source_id: str, _asked: str | None, shown: str | None) -> Any:
    """Say how fresh the weather is, what is being done about it, and whether there is something new to draw."""
    now = datetime.now(UTC)
    view = weather.view(current(), source_id, now)
    works, revision = words.progress(view, now), words.revision(view, now)
    pace = FAST_MILLISECONDS if works else SLOW_MILLISECONDS
    is_idle = view.place is not None and not weather.is_running(view.forecast, now)
    return (
        words.subtitle(view, now), works, words.notices(view, source_id, now), not is_idle, pace,
        no_update if revision == shown else revision,
    )


@callback(
    Output(Ids.DAYS, "children"),
    Output(Ids.CHARTS, "className"),
    Output(Ids.HOURS, "figure"),
    Output(Ids.HOURS_PANEL, "className"),
    Output(Ids.HOURS_WORDS, "children"),
    Output(Ids.HOURS_TABLE, "children"),
    Output(Ids.FOOT, "children"),
    Input(Ids.REVISION, "data"),
    Input(ShellIds.SCHEME, "data"),
    State(Ids.SOURCE, "data"),
)
def draw(revision: str | None, scheme: Scheme | None, source_id: str) -> Any:
    """Draw the days and their hours."""
    if revision is None or scheme is None:
        return (no_update,) * 7
    now = datetime.now(UTC)
    view = weather.view(current(), source_id, now)
    today = local_date(now, view.time_zone)
    figure = weather_hours.hours_figure(
        view.hours, first=today, last=today + timedelta(days=weather.FORECAST_DAYS - 1), time_zone=view.time_zone,
        issued_at=view.issued_at, now=now, scheme=scheme, is_fahrenheit=view.is_fahrenheit,
    )
    days = cards.day_cards(view.days, today, view.time_zone, is_fahrenheit=view.is_fahrenheit)
    listed = cards.days_table(view.days.iloc[::-1], view.time_zone, is_fahrenheit=view.is_fahrenheit)
    return (
        days, "weather-charts" if len(view.days) or view.history else "weather-charts gone", figure, DRAWN,
        weather_hours.summary(view.days, today), cards.folded("Days as a table", listed),
        cards.foot(view.history, is_simulated=view.is_simulated),
    )


@callback(
    Output(Ids.YIELD, "figure"),
    Output(Ids.YIELD_PANEL, "className"),
    Output(Ids.YIELD_WORDS, "children"),
    Output(Ids.YIELD_NOTE, "children"),
    Output(Ids.YIELD_TABLE, "children"),
    Output(Ids.HISTORY, "children"),
    Input(Ids.REVISION, "data"),
    Input(ShellIds.SCHEME, "data"),
    State(Ids.SOURCE, "data"),
)
def compare(revision: str | None, scheme: Scheme | None, source_id: str) -> Any:
    """Draw how production followed radiation, and list what was observed lately."""
    if revision is None or scheme is None:
        return (no_update,) * 6
    viewer, now = current(), datetime.now(UTC)
    found, view = yields.production(viewer, source_id, now), weather.view(viewer, source_id, now)
    today = local_date(now, view.time_zone)
    recent = weather.observed_days(viewer, source_id, today - RECENT, today)
    listed = cards.days_table(recent, view.time_zone, is_fahrenheit=view.is_fahrenheit)
    return (
        weather_yield.yield_figure(found.days, found.fit, found.reasons, scheme=scheme), DRAWN,
        weather_yield.summary(found.days, found.fit, found.reasons),
        "" if found.fit is None else f"r² {fixed(found.fit.r_squared, 2)}",
        cards.folded("Production as a table", cards.yield_table(found.days, found.reasons)),
        cards.folded(f"What was observed, the last {len(recent)} days", listed) if len(recent) else None,
    )


@callback(
    Output(Ids.ASKED, "data"), Input(Ids.REFRESH, "n_clicks"), State(Ids.SOURCE, "data"), prevent_initial_call=True
)
def refresh(clicks: int | None, source_id: str) -> Any:
    """Have the weather refreshed as soon as a worker is free."""
    if not clicks:
        return no_update
    now = datetime.now(UTC)
    weather_jobs.ask(current(), source_id, now)
    return now.isoformat()
