"""The tab of a source where it is copied or deleted."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components.returns_cards import button, card
from components.shell import ShellIds
from components.source_form import foot
from services import access
from services.people.viewer import current
from services.sources import changes as source_changes
from services.sources import rules as source_rules


class DangerIds:
    """Ids of this tab."""

    SOURCE = "source-danger-store"
    COPY_NAME = "source-copy-input"
    COPY = "source-copy-button"
    TYPED = "source-typed-input"
    DELETE = "source-delete-button"


def layout(source_id: str) -> Any:
    """Return the tab."""
    copy = [
        html.P("The copy has all fields and its own credentials, and nothing that was measured.", className="dim"),
        html.Div(dmc.TextInput(id=DangerIds.COPY_NAME, label="Name of the copy"), className="form-grid"),
        foot(button(DangerIds.COPY, "Duplicate", symbol="copy")),
    ]
    delete = [
        html.P("The source goes with everything that was measured, its weather, prices, returns, forecasts, images and "
               "credentials. Nothing comes in from this moment on, and nobody can bring it back.", className="dim"),
        html.Div(
            dmc.TextInput(id=DangerIds.TYPED, label="Type the name of the source to confirm", autoComplete="off"),
            className="form-grid",
        ),
        foot(button(DangerIds.DELETE, "Delete this source", "danger", "bin")),
    ]
    return html.Div(
        [
            dcc.Store(id=DangerIds.SOURCE, data=source_id),
            card("Duplicate", copy),
            card("Delete", delete, class_name="danger-card"),
        ],
        className="page form-page",
    )


@callback(Output(DangerIds.COPY_NAME, "value"), Input(DangerIds.SOURCE, "data"))
def propose(source_id: str) -> Any:
    """Propose a name for a copy."""
    return f"{access.source_for(current(), source_id).name} (copy)"[:100]


@callback(
    Output(DangerIds.COPY_NAME, "error"),
    Output(ShellIds.SECRET, "data", allow_duplicate=True),
    Output(ShellIds.GO, "href", allow_duplicate=True),
    Input(DangerIds.COPY, "n_clicks"),
    State(DangerIds.COPY_NAME, "value"),
    State(DangerIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def duplicate(clicks: int | None, name: str | None, source_id: str) -> Any:
    """Make the copy and go to its connection page."""
    if not clicks:
        raise PreventUpdate
    now = datetime.now(UTC)
    if fault := source_rules.faults({"name": name or None}, now).get("name"):
        return fault, no_update, no_update
    made = source_changes.duplicate(current(), source_id, name or "", now)
    new = str(made.record.id)
    return False, {"source": new, "secret": made.secret}, f"/source/{new}?tab=connection"


@callback(
    Output(DangerIds.TYPED, "error"),
    Output(ShellIds.GO, "href", allow_duplicate=True),
    Input(DangerIds.DELETE, "n_clicks"),
    State(DangerIds.TYPED, "value"),
    State(DangerIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def delete(clicks: int | None, typed: str | None, source_id: str) -> Any:
    """Delete the source once its name was typed."""
    if not clicks:
        raise PreventUpdate
    viewer = current()
    record = access.source_for(viewer, source_id, own=True)
    if (typed or "").strip() != record.name.strip():
        return f"Type {record.name}, exactly as it is written", no_update
    source_changes.delete(viewer, source_id, typed or "", datetime.now(UTC))
    return False, "/sources"
