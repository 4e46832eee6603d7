"""Why this number, on Monitor: the dialog that any figure's button opens."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components.why import BUTTON, why_body, why_title
from pages._monitor_choice import day_of
from pages._monitor_range import RangeIds
from services.people.viewer import current
from services.telemetry import explanations
from solar.days import local_date
from solar.periods import KINDS, Period


class WhyIds:
    """Ids of the dialog."""

    ASKED = "monitor-why-store"
    DIALOG = "monitor-why-dialog"
    BODY = "monitor-why-text"


def dialog() -> Any:
    """Return the dialog, closed."""
    modal = dmc.Modal(
        html.Div(id=WhyIds.BODY, className="why"), id=WhyIds.DIALOG, title="", size="lg", zIndex=400,
        closeButtonProps={"aria-label": "Close"},
    )
    return html.Div([dcc.Store(id=WhyIds.ASKED), modal], className="dialog")


@callback(
    Output(WhyIds.DIALOG, "opened"),
    Output(WhyIds.DIALOG, "title"),
    Output(WhyIds.BODY, "children"),
    Input(WhyIds.ASKED, "data"),
    State(RangeIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def explain(asked: dict[str, str] | None, source_id: str) -> Any:
    """Explain the figure whose button was clicked."""
    if not asked:
        return no_update, no_update, no_update
    now = datetime.now(UTC)
    found = explanations.why(current(), source_id, asked["figure"], _period(asked), now)
    today = local_date(now, found.time_zone)
    period = _period(asked) or Period("day", today, today)
    return True, why_title(found.figure, found.value), why_body(found, period)


def _period(asked: dict[str, str]) -> Period | None:
    first, last = day_of(asked["first"]), day_of(asked["last"])
    if first is None or last is None or last < first or asked["kind"] not in KINDS:
        return None
    return Period(asked["kind"], first, last)  # type: ignore[arg-type]


# Buttons that only came to be have not been clicked: the browser knows that without asking.
clientside_callback(
    ClientsideFunction("range", "clicked"),
    Output(WhyIds.ASKED, "data"),
    Input({"type": BUTTON, "figure": ALL, "kind": ALL, "first": ALL, "last": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
