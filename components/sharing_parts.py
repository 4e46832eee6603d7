"""Parts of what owners see of sharing: a link just made, links and people as rows, and what one is invited to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html

from components.copying import copy_field
from components.icons import icon
from components.quantities import age

VIEW_WORDS: Mapping[str, str] = {
    "monitor": "Monitor", "weather": "Weather", "forecast": "Forecast", "returns": "Returns",
}  # fmt: skip
SWITCHES = (
    ("is_enabled", "Show this source by links", "Off: every link of it shows nothing, at once"),
    ("share_monitor", "Monitor", "Power now, today's curve, and energy of the month"),
    ("share_weather", "Weather", "Days, hours and radiation at its place"),
    ("share_forecast", "Forecast", "What is expected of the next days"),
    ("share_returns", "Returns", "What it saved; amounts of money only where a link says so"),
)


def made(url: str, *, has_now: bool, may_embed: bool) -> Any:
    """Return a new link with everything to copy, this once."""
    words = [icon("key", 18), html.Span("Copy it now: it is not shown again. Whoever has it can look.")]
    fields = [copy_field("Link", url), copy_field("For a wall screen", f"{url}?kiosk=1")]
    if has_now:
        fields += [
            copy_field("Badge for other sites", f'<img src="{url}/badge.svg" alt="solar power now">'),
            copy_field("Newest values as JSON", f"{url}/now.json"),
        ]
    if may_embed:
        frame = f'<iframe src="{url}" width="100%" height="640" style="border:0" title="Solar power"></iframe>'
        fields.append(copy_field("Embed", frame))
    return html.Div([html.P(words, className="link-once"), *fields], className="link-made")


def link_row(link: Any, now: datetime, aside: Any, where: Any = None) -> Any:
    """Return a link as a row: its name and state, what it shows and hides, and how often it was opened."""
    state, is_open = _state(link, now)
    views = [words for view, words in VIEW_WORDS.items() if getattr(link, f"share_{view}")]
    facts = [", ".join(views), "with money" if not link.hides_money else "", "with the owner's name"
             if not link.hides_owner else "", link.town or "", f"{_span(link.delay_minutes)} behind"
             if link.delay_minutes else "", "may be found by search engines" if link.is_indexed else "",
             f"may stand in {', '.join(link.embedding_sites)}" if link.embedding_sites else ""]  # fmt: skip
    visited = "never opened" if not link.visits else (
        f"opened {link.visits} time{'' if link.visits == 1 else 's'}, last {age(now - link.last_visit_at)} ago"
    )  # fmt: skip
    title = [html.Span(link.name, className="strong"), html.Span(state, className="badge live" if is_open else "badge")]
    told = [html.Div(title, className="link-name"), html.Div(where, className="dim") if where else None,
            html.Div(" · ".join(filter(None, facts)), className="dim"), html.Div(visited, className="dim")]
    return html.Div(
        [icon("send", 20, "of-dim"), html.Div(told, className="listed-words"),
         html.Div(aside, className="listed-aside")],
        className="listed",
    )  # fmt: skip


def _state(link: Any, now: datetime) -> tuple[str, bool]:
    if link.revoked_at is not None:
        return "Revoked", False
    if link.expires_at is None:
        return "Open", True
    if link.expires_at <= now:
        return "Has ended", False
    day = link.expires_at.astimezone(ZoneInfo("UTC"))
    return f"Open until {day.day} {day:%B %Y}", True


def _span(minutes: int) -> str:
    return f"{minutes // 1440} d" if minutes >= 1440 else f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"


def person_row(email: str, words: str, aside: Any) -> Any:
    """Return somebody as a row."""
    told = [html.Div(email, className="strong"), html.Div(words, className="dim")]
    return html.Div(
        [icon("group", 20, "of-dim"), html.Div(told, className="listed-words"),
         html.Div(aside, className="listed-aside")],
        className="listed",
    )  # fmt: skip


def thing_row(kind: str, thing_id: str, name: str, words: str, aside: Any, *, is_open: bool) -> Any:
    """Return a source or group of somebody else as a row; one may open it once it is accepted."""
    href = f"/monitor/{thing_id}" if kind == "source" else f"/group/{thing_id}"
    title = dcc.Link(name, href=href, className="strong") if is_open else html.Span(name, className="strong")
    symbol = icon("plug" if kind == "source" else "group", 20, "of-dim")
    told = [html.Div(title), html.Div(words, className="dim")]
    return html.Div(
        [symbol, html.Div(told, className="listed-words"), html.Div(aside, className="listed-aside")],
        className="listed",
    )  # fmt: skip


def rows_or(rows: Sequence[Any], nothing: str) -> Any:
    """Return rows, or why there are none."""
    return html.Div(list(rows), className="listing") if rows else html.P(nothing, className="dim")


def switch_row(identity: Any, words: str, hint: str) -> Any:
    """Return one switch of what may be shown."""
    told = html.Div([html.Div(words, className="strong"), html.Div(hint, className="dim")])
    return html.Div([told, dmc.Switch(id=identity, checked=False, **{"aria-label": words})], className="setting-row")
