"""The frame of a source's page: head with its state, and the row of tabs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.freshness import Freshness
from components.icons import icon
from components.quantities import age

TABS = (
    ("general", "General"), ("connection", "Connection"), ("location", "Location"), ("economics", "Economics"),
    ("sharing", "Sharing"), ("data", "Data"), ("danger", "Danger"),
)


def head(name_id: str, crumb_id: str, status_id: str) -> Any:
    """Return the head, waiting for the source's name."""
    crumbs = [dcc.Link("Sources", href="/sources"), icon("right", 14), html.Span("", id=crumb_id)]
    title = html.H1("Source", id=name_id, className="page-title")
    return html.Div(
        [
            html.Nav(crumbs, className="crumbs", **{"aria-label": "Way back"}),
            html.Div([title, html.Div(id=status_id, className="head-aside")], className="title-row"),
        ],
    )


def tab_row(tabs: Sequence[tuple[str, str]], chosen: str, source_id: str) -> Any:
    """Return the tabs as links, so that each has an address."""
    links = [
        dcc.Link(
            label, href=f"/source/{source_id}?tab={name}", className=f"tab {'chosen' if name == chosen else ''}".strip()
        )
        for name, label in tabs
    ]
    return html.Nav(links, className="tab-row", **{"aria-label": "Parts of this source"})


def status(state: Freshness, newest: datetime | None, now: datetime, *, is_active: bool) -> Any:
    """Return the state of a source as a badge, its age written on by the browser."""
    if not is_active:
        return html.Span([icon("power", 14), "Switched off"], className="badge old")
    if newest is None:
        return html.Span([icon("clock", 14), "No message yet"], className="badge old")
    words = {"live": "Live", "stale": "Stale", "offline": "Offline", "empty": ""}[state]
    since = {"data-since": str(int(newest.timestamp() * 1000))}
    content = [html.Span(className="dot"), f"{words} · ", html.Span(age(now - newest), **since)]
    return html.Span(content, className=f"badge {'live' if state == 'live' else 'old'}")


def warning(title: str, words: Any, *, symbol: str = "alert", aside: Any = None) -> Any:
    """Return a warning inside a card, with what to do beside it."""
    return html.Div(
        [icon(symbol, 20), html.Div([html.Strong(title), html.Div(words, className="dim")], className="notice-words"),
         aside],
        className="inner-notice",
        role="status",
    )


def said(words: str, kind: str = "good") -> Any:
    """Return what came of an action, beside its button; `kind` is good or bad."""
    return html.Span([icon("check" if kind == "good" else "alert", 16), words], className=f"said {kind}", role="status")
