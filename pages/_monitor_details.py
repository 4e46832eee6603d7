"""The lower part of Monitor: every field of the source, its faults, and the quality of its readings."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components import details, faults, quality
from components.figures.field import field_figure
from components.shell import ShellIds
from components.theme import Scheme
from pages._monitor_choice import choice_of, period_of, source_of
from pages._monitor_range import RangeIds
from services.people.viewer import current
from services.sources import faults as source_faults
from services.sources import quality as source_quality
from services.sources import state as source_state
from services.telemetry import queries as telemetry
from solar.days import end_of_day, start_of_day
from solar.vocabulary import FIELDS, NUMERIC_FIELDS


class DetailIds:
    """Ids of the lower part of the page."""

    DETAILS = "monitor-details-list"
    AS_OF = "monitor-details-time"
    FAULTS = "monitor-faults-list"
    OPEN = "monitor-faults-badge"
    QUALITY = "monitor-quality-facts"
    COVERED = "monitor-quality-badge"
    ASKED = "monitor-field-store"
    DIALOG = "monitor-field-dialog"
    CHART = "monitor-field-chart"
    WORDS = "monitor-field-text"


def section() -> Any:
    """Return the three cards and the dialog of a field's chart."""
    chart = dcc.Graph(id=DetailIds.CHART, figure={}, responsive=True, config={"displayModeBar": False})
    dialog = dmc.Modal(
        [html.Div(chart, className="field-chart"), html.P(id=DetailIds.WORDS, className="dim")], id=DetailIds.DIALOG,
        title="", size="xl", zIndex=400, closeButtonProps={"aria-label": "Close"},
    )
    cards = [
        _card("Details", DetailIds.AS_OF, DetailIds.DETAILS),
        _card("Faults and warnings", DetailIds.OPEN, DetailIds.FAULTS),
        _card("Data quality", DetailIds.COVERED, DetailIds.QUALITY),
    ]
    return html.Div([*cards, dcc.Store(id=DetailIds.ASKED), dialog], className="lower")


def _card(title: str, aside: str, body: str) -> Any:
    head = html.Div([html.H2(title, className="card-title"), html.Span(id=aside, className="card-aside")],
                    className="card-head")
    return html.Section([head, html.Div(html.Div(className="lines waiting"), id=body)], className="card")


@callback(
    Output(DetailIds.DETAILS, "children"),
    Output(DetailIds.AS_OF, "children"),
    Output(DetailIds.FAULTS, "children"),
    Output(DetailIds.OPEN, "children"),
    Input(RangeIds.TURN, "data"),
    Input(RangeIds.SOURCE, "data"),
)
def detail(_turn: str | None, source_id: str) -> Any:
    """Show every field of the newest state, and the faults."""
    viewer, now = current(), datetime.now(UTC)
    source = source_of(viewer, source_id)
    if source is None:
        return (no_update,) * 4
    found = source_state.state_of(viewer, source_id)
    state = None
    if found is not None:
        state = details.State(found.fields, found.times, found.timestamp, source.time_zone, found.unmapped)
    seen = source_faults.faults_of(viewer, source_id, now)
    return (details.details(state, now), details.as_of(state), faults.faults(seen, now, source.time_zone),
            faults.open_badge(seen))


@callback(
    Output(DetailIds.QUALITY, "children"),
    Output(DetailIds.COVERED, "children"),
    Input(RangeIds.RANGE, "data"),
    State(RangeIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def judge(chosen: dict[str, Any] | None, source_id: str) -> Any:
    """Show how good the readings of the chosen time are."""
    viewer, now = current(), datetime.now(UTC)
    source = source_of(viewer, source_id)
    if source is None or not chosen:
        return no_update, no_update
    period, _ = period_of(viewer, source, choice_of(chosen), now)
    start, end = start_of_day(period.first, source.time_zone), end_of_day(period.last, source.time_zone)
    found = source_quality.quality_of(viewer, source_id, start, end, now)
    share = f"{min(found.readings / found.expected, 1):.0%} of readings".replace("%", " %") if found.expected else ""
    return quality.quality(found, source.time_zone), share


@callback(
    Output(DetailIds.DIALOG, "opened"),
    Output(DetailIds.DIALOG, "title"),
    Output(DetailIds.CHART, "figure"),
    Output(DetailIds.WORDS, "children"),
    Input(DetailIds.ASKED, "data"),
    State(RangeIds.RANGE, "data"),
    State(RangeIds.SOURCE, "data"),
    State(ShellIds.SCHEME, "data"),
    prevent_initial_call=True,
)
def open_field(
    asked: dict[str, str] | None, chosen: dict[str, Any] | None, source_id: str, scheme: Scheme | None
) -> Any:
    """Show the chart of a field over the chosen time."""
    if not asked or asked["field"] not in NUMERIC_FIELDS or not chosen:
        return (no_update,) * 4
    viewer, name = current(), asked["field"]
    source = source_of(viewer, source_id)
    if source is None:
        return (no_update,) * 4
    period, _ = period_of(viewer, source, choice_of(chosen), datetime.now(UTC))
    start, end = start_of_day(period.first, source.time_zone), end_of_day(period.last, source.time_zone)
    found = telemetry.series(viewer, source_id, start, end, [name], statistics=("mean", "min", "max"))
    figure = field_figure(found.frame, name, time_zone=source.time_zone, scheme=scheme or "light")
    words = f"Means over {_width(found.width)}; the band is from the least to the greatest reading."
    return True, FIELDS[name].label, figure, words if found.width else ""


clientside_callback(
    ClientsideFunction("range", "clicked"),
    Output(DetailIds.ASKED, "data"),
    Input({"type": details.FIELD_BUTTON, "field": ALL}, "n_clicks"),
    prevent_initial_call=True,
)


def _width(width: Any) -> str:
    minutes = round(width.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} minutes"
    return f"{minutes // 60} h" if minutes < 1440 else f"{minutes // 1440} days"
