"""A new source: one form, and then its connection page with the secret, shown once."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components import source_form
from components.icons import icon
from components.returns_cards import button, card
from components.shell import ShellIds
from pages import _source_form as form
from services.people.viewer import current
from services.sources import changes as source_changes
from services.sources import rules as source_rules

dash.register_page(__name__, path="/new-source", name="New source", title="New source · Ampra")

WAYS = (("0", "MQTT"), ("1", "Webhook"))


class Ids:
    """Ids of the page."""

    FIELD = "new-source-field-input"
    GROUP = "new-source-group-select"
    WAY = "new-source-way-control"
    CREATE = "new-source-create-button"
    READY = "new-source-ready-store"


def layout(**_query: str) -> Any:
    """Return the form; only name and way are needed, the rest can come later."""
    known = form.choices()
    group = html.Div(source_form.group_field(Ids.GROUP), className="form-grid after")
    crumbs = [dcc.Link("Sources", href="/sources"), icon("right", 14), html.Span("New source")]
    way = dmc.SegmentedControl(
        id=Ids.WAY, value="0", data=[{"value": value, "label": label} for value, label in WAYS],
        **{"aria-label": "How it connects"},
    )
    ways = html.Div(
        [way, html.P("MQTT suits devices that publish all the time, a webhook programs that send now and then. "
                     "It can be changed later, and the history stays.", className="dim")],
        className="way-choice",
    )
    return html.Div(
        [
            dcc.Store(id=Ids.READY),
            html.Nav(crumbs, className="crumbs", **{"aria-label": "Way back"}),
            html.H1("New source", className="page-title"),
            card("General", [source_form.fields("general", Ids.FIELD, known), group]),
            card("Connection", [ways]),
            card("Place", [source_form.fields("location", Ids.FIELD, known, without=("time_zone",))],
                 subtitle="for weather, forecast and the time zone"),
            card("Plant", [source_form.fields("plant", Ids.FIELD, known)], subtitle="what is not known can wait"),
            source_form.foot(dcc.Link("Cancel", href="/sources", className="button quiet"),
                             button(Ids.CREATE, "Create source", "main")),
        ],
        className="page form-page",
    )


@callback(Output(Ids.GROUP, "data"), Input(Ids.READY, "data"))
def fill(_ready: Any) -> Any:
    """Offer the viewer's groups."""
    return form.group_choices(current())


@callback(
    Output({"type": Ids.FIELD, "name": ALL}, "error"),
    Output(ShellIds.SECRET, "data"),
    Output(ShellIds.GO, "href", allow_duplicate=True),
    Input(Ids.CREATE, "n_clicks"),
    State({"type": Ids.FIELD, "name": ALL}, "value"),
    State({"type": Ids.FIELD, "name": ALL}, "id"),
    State(Ids.WAY, "value"),
    State(Ids.GROUP, "value"),
    prevent_initial_call=True,
)
def create(clicks: int | None, given: list[Any], ids: list[dict[str, str]], way: str, group: str | None) -> Any:
    """Make the source and go on to its connection page, or say at each field what is wrong."""
    if not clicks:
        raise PreventUpdate
    now, values = datetime.now(UTC), form.values_of(ids, given, "UTC")
    wanted = {name: value for name, value in values.items() if value is not None}
    faults = source_rules.faults_of_new({**wanted, "connection_type": int(way)}, now)
    if faults:
        return form.errors_for(ids, faults), no_update, no_update
    made = source_changes.create(current(), {**wanted, "connection_type": int(way)}, now, group_id=group)
    secret = {"source": str(made.record.id), "secret": made.secret}
    return form.errors_for(ids, {}), secret, f"/source/{made.record.id}?tab=connection"
