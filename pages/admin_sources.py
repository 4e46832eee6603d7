"""Administration of all sources: whose they are and how they are."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import Input, Output, callback, html

from components.admin_parts import stamp
from components.freshness import freshness
from components.grid import grid, height_for
from pages._admin_frame import frame
from services import access
from services.people import permissions
from services.people.viewer import current
from services.sources import listing as source_list

dash.register_page(__name__, path="/admin/sources", name="All sources", title="All sources · Ampra")

COLUMNS = (
    {"field": "name", "headerName": "Name", "cellRenderer": "SourceLink", "minWidth": 180, "flex": 2},
    {"field": "owner", "headerName": "Owner", "minWidth": 190, "flex": 1},
    {"field": "state", "headerName": "State", "cellRenderer": "SourceState", "minWidth": 160},
    {"field": "way", "headerName": "Connects by", "minWidth": 110},
    {"field": "seen", "headerName": "Newest reading, UTC", "minWidth": 170},
    {"field": "made", "headerName": "Made, UTC", "minWidth": 160},
)


class Ids:
    """Ids of the page."""

    GRID = "admin-sources-list-grid"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its rows."""
    table = grid(Ids.GRID, COLUMNS, nothing="No sources")
    return frame("/sources", html.Section(table, className="card list-card"))


@callback(Output(Ids.GRID, "rowData"), Output(Ids.GRID, "style"), Input(Ids.GRID, "id"))
def fill(_id: str) -> Any:
    """List everybody's sources."""
    viewer, now = current(), datetime.now(UTC)
    access.require(viewer, permissions.SOURCES_ALL)
    rows = []
    for each in source_list.listed(viewer, now):
        record = each.record
        rows.append({
            "id": str(record.id), "name": record.name, "address": f"/source/{record.id}", "icon": record.icon_url,
            "owner": each.owner or viewer.email, "way": "MQTT" if each.is_mqtt else "Webhook",
            "state": freshness(each.newest_at, now) if record.is_active else "off",
            "newest": int(each.newest_at.timestamp() * 1000) if each.newest_at else None,
            "seen": stamp(each.newest_at), "made": stamp(record.created_at),
        })  # fmt: skip
    return rows, height_for(len(rows))
