"""The tab of a source that shows what its messages become, and changes it: the payload lab and the balance check."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components import payload_lab as lab
from components.icons import icon
from components.quantities import fixed, percent
from components.returns_cards import button, card
from components.source_page import said, warning
from services import access
from services.people.viewer import current
from services.sources import balance, payload_lab, rereading
from services.sources.specimens import Specimen
from solar.balance_check import Balance
from solar.normalise import PROFILES

WATCH_MILLISECONDS = 2_000
GENERIC = "generic"


class DataIds:
    """Ids of this tab."""

    SOURCE = "source-data-store"
    MAPPING = "source-mapping-store"
    WHICH = "source-message-select"
    PASTE = "source-paste-input"
    TRY = "source-try-button"
    REFRESH = "source-messages-button"
    TRIED = "source-pasted-store"
    PROFILE = "source-profile-select"
    COUNTS = "source-lab-counts"
    RECEIVED = "source-received-body"
    STORED = "source-stored-body"
    ROWS = "source-mapping-rows"
    FIELD = "source-map-field"
    UNIT = "source-map-unit"
    FACTOR = "source-map-factor"
    SIGN = "source-map-sign"
    SAVE = "source-mapping-button"
    SAVED = "source-mapping-said"
    AGAIN = "source-again-button"
    PROGRESS = "source-again-body"
    WATCH = "source-again-interval"
    CHECK = "source-balance-button"
    FOUND = "source-balance-body"
    MEND = "source-mend-button"
    OFFER = "source-mend-store"


MAP_IDS = {"field": DataIds.FIELD, "unit": DataIds.UNIT, "factor": DataIds.FACTOR, "sign": DataIds.SIGN}


def layout(source_id: str) -> Any:
    """Return the tab, waiting for its messages."""
    stores = (DataIds.MAPPING, DataIds.TRIED, DataIds.OFFER)
    return html.Div(
        [
            dcc.Store(id=DataIds.SOURCE, data=source_id),
            *(dcc.Store(id=each) for each in stores),
            dcc.Interval(id=DataIds.WATCH, interval=WATCH_MILLISECONDS),
            _lab(),
            _balance(),
            _past(),
        ],
        className="page",
    )


def _lab() -> Any:
    families = [{"value": GENERIC, "label": "Generic"}, *({"value": each, "label": each} for each in sorted(PROFILES))]
    bar = html.Div(
        [
            dmc.Select(id=DataIds.WHICH, data=[], placeholder="Message", allowDeselect=False, w=290,
                       rightSection=icon("down", 16), comboboxProps={"shadow": "md"}, **{"aria-label": "Message"}),
            button(DataIds.REFRESH, "Newest", symbol="arrow-down"),
            dmc.Select(id=DataIds.PROFILE, data=families, placeholder="Device: recognised", clearable=True,
                       clearButtonProps={"aria-label": "Clear"},
                       searchable=True, w=230, comboboxProps={"shadow": "md"}, **{"aria-label": "Device family"}),
        ],
        className="lab-bar",
    )
    paste = html.Details(
        [
            html.Summary("Try a pasted message"),
            dmc.Textarea(id=DataIds.PASTE, autosize=True, minRows=3, maxRows=14, className="code-input",
                         placeholder='{"pv": {"power": 4570}, "load": 1350}', **{"aria-label": "Message to try"}),
            html.Div([html.Span("Only a trial: nothing is stored.", className="dim"), button(DataIds.TRY, "Try")],
                     className="form-foot"),
        ],
        className="more",
    )
    foot = html.Div(
        [html.Div(id=DataIds.SAVED), html.Span("A mapping holds from now on.", className="dim"),
         button(DataIds.SAVE, "Save mapping", "main")],
        className="form-foot",
    )
    content = [
        bar,
        paste,
        html.Div([html.Div(id=DataIds.RECEIVED), html.Div(id=DataIds.STORED)], className="lab-pair"),
        html.H3("What each value becomes", className="card-title lab-title"),
        html.Div(id=DataIds.ROWS),
        foot,
    ]
    counts = html.Div(id=DataIds.COUNTS, className="lab-counts")
    return card("Payload lab", content, subtitle="a message as received, beside what it becomes", aside=counts)


def _balance() -> Any:
    content = [html.Div(html.P("Solar and grid come in, load and battery take it: what does not balance shows a wrong "
                               "sign, unit or sum.", className="dim"), id=DataIds.FOUND)]
    return card("Balance check", content, subtitle="the last three days",
                aside=button(DataIds.CHECK, "Check", symbol="gauge"))


def _past() -> Any:
    words = "Stored messages can be read again with the mapping as it is saved; days are then accounted anew."
    content = [html.P(words, className="dim"), html.Div(id=DataIds.PROGRESS)]
    return card("Read the past again", content, aside=button(DataIds.AGAIN, "Read again", symbol="clock"))


@callback(
    Output(DataIds.WHICH, "data"),
    Output(DataIds.WHICH, "value"),
    Output(DataIds.MAPPING, "data"),
    Output(DataIds.PROFILE, "value"),
    Input(DataIds.SOURCE, "data"),
    Input(DataIds.REFRESH, "n_clicks"),
)
def fill(source_id: str, _clicks: int | None) -> Any:
    """List the newest messages, and open the newest; the mapping being edited stays on a refresh."""
    viewer, now = current(), datetime.now(UTC)
    record = access.source_for(viewer, source_id, manage=True)
    found = payload_lab.received(viewer, source_id)
    options = lab.choices([(each.received_at, each.kind, each.topic) for each in found], now, record.time_zone)
    kept = (no_update, no_update) if ctx.triggered_id == DataIds.REFRESH else (
        record.payload_mapping or {}, record.payload_profile)
    return options, options[0]["value"] if options else None, *kept


@callback(
    Output(DataIds.TRIED, "data"),
    Output(DataIds.PASTE, "error"),
    Input(DataIds.TRY, "n_clicks"),
    Input(DataIds.WHICH, "value"),
    State(DataIds.PASTE, "value"),
    prevent_initial_call=True,
)
def paste(clicks: int | None, _which: str | None, text: str | None) -> Any:
    """Take the pasted message for the trial, until another one is chosen."""
    if ctx.triggered_id != DataIds.TRY:
        return None, False
    if not clicks:
        raise PreventUpdate
    if not (text or "").strip():
        return no_update, "Paste a message first"
    return text, False


def _specimen(source_id: str, which: str | None, tried: str | None) -> Specimen | None:
    """The message that the lab is about."""
    viewer = current()
    if tried:
        return payload_lab.pasted(viewer, source_id, tried, datetime.now(UTC))
    found = payload_lab.received(viewer, source_id)
    at = int(which) if which and which.isdigit() else 0
    return found[at] if at < len(found) else None


@callback(
    Output(DataIds.ROWS, "children"),
    Input(DataIds.WHICH, "value"),
    Input(DataIds.TRIED, "data"),
    Input(DataIds.MAPPING, "data"),
    State(DataIds.PROFILE, "value"),
    State(DataIds.SOURCE, "data"),
)
def list_leaves(which: str | None, tried: str | None, mapping: Any, profile: str | None, source_id: str) -> Any:
    """Show a row for each value of the message."""
    specimen = _specimen(source_id, which, tried)
    if specimen is None or mapping is None:
        return html.P("No message yet. Paste one above, or send a first one.", className="dim")
    found = payload_lab.trial(current(), source_id, specimen, mapping, profile)
    leaves = [lab.Leaf(each.path, each.value, each.unit, each.fate, each.field, each.own) for each in found.origins]
    return lab.mapping_rows(leaves, mapping, MAP_IDS)


@callback(
    Output(DataIds.RECEIVED, "children"),
    Output(DataIds.STORED, "children"),
    Output(DataIds.COUNTS, "children"),
    Input(DataIds.WHICH, "value"),
    Input(DataIds.TRIED, "data"),
    Input(DataIds.PROFILE, "value"),
    Input({"type": DataIds.FIELD, "name": ALL}, "value"),
    Input({"type": DataIds.UNIT, "name": ALL}, "value"),
    Input({"type": DataIds.FACTOR, "name": ALL}, "value"),
    Input({"type": DataIds.SIGN, "name": ALL}, "value"),
    State({"type": DataIds.FIELD, "name": ALL}, "id"),
    State(DataIds.MAPPING, "data"),
    State(DataIds.SOURCE, "data"),
)
def preview(
    which: str | None, tried: str | None, profile: str | None, *edited: Any
) -> Any:
    """Show what the message becomes with the mapping as it is being edited."""
    *rows, ids, mapping, source_id = edited
    specimen = _specimen(source_id, which, tried)
    if specimen is None:
        return None, None, None
    wanted = _edited(mapping, ids, rows)
    if faults := payload_lab.faults(wanted):
        path, sentence = next(iter(faults.items()))
        return no_update, warning(f"{path}: {sentence}", "The preview waits until this is right."), no_update
    found = payload_lab.trial(current(), source_id, specimen, wanted, profile)
    shown = [lab.Shown(**asdict(each)) for each in found.rows]
    stored = lab.as_stored(found.timestamp, shown, found.rejected, found.reason)
    badges = lab.counts(len(shown), len(found.unmapped), len(found.rejected))
    return lab.as_received(specimen.text), stored, badges


def _edited(mapping: dict[str, Any] | None, ids: Sequence[dict[str, str]], rows: Sequence[Any]) -> dict[str, Any]:
    given = list(zip(*rows, strict=True)) if ids else []
    return lab.mapping_of(mapping or {}, [each["name"] for each in ids], given)


@callback(
    Output(DataIds.SAVED, "children"),
    Output(DataIds.MAPPING, "data", allow_duplicate=True),
    Input(DataIds.SAVE, "n_clicks"),
    State({"type": DataIds.FIELD, "name": ALL}, "value"),
    State({"type": DataIds.UNIT, "name": ALL}, "value"),
    State({"type": DataIds.FACTOR, "name": ALL}, "value"),
    State({"type": DataIds.SIGN, "name": ALL}, "value"),
    State({"type": DataIds.FIELD, "name": ALL}, "id"),
    State(DataIds.MAPPING, "data"),
    State(DataIds.PROFILE, "value"),
    State(DataIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def save(clicks: int | None, *edited: Any) -> Any:
    """Keep the mapping for what comes from now on."""
    if not clicks:
        raise PreventUpdate
    *rows, ids, mapping, profile, source_id = edited
    wanted = _edited(mapping, ids, rows)
    if faults := payload_lab.faults(wanted):
        return said("Not saved: " + "; ".join(f"{path} {words}" for path, words in faults.items()), "bad"), no_update
    record = payload_lab.save(current(), source_id, wanted, profile, datetime.now(UTC))
    return said("Saved"), record.payload_mapping or {}


@callback(
    Output(DataIds.PROGRESS, "children", allow_duplicate=True),
    Input(DataIds.AGAIN, "n_clicks"),
    State(DataIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def read_again(clicks: int | None, source_id: str) -> Any:
    """Have the past read again."""
    if not clicks:
        raise PreventUpdate
    payload_lab.read_again(current(), source_id)
    return said("Waiting for its turn")


@callback(
    Output(DataIds.PROGRESS, "children"),
    Output(DataIds.PROGRESS, "data-seen"),
    Input(DataIds.WATCH, "n_intervals"),
    State(DataIds.SOURCE, "data"),
    State(DataIds.PROGRESS, "data-seen"),
)
def watch(_ticks: int | None, source_id: str, seen: str | None) -> Any:
    """Show how far reading again is; it goes on without this page."""
    found = rereading.progress(current(), source_id)
    mark = f"{found.state} {found.percent} {found.stage} {found.updated_at}" if found else ""
    if mark == (seen or ""):
        return no_update, no_update
    if found is None:
        return None, mark
    if found.state == "failed":
        return said(found.message or "It failed", "bad"), mark
    bar = dmc.Progress(value=found.percent, size="sm", **{"aria-label": "Progress"})
    return [bar, html.P(found.stage.capitalize(), className="dim small")], mark


@callback(
    Output(DataIds.FOUND, "children"),
    Output(DataIds.OFFER, "data"),
    Input(DataIds.CHECK, "n_clicks"),
    State(DataIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def check(clicks: int | None, source_id: str) -> Any:
    """Check the balance of the last days and offer the mend."""
    if not clicks:
        raise PreventUpdate
    found = balance.examine(current(), source_id, datetime.now(UTC))
    offer = found.mapping is not None
    return _verdict(found.balance, offer), found.mapping


def _verdict(found: Balance, offer: bool) -> Any:
    share = percent(found.share) if found.share is not None else ""
    if found.verdict == "balanced":
        readings = fixed(found.readings)
        return said(f"In balance: {share} of what flows is missing over {readings} readings, as losses are")
    if found.verdict == "too few":
        lacking = f" Not measured: {', '.join(found.missing)}." if found.missing else ""
        return warning("Too little to judge", f"It takes 30 readings with all powers measured.{lacking}", symbol="info")
    if found.fault is None:
        return warning(f"Out of balance by {share}", "No single sign, unit or sum explains it. Something may not be "
                                                      "measured, such as a second inverter or a car charger.")
    words = f"As it is, {share} of what flows does not balance; with the mend {percent(found.share_mended)}."
    mend = button(DataIds.MEND, "Put the mend into the mapping") if offer else None
    return warning(f"Likely: {found.fault.words}", words, aside=mend)


@callback(
    Output(DataIds.MAPPING, "data", allow_duplicate=True),
    Output(DataIds.SAVED, "children", allow_duplicate=True),
    Input(DataIds.MEND, "n_clicks"),
    State(DataIds.OFFER, "data"),
    prevent_initial_call=True,
)
def mend(clicks: int | None, offered: Any) -> Any:
    """Put the mend into the editor; saving it is the reader's."""
    if not clicks or offered is None:
        raise PreventUpdate
    return offered, said("The mend is in the mapping: look at it, then save")
