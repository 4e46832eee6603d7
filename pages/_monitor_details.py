"""The lower part of Monitor: every field of the source, its faults, and the quality of its readings."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components import details, faults, quality
from components.figures.field import field_figure
from components.shell import ShellIds
from components.theme import Scheme
from pages._monitor_choice import chosen_of
from pages._monitor_range import RangeIds
from services.people.viewer import current
from services.sources import faults as source_faults
from services.sources import quality as source_quality
from services.sources import state as source_state
from services.telemetry import queries as telemetry
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
    Output(DetailIds.QUALITY, "children"),
    Output(DetailIds.COVERED, "children"),
    Input(RangeIds.RANGE, "data"),
    State(RangeIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def detail(stored: dict[str, Any] | None, source_id: str) -> Any:
    """Show every field of the newest state, the faults, and how good the readings of the chosen time are.

    Asked once the chart is there, which people look at first, and again with every new one.
    """
    viewer, now = current(), datetime.now(UTC)
    chosen = chosen_of(viewer, source_id, stored, now) if stored else None
    if chosen is None:
        return (no_update,) * 6
    zone = chosen.source.time_zone
    found = source_state.state_of(viewer, source_id)
    state = None
    if found is not None:
        state = details.State(found.fields, found.times, found.timestamp, zone, found.unmapped)
    seen = source_faults.faults_of(viewer, source_id, now)
    judged = source_quality.quality_of(viewer, source_id, *chosen.window(), now)
    return (details.details(state, now), details.as_of(state), faults.faults(seen, now, zone), faults.open_badge(seen),
            quality.quality(judged, zone), _share_words(judged.readings, judged.expected))


def _share_words(readings: int, expected: float | None) -> str:
    return f"{min(readings / expected, 1):.0%} of readings".replace("%", " %") if expected else ""


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
    asked: dict[str, str] | None, stored: dict[str, Any] | None, source_id: str, scheme: Scheme | None
) -> Any:
    """Show the chart of a field over the chosen time."""
    if not asked or asked["field"] not in NUMERIC_FIELDS or not stored:
        return (no_update,) * 4
    viewer, name = current(), asked["field"]
    chosen = chosen_of(viewer, source_id, stored, datetime.now(UTC))
    if chosen is None:
        return (no_update,) * 4
    found = telemetry.series(viewer, source_id, *chosen.window(), [name], statistics=("mean", "min", "max"))
    figure = field_figure(found.frame, name, time_zone=chosen.source.time_zone, scheme=scheme or "light")
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
