"""Cards and what stands in them without readings and with them: heads, totals, next steps and warnings of silence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.freshness import Freshness
from components.icons import icon
from components.parts import part
from components.quantities import age, percent, since


@dataclass(frozen=True, slots=True)
class Connection:
    """How a source reaches us: the way, the address it sends to, and when it was made (aware)."""

    way: str
    address: str
    created_at: datetime


def flow_card(container_id: str) -> Any:
    """Return the card of the live flow; the diagram itself is put in once by the browser."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Live flow", className="card-title", **part("flow-title")),
                    html.Span("", className="card-subtitle wide-only", **part("flow-sentence")),
                    html.Span("", className="card-aside", **part("flow-time")),
                ],
                className="card-head",
            ),
            html.Div(id=container_id, className="flow", role="img", **{"aria-label": "Live flow"}, **part("flow-body")),
            html.P("", className="paused-note", **part("flow-paused")),
        ],
        className="card flow-card",
    )


def not_found(what: str) -> Any:
    """Return what a page says that was asked for something that does not exist, or is somebody else's."""
    return html.Section(
        [
            icon("search", 24),
            html.Div(
                [
                    html.H2(f"This {what} is not here", className="card-title"),
                    html.P("It was removed, it belongs to somebody else, or the address is not complete. "
                           "If it was shared with you, ask its owner to share it again.", className="dim"),
                    dcc.Link("To all sources", href="/", className="button quiet"),
                ]
            ),
        ],
        className="card silence",
    )


def steps_to_first_reading(name: str, connection: Connection, now: datetime, time_zone: str) -> Any:
    """Return the next steps for a source that has never sent a reading."""
    where = "Publish its readings to the topic" if connection.way == "MQTT" else "Send its readings by HTTP POST to"
    steps = (
        ("check", "Source created", since(connection.created_at, now, time_zone), None),
        (
            "2", "Connect the device",
            [f"{where} ", html.Code(connection.address), ", as one JSON object with names such as ",
             html.Code("solarPower"), " in W. The ", "key" if connection.way == "MQTT" else "secret",
             " was shown once when the source was created."],
            None,
        ),
        ("3", "First message", "This page fills itself as soon as it arrives.", _waiting_badge()),
    )
    return html.Section(
        [
            html.H2("No readings yet", className="page-title"),
            html.P(f"{name} is ready. Three steps until its first curve.", className="dim"),
            html.Ol([_step(*each) for each in steps], className="steps"),
        ],
        className="card first-steps",
    )


def _step(sign: str, title: str, words: Any, aside: Any) -> Any:
    mark = icon("check", 18) if sign == "check" else sign
    return html.Li(
        [
            html.Span(mark, className=f"step-sign {'next' if sign == '2' else ''}"),
            html.Div([html.Div(title, className="strong"), html.Div(words, className="dim")], className="step-words"),
            aside,
        ]
    )


def _waiting_badge() -> Any:
    return html.Span([icon("clock", 14), "Waiting"], className="badge old")


def silence_notice(measured_at: datetime, state: Freshness, now: datetime, time_zone: str) -> Any:
    """Return the warning that a source has been silent since an aware instant; its age is written by the browser."""
    if state == "stale":
        advice = "A few readings are missing. Nothing needs to be done yet."
    else:
        advice = (
            "Most often: the router, the power of the logger, or a changed WLAN password. "
            "What was measured stays; the page goes on by itself when readings come back."
        )
    when = int(measured_at.timestamp() * 1000)
    return html.Section(
        [
            icon("offline", 24),
            html.Div(
                [
                    html.H2(
                        [f"No readings since {since(measured_at, now, time_zone)}, for ",
                         html.Span(age(now - measured_at), **{"data-since": str(when)})],
                        className="card-title",
                    ),
                    html.P(advice, className="dim"),
                ]
            ),
        ],
        className="card silence",
    )


def coverage_badge(covered: float | None, *, so_far: bool) -> Any:
    """Return how much of a period was measured (a fraction), or nothing where nothing is known."""
    if covered is None:
        return None
    return html.Span(f"{percent(covered)} measured{' so far' if so_far else ''}", className="badge plain")
