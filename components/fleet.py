"""Overview's pieces: the sums of now, tiles of a fleet, cards of sources, and rows of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from dash import dcc, html

from components.flow import battery_word, grid_word
from components.freshness import Freshness, freshness
from components.icons import icon
from components.quantities import MISSING, Quantity, age, clock, energy, per_peak, percent, power

Status = Literal["fault", "offline", "warning", "stale", "live", "empty"]
_ORDER: tuple[Status, ...] = ("fault", "offline", "warning", "stale", "live", "empty")
WORDS: Mapping[Status, str] = {
    "fault": "Fault", "offline": "Offline", "warning": "Warning", "stale": "Stale", "live": "Live",
    "empty": "No reading yet",
}
# A reading may be stored a moment after it was received.
_ON_ITS_WAY = timedelta(seconds=10)
SPARK_WIDTH, SPARK_HEIGHT = 130, 30


@dataclass(frozen=True, slots=True)
class Line:
    """A source (a `services.telemetry.overview.FleetSource`) with how it is at an instant."""

    source: Any
    state: Freshness
    status: Status
    reason: str

    @property
    def is_problem(self) -> bool:
        """Whether somebody should look."""
        return self.status in {"fault", "offline", "warning"}


def lines_of(sources: Sequence[Any], now: datetime) -> list[Line]:
    """Return the sources in the order in which they deserve attention: alarms first, then by name."""
    lines = [_line(each, now) for each in sources]
    return sorted(lines, key=lambda line: (_ORDER.index(line.status), line.source.name.casefold()))


def _line(source: Any, now: datetime) -> Line:
    state = freshness(source.newest, now)
    if state == "empty":
        return Line(source, state, "empty", "")
    if source.faults and state != "offline":
        return Line(source, state, "fault", source.faults[0])
    if state == "offline":
        return Line(source, state, "offline", f"No data for {age(now - source.newest)}")
    if source.warnings:
        return Line(source, state, "warning", source.warnings[0])
    return Line(source, state, "stale" if state == "stale" else "live", "")


def _live_sum(lines: Sequence[Line], field: str) -> float | None:
    known = [line.source.values[field] for line in lines
             if line.state == "live" and line.source.values.get(field) is not None]
    return sum(known) if known else None


def _today_sum(lines: Sequence[Line], channel: str) -> float | None:
    known = [line.source.kwh[channel] for line in lines if channel in line.source.kwh]
    return sum(known) if known else None


def now_card(lines: Sequence[Line], sufficiency: float | None) -> Any:
    """Return one line of sums: what all live sources do now, and today of all."""
    battery, grid = _live_sum(lines, "batteryPower"), _live_sum(lines, "gridPower")
    charges = [line.source.values["stateOfCharge"] for line in lines
               if line.state == "live" and line.source.values.get("stateOfCharge") is not None]
    charge = f"{percent(charges[0] / 100)} " if len(charges) == 1 else ""
    produced = _today_sum(lines, "produced")
    today = energy(produced)
    words = [f"{percent(sufficiency)} self-sufficient"] if sufficiency is not None else []
    covered = _covered(lines)
    words += [f"{percent(covered)} measured"] if covered is not None and produced is not None else []
    return html.Section(
        [
            _now("sun", "Solar", "solar", power(_live_sum(lines, "solarPower")), ""),
            _now("house", "Load", "load", power(_live_sum(lines, "loadPower")), ""),
            _now("battery", "Battery", "battery", power(None if battery is None else abs(battery)),
                 "" if battery is None else charge + battery_word(battery), "battery"),
            _now("pylon", "Grid", "dim", power(None if grid is None else abs(grid)),
                 "" if grid is None else grid_word(grid), "import" if (grid or 0) > 0 else "export"),
            html.Div(
                [html.Div("Today, all sources" if len(lines) > 1 else "Today", className="tile-head"),
                 _big(today), html.Div(" · ".join(words), className="tile-note")],
                className="now-part of-today",
            ),
        ],
        className="card now-sums", **{"aria-label": "All sources now"},
    )


def _covered(lines: Sequence[Line]) -> float | None:
    """The mean of what is measured of today so far; sources that never sent anything are not waited for."""
    shares = [line.source.covered_so_far or 0.0 for line in lines if line.status != "empty"]
    return sum(shares) / len(shares) if shares and any(shares) else None


def _big(quantity: Quantity) -> Any:
    unit = html.Span(quantity.unit, className="unit") if quantity.value != MISSING else None
    return html.Div([html.Span(quantity.value, className="number"), unit], className="tile-number")


def _now(symbol: str, label: str, meaning: str, quantity: Quantity, word: str, tone: str = "dim") -> Any:
    return html.Div(
        [
            html.Div([icon(symbol, 20, f"of-{meaning}"), html.Span(label)], className="tile-head"),
            _big(quantity),
            html.Div(word, className=f"tile-note word-{tone}"),
        ],
        className="now-part",
    )


def fleet_tiles(lines: Sequence[Line], now: datetime) -> Any:
    """Return the tiles of a fleet: sources, faults, warnings, offline, solar now, today."""
    by_status = {status: [line for line in lines if line.status == status] for status in _ORDER}
    live = sum(line.state == "live" for line in lines)
    offline = by_status["offline"]
    longest = max((now - line.source.newest for line in offline), default=timedelta(0))
    solar = _live_sum(lines, "solarPower")
    peak = sum(line.source.capacity_watts or 0.0 for line in lines)
    share = f"{percent(solar / peak)} of {power(peak)}p" if solar is not None and peak else ""
    covered = _covered(lines)
    tiles = (
        ("plug", "Sources", "dim", Quantity(str(len(lines)), ""), f"{live} live"),
        ("alert", "Faults", "fault", Quantity(str(len(by_status["fault"])), ""), ""),
        ("alert", "Warnings", "warning", Quantity(str(len(by_status["warning"])), ""), ""),
        ("offline", "Offline", "dim", Quantity(str(len(offline)), ""), f"longest {age(longest)}" if offline else ""),
        ("sun", "Solar now", "solar", power(solar), share),
        ("bolt", "Today", "solar", energy(_today_sum(lines, "produced")),
         f"{percent(covered)} measured" if covered is not None else ""),
    )
    return html.Div([_fleet_tile(*each) for each in tiles], className="tiles fleet-tiles")


def _fleet_tile(symbol: str, label: str, meaning: str, quantity: Quantity, note: str) -> Any:
    return html.Div(
        [
            html.Div([icon(symbol, 20, f"of-{meaning}"), html.Span(label)], className="tile-head"),
            _big(quantity),
            html.Div(html.Div(note, className="tile-note"), className="tile-notes"),
        ],
        className="card tile figure",
    )


def cards(lines: Sequence[Line], now: datetime) -> Any:
    """Return a card of each source; their curves share one scale."""
    most = max((watts for line in lines for _, watts in line.source.curve), default=0.0)
    return html.Div([_card(line, now, most) for line in lines], className="fleet-cards")


def _card(line: Line, now: datetime, most: float) -> Any:
    source, live = line.source, line.state == "live"
    newest = source.values.get("solarPower")
    head = [html.Span(className=f"dot {'live' if live else 'old'}"), html.Span(source.name, className="card-title"),
            _badge(line, now)]
    words = f"{source.group or 'No group'} · {line.reason if line.is_problem and line.reason else WORDS[line.status]}"
    return dcc.Link(
        [
            html.Div(head, className="card-head"),
            html.Div(words, className="dim cut"),
            html.Div(
                [html.Span(str(power(newest)) if newest is not None else MISSING,
                           className="number" if live else "number old"),
                 html.Span(_when(line, now), className="dim end")],
                className="fleet-now",
            ),
            _curve(source, most, live=live),
            html.Div([_fact("Today", _today(source)), _fact("Battery", _charge(source)),
                      _fact("kWh/kWp", _yield(source), _place(source.rank))], className="fleet-facts"),
        ],
        href=f"/monitor/{source.id}", className="card source-card fleet-card",
    )


def _badge(line: Line, now: datetime) -> Any:
    if line.status == "offline":
        return html.Span([icon("offline", 14), f"Offline {age(now - line.source.newest)}"], className="badge old end")
    alarms = line.source.faults if line.status == "fault" else line.source.warnings
    if line.status in {"fault", "warning"}:
        count = f"{len(alarms)} {line.status}{'s' if len(alarms) > 1 else ''}"
        return html.Span([icon("alert", 14), count], className=f"badge {line.status} end")
    return None


def _when(line: Line, now: datetime) -> Any:
    source = line.source
    if source.newest is None:
        return ""
    if line.state == "live":
        ticking = {"data-since": str(int(source.newest.timestamp() * 1000))}
        return [html.Span(age(now - source.newest), **ticking), " ago"]
    recent = now - source.newest < timedelta(hours=20)
    return f"at {clock(source.newest, source.time_zone)}" if recent else f"{age(now - source.newest)} ago"


def _today(source: Any) -> str:
    return str(energy(source.kwh["produced"])) if "produced" in source.kwh else MISSING


def _charge(source: Any) -> str:
    charge = source.values.get("stateOfCharge")
    return MISSING if charge is None else str(percent(charge / 100))


def _yield(source: Any) -> str:
    return per_peak(source.kwh.get("produced"), source.capacity_watts).value


def _place(rank: int | None) -> str:
    if rank is None:
        return ""
    ending = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def _fact(label: str, value: str, aside: str = "") -> Any:
    words = [html.Span(value), html.Span(aside, className="place")]
    return html.Div([html.Div(label, className="dim"), html.Div(words)])


def _curve(source: Any, most: float, *, live: bool) -> Any:
    path = spark_path(source.curve, most)
    return html.Div(
        [html.Div(className="spark-mask of-solar" if live else "spark-mask old", style=_mask(path)),
         html.Div([html.Span("00:00"), html.Span("12:00"), html.Span("24:00")], className="spark-scale")],
        className="spark-box", **{"aria-hidden": "true"},
    )


def _mask(path: str) -> dict[str, str]:
    """The curve as a mask, so that it follows the colour of the scheme."""
    if not path:
        return {"visibility": "hidden"}
    first, last = path[1:].split("L")[0].split(" ")[0], path.rsplit("L", 1)[1].split(" ")[0]
    area = f"{path}L{last} {SPARK_HEIGHT}L{first} {SPARK_HEIGHT}Z"
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" '
        f'preserveAspectRatio="none"><path d="{area}" fill-opacity=".18"/>'
        f'<path d="{path}" fill="none" stroke="#000" stroke-width="1.6" vector-effect="non-scaling-stroke"/></svg>'
    )
    return {"--curve": f'url("data:image/svg+xml,{quote(picture, safe="")}")'}


def spark_path(curve: Sequence[tuple[float, float]], most: float) -> str:
    """Return the path of a curve of (hour of the day, W) over a whole day, in a box whose top is `most` W."""
    if len(curve) < 2 or most <= 0:
        return ""
    points = [
        f"{hour / 24 * SPARK_WIDTH:.1f} {SPARK_HEIGHT - max(watts, 0.0) / most * (SPARK_HEIGHT - 2):.1f}"
        for hour, watts in curve
    ]
    return "M" + "L".join(points)


def rows(lines: Sequence[Line], best: float | None = None) -> list[dict[str, Any]]:
    """Return the rows of the table, as plain as JSON; curves are scaled by the installed capacity where it is known."""
    greatest = best or max((line.source.specific_yield or 0.0 for line in lines), default=0.0)
    return [_row(line, greatest) for line in lines]


def _row(line: Line, greatest: float) -> dict[str, Any]:
    source = line.source
    own = max((watts for _, watts in source.curve), default=0.0)
    share = (source.specific_yield or 0.0) / greatest if greatest else 0.0
    return {
        "id": source.id, "address": f"/monitor/{source.id}", "name": source.name, "status": line.status,
        "order": _ORDER.index(line.status), "reason": line.reason, "group": source.group or "",
        "spark": spark_path(source.curve, max(own, (source.capacity_watts or 0.0) * 0.8)),
        "solar": _rounded(source.values.get("solarPower")) if line.state == "live" else None,
        "today": _rounded(source.kwh.get("produced"), 2), "yield": _rounded(source.specific_yield, 3),
        "share": round(share, 3), "charge": _rounded(source.values.get("stateOfCharge")),
        "capacity": source.capacity_watts, "newest": int(source.newest.timestamp() * 1000) if source.newest else None,
    }


def _rounded(value: float | None, digits: int = 0) -> float | None:
    return None if value is None else round(float(value), digits)


def changed(line: Line, since: datetime) -> bool:
    """Tell whether a source is another than it was shown at an instant: it was heard, or is silent for too long now."""
    received = line.source.received_at
    if received is not None and received > since - _ON_ITS_WAY:
        return True
    return freshness(line.source.newest, since) != line.state
