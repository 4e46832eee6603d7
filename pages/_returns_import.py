"""The dialog that imports prices from a CSV: what it would change, then the same kept."""

import base64
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, callback, ctx, dcc, html, no_update

from components.icons import icon
from components.returns_cards import button, modal
from components.returns_editor import faults, foot
from pages import _returns_changes as words
from services.people.viewer import Viewer, current
from services.returns import prices
from services.returns.price_proposals import Proposal

SOURCE, REVISION = "returns-source-store", "returns-revision-store"
_KINDS = [{"value": "history", "label": "Price history"}, {"value": "hours", "label": "Hourly prices"}]
_HINTS = (
    "Price history: columns from, price and optionally export, standingCharge, standingPeriod.",
    "Hourly prices: columns start, price and optionally end, exportPrice; they replace what they overlap.",
    "Comma, semicolon or tab between them. One line at fault, and nothing is imported.",
)


class ImportIds:
    """Ids of the dialog."""

    OPEN = "returns-import-open"
    DIALOG = "returns-import-modal"
    KIND = "returns-import-kind"
    FILE = "returns-import-upload"
    RESULT = "returns-import-result"
    SEEN = "returns-import-seen"
    KEEP = "returns-import-save"


def open_button() -> Any:
    """Return the button that opens the dialog."""
    return button(ImportIds.OPEN, "Import", "", "upload")


def layout() -> Any:
    """Return the dialog."""
    drop = html.Div([icon("upload", 20), html.Span("Choose a CSV file, or drop it here")], className="drop")
    return modal(
        ImportIds.DIALOG,
        "Import prices",
        [
            dcc.Store(id=ImportIds.SEEN),
            dmc.SegmentedControl(id=ImportIds.KIND, data=_KINDS, value="history", fullWidth=True),
            html.Ul([html.Li(each) for each in _HINTS], className="dim small hints"),
            dcc.Upload(drop, id=ImportIds.FILE, accept=".csv,.txt,text/csv", max_size=5_000_000),
            html.Div(id=ImportIds.RESULT, className="change-slot"),
            foot(button(ImportIds.KEEP, "Import", "main", disabled=True)),
        ],
    )


@callback(
    Output(ImportIds.DIALOG, "opened"),
    Output(ImportIds.FILE, "contents"),
    Output(ImportIds.RESULT, "children"),
    Output(ImportIds.KEEP, "disabled"),
    Input(ImportIds.OPEN, "n_clicks"),
    prevent_initial_call=True,
)
def open_dialog(_clicks: int) -> Any:
    """Open the dialog without a file."""
    return True, None, None, True


@callback(
    Output(ImportIds.RESULT, "children", allow_duplicate=True),
    Output(ImportIds.KEEP, "children"),
    Output(ImportIds.KEEP, "disabled", allow_duplicate=True),
    Output(ImportIds.SEEN, "data"),
    Output(ImportIds.DIALOG, "opened", allow_duplicate=True),
    Output(REVISION, "data", allow_duplicate=True),
    Input(ImportIds.FILE, "contents"),
    Input(ImportIds.KIND, "value"),
    Input(ImportIds.KEEP, "n_clicks"),
    State(ImportIds.SEEN, "data"),
    State(ImportIds.FILE, "filename"),
    State(SOURCE, "data"),
    prevent_initial_call=True,
)
def take(contents: str | None, kind: str, _clicks: Any, seen: Any, name: str | None, source_id: str) -> Any:
    """Show what a file would change; the button keeps exactly that."""
    if not contents:
        return no_update
    viewer, now = current(), datetime.now(UTC)
    proposal, errors = prices.attempt(lambda: _proposal(viewer, source_id, kind, contents, now))
    if proposal is None:
        return faults(errors, words.LABELS), "Import", True, None, no_update, no_update
    if ctx.triggered_id == ImportIds.KEEP and seen == proposal.version:
        prices.keep(proposal)
        return None, "Import", True, None, False, now.isoformat()
    count = len(proposal.add) + len(proposal.hours)
    head = html.P(f"{name or 'The file'}: {count} {'price' if count == 1 else 'prices'}, none at fault.")
    past = len(proposal.past.days) if proposal.past else 0
    label = f"Import, and change {past} past days" if past else "Import"
    return [head, words.what_changes(proposal)], label, False, proposal.version, no_update, no_update


def _proposal(viewer: Viewer, source_id: str, kind: str, contents: str, now: datetime) -> Proposal:
    text = base64.b64decode(contents.partition(",")[2]).decode("utf-8", errors="replace")
    propose = prices.take_hours if kind == "hours" else prices.take_history
    return propose(viewer, source_id, text, now)
