"""Sources: the list of all one may see, to search, filter, sort, move and switch, and the way to each."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components.freshness import freshness
from components.grid import grid, height_for
from components.icons import icon
from components.returns_cards import button
from components.source_page import said
from pages import _source_form as form
from services.people.viewer import current
from services.sources import changes as source_changes
from services.sources import listing as source_list
from services.sources.listing import ListedSource

dash.register_page(__name__, path="/sources", name="Sources", title="Sources · Ampra", icon="plug", order=10)

OUT = "out"


def _number(field: str, name: str, function: str, width: int) -> dict[str, Any]:
    return {
        "field": field, "headerName": name, "filter": "agNumberColumnFilter", "type": "rightAligned", "minWidth": width,
        "valueFormatter": {"function": f"{function}(params.value)"},
    }


COLUMNS: tuple[dict[str, Any], ...] = (
    {"field": "name", "headerName": "Name", "cellRenderer": "SourceLink", "minWidth": 190, "flex": 2, "sort": "asc",
     "pinned": None},
    {"field": "state", "headerName": "State", "cellRenderer": "SourceState", "minWidth": 170},
    {"field": "group", "headerName": "Group", "minWidth": 120, "tooltipField": "group"},
    _number("solar", "Solar now", "power", 110),
    _number("today", "Today", "energy", 110),
    _number("capacity", "Capacity", "peak", 110),
    {"field": "way", "headerName": "By", "minWidth": 100, "headerTooltip": "How it connects"},
    {"field": "owner", "headerName": "Owner", "minWidth": 160, "hide": True, "tooltipField": "owner"},
)


class Ids:
    """Ids of the page."""

    GRID = "sources-list-grid"
    SEARCH = "sources-search-input"
    COUNT = "sources-count-text"
    BULK = "sources-bulk-bar"
    CHOSEN = "sources-chosen-text"
    MOVE = "sources-move-select"
    ON = "sources-on-button"
    OFF = "sources-off-button"
    SAID = "sources-said-slot"
    REVISION = "sources-revision-store"
    EMPTY = "sources-empty-slot"
    PANEL = "sources-list-panel"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its rows."""
    search = dmc.TextInput(
        id=Ids.SEARCH, placeholder="Search name, group, state", leftSection=icon("search", 18), className="search",
        **{"aria-label": "Search sources"},
    )
    bulk = html.Div(
        [
            html.Span(id=Ids.CHOSEN, className="strong"),
            dmc.Select(id=Ids.MOVE, data=[], placeholder="Move to group", w=190, rightSection=icon("down", 16),
                       comboboxProps={"shadow": "md"}, **{"aria-label": "Move to group"}),
            button(Ids.ON, "Switch on"),
            button(Ids.OFF, "Switch off"),
        ],
        id=Ids.BULK, className="bulk-bar gone", role="toolbar",
    )  # fmt: skip
    links = html.Div(
        [
            dcc.Link([icon("upload", 16), html.Span("Import", className="wide-only")], href="/import-sources",
                     className="button", title="Import from CSV"),
            dcc.Link([icon("plus", 16), "New source"], href="/new-source", className="button main"),
        ],
        className="head-aside",
    )
    return html.Div(
        [
            dcc.Store(id=Ids.REVISION),
            html.Div([html.H1("Sources", className="page-title"), html.Span(id=Ids.COUNT, className="dim"), links],
                     className="title-row"),
            html.Div(id=Ids.EMPTY),
            html.Div(
                [html.Div([search, bulk, html.Div(id=Ids.SAID)], className="list-tools"),
                 grid(Ids.GRID, COLUMNS, nothing="No source matches", is_selectable=True)],
                id=Ids.PANEL, className="card list-card",
            ),
        ],
        className="page",
    )  # fmt: skip


