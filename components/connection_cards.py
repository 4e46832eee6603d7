"""The cards of a source's connection: its credentials, the examples to paste, and the wait for the first message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.connecting import Example
from components.copying import code_block, copy_button, copy_field, save_button
from components.icons import icon
from components.quantities import MISSING, age, clock, percent, power
from components.source_page import warning
from solar.addresses import Address

_SHOWN = (
    ("solarPower", "Solar"), ("loadPower", "House"), ("gridPower", "Grid"), ("batteryPower", "Battery"),
    ("stateOfCharge", "Charge"),
)


@dataclass(frozen=True, slots=True)
class Wait:
    """How far a source has come: when something reached us, its newest reading, and what was not understood."""

    received_at: datetime | None
    fields: Mapping[str, Any]
    letter_at: datetime | None
    letter_reason: str | None
    is_gathering: bool
    time_zone: str


def credentials(address: Address, *, is_mqtt: bool, secret: str | None, standing: Any) -> Any:
    """Return where to send to and, right after it was made, the secret."""
    if is_mqtt:
        rows = [("Server", address.server), ("Topic", address.topic), ("Client id and user", address.user)]
    else:
        rows = [("Address", address.webhook_url)]
    fields = [copy_field(label, value) for label, value in rows]
    if secret is not None:
        fields.append(copy_field("Secret", secret, is_secret=True))
    return html.Div([_once(address, is_mqtt, secret) if secret else None, html.Div(fields, className="copy-grid"),
                     standing])


def _once(address: Address, is_mqtt: bool, secret: str) -> Any:
    where = f"server: {address.server}\ntopic: {address.topic}\nclient id: {address.user}\nuser: {address.user}\n"
    content = (where if is_mqtt else f"address: {address.webhook_url}\n") + f"secret: {secret}\n"
    words = "Copy it now, or save it. Later you can only make a new one; the old one then works for 24 hours more."
    save = save_button(f"ampra-{address.source_id[:8]}.txt", content, "Save as file")
    return warning("The secret is shown once", words, symbol="lock", aside=save)


def standing(holding: int, older_until: datetime | None, time_zone: str) -> Any:
    """Say which credentials hold."""
    if holding == 0:
        return warning("No credential holds", "Nothing can come in until you make a new one.")
    if older_until is None:
        words = "One secret holds."
    else:
        local = clock(older_until, time_zone)
        words = f"The newest secret holds, and until {older_until:%-d %B}, {local} the one before it."
    return html.P(words, className="dim standing")


def example_tabs(some: Sequence[Example], *, has_secret: bool) -> Any:
    """Return the examples, one at a time."""
    first = some[0].name
    tabs = [dmc.TabsTab(each.label, value=each.name) for each in some]
    panels = [dmc.TabsPanel(_example(each, has_secret), value=each.name) for each in some]
    return dmc.Tabs([dmc.TabsList(tabs), *panels], value=first, className="example-tabs")


def _example(example: Example, has_secret: bool) -> Any:
    missing = "" if has_secret or "PASTE-THE-SECRET" not in example.text else " Put your secret where it says so."
    foot = [html.Span(example.note + missing, className="dim"),
            copy_button(example.text, f"Copy {example.label}", label="Copy")]
    return html.Div([code_block(example.text), html.Div(foot, className="example-foot")])


def waiting(found: Wait, now: datetime) -> Any:
    """Return the card's body: the wait, or what has come."""
    has_come = found.received_at is not None
    is_lost = found.letter_at is not None and (found.received_at is None or found.letter_at > found.received_at)
    state = "come" if has_come and not is_lost else "lost" if is_lost else "waits"
    title, words = _words(found, state)
    head = [html.Div(title, className="wait-title"), html.Div(words, className="dim")]
    return html.Div(
        [
            html.Div([_lamp(state), html.Div(head)], className="wait-head"),
            html.Ol([_step(*each) for each in _steps(found, state, now)], className="wait-steps"),
        ],
        className=f"wait {state}",
        role="status",
    )


def _words(found: Wait, state: str) -> tuple[str, Any]:
    if state == "come":
        return "It works", _values(found.fields)
    if state == "lost":
        return "Something came, and was not understood", f"{found.letter_reason}. The tab Data shows it as it came."
    if found.is_gathering:
        return "Values are coming in", "They are gathered for ten seconds into one reading."
    return "Listening", "This turns green by itself. No need to reload."


def _values(fields: Mapping[str, Any]) -> str:
    known = [(label, name, fields[name]) for name, label in _SHOWN if name in fields]
    written = [f"{label} {percent(value / 100) if name == 'stateOfCharge' else power(value)}"
               for label, name, value in known]
    return ", ".join(written) or f"{len(fields)} fields, none of them a power yet"


def _lamp(state: str) -> Any:
    symbol = {"come": icon("check", 26), "lost": icon("alert", 24)}.get(state)
    return html.Div(html.Div(symbol, className="lamp-core"), className="lamp", **{"aria-hidden": "true"})


def _steps(found: Wait, state: str, now: datetime) -> list[tuple[str, str, Any]]:
    reached = max((each for each in (found.received_at, found.letter_at) if each is not None), default=None)
    first = "done" if reached or found.is_gathering else "open"
    understood = "done" if state == "come" else "bad" if state == "lost" else "open"
    when = _when(found.received_at, found.time_zone, now) if state == "come" else ""
    return [
        (first, "Reached us with these credentials", _when(reached, found.time_zone, now) if reached else "waiting"),
        (understood, "Understood, and plausible", when),
    ]


def _when(instant: datetime | None, time_zone: str, now: datetime) -> Any:
    if instant is None:
        return MISSING
    since = {"data-since": str(int(instant.timestamp() * 1000))}
    return [clock(instant, time_zone, seconds=True), " · ", html.Span(age(now - instant), **since), " ago"]


def _step(state: str, words: str, aside: Any) -> Any:
    symbol = {"done": "check", "bad": "alert", "open": "clock"}[state]
    return html.Li([icon(symbol, 18), html.Span(words), html.Span(aside, className="dim")], className=state)
