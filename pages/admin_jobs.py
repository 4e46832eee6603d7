"""Administration of background work: the clock, how tasks went, running one now, and failures."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, callback, ctx, dcc, html

from components.account_parts import listed, listing
from components.admin_parts import stamp
from components.grid import grid, height_for
from components.returns_cards import button, card
from components.session_words import when
from pages._admin_frame import frame
from services import background
from services.people.viewer import current

REFRESH_MILLISECONDS = 5_000

dash.register_page(__name__, path="/admin/jobs", name="Jobs", title="Jobs · Ampra")

TASKS = (
    {"field": "task", "headerName": "Task", "minWidth": 190, "flex": 2, "sort": "asc"},
    {"field": "waiting", "headerName": "Waiting", "minWidth": 95, "type": "rightAligned"},
    {"field": "running", "headerName": "Running", "minWidth": 95, "type": "rightAligned"},
    {"field": "succeeded", "headerName": "Done, 24 h", "minWidth": 105, "type": "rightAligned"},
    {"field": "failed", "headerName": "Failed, 24 h", "minWidth": 110, "type": "rightAligned"},
    {"field": "reason", "headerName": "Why it last failed", "minWidth": 240, "flex": 3, "tooltipField": "reason"},
    {"field": "last", "headerName": "Last done, UTC", "minWidth": 160},
    {"field": "lastFailure", "headerName": "Last failure, UTC", "minWidth": 160},
)
RUNS = (
    {"field": "number", "headerName": "Run", "minWidth": 90, "type": "rightAligned"},
    {"field": "task", "headerName": "Task", "minWidth": 180, "flex": 2},
    {"field": "status", "headerName": "State", "minWidth": 105},
    {"field": "reason", "headerName": "Why it failed", "minWidth": 260, "flex": 3, "tooltipField": "reason"},
    {"field": "attempts", "headerName": "Tries", "minWidth": 85, "type": "rightAligned"},
    {"field": "asked", "headerName": "Asked, UTC", "minWidth": 160},
    {"field": "started", "headerName": "Begun, UTC", "minWidth": 160},
    {"field": "ended", "headerName": "Ended, UTC", "minWidth": 160},
)
_STATES = {"todo": "waiting", "doing": "running", "succeeded": "done"}


class Ids:
    """Ids of the page."""

    BEATS = "admin-jobs-beats-list"
    RUN = "admin-jobs-run-button"
    TASKS = "admin-jobs-tasks-grid"
    RUNS = "admin-jobs-runs-grid"
    ONLY = "admin-jobs-failures-switch"
    INTERVAL = "admin-jobs-refresh-interval"


def layout(**_query: str) -> Any:
    """Return the page, waiting for what it shows."""
    only = dmc.Switch(id=Ids.ONLY, label="Failures only", checked=False)
    return frame(
        "/jobs",
        dcc.Interval(id=Ids.INTERVAL, interval=REFRESH_MILLISECONDS),
        card("The clock", [html.Div(id=Ids.BEATS)], subtitle="what it asks for by itself"),
        card("Tasks", [grid(Ids.TASKS, TASKS, nothing="Nothing has run yet")]),
        card("Runs", [grid(Ids.RUNS, RUNS, nothing="Nothing of that kind")],
             subtitle="the newest; the worker's log has more on those that failed", aside=only),
    )


@callback(
    Output(Ids.BEATS, "children"),
    Output(Ids.TASKS, "rowData"),
    Output(Ids.TASKS, "style"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input({"type": Ids.RUN, "task": ALL}, "n_clicks"),
)
def show(_ticks: int | None, _clicks: list[int | None]) -> Any:
    """Show the clock and the tasks; one whose button was pressed is asked for first."""
    viewer, now, pressed = current(), datetime.now(UTC), ctx.triggered_id
    if isinstance(pressed, dict) and ctx.triggered[0]["value"]:
        background.run_now(viewer, str(pressed["task"]), now)
    work = background.work(viewer, now)
    rows = []
    for beat in work.beats:
        words = f"{beat.every} · next {stamp(beat.next_run_at)} UTC · heard {when(beat.noted_at, now)}"
        rows.append(listed(beat.task, words, button({"type": Ids.RUN, "task": beat.task}, "Run now", "", "play")))
    tasks = [
        {"id": each.task, "task": each.task, "waiting": each.waiting, "running": each.running,
         "succeeded": each.succeeded, "failed": each.failed, "last": stamp(each.last_success_at),
         "lastFailure": stamp(each.last_failure_at), "reason": each.last_reason or ""}
        for each in work.tasks
    ]  # fmt: skip
    return listing(rows, "No scheduler has said anything yet: is it running?"), tasks, height_for(len(tasks))


@callback(
    Output(Ids.RUNS, "rowData"),
    Output(Ids.RUNS, "style"),
    Input(Ids.INTERVAL, "n_intervals"),
    Input(Ids.ONLY, "checked"),
)
def show_runs(_ticks: int | None, only: bool | None) -> Any:
    """Show the newest runs."""
    rows = [
        {"id": str(each.id), "number": each.id, "task": each.task, "status": _STATES.get(each.status, each.status),
         "attempts": each.attempts, "asked": stamp(each.asked_at), "started": stamp(each.started_at),
         "ended": stamp(each.ended_at), "reason": each.reason or ""}
        for each in background.runs(current(), only_failures=bool(only))
    ]  # fmt: skip
    return rows, height_for(len(rows))