@callback(
    Output(Ids.GRID, "rowData"),
    Output(Ids.GRID, "columnDefs"),
    Output(Ids.GRID, "style"),
    Output(Ids.COUNT, "children"),
    Output(Ids.EMPTY, "children"),
    Output(Ids.PANEL, "className"),
    Output(Ids.MOVE, "data"),
    Input(Ids.REVISION, "data"),
)
def fill(_revision: Any) -> Any:
    """List the sources."""
    viewer, now = current(), datetime.now(UTC)
    found = source_list.listed(viewer, now)
    rows = [_row(each, now) for each in found]
    columns = [{**each, "hide": not any(row["owner"] for row in rows)} if each["field"] == "owner" else each
               for each in COLUMNS]
    groups = [*form.group_choices(viewer), {"value": OUT, "label": "No group"}]
    words = f"{len(rows)} in all, {sum(row['state'] == 'live' for row in rows)} live" if rows else ""
    empty, panel = (None, "card list-card") if rows else (_nothing(), "card list-card gone")
    return rows, columns, height_for(len(rows)), words, empty, panel, groups


def _row(each: ListedSource, now: datetime) -> dict[str, Any]:
    record = each.record
    return {
        "id": str(record.id),
        "name": record.name,
        "address": f"/source/{record.id}",
        "icon": record.icon_url,
        "state": freshness(each.newest_at, now) if record.is_active else "off",
        "newest": int(each.newest_at.timestamp() * 1000) if each.newest_at else None,
        "group": each.group or "",
        "solar": each.solar_watts,
        "today": each.produced_today_kwh,
        "capacity": record.installed_capacity_watts,
        "way": "MQTT" if each.is_mqtt else "Webhook",
        "owner": each.owner or "",
    }


def _nothing() -> Any:
    return html.Section(
        [
            icon("plug", 26),
            html.Div([html.H2("No sources yet", className="card-title"),
                      html.P("Make one for each solar installation: a name is enough to begin, and two minutes later "
                             "its first reading is here.", className="dim")]),
            dcc.Link("Create the first source", href="/new-source", className="button main"),
        ],
        className="card empty-card",
    )  # fmt: skip


@callback(Output(Ids.GRID, "dashGridOptions"), Input(Ids.SEARCH, "value"), State(Ids.GRID, "dashGridOptions"),
          prevent_initial_call=True)
def search(text: str | None, options: dict[str, Any]) -> Any:
    """Show the rows that hold all words of the search."""
    return {**options, "quickFilterText": text or ""}


@callback(
    Output(Ids.BULK, "className"),
    Output(Ids.CHOSEN, "children"),
    Input(Ids.GRID, "selectedRows"),
)
def choose(rows: list[dict[str, Any]] | None) -> Any:
    """Offer what can be done with the chosen rows."""
    count = len(rows or ())
    return f"bulk-bar {'' if count else 'gone'}", f"{count} chosen"


@callback(
    Output(Ids.SAID, "children"),
    Output(Ids.REVISION, "data"),
    Output(Ids.MOVE, "value"),
    Input(Ids.MOVE, "value"),
    State(Ids.GRID, "selectedRows"),
    prevent_initial_call=True,
)
def move(group: str | None, rows: list[dict[str, Any]] | None) -> Any:
    """Move the chosen sources."""
    if not group or not rows:
        raise PreventUpdate
    now = datetime.now(UTC)
    count = source_changes.move(current(), [row["id"] for row in rows], None if group == OUT else group, now)
    return said(f"{count} moved"), now.isoformat(), None


@callback(
    Output(Ids.SAID, "children", allow_duplicate=True),
    Output(Ids.REVISION, "data", allow_duplicate=True),
    Input(Ids.ON, "n_clicks"),
    Input(Ids.OFF, "n_clicks"),
    State(Ids.GRID, "selectedRows"),
    prevent_initial_call=True,
)
def switch(on: int | None, off: int | None, rows: list[dict[str, Any]] | None) -> Any:
    """Switch the chosen sources on or off."""
    if not (on or off) or not rows:
        return no_update, no_update
    now, is_on = datetime.now(UTC), dash.ctx.triggered_id == Ids.ON
    count = source_changes.set_active(current(), [row["id"] for row in rows], is_active=is_on, now=now)
    return said(f"{count} switched {'on' if is_on else 'off'}"), now.isoformat()
