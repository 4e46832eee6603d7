"""Overview: the sources a person may see, each with the way to its Monitor page."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import Input, Output, callback, html

from components import source_list
from components.freshness import freshness
from components.source_list import SourceLine
from services import source_cards, telemetry
from services.viewer import current

dash.register_page(__name__, path="/", name="Overview", title="Overview · Ampra", icon="grid", order=1)


class Ids:
    """Ids of the page."""

    LIST = "overview-source-list"


def layout(**_query: str) -> Any:
    """Return the page, waiting for its sources."""
    waiting = [html.Div(className="card source-card waiting", **{"aria-hidden": "true"}) for _ in range(2)]
    return html.Div([html.H1("Sources", className="page-title"), html.Div(waiting, id=Ids.LIST)], className="page")


@callback(Output(Ids.LIST, "children"), Input(Ids.LIST, "id"))
def fill(_id: str) -> Any:
    """List the sources with their state."""
    viewer, now = current(), datetime.now(UTC)
    lines = []
    for card in source_cards.visible_sources(viewer):
        newest = telemetry.newest_at(viewer, str(card.id))
        capacity = card.installed_capacity_watts
        lines.append(SourceLine(str(card.id), card.name, card.group, capacity, freshness(newest, now), newest))
    return source_list.source_cards(lines, now)
