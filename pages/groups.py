"""Groups: what one's power groups do together, and the way to each."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, html
from dash.exceptions import PreventUpdate

from components import group_cards
from components.returns_cards import button, modal
from components.shell import ShellIds
from services.people.viewer import current
from services.sources import groups

dash.register_page(__name__, path="/groups", name="Groups", title="Groups · Ampra", icon="group", order=11)


class Ids:
    """Ids of the page."""

    LIST = "groups-list-slot"
    NEW = "groups-new-button"
    DIALOG = "groups-new-modal"
    NAME = "groups-name-input"
    WORDS = "groups-description-input"
    CREATE = "groups-create-button"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its groups."""
    dialog = [
        dmc.TextInput(id=Ids.NAME, label="Name", withAsterisk=True),
        dmc.Textarea(id=Ids.WORDS, label="Description", autosize=True, minRows=2, mt=12),
        html.Div(button(Ids.CREATE, "Create group", "main"), className="form-foot"),
    ]
    head = [
        html.H1("Groups", className="page-title"),
        html.Div(button(Ids.NEW, "New group", "main", "plus"), className="head-aside"),
    ]
    return html.Div(
        [
            html.Div(head, className="title-row"),
            html.Div(group_cards.waiting(), id=Ids.LIST),
            modal(Ids.DIALOG, "New group", dialog, size="md"),
        ],
        className="page",
    )


@callback(Output(Ids.LIST, "children"), Input(Ids.LIST, "id"))
def fill(_id: str) -> Any:
    """List the groups with their sums."""
    found = groups.summaries(current(), datetime.now(UTC))
    return group_cards.list_of([
        group_cards.GroupLine(
            str(each.record.id), each.record.name, each.record.description, each.record.logo_url, each.source_count,
            each.capacity_watts, each.solar_watts, each.produced_today_kwh,
        )
        for each in found
    ])  # fmt: skip


@callback(Output(Ids.DIALOG, "opened"), Input(Ids.NEW, "n_clicks"), prevent_initial_call=True)
def ask(clicks: int | None) -> Any:
    """Open the form."""
    return bool(clicks)


@callback(
    Output(Ids.NAME, "error"),
    Output(Ids.WORDS, "error"),
    Output(ShellIds.GO, "href", allow_duplicate=True),
    Input(Ids.CREATE, "n_clicks"),
    State(Ids.NAME, "value"),
    State(Ids.WORDS, "value"),
    prevent_initial_call=True,
)
def create(clicks: int | None, name: str | None, words: str | None) -> Any:
    """Make the group and go to its page, or say what is wrong."""
    if not clicks:
        raise PreventUpdate
    faults = groups.faults({"name": name or None, "description": words or None})
    if faults:
        return faults.get("name", False), faults.get("description", False), dash.no_update
    made = groups.create_group(current().account_id, name or "", words or None)
    return False, False, f"/group/{made.id}"
