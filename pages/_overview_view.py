"""Puts together what Overview shows of a fleet: which sources fit, its top, its cards, and the words around."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dash import dcc, html

from components import fleet as parts
from components.cards import tool
from components.figures.day import day_figure, summary
from components.fleet import Line
from components.parts import part
from components.quantities import long_date
from components.source_list import no_sources
from components.theme import Scheme
from services.people.viewer import Viewer
from services.telemetry import overview as fleet
from services.telemetry import queries as telemetry
from solar.days import end_of_day, local_date, start_of_day

Kind = Literal["cards", "table"]
# More cards than these nobody reads.
_MOST_CARDS = 12


def kind_of(chosen: str | None, count: int) -> Kind:
    """Return how to show so many sources, where nobody chose."""
    if chosen in {"cards", "table"}:
        return "table" if chosen == "table" else "cards"
    return "cards" if count <= _MOST_CARDS else "table"


def fitting(lines: Sequence[Line], text: str | None, group: str | None, shown: str | None) -> list[Line]:
    """Return the lines whose name or group holds a text, that are in a group, and that are what is asked for."""
    wanted = (text or "").strip().casefold()
    return [
        line for line in lines
        if wanted in f"{line.source.name} {line.source.group or ''}".casefold()
        and (not group or line.source.group == group)
        and (shown != "problems" or line.is_problem)
        and (shown != "live" or line.state == "live")
    ]


def group_choices(groups: Sequence[str]) -> list[dict[str, str]]:
    """Return the choices of the group filter."""
    return [{"value": name, "label": name} for name in groups]


def shown_choices(lines: Sequence[Line]) -> list[dict[str, str]]:
    """Return the choices of which sources to show, each with its number."""
    problems, live = sum(line.is_problem for line in lines), sum(line.state == "live" for line in lines)
    counts = (("all", "All", len(lines)), ("problems", "Problems", problems), ("live", "Live", live))
    return [{"value": value, "label": f"{label} {count}"} for value, label, count in counts]


def time_words(lines: Sequence[Line], now: datetime) -> str:
    """Say the day and time, in the zone that most sources share."""
    zones = [line.source.time_zone for line in lines]
    if not zones:
        return ""
    zone = max(set(zones), key=zones.count)
    local = now.astimezone(ZoneInfo(zone))
    return f"{long_date(local.date())}, {local:%H:%M}"


def top(lines: Sequence[Line], now: datetime, kind: Kind) -> Any:
    """Return the sums of now, or the tiles of a fleet."""
    if not lines:
        return None
    if kind == "table":
        return parts.fleet_tiles(lines, now)
    return parts.now_card(lines, fleet.self_sufficiency([line.source for line in lines], now))


def best_yield(lines: Sequence[Line]) -> float:
    """Return the best yield of a fleet, which the bars of the ranks are measured against."""
    return max((line.source.specific_yield or 0.0 for line in lines), default=0.0)


def cards(viewer: Viewer, every: Sequence[Line], lines: Sequence[Line], now: datetime, scheme: Scheme) -> Any:
    """Return the cards; of somebody's only source its day as well, and the next step where there is none."""
    if not every:
        return no_sources()
    if not lines:
        return html.P("No source fits.", className="dim")
    shown = [parts.cards(lines, now)]
    return [*shown, _day(viewer, every[0], now, scheme)] if len(every) == 1 else shown


def _day(viewer: Viewer, line: Line, now: datetime, scheme: Scheme) -> Any:
    source = line.source
    day = local_date(now, source.time_zone)
    start, end = start_of_day(day, source.time_zone), end_of_day(day, source.time_zone)
    frame = telemetry.power_frame(viewer, source.id, start, end)
    figure = day_figure(frame, time_zone=source.time_zone, date=day, scheme=scheme, now=now)
    head = [html.H2("Power today", className="card-title"),
            dcc.Link("Open Monitor", href=f"/monitor/{source.id}", className="card-aside"),
            tool("expand", "Full screen", **{"data-full-screen": "overview"})]
    graph = dcc.Graph(figure=figure, responsive=True, style={"height": figure.layout.height}, className="chart",
                      config={"displayModeBar": False})
    return html.Section(
        [html.Div(head, className="card-head"), html.P(summary(frame, day), className="sr-only"), graph],
        className="card chart-card", **part("overview-card"),
    )


def foot(lines: Sequence[Line], every: Sequence[Line]) -> list[Any]:
    """Say how many of how many are shown, and how they are ordered."""
    return [html.Span(f"{len(lines)} of {len(every)} sources"), html.Span("alarms first, then by name")]
