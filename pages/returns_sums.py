"""The returns of all sources, or of a group: sums by currency, and each source with its own."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, dcc, html

from components import returns_sums as parts
from components.grid import grid, height_for
from components.icons import icon
from pages import _source_form as form
from services.people.viewer import current
from services.returns import sums as returns_sums

dash.register_page(__name__, path="/returns", name="Returns of all sources", title="Returns of all sources · Ampra")

# One answer may take so long; what is left is asked for again.
SECONDS_AT_ONCE = 1.5
AGAIN_MILLISECONDS = 1_000


def _amount(field: str, name: str) -> dict[str, Any]:
    return {
        "field": field, "headerName": name, "type": "rightAligned", "minWidth": 130, "filter": False,
        "valueFormatter": {"function": f"params.data.{field}Text"},
    }


COLUMNS: tuple[dict[str, Any], ...] = (
    {"field": "name", "headerName": "Name", "cellRenderer": "SourceLink", "minWidth": 180},
    {"field": "group", "headerName": "Group", "minWidth": 110, "tooltipField": "group"},
    {"field": "currency", "headerName": "Currency", "minWidth": 110, "sort": "asc", "filter": False},
    _amount("saved", "Saved so far"), _amount("net", "Net"), _amount("putIn", "Put in"), _amount("roi", "Return"),
    {"field": "note", "headerName": "Note", "minWidth": 170, "tooltipField": "note", "filter": False},
)


class Ids:
    """Ids of the page."""

    GROUP = "returns-sums-group-select"
    CARDS = "returns-sums-cards-slot"
    GRID = "returns-sums-list-grid"
    AGAIN = "returns-sums-again-interval"


def layout(group: str = "", **_query: str) -> Any:
    """Return the page, waiting for its sums; `group` is the id of the group to begin with."""
    choice = dmc.Select(
        id=Ids.GROUP, value=group or None, data=[], placeholder="All groups", clearable=True, searchable=True, w=220,
        className="filter", clearButtonProps={"aria-label": "All groups"},
        comboboxProps={"shadow": "md"}, nothingFoundMessage="No group of that name",
        **{"aria-label": "Group"},
    )
    head = [html.H1("Returns of all sources", className="page-title"), html.Div(choice, className="head-aside")]
    return html.Div(
        [
            dcc.Interval(id=Ids.AGAIN, interval=AGAIN_MILLISECONDS),
            html.Div(head, className="title-row"),
            html.P([icon("info", 16), " Measured money only, each currency for itself."], className="dim small"),
            html.Div(html.Div(className="card money-tile skeleton"), id=Ids.CARDS, className="notices"),
            html.Section(grid(Ids.GRID, COLUMNS, nothing="No source"), className="card list-card"),
        ],
        className="page",
    )


@callback(
    Output(Ids.CARDS, "children"),
    Output(Ids.GRID, "rowData"),
    Output(Ids.GRID, "style"),
    Output(Ids.GROUP, "data"),
    Output(Ids.AGAIN, "disabled"),
    Input(Ids.GROUP, "value"),
    Input(Ids.AGAIN, "n_intervals"),
)
def fill(group: str | None, _ticks: int | None) -> Any:
    """Sum by currency; asked again until every source is counted."""
    viewer = current()
    found = returns_sums.sums(viewer, datetime.now(UTC), group_id=group or None, seconds=SECONDS_AT_ONCE)
    rows = [parts.row(each.id, each.name, each.group, each.result) for each in found.sources]
    cards = parts.currency_cards(found.totals, found.left)
    return cards, rows, height_for(len(rows)), form.group_choices(viewer), not found.left
