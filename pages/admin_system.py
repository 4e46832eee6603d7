"""Administration: how the whole of Ampra is."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import Input, Output, callback, dcc, html

from components.admin_parts import part_state
from components.returns_cards import card
from pages._admin_frame import frame
from services import system_state
from services.people.viewer import current

REFRESH_MILLISECONDS = 10_000

dash.register_page(__name__, path="/admin/system", name="System", title="System · Ampra")


class Ids:
    """Ids of the page."""

    PARTS = "admin-system-parts-list"
    INTERVAL = "admin-system-refresh-interval"


def layout(**_query: str) -> Any:
    """Return the page, waiting for the state."""
    return frame(
        "/system",
        dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
        card("System", [html.Ul(id=Ids.PARTS, className="listing")]),
    )


@callback(Output(Ids.PARTS, "children"), Input(Ids.INTERVAL, "n_intervals"))
def show(_ticks: int | None) -> Any:
    """Show every part."""
    parts = system_state.parts(current(), datetime.now(UTC))
    return [part_state(each.name, each.is_well, each.sentence) for each in parts]
