"""Overview: what all sources of a person do now, alarms first, as cards or as a table; of a single one its day."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components import fleet as parts
from components.grid import grid, height_for
from components.icons import icon
from components.shell import ShellIds
from components.theme import Scheme
from pages import _overview_view as view
from services.people.viewer import current
from services.telemetry import overview as fleet

REFRESH_MILLISECONDS = 10_000

dash.register_page(__name__, path="/", name="Overview", title="Overview · Ampra", icon="grid", order=1)


def _number(field: str, name: str, function: str, width: int) -> dict[str, Any]:
    return {
        "field": field, "headerName": name, "type": "rightAligned", "minWidth": width, "filter": False,
        "valueFormatter": {"function": f"{function}(params.value)"},
    }


COLUMNS: tuple[dict[str, Any], ...] = (
    {"field": "order", "headerName": "Status", "cellRenderer": "FleetStatus", "minWidth": 104, "filter": False},
    {"field": "name", "headerName": "Source", "cellRenderer": "FleetName", "minWidth": 180, "flex": 2,
     "filter": False},
    {"field": "group", "headerName": "Group", "minWidth": 84, "filter": False},
    {"field": "spark", "headerName": "Solar today", "cellRenderer": "FleetSpark", "minWidth": 150, "sortable": False,
     "filter": False},
    _number("solar", "Now", "power", 86),
    _number("today", "Today", "energy", 94),
    _number("yield", "kWh/kWp", "plain", 96),
    {"field": "share", "headerName": "Rank", "cellRenderer": "FleetRank", "minWidth": 96, "filter": False},
    _number("charge", "Battery", "share", 90),
    _number("capacity", "Capacity", "peak", 98),
    {"field": "newest", "headerName": "Age", "cellRenderer": "FleetAge", "minWidth": 98, "type": "rightAligned",
     "filter": False},
)


class Ids:
    """Ids of the page."""

    INTERVAL = "overview-live-interval"
    SEEN = "overview-seen-store"
    TITLE = "overview-page-title"
    TIME = "overview-page-time"
    NOW = "overview-now-slot"
    TOOLS = "overview-list-tools"
    SEARCH = "overview-search-input"
    GROUP = "overview-group-select"
    SHOWN = "overview-shown-control"
    VIEW = "overview-view-control"
    CARDS = "overview-source-list"
    GRID = "overview-fleet-grid"
    PANEL = "overview-fleet-panel"
    FOOT = "overview-fleet-foot"


def layout(view: str = "", **_query: str) -> Any:
    """Return the page, waiting for its sources; `view` is cards or table, by the number of sources where not given."""
    waiting = [html.Div(className="card source-card waiting", **{"aria-hidden": "true"}) for _ in range(2)]
    chosen = view if view in {"cards", "table"} else None
    return html.Div(
        [
            dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
            dcc.Store(id=Ids.SEEN),
            html.Div(
                [html.H1("Now", id=Ids.TITLE, className="page-title"), html.Span(id=Ids.TIME, className="dim end")],
                className="page-head",
            ),
            html.Div(html.Div(className="card now-sums waiting"), id=Ids.NOW),
            _tools(chosen),
            html.Div(waiting, id=Ids.CARDS, className="gone" if chosen == "table" else ""),
            html.Div(
                [grid(Ids.GRID, COLUMNS, nothing="No source fits"), html.Div(id=Ids.FOOT, className="grid-foot dim")],
                id=Ids.PANEL, className="card fleet-grid gone",
            ),
        ],
        className="page",
    )


def _tools(chosen: str | None) -> Any:
    views = [
        {"value": value, "label": html.Span([icon(symbol, 18), html.Span(words, className="sr-only")])}
        for value, symbol, words in (("cards", "grid", "Cards"), ("table", "table", "Table"))
    ]
    return html.Div(
        [
            html.H2(["Sources ", html.Span("alarms first", className="dim")], className="list-title"),
            dmc.TextInput(id=Ids.SEARCH, placeholder="Search", debounce=250, leftSection=icon("search", 18),
                          className="search", **{"aria-label": "Search sources by name or group"}),
            dmc.Select(id=Ids.GROUP, data=[], placeholder="All groups", clearable=True, withCheckIcon=False,
                       comboboxProps={"shadow": "md"}, className="group-select", **{"aria-label": "Group"}),
            dmc.SegmentedControl(id=Ids.SHOWN, value="all", data=view.shown_choices([]), className="range-kinds",
                                 **{"aria-label": "Which sources"}),
            dmc.SegmentedControl(id=Ids.VIEW, value=chosen or "auto", data=views, className="range-kinds view-control",
                                 **{"aria-label": "Cards or table"}),
        ],
        id=Ids.TOOLS, className="list-tools gone",
    )


@callback(
    Output(Ids.TITLE, "children"),
    Output(Ids.TIME, "children"),
    Output(Ids.NOW, "children"),
    Output(Ids.TOOLS, "className"),
    Output(Ids.GROUP, "data"),
    Output(Ids.SHOWN, "data"),
    Output(Ids.VIEW, "value"),
    Output(Ids.CARDS, "children"),
    Output(Ids.CARDS, "className"),
    Output(Ids.PANEL, "className"),
    Output(Ids.GRID, "rowData"),
    Output(Ids.GRID, "style"),
    Output(Ids.FOOT, "children"),
    Output(Ids.SEEN, "data"),
    Input(Ids.SEARCH, "value"),
    Input(Ids.GROUP, "value"),
    Input(Ids.SHOWN, "value"),
    Input(Ids.VIEW, "value"),
    Input(ShellIds.SCHEME, "data"),
)
def fill(text: str | None, group: str | None, shown: str, chosen: str, scheme: Scheme | None) -> Any:
    """Show the sources that fit the search, as cards or as a table."""
    viewer, now = current(), datetime.now(UTC)
    found = fleet.fleet_of(viewer, now)
    every = parts.lines_of(found.sources, now)
    lines = view.fitting(every, text, group, shown)
    kind = view.kind_of(chosen, len(every))
    is_table = kind == "table"
    cards = no_update if is_table else view.cards(viewer, every, lines, now, scheme or "light")
    rows = parts.rows(lines) if is_table else no_update
    return (
        "Fleet" if is_table else "Now", view.time_words(every, now), view.top(every, now, kind),
        "list-tools" if len(every) > 1 else "list-tools gone", view.group_choices(found.groups),
        view.shown_choices(every), kind, cards, "gone" if is_table else "",
        "card fleet-grid" if is_table else "card fleet-grid gone", rows, height_for(len(lines)),
        view.foot(lines, every), {"at": now.isoformat(), "count": len(every)},
    )


@callback(
    Output(Ids.NOW, "children", allow_duplicate=True),
    Output(Ids.TIME, "children", allow_duplicate=True),
    Output(Ids.CARDS, "children", allow_duplicate=True),
    Output(Ids.GRID, "rowTransaction"),
    Output(Ids.SEEN, "data", allow_duplicate=True),
    Input(Ids.INTERVAL, "n_intervals"),
    State(Ids.SEEN, "data"),
    State(Ids.SEARCH, "value"),
    State(Ids.GROUP, "value"),
    State(Ids.SHOWN, "value"),
    State(Ids.VIEW, "value"),
    State(ShellIds.SCHEME, "data"),
    prevent_initial_call=True,
)
def follow(
    _ticks: int | None, seen: dict[str, Any] | None, text: str | None, group: str | None, shown: str, chosen: str,
    scheme: Scheme | None,
) -> Any:  # fmt: skip
    """Bring up to date what changed since the last look: of a table only the rows that did."""
    if not seen:
        return (no_update,) * 5
    viewer, now = current(), datetime.now(UTC)
    every = parts.lines_of(fleet.fleet_of(viewer, now).sources, now)
    since = datetime.fromisoformat(seen["at"])
    lines = [line for line in view.fitting(every, text, group, shown) if parts.changed(line, since)]
    seen_now = {"at": now.isoformat(), "count": len(every)}
    if not any(parts.changed(line, since) for line in every):
        return no_update, no_update, no_update, no_update, seen_now
    kind = view.kind_of(chosen, len(every))
    if kind == "table":
        change = {"update": parts.rows(lines, view.best_yield(every))} if lines else no_update
        return view.top(every, now, kind), view.time_words(every, now), no_update, change, seen_now
    cards = view.cards(viewer, every, view.fitting(every, text, group, shown), now, scheme or "light")
    return view.top(every, now, kind), view.time_words(every, now), cards, no_update, seen_now


clientside_callback(
    ClientsideFunction("fleet", "pace"),
    Output(Ids.INTERVAL, "disabled"),
    Output(Ids.INTERVAL, "n_intervals"),
    Input(ShellIds.VISIBLE, "data"),
    Input(Ids.VIEW, "value"),
)
