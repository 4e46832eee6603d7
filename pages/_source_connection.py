"""The tab of a source that connects its device: credentials, examples, the wait for the first message."""

from datetime import UTC, datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from components import connection_cards
from components.connecting import examples, sample_body
from components.connection_cards import Wait
from components.returns_cards import button, card, modal
from components.shell import ShellIds
from components.source_page import said
from services import access
from services.people.viewer import current
from services.sources import changes as source_changes
from services.sources import connection as source_connection

WATCH_MILLISECONDS = 2_000
WAYS = (("0", "MQTT"), ("1", "Webhook"))


class ConnectionIds:
    """Ids of this tab."""

    SOURCE = "source-connection-store"
    REVISION = "source-credentials-store"
    CREDENTIALS = "source-credentials-body"
    EXAMPLES = "source-examples-body"
    WAIT = "source-wait-body"
    WATCH = "source-wait-interval"
    SEEN = "source-arrived-store"
    WAY = "source-way-control"
    ROTATE = "source-rotate-button"
    REVOKE = "source-revoke-button"
    ASK = "source-confirm-modal"
    ASKED = "source-confirm-text"
    YES = "source-confirm-button"
    WANTED = "source-wanted-store"
    SAID = "source-credentials-said"
    TEST = "source-test-button"
    TEST_BODY = "source-test-input"
    TEST_SAID = "source-test-said"


def layout(source_id: str) -> Any:
    """Return the tab, waiting for its source."""
    way = dmc.SegmentedControl(
        id=ConnectionIds.WAY, data=[{"value": value, "label": label} for value, label in WAYS],
        **{"aria-label": "How it connects"},
    )
    stores = (ConnectionIds.REVISION, ConnectionIds.SEEN, ConnectionIds.WANTED)
    return html.Div(
        [
            dcc.Store(id=ConnectionIds.SOURCE, data=source_id),
            *(dcc.Store(id=each) for each in stores),
            dcc.Interval(id=ConnectionIds.WATCH, interval=WATCH_MILLISECONDS),
            card("Credentials", [html.Div(_skeleton(), id=ConnectionIds.CREDENTIALS), _actions()], aside=way),
            html.Div(
                [
                    card("Send a first message", [html.Div(_skeleton(), id=ConnectionIds.EXAMPLES)]),
                    card("First message", [html.Div(_skeleton(), id=ConnectionIds.WAIT), _test()]),
                ],
                className="connect-pair",
            ),
            _question(),
        ],
        className="page",
    )


def _skeleton() -> Any:
    return [html.Div(className="skeleton line") for _ in range(3)]


def _actions() -> Any:
    buttons = [
        html.Div(id=ConnectionIds.SAID),
        button(ConnectionIds.REVOKE, "Revoke all", "quiet", "cross"),
        button(ConnectionIds.ROTATE, "Make a new secret", symbol="swap"),
    ]
    return html.Div(buttons, className="form-foot")


def _test() -> Any:
    body = dmc.Textarea(
        id=ConnectionIds.TEST_BODY, value=sample_body(), autosize=True, minRows=2, maxRows=8, className="code-input",
        label="Message", description="It is taken in as if the device had sent it, and stored.",
    )
    foot = html.Div([html.Div(id=ConnectionIds.TEST_SAID), button(ConnectionIds.TEST, "Send", symbol="send")],
                    className="form-foot")
    return html.Details([html.Summary("Send a test message from here"), body, foot], className="more")


def _question() -> Any:
    content = [
        html.P(id=ConnectionIds.ASKED),
        html.Div(button(ConnectionIds.YES, "Go on", "main"), className="form-foot"),
    ]
    return modal(ConnectionIds.ASK, "Are you sure?", content, size="md")


def _secret_of(kept: dict[str, str] | None, source_id: str) -> str | None:
    """The secret just made, where it is this source's."""
    return kept["secret"] if kept and kept.get("source") == source_id else None


@callback(
    Output(ConnectionIds.CREDENTIALS, "children"),
    Output(ConnectionIds.EXAMPLES, "children"),
    Output(ConnectionIds.WAY, "value"),
    Input(ConnectionIds.SOURCE, "data"),
    Input(ConnectionIds.REVISION, "data"),
    State(ShellIds.SECRET, "data"),
)
def show(source_id: str, _revision: Any, kept: dict[str, str] | None) -> Any:
    """Show where the source sends to, its secret right after it was made, and what to paste."""
    viewer, secret = current(), _secret_of(kept, source_id)
    record = access.source_for(viewer, source_id, own=True)
    address = source_connection.address(viewer, source_id)
    is_mqtt = record.connection_type == 0
    held = source_connection.credentials_of(viewer, source_id, datetime.now(UTC))
    standing = connection_cards.standing(held.holding, held.older_until, record.time_zone)
    body = connection_cards.credentials(address, is_mqtt=is_mqtt, secret=secret, standing=standing)
    some = examples(address, is_mqtt=is_mqtt, secret=secret)
    return body, connection_cards.example_tabs(some, has_secret=secret is not None), str(int(record.connection_type))


