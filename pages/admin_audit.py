"""Administration: the audit log, newest first."""

from typing import Any

import dash
from dash import Input, Output, State, callback, html

from components.admin_parts import stamp
from components.grid import grid, height_for
from components.returns_cards import button
from pages._admin_frame import frame
from services import audit
from services.people.viewer import current

AT_ONCE = 200

dash.register_page(__name__, path="/admin/audit", name="Audit log", title="Audit log · Ampra")

COLUMNS = (
    {"field": "at", "headerName": "When, UTC", "minWidth": 165},
    {"field": "actor", "headerName": "Who", "minWidth": 190, "flex": 1, "tooltipField": "actor"},
    {"field": "action", "headerName": "Did", "minWidth": 170},
    {"field": "target", "headerName": "To", "minWidth": 200, "flex": 1, "tooltipField": "target"},
    {"field": "details", "headerName": "Details", "minWidth": 150, "flex": 1, "tooltipField": "details"},
    {"field": "address", "headerName": "From", "minWidth": 130},
)


class Ids:
    """Ids of the page."""

    GRID = "admin-audit-log-grid"
    MORE = "admin-audit-more-button"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its rows."""
    table = grid(Ids.GRID, COLUMNS, nothing="Nothing has happened yet")
    older = html.Div(button(Ids.MORE, "Load older ones"), className="form-foot")
    return frame("/audit", html.Section([table, older], className="card list-card"))


@callback(
    Output(Ids.GRID, "rowData"),
    Output(Ids.GRID, "style"),
    Input(Ids.MORE, "n_clicks"),
    State(Ids.GRID, "rowData"),
)
def fill(clicks: int | None, rows: list[dict[str, Any]] | None) -> Any:
    """List the newest entries, and older ones below when asked."""
    shown = rows if clicks and rows else []
    before = min((int(each["id"]) for each in shown), default=None)
    more = [
        {
            "id": str(each.id), "at": stamp(each.at), "actor": each.actor or each.actor_id or "nobody",
            "action": each.action, "address": each.address or "",
            "target": each.target or " ".join(part for part in (each.target_kind, each.target_id) if part),
            "details": ", ".join(f"{name} {value}" for name, value in each.details.items()),
        }
        for each in audit.newest(current(), limit=AT_ONCE, before_id=before)
    ]  # fmt: skip
    return shown + more, height_for(len(shown + more))
