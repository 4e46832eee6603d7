"""Administration of people: found, looked at, and helped."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components.account_parts import text
from components.admin_parts import stamp
from components.grid import grid, height_for
from components.icons import icon
from components.returns_cards import button, card
from components.source_page import said
from pages import _admin_frame, _admin_person
from pages._admin_frame import frame
from services.errors import Invalid
from services.people import administration as people
from services.people.administration import PersonRecord
from services.people.viewer import current

dash.register_page(
    __name__, path="/admin", name="Admin", title="People · Ampra", icon="shield", order=90, permission=_admin_frame.ANY
)

COLUMNS = (
    {"field": "email", "headerName": "E-mail", "minWidth": 210, "flex": 2, "tooltipField": "email"},
    {"field": "name", "headerName": "Name", "minWidth": 140, "flex": 1},
    {"field": "role", "headerName": "Role", "minWidth": 105},
    {"field": "state", "headerName": "State", "minWidth": 130},
    {"field": "sources", "headerName": "Sources", "minWidth": 95, "type": "rightAligned"},
    {"field": "seen", "headerName": "Last seen, UTC", "minWidth": 160},
    {"field": "made", "headerName": "Made, UTC", "minWidth": 160},
)


class Ids:
    """Ids of the page; those of the person chosen are in their own file."""

    GRID = "admin-people-grid"
    SEARCH = "admin-search-input"
    PERSON = "admin-person-slot"
    REVISION = "admin-revision-store"
    CHOSEN = "admin-chosen-store"
    INVITE = "admin-invite-input"
    SEND = "admin-invite-button"
    SENT = "admin-invite-slot"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its rows."""
    search = dmc.TextInput(
        id=Ids.SEARCH, placeholder="Search address or name", leftSection=icon("search", 18), className="search",
        debounce=250, **{"aria-label": "Search people"},
    )
    table = grid(Ids.GRID, COLUMNS, nothing="Nobody matches", is_selectable=False)
    table.dashGridOptions = {**table.dashGridOptions, "rowSelection": {"mode": "singleRow", "checkboxes": False,
                                                                       "enableClickSelection": True}}
    invite = html.Div(
        [text(Ids.INVITE, "Invite somebody", placeholder="name@example.org", value=""),
         button(Ids.SEND, "Send an invitation", "", "send"), html.Div(id=Ids.SENT)],
        className="admin-form",
    )  # fmt: skip
    return frame(
        "",
        dcc.Store(id=Ids.REVISION),
        dcc.Store(id=Ids.CHOSEN),
        html.Section([html.Div([search], className="admin-tools"), table], className="card list-card"),
        html.Div(id=Ids.PERSON),
        card("Invitation", [invite]),
    )


@callback(
    Output(Ids.GRID, "rowData"),
    Output(Ids.GRID, "style"),
    Input(Ids.REVISION, "data"),
    Input(Ids.SEARCH, "value"),
)
def fill(_revision: Any, words: str | None) -> Any:
    """List the people that match."""
    rows = [_row(each) for each in people.search(current(), str(words or ""))]
    return rows, height_for(len(rows))


def _row(person: PersonRecord) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": person.email,
        "name": " ".join(part for part in (person.first_name, person.last_name) if part),
        "role": people.role_of(person.roles),
        "state": state_of(person),
        "sources": person.sources,
        "seen": stamp(person.last_seen_at),
        "made": stamp(person.created_at),
    }


def state_of(person: PersonRecord) -> str:
    """Return the state of an account in words."""
    if person.deletion_requested_at is not None:
        return "Being deleted"
    if person.barred_at is not None:
        return "Locked"
    return "Active" if person.is_email_verified else "Not verified"


@callback(Output(Ids.CHOSEN, "data"), Input(Ids.GRID, "selectedRows"), prevent_initial_call=True)
def choose(rows: list[dict[str, Any]] | None) -> Any:
    """Remember who was chosen."""
    return rows[0]["id"] if rows else None


@callback(Output(Ids.PERSON, "children"), Input(Ids.CHOSEN, "data"), Input(Ids.REVISION, "data"))
def show(user_id: str | None, _revision: Any) -> Any:
    """Show who was chosen, and what can be done."""
    if not user_id:
        return None
    viewer = current()
    found = next((each for each in people.search(viewer) if each.id == user_id), None)
    return _admin_person.person_card(found, viewer, state_of(found)) if found is not None else None


@callback(
    Output(Ids.SENT, "children"),
    Output(Ids.INVITE, "error"),
    Output(Ids.INVITE, "value"),
    Input(Ids.SEND, "n_clicks"),
    State(Ids.INVITE, "value"),
    prevent_initial_call=True,
)
def invite(clicks: int | None, email: str | None) -> Any:
    """Send an invitation."""
    if not clicks:
        raise PreventUpdate
    try:
        people.invite(current(), str(email or ""), datetime.now(UTC))
    except Invalid as error:
        return None, error.errors["email"], no_update
    return said("Sent"), None, ""


