"""Administration: debug data for any source, and simulations that run until they are stopped."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html
from dash.exceptions import PreventUpdate

from components.account_parts import listed, listing
from components.admin_parts import stamp
from components.icons import icon
from components.returns_cards import button, card
from components.source_form import foot
from components.source_page import said
from pages._admin_frame import frame
from services import access, simulation
from services.errors import Invalid
from services.people import permissions
from services.people.viewer import Viewer, current
from services.sources import listing as source_list

REFRESH_MILLISECONDS = 5_000

dash.register_page(__name__, path="/admin/simulation", name="Simulation", title="Simulation · Ampra")


class Ids:
    """Ids of the page."""

    SOURCE = "admin-simulation-source-select"
    HOURS = "admin-simulation-hours-input"
    START = "admin-simulation-start-button"
    DAYS = "admin-simulation-days-input"
    FILL = "admin-simulation-fill-button"
    SAID = "admin-simulation-said-slot"
    RUNNING = "admin-simulation-running-list"
    STOP = "admin-simulation-stop-button"
    INTERVAL = "admin-simulation-refresh-interval"


def layout(**_query: str) -> Any:
    """Return the page, waiting for the sources."""
    source = dmc.Select(
        id=Ids.SOURCE, label="Source", data=[], searchable=True, placeholder="Choose a source", w=320,
        rightSection=icon("down", 16), comboboxProps={"shadow": "md"}, nothingFoundMessage="No source of that name",
    )
    hours = dmc.NumberInput(id=Ids.HOURS, label="Hours", value=1, hideControls=True, w=110)
    days = dmc.NumberInput(id=Ids.DAYS, label="Days back", value=30, hideControls=True, w=110)
    make = [
        html.P("Simulated readings go the way of real ones and stand beside them; what is there already stays.",
               className="dim"),
        html.Div([source, hours, button(Ids.START, "Start the simulation", "main", "play"), days,
                  button(Ids.FILL, "Fill the past")], className="admin-form"),
        foot(html.Div(id=Ids.SAID)),
    ]  # fmt: skip
    return frame(
        "/simulation",
        dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
        card("Debug data", make),
        card("Running", [html.Div(id=Ids.RUNNING)], subtitle="a reading every ten seconds"),
    )


@callback(Output(Ids.SOURCE, "data"), Input(Ids.SOURCE, "id"))
def fill(_id: str) -> Any:
    """Offer everybody's sources."""
    viewer = current()
    access.require(viewer, permissions.SIMULATION_CONTROL)
    found = source_list.listed(viewer, datetime.now(UTC))
    return [{"value": str(each.record.id), "label": f"{each.record.name} · {each.owner or 'yours'}"} for each in found]


@callback(
    Output(Ids.SAID, "children"),
    Input(Ids.START, "n_clicks"),
    Input(Ids.FILL, "n_clicks"),
    State(Ids.SOURCE, "value"),
    State(Ids.HOURS, "value"),
    State(Ids.DAYS, "value"),
    prevent_initial_call=True,
)
def act(start: int | None, past: int | None, source_id: str | None, hours: Any, days: Any) -> Any:
    """Start a simulation, or have the past filled."""
    if not (start or past):
        raise PreventUpdate
    if not source_id:
        access.require(current(), permissions.SIMULATION_CONTROL)
        return said("Choose a source first", "bad")
    try:
        return said(_do(current(), ctx.triggered_id == Ids.START, source_id, hours, days))
    except Invalid as error:
        field, words = next(iter(error.errors.items()))
        return said(f"{field.capitalize()} {words}", "bad")


def _do(viewer: Viewer, is_start: bool, source_id: str, hours: Any, days: Any) -> str:
    now = datetime.now(UTC)
    if is_start:
        simulation.start(viewer, source_id, _whole(hours), now)
        return "Started; the first readings come within ten seconds"
    simulation.ask_for_past(viewer, source_id, _whole(days), now)
    return "Asked for; the readings appear as they are made"


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


@callback(
    Output(Ids.RUNNING, "children"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input(Ids.SAID, "children"),
    Input({"type": Ids.STOP, "source": ALL}, "n_clicks"),
)
def show(_ticks: int | None, _said: Any, _clicks: list[int | None]) -> Any:
    """List what runs; one whose button was pressed is stopped first."""
    viewer, pressed = current(), ctx.triggered_id
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        simulation.stop(viewer, str(pressed["source"]), datetime.now(UTC))
    rows = []
    for each in simulation.running(viewer):
        words = f"{each.record.readings} readings · until {stamp(each.record.ends_at)} UTC"
        stop = button({"type": Ids.STOP, "source": str(each.record.source_id)}, "Stop")
        rows.append(listed(each.name, words, stop, "play"))
    return listing(rows, "No simulation runs.")
