"""One source: its fields, how it connects, what its messages become, and its end, each under a tab of the address."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from components.freshness import freshness
from components.source_page import TABS, head, status, tab_row
from pages import _sharing_part as sharing
from pages import _source_connection, _source_danger, _source_data, _source_fields
from services import access
from services.people.viewer import current
from services.telemetry import queries as telemetry

REFRESH_MILLISECONDS = 10_000

dash.register_page(__name__, path_template="/source/<source_id>", name="Source", title="Source · Ampra")

CONTENT: dict[str, Callable[[str], Any]] = {
    "general": lambda source_id: _source_fields.layout(source_id, "general"),
    "connection": _source_connection.layout,
    "location": lambda source_id: _source_fields.layout(source_id, "location"),
    "economics": lambda source_id: _source_fields.layout(source_id, "economics"),
    "sharing": lambda source_id: sharing.layout("source", source_id),
    "data": _source_data.layout,
    "danger": _source_danger.layout,
}


class Ids:
    """Ids of the page's frame; those of the tabs are in the files of these."""

    SOURCE = "source-id-store"
    NAME = "source-name-title"
    CRUMB = "source-name-crumb"
    STATUS = "source-status-slot"
    INTERVAL = "source-status-interval"
    SEEN = "source-seen-store"


def layout(source_id: str = "", tab: str = "general", **_query: str) -> Any:
    """Return the page of a source with one tab open."""
    chosen = tab if tab in CONTENT else "general"
    return html.Div(
        [
            dcc.Store(id=Ids.SOURCE, data=source_id),
            dcc.Store(id=Ids.SEEN),
            dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
            head(Ids.NAME, Ids.CRUMB, Ids.STATUS),
            tab_row(TABS, chosen, source_id),
            CONTENT[chosen](source_id),
        ],
        className="page source-page",
    )


@callback(
    Output(Ids.NAME, "children"),
    Output(Ids.CRUMB, "children"),
    Output(Ids.STATUS, "children"),
    Output(Ids.SEEN, "data"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.INTERVAL, "n_intervals"),
    State(Ids.SEEN, "data"),
)
def show(source_id: str, _ticks: int | None, seen: list[str] | None) -> Any:
    """Show name and state of the source; nothing where neither changed."""
    viewer, now = current(), datetime.now(UTC)
    record = access.source_for(viewer, source_id)
    newest = telemetry.newest_at(viewer, source_id)
    state = freshness(newest, now)
    mark = [record.name, state, str(newest), str(record.is_active)]
    if mark == seen:
        return (no_update,) * 4
    return record.name, record.name, status(state, newest, now, is_active=record.is_active), mark
