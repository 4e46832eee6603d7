"""Forecast: eight days in half hours with bands, what today brings, how good it was, and what it is made of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, dcc, html, no_update

from components import forecast_cards as cards
from components import weather_cards
from components.figures import forecast_days, forecast_energy
from components.returns_cards import DRAWN, button, card, chart
from components.shell import ShellIds
from components.theme import Scheme
from pages import _forecast_view as words
from services.forecast import asking
from services.forecast import views as forecast
from services.people.viewer import current

SLOW_MILLISECONDS, FAST_MILLISECONDS = 30_000, 1_500

dash.register_page(
    __name__, path_template="/forecast/<source_id>", name="Forecast", title="Forecast · Ampra", icon="trend", order=4
)


class Ids:
    """Ids of the page."""

    SOURCE = "forecast-source-store"
    ASKED = "forecast-asked-store"
    REVISION = "forecast-revision-store"
    INTERVAL = "forecast-pace-interval"
    SUBTITLE = "forecast-issue-text"
    PREDICT = "forecast-predict-button"
    TRAIN = "forecast-train-button"
    STOP = "forecast-stop-button"
    WORKS = "forecast-works-slot"
    NOTICES = "forecast-notice-slot"
    SPAN = "forecast-span-control"
    DAYS = "forecast-days-chart"
    DAYS_PANEL = "forecast-days-panel"
    DAYS_WORDS = "forecast-days-summary"
    DAYS_TABLE = "forecast-days-table"
    ENERGY = "forecast-energy-chart"
    ENERGY_PANEL = "forecast-energy-panel"
    TODAY = "forecast-today-body"
    SCORES = "forecast-scores-body"
    MODEL = "forecast-model-body"
    FOOT = "forecast-foot-slot"


def layout(source_id: str = "", **_query: str) -> Any:
    """Return the page of a source, waiting for its forecast."""
    title = html.Div([html.H1("Forecast", className="page-title"), html.P(id=Ids.SUBTITLE, className="dim")])
    buttons = html.Div([button(Ids.PREDICT, "Forecast now", "", "refresh"), button(Ids.TRAIN, "Train", "", "play")],
                       className="forecast-buttons")
    return html.Div(
        [
            dcc.Store(id=Ids.SOURCE, data=source_id),
            dcc.Store(id=Ids.ASKED),
            dcc.Store(id=Ids.REVISION),
            dcc.Interval(id=Ids.INTERVAL, interval=SLOW_MILLISECONDS),
            html.Div([title, buttons], className="weather-head"),
            html.Div(id=Ids.WORKS, className="weather-works", role="status"),
            html.Div(id=Ids.NOTICES, className="weather-notices"),
            _days_card(),
            html.Div([
                card("Energy per day", [chart(Ids.ENERGY, Ids.ENERGY_PANEL, forecast_energy.HEIGHT)]),
                card("Today against forecast", [html.Div(id=Ids.TODAY)]),
            ], className="forecast-pair wide-first"),
            html.Div([
                card("Scoreboard", [html.Div(id=Ids.SCORES)],
                     subtitle="mean error, share of capacity in daylight", aside=_files(source_id)),
                card("Model", [html.Div(id=Ids.MODEL)]),
            ], className="forecast-pair"),
            html.Div(id=Ids.FOOT, className="weather-foot"),
        ],
        className="page forecast",
    )


def _days_card() -> Any:
    choices = [{"value": "3", "label": "3 days"}, {"value": "8", "label": "8 days"}]
    span = dmc.SegmentedControl(id=Ids.SPAN, data=choices, value="8", size="xs", **{"aria-label": "How many days"})
    return card(
        "Next days",
        [html.P(id=Ids.DAYS_WORDS, className="sr-only"),
         chart(Ids.DAYS, Ids.DAYS_PANEL, forecast_days.HEIGHT), html.Div(id=Ids.DAYS_TABLE)],
        subtitle="half hours, forecast dashed, measured solid", aside=span,
    )


def _files(source_id: str) -> Any:
    named = (("forecast", "Forecast"), ("scores", "Scores"))
    return html.Span([
        html.A(f"{label} CSV", href=f"/export/forecast/{source_id}/{kind}", className="link", download="")
        for kind, label in named
    ], className="forecast-files")


@callback(
    Output(Ids.SUBTITLE, "children"),
    Output(Ids.WORKS, "children"),
    Output(Ids.NOTICES, "children"),
    Output(Ids.PREDICT, "disabled"),
    Output(Ids.TRAIN, "disabled"),
    Output(Ids.INTERVAL, "interval"),
    Output(Ids.REVISION, "data"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.ASKED, "data"),
    State(Ids.REVISION, "data"),
)
def follow(_ticks: int | None, source_id: str, _asked: str | None, shown: str | None) -> Any:
    """Say how fresh the forecast is, what is being done about it, and whether there is something new to draw."""
    now = datetime.now(UTC)
    view = forecast.view(current(), source_id, now)
    is_working, revision = words.is_working(view, now), words.revision(view, now)
    return (
        words.subtitle(view, now), words.works(view, now, button({"type": Ids.STOP, "name": "stop"}, "Stop")),
        words.notices(view, source_id, now), is_working, is_working,
        FAST_MILLISECONDS if is_working else SLOW_MILLISECONDS, no_update if revision == shown else revision,
    )


@callback(
    Output(Ids.DAYS, "figure"),
    Output(Ids.DAYS_PANEL, "className"),
    Output(Ids.DAYS_WORDS, "children"),
    Output(Ids.DAYS_TABLE, "children"),
    Output(Ids.ENERGY, "figure"),
    Output(Ids.ENERGY_PANEL, "className"),
    Output(Ids.TODAY, "children"),
    Output(Ids.SCORES, "children"),
    Output(Ids.MODEL, "children"),
    Output(Ids.FOOT, "children"),
    Input(Ids.REVISION, "data"),
    Input(ShellIds.SCHEME, "data"),
    Input(Ids.SPAN, "value"),
    State(Ids.SOURCE, "data"),
)
def draw(revision: str | None, scheme: Scheme | None, span: str | None, source_id: str) -> Any:
    """Draw the days ahead, and say what they mean, how good such forecasts were and where they come from."""
    if revision is None or scheme is None:
        return (no_update,) * 10
    now = datetime.now(UTC)
    view = forecast.view(current(), source_id, now)
    issue, zone = view.issue, view.time_zone
    first = view.today if issue is None else date.fromisoformat(issue.date)
    frame = view.measured.iloc[:0] if issue is None else issue.frame
    daily = view.measured.iloc[:0] if issue is None else issue.daily
    figure = forecast_days.days_figure(
        frame, view.measured, first=first, last=first + timedelta(days=2 if span == "3" else 7), time_zone=zone,
        now=now, scheme=scheme,
    )
    table = [] if issue is None else weather_cards.folded("Forecast as a table", cards.half_hours_table(frame, zone))
    so_far = view.produced_kwh if view.is_of_today else None
    methods, weather_at = ({}, None) if issue is None else (issue.methods, issue.weather_issued_at)
    return (
        figure, DRAWN, forecast_days.summary(daily), table,
        forecast_energy.energy_figure(daily, so_far, view.today, scheme), DRAWN,
        cards.today_card(words.today_of(view), view.outlook, zone, now),
        cards.scores(view.board, view.has_capacity),
        cards.model_card(view.model, methods, weather_at, now, zone, is_simulated=view.is_simulated),
        weather_cards.foot(None, is_simulated=view.is_simulated)[1:] if weather_at else [],
    )


@callback(
    Output(Ids.ASKED, "data"),
    Input(Ids.PREDICT, "n_clicks"),
    Input(Ids.TRAIN, "n_clicks"),
    Input({"type": Ids.STOP, "name": ALL}, "n_clicks"),
    State(Ids.SOURCE, "data"),
    prevent_initial_call=True,
)
def act(_predict: int | None, _train: int | None, _stop: list[int | None], source_id: str) -> Any:
    """Forecast or train as soon as a worker is free, or stop what is being done."""
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        return no_update
    now, pressed = datetime.now(UTC), ctx.triggered_id
    if isinstance(pressed, dict):
        asking.stop(current(), source_id, now)
    else:
        asking.ask(current(), source_id, "train" if pressed == Ids.TRAIN else "predict", now)
    return now.isoformat()


clientside_callback(
    ClientsideFunction("forecast", "span"), Output(Ids.SPAN, "value"), Input(Ids.SOURCE, "data"),
)
