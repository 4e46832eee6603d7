"""Monitor, the heart: one source as it is now, and its power and energy over any range."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components.live_view import flow_template, waiting_view
from components.panels import flow_card
from components.parts import part
from components.shell import ShellIds
from components.tiles import tile_grid
from pages import _monitor_details, _monitor_range, _monitor_why
from pages import _monitor_reading as reading
from pages._monitor_choice import choice_of
from pages._monitor_range import RangeIds
from services.people.viewer import current

REFRESH_MILLISECONDS = 10_000

dash.register_page(
    __name__, path_template="/monitor/<source_id>", name="Monitor", title="Monitor · Ampra", icon="gauge", order=2
)


class Ids:
    """Ids of the page; those of its range and of its dialog are in the files of these."""

    SEEN = "monitor-seen-store"
    LIVE = "monitor-live-store"
    TEMPLATE = "monitor-flow-store"
    INTERVAL = "monitor-live-interval"
    FLOW = "monitor-flow-diagram"
    NOTICE = "monitor-notice-slot"


def layout(source_id: str = "", **query: str) -> Any:
    """Return the page of a source; `range`, `date`, `from`, `to` and `compare` of the address choose what it shows."""
    choice = choice_of(query)
    return html.Div(
        [
            dcc.Store(id=Ids.SEEN),
            dcc.Store(id=Ids.LIVE, data=waiting_view()),
            dcc.Store(id=Ids.TEMPLATE, data=flow_template()),
            dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
            html.H1("Monitor", className="sr-only"),
            html.Div(id=Ids.NOTICE, className="notice"),
            html.Div([flow_card(Ids.FLOW), tile_grid()], className="now"),
            *_monitor_range.sections(source_id, choice),
            _monitor_details.section(),
            _monitor_why.dialog(),
        ],
        className="page waiting",
        **part("monitor-page"),
        **{"data-kind": choice.kind},
    )


@callback(
    Output(Ids.LIVE, "data"),
    Output(Ids.NOTICE, "children"),
    Output(Ids.SEEN, "data"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input(RangeIds.SOURCE, "data"),
    State(Ids.SEEN, "data"),
)
def follow(_ticks: int | None, source_id: str, seen: dict[str, str] | None) -> Any:
    """Bring flow, tiles and badges up to the newest reading; nothing where nothing is new."""
    news = reading.refresh(current(), source_id, datetime.now(UTC), seen)
    if news is None:
        return no_update, no_update, no_update
    return news["view"], no_update if news["notice"] is None else news["notice"], news["seen"]


# Drawn at once, while the first answer is still awaited.
clientside_callback(
    ClientsideFunction("live", "draw"),
    Output(Ids.FLOW, "data-drawn"),
    Input(Ids.TEMPLATE, "data"),
    State(Ids.LIVE, "data"),
)
clientside_callback(
    ClientsideFunction("live", "apply"),
    Output(Ids.FLOW, "aria-label"),
    Input(Ids.LIVE, "data"),
)
clientside_callback(
    ClientsideFunction("live", "pace"),
    Output(Ids.INTERVAL, "disabled"),
    Output(Ids.INTERVAL, "n_intervals"),
    Input(ShellIds.VISIBLE, "data"),
)
