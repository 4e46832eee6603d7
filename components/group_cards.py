"""Power groups on the screen: cards with their sums, and the ranking of a group's sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from components.icons import icon
from components.picture import picture
from components.quantities import MISSING, energy, fixed, power

_STATES = {"empty": "no reading yet"}


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group as listed: its sums now (W) and today (kWh), NaN where nothing is known."""

    id: str
    name: str
    description: str | None
    logo: str | None
    source_count: int
    capacity_watts: float
    solar_watts: float
    produced_today_kwh: float


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A source of a group: `specific_yield` in kWh per kWp and day, None where it cannot be ranked."""

    id: str
    name: str
    icon: str | None
    state: str
    solar_watts: float
    produced_today_kwh: float
    specific_yield: float | None
    measured_days: int


def waiting() -> Any:
    """Return what stands in for the groups until they come."""
    return html.Div([html.Div(className="card source-card waiting") for _ in range(2)], **{"aria-hidden": "true"})


def list_of(lines: Sequence[GroupLine]) -> Any:
    """Return a card for each group, or the next step where there is none."""
    if not lines:
        words = "A group holds sources that belong together, such as those of a site, and shows what they do together."
        text = html.Div([html.H2("No groups yet", className="card-title"), html.P(words, className="dim")])
        return html.Section([icon("group", 26), text], className="card empty-card")
    return html.Div([_card(line) for line in lines], className="source-cards")


def _card(line: GroupLine) -> Any:
    count = f"{line.source_count} source{'' if line.source_count == 1 else 's'}"
    peak = f" · {power(line.capacity_watts)}p" if line.capacity_watts else ""
    head = [html.Div(picture(line.logo, "group"), className="picture small"),
            html.Span(line.name, className="card-title"), icon("right", 18, "end")]
    sums = f"{power(line.solar_watts)} now · {energy(line.produced_today_kwh)} today"
    return dcc.Link(
        [html.Div(head, className="card-head"), html.Div(count + peak, className="dim"), html.Div(sums)],
        href=f"/group/{line.id}", className="card source-card",
    )


def sums(now_watts: float, load_watts: float, grid_watts: float, today_kwh: float, capacity_watts: float) -> Any:
    """Return what a group does together, as tiles."""
    grid = ("Exporting now", power(-grid_watts)) if grid_watts < 0 else ("Importing now", power(grid_watts))
    tiles = (("Solar now", power(now_watts)), ("House now", power(load_watts)), grid,
             ("Produced today", energy(today_kwh)), ("Installed", power(capacity_watts)))
    return html.Div(
        [
            html.Section([html.Div(label, className="dim"), html.Div([html.Span(value.value, className="number"),
                         html.Span(value.unit, className="unit")])], className="card sum-tile")
            for label, value in tiles
        ],
        className="sum-tiles",
    )  # fmt: skip


def ranking(lines: Sequence[MemberLine], days: int) -> Any:
    """Return the sources of a group by their specific yield, each with a bar to compare by."""
    if not lines:
        return html.P("No sources in this group yet. Choose some below.", className="dim")
    most = max((each.specific_yield or 0 for each in lines), default=0) or 1
    rows = [_ranked(at, line, most, days) for at, line in enumerate(lines, 1)]
    return html.Ol(rows, className="ranking")


def _ranked(place: int, line: MemberLine, most: float, days: int) -> Any:
    is_ranked, state = line.specific_yield is not None, _STATES.get(line.state, line.state)
    share = (line.specific_yield or 0) / most
    note = f"{fixed(line.specific_yield, 2)} kWh/kWp a day" if line.specific_yield is not None else MISSING
    over = f"over {line.measured_days} of {days} days" if is_ranked else "needs its capacity and three days"
    return html.Li(
        [
            html.Span(str(place) if is_ranked else MISSING, className="rank-place"),
            html.Div(
                [
                    dcc.Link(line.name, href=f"/monitor/{line.id}", className="strong"),
                    html.Div(html.Div(style={"width": f"{share:.1%}"}, className="rank-bar"), className="rank-track"),
                    html.Div(f"{power(line.solar_watts)} now · {energy(line.produced_today_kwh)} today · {state}",
                             className="dim small"),
                ],
                className="rank-body",
            ),
            html.Div([html.Div(note, className="strong"), html.Div(over, className="dim small")],
                     className="rank-value"),
        ]
    )  # fmt: skip
