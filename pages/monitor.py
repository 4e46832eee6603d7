"""Monitor, the heart: one source as it is now, and the power of one day."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components.figures.day import day_figure, summary
from components.icons import icon
from components.live_view import flow_template, waiting_view
from components.panels import coverage_badge, day_totals, flow_card
from components.parts import part
from components.shell import ShellIds
from components.theme import Scheme
from components.tiles import tile_grid
from pages import _monitor_reading as reading
from services import access, telemetry
from services.viewer import current
from solar.days import end_of_day, local_date, start_of_day

REFRESH_MILLISECONDS = 10_000

dash.register_page(
    __name__, path_template="/monitor/<source_id>", name="Monitor", title="Monitor · Ampra", icon="gauge", order=2
)


class Ids:
    """Ids of the page."""

    SOURCE = "monitor-source-store"
    DAY = "monitor-day-store"
    RANGE = "monitor-range-store"
    TURN = "monitor-turn-store"
    SEEN = "monitor-seen-store"
    LIVE = "monitor-live-store"
    TEMPLATE = "monitor-flow-store"
    INTERVAL = "monitor-live-interval"
    FLOW = "monitor-flow-diagram"
    NOTICE = "monitor-notice-slot"
    BACK = "monitor-back-button"
    FORWARD = "monitor-forward-button"
    TODAY = "monitor-today-button"
    PICKER = "monitor-day-picker"
    CHART = "monitor-day-chart"
    FIGURE = "monitor-figure-store"
    PANEL = "monitor-chart-panel"
    SUMMARY = "monitor-chart-summary"
    COVERAGE = "monitor-chart-coverage"
    TOTALS = "monitor-day-totals"


def layout(source_id: str = "", date: str | None = None, **_query: str) -> Any:
    """Return the page of a source; `date` (YYYY-MM-DD) chooses a day other than today."""
    day = reading.day_of(date if isinstance(date, str) else None)
    return html.Div(
        [
            dcc.Store(id=Ids.SOURCE, data=source_id),
            dcc.Store(id=Ids.DAY, data=day.isoformat() if day else None),
            dcc.Store(id=Ids.RANGE),
            dcc.Store(id=Ids.TURN),
            dcc.Store(id=Ids.SEEN),
            dcc.Store(id=Ids.FIGURE),
            dcc.Store(id=Ids.LIVE, data=waiting_view()),
            dcc.Store(id=Ids.TEMPLATE, data=flow_template()),
            dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
            html.H1("Monitor", className="sr-only"),
            html.Div(id=Ids.NOTICE),
            html.Div([flow_card(Ids.FLOW), tile_grid()], className="now"),
            _range_bar(),
            _chart_card(),
        ],
        className="page waiting",
        **part("monitor-page"),
    )


def _range_bar() -> Any:
    def step(identity: str, symbol: str, words: str) -> Any:
        button = html.Button(icon(symbol, 18), id=identity, className="icon-button framed", type="button", title=words)
        setattr(button, "aria-label", words)
        return button

    return html.Div(
        [
            step(Ids.BACK, "left", "The day before"),
            dmc.DatePickerInput(
                id=Ids.PICKER, valueFormat="dddd, D MMMM YYYY", placeholder="Choose a day", className="day-picker",
                highlightToday=True, **{"aria-label": "Day"},
            ),
            step(Ids.FORWARD, "right", "The day after"),
            html.Button("Today", id=Ids.TODAY, className="button quiet", type="button"),
        ],
        className="range-bar",
    )


def _chart_card() -> Any:
    waiting = html.Span("Still waiting for the readings. The page goes on by itself.")
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Power", className="card-title"),
                    html.Span("5-minute means", className="card-subtitle wide-only"),
                    html.Span(id=Ids.COVERAGE, className="card-aside"),
                ],
                className="card-head",
            ),
            html.Div(id=Ids.TOTALS, className="totals"),
            html.P(id=Ids.SUMMARY, className="sr-only"),
            html.Div(
                [
                    html.Div(waiting, className="chart-wait"),
                    dcc.Graph(
                        id=Ids.CHART, figure={}, responsive=True, className="chart",
                        config={"displayModeBar": False, "doubleClick": False, "showTips": False},
                    ),
                ],
                id=Ids.PANEL,
                className="chart-panel waiting",
            ),
        ],
        className="card",
    )


@callback(
    Output(Ids.LIVE, "data"),
    Output(Ids.NOTICE, "children"),
    Output(Ids.SEEN, "data"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input(Ids.SOURCE, "data"),
    State(Ids.SEEN, "data"),
)
def follow(_ticks: int | None, source_id: str, seen: dict[str, str] | None) -> Any:
    """Bring flow, tiles and badges up to the newest reading; nothing where nothing is new."""
    news = reading.refresh(current(), source_id, datetime.now(UTC), seen)
    if news is None:
        return no_update, no_update, no_update
    return news["view"], no_update if news["notice"] is None else news["notice"], news["seen"]


@callback(
    Output(Ids.FIGURE, "data"),
    Output(Ids.CHART, "style"),
    Output(Ids.PANEL, "className"),
    Output(Ids.SUMMARY, "children"),
    Output(Ids.TOTALS, "children"),
    Output(Ids.COVERAGE, "children"),
    Output(Ids.RANGE, "data"),
    Input(Ids.DAY, "data"),
    Input(ShellIds.SCHEME, "data"),
    Input(Ids.TURN, "data"),
    Input(Ids.SOURCE, "data"),
)
def draw(day_text: str | None, scheme: Scheme | None, _turn: str | None, source_id: str) -> Any:
    """Draw the power of the chosen day, today where none is chosen."""
    viewer, now = current(), datetime.now(UTC)
    source = access.source_for(viewer, source_id)
    today = local_date(now, source.time_zone)
    day = reading.day_of(day_text) or today
    start, end = start_of_day(day, source.time_zone), end_of_day(day, source.time_zone)
    frame = telemetry.power_frame(viewer, source_id, start, end)
    energies = reading.today_of(viewer, source, day, now)
    figure = day_figure(frame, time_zone=source.time_zone, date=day, scheme=scheme or "light", now=now)
    coverage = coverage_badge(energies.covered_so_far, so_far=day == today)
    chosen = {"day": day.isoformat(), "today": today.isoformat()}
    height = {"height": figure.layout.height}
    return figure, height, "chart-panel", summary(frame, day), day_totals(energies.kwh), coverage, chosen


# Drawn at once, while the first answer is still awaited.
clientside_callback(
    ClientsideFunction("live", "draw"),
    Output(Ids.FLOW, "data-drawn"),
    Input(Ids.TEMPLATE, "data"),
    State(Ids.LIVE, "data"),
)
clientside_callback(
    ClientsideFunction("live", "apply"),
    Output(Ids.FLOW, "aria-label"),
    Input(Ids.LIVE, "data"),
)
clientside_callback(
    ClientsideFunction("day", "draw"), Output(Ids.CHART, "figure"), Input(Ids.FIGURE, "data"), prevent_initial_call=True
)
clientside_callback(
    ClientsideFunction("live", "pace"),
    Output(Ids.INTERVAL, "disabled"),
    Output(Ids.INTERVAL, "n_intervals"),
    Input(ShellIds.VISIBLE, "data"),
    Input(Ids.RANGE, "data"),
)
clientside_callback(
    ClientsideFunction("day", "move"),
    Output(Ids.DAY, "data"),
    Input(Ids.BACK, "n_clicks"),
    Input(Ids.FORWARD, "n_clicks"),
    Input(Ids.TODAY, "n_clicks"),
    Input(Ids.PICKER, "value"),
    State(Ids.RANGE, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("day", "show"),
    Output(Ids.FORWARD, "disabled"),
    Output(Ids.TODAY, "disabled"),
    Output(Ids.PICKER, "maxDate"),
    Input(Ids.RANGE, "data"),
)