@callback(
    Output(ConnectionIds.WAIT, "children"),
    Output(ConnectionIds.SEEN, "data"),
    Input(ConnectionIds.SOURCE, "data"),
    Input(ConnectionIds.WATCH, "n_intervals"),
    State(ConnectionIds.SEEN, "data"),
)
def watch(source_id: str, _ticks: int | None, seen: str | None) -> Any:
    """Show what has come; nothing where nothing is new."""
    viewer = current()
    found = source_connection.arrived(viewer, source_id)
    mark = f"{found.reading_received_at} {found.letter_received_at} {found.waiting}"
    if mark == seen:
        return no_update, no_update
    zone = access.source_for(viewer, source_id).time_zone
    wait = Wait(found.reading_received_at, found.fields, found.letter_received_at, found.letter_reason, found.waiting,
                zone)
    return connection_cards.waiting(wait, datetime.now(UTC)), mark


QUESTIONS = {
    "rotate": "A new secret is made and shown once. The one before it holds for 24 hours more, so that you can change "
              "the device in peace (with a broker that keeps one key a device, it ends at once).",
    "revoke": "Every secret of this source ends at once, and open connections are closed. What was measured stays; "
              "nothing comes in until you make a new secret.",
    "0": "The source gets an MQTT topic and a new secret. Its webhook works for 24 hours more. The history stays.",
    "1": "The source gets a webhook and a new secret. Its MQTT key works for 24 hours more (with a broker that keeps "
         "one key a device, it ends at once). The history stays.",
}


@callback(
    Output(ConnectionIds.ASK, "opened"),
    Output(ConnectionIds.ASKED, "children"),
    Output(ConnectionIds.WANTED, "data"),
    Input(ConnectionIds.ROTATE, "n_clicks"),
    Input(ConnectionIds.REVOKE, "n_clicks"),
    Input(ConnectionIds.WAY, "value"),
    State(ConnectionIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def ask(rotate: int | None, revoke: int | None, way: str | None, source_id: str) -> Any:
    """Ask before anything that ends credentials."""
    record = access.source_for(current(), source_id, own=True)
    clicked = {ConnectionIds.ROTATE: rotate and "rotate", ConnectionIds.REVOKE: revoke and "revoke"}
    wanted = clicked.get(str(ctx.triggered_id)) or None
    if ctx.triggered_id == ConnectionIds.WAY and way in QUESTIONS and way != str(int(record.connection_type)):
        wanted = way
    if wanted is None:
        raise PreventUpdate
    return True, QUESTIONS[wanted], wanted


@callback(
    Output(ShellIds.SECRET, "data", allow_duplicate=True),
    Output(ConnectionIds.REVISION, "data"),
    Output(ConnectionIds.SAID, "children"),
    Output(ConnectionIds.ASK, "opened", allow_duplicate=True),
    Input(ConnectionIds.YES, "n_clicks"),
    State(ConnectionIds.WANTED, "data"),
    State(ConnectionIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def go_on(clicks: int | None, wanted: str | None, source_id: str) -> Any:
    """Do what was asked for, and show the new secret."""
    if not clicks or wanted is None:
        raise PreventUpdate
    viewer, now = current(), datetime.now(UTC)
    if wanted == "revoke":
        count = source_changes.revoke(viewer, source_id, now)
        return None, now.isoformat(), said(f"{count} revoked"), False
    if wanted == "rotate":
        secret = source_changes.rotate(viewer, source_id, now)
    else:
        secret = source_changes.switch_connection(viewer, source_id, int(wanted), now).secret
    return {"source": source_id, "secret": secret}, now.isoformat(), said("Made; it is shown above"), False


@callback(
    Output(ConnectionIds.WAY, "value", allow_duplicate=True),
    Input(ConnectionIds.ASK, "opened"),
    State(ConnectionIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def take_back(is_open: bool, source_id: str) -> Any:
    """Show the way that holds again when the question was closed."""
    if is_open:
        raise PreventUpdate
    return str(int(access.source_for(current(), source_id).connection_type))


@callback(
    Output(ConnectionIds.TEST_BODY, "error"),
    Output(ConnectionIds.TEST_SAID, "children"),
    Input(ConnectionIds.TEST, "n_clicks"),
    State(ConnectionIds.TEST_BODY, "value"),
    State(ConnectionIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def send_test(clicks: int | None, body: str | None, source_id: str) -> Any:
    """Take in a message as if the device had sent it, and say what became of it."""
    if not clicks:
        raise PreventUpdate
    if not (body or "").strip():
        return "Write a message first", None
    receipt = source_connection.send_test_message(current(), source_id, body or "", datetime.now(UTC))
    return False, said(*_became(receipt))


def _became(receipt: Any) -> tuple[str, str]:
    if receipt.dead:
        return f"Not understood: {receipt.dead[0]}", "bad"
    if receipt.rejected:
        return "Stored, but refused " + "; ".join(f"{name}: {why}" for name, why in receipt.rejected.items()), "bad"
    if receipt.pending:
        return "Gathered with what comes in the next ten seconds", "good"
    return ("Stored", "good") if receipt.stored else ("Added to the reading of that instant", "good")
