"""The sources of a person as cards that lead to their Monitor page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.freshness import Freshness
from components.icons import icon
from components.quantities import age, power

_WORDS: dict[Freshness, str] = {"live": "live", "stale": "stale", "offline": "offline", "empty": "no reading yet"}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as listed: its installed capacity in W, how fresh it is and when its newest reading was measured."""

    id: str
    name: str
    group: str | None
    capacity_watts: float | None
    state: Freshness
    newest: datetime | None


def source_cards(lines: Sequence[SourceLine], now: datetime) -> Any:
    """Return a card for each source, or the next step where there is none."""
    if not lines:
        return html.Section(
            [
                html.H2("No sources yet", className="card-title"),
                html.P("As soon as a solar installation is set up for you, or shared with you, it stands here.",
                       className="dim"),
            ],
            className="card",
        )
    return html.Div([_card(line, now) for line in lines], className="source-cards")


def _card(line: SourceLine, now: datetime) -> Any:
    peak = f"{power(line.capacity_watts).value} {power(line.capacity_watts).unit}p" if line.capacity_watts else ""
    details = " · ".join(each for each in (line.group or "No group", peak) if each)
    words: list[Any] = [_WORDS[line.state]]
    if line.newest is not None:
        ticking = {"data-since": str(int(line.newest.timestamp() * 1000))}
        words += [" · ", html.Span(age(now - line.newest), **ticking), " ago"]
    mark = "live" if line.state == "live" else "old"
    name = html.Span(line.name, className="card-title")
    return dcc.Link(
        [
            html.Div([html.Span(className=f"dot {mark}"), name, icon("right", 18, "end")], className="card-head"),
            html.Div(details, className="dim"),
            html.Div(words, className="dim"),
        ],
        href=f"/monitor/{line.id}",
        className="card source-card",
    )
