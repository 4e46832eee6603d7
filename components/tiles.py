"""The six tiles of a source as it is now: drawn once, then filled by what a refresh changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
from dash import html

from components.flow import Flow, limit_words
from components.freshness import Freshness
from components.icons import icon
from components.parts import Parts, part
from components.quantities import MISSING, Quantity, clock, energy, per_peak, percent, power
from components.why import why_button

_SPARK_WIDTH, _SPARK_HEIGHT = 148, 40
_SPARK_STEP = pd.Timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Today:
    """Energies of the local day so far in kWh by channel (absent = not known), and shares of it."""

    kwh: Mapping[str, float] = field(default_factory=dict)
    covered_so_far: float | None = None
    self_consumption: float | None = None
    self_sufficiency: float | None = None


def tile_grid() -> Any:
    """Return the tiles, waiting for the first reading."""
    return html.Div(
        [
            _tile("solar-now", "sun", "Solar now", "solar", _spark("solar-spark")),
            _tile("produced", "bolt", "Produced today", "solar"),
            _tile("charge", "battery", "Battery", "battery", _meter("charge", "battery")),
            _tile("yield", "trend", "Yield today", "solar", optional=True),
            _tile("consumption", "house", "Self-consumption", "solar", _meter("consumption", "solar", "export")),
            _tile("sufficiency", "leaf", "Self-sufficiency", "load", _meter("sufficiency", "load", "import")),
            _grid_tile(),
        ],
        className="tiles",
    )


# What the button of each tile explains of today.
_EXPLAINED = {
    "produced": "produced", "yield": "specificYield", "consumption": "selfConsumption",
    "sufficiency": "selfSufficiency", "grid": "imported",
}


def _head(symbol: str, label: str, meaning: str, name: str) -> Any:
    figure = _EXPLAINED.get(name)
    button = why_button(figure, label, None) if figure else None
    return html.Div([icon(symbol, 20, f"of-{meaning}"), html.Span(label), button], className="tile-head")


def _tile(name: str, symbol: str, label: str, meaning: str, middle: Any = None, *, optional: bool = False) -> Any:
    return html.Div(
        [
            _head(symbol, label, meaning, name),
            html.Div(
                [
                    html.Span(MISSING, className="number", **part(f"tile-{name}-value")),
                    html.Span("", className="unit", **part(f"tile-{name}-unit")),
                ],
                className="tile-number",
            ),
            middle,
            html.Div(
                [html.Div(className="tile-note", **part(f"tile-{name}-note-{each}")) for each in (1, 2)],
                className="tile-notes",
            ),
        ],
        className="card tile optional" if optional else "card tile",
        **part(f"tile-{name}"),
    )


def _meter(name: str, *meanings: str) -> Any:
    return html.Div(
        [html.Div(className=f"meter-part {each}", **part(f"meter-{name}-{each}")) for each in meanings],
        className="meter",
        **part(f"meter-{name}"),
    )


def _spark(name: str) -> Any:
    return html.Div(className="spark of-solar", **{"data-spark": f"{_SPARK_WIDTH} {_SPARK_HEIGHT}"}, **part(name))


def _grid_tile() -> Any:
    def row(name: str, arrow: str, word: str, meaning: str) -> Any:
        return html.Div(
            [
                html.Span([icon(arrow, 18), html.Span(word)], className=f"tile-way text-{meaning}"),
                html.Span(
                    [
                        html.Span(MISSING, className="number small", **part(f"tile-{name}-value")),
                        html.Span("", className="unit", **part(f"tile-{name}-unit")),
                    ],
                ),
            ],
            className="tile-row",
        )

    notes = html.Div(html.Div(className="tile-note", **part("tile-grid-note-1")), className="tile-notes")
    rows = [row("imported", "arrow-down", "in", "import"), row("exported", "arrow-up", "out", "export")]
    head = _head("pylon", "Grid today", "dim", "grid")
    return html.Div([head, *rows, notes], className="card tile", **part("tile-grid"))


def tile_parts(flow: Flow, today: Today, state: Freshness, capacity_kwh: float | None) -> Parts:
    """Return what a refresh changes in the tiles for the newest reading and the energies of today."""
    parts = Parts()
    _solar(parts, flow, state)
    _energies(parts, today, flow, state)
    _charge(parts, flow, state, capacity_kwh)
    _shares(parts, today, flow, state)
    for name in ("solar-now", "produced", "consumption", "sufficiency", "grid"):
        parts.mark(f"tile-{name}", "" if state == "live" else "old")
    return parts


def _number(parts: Parts, name: str, quantity: Quantity) -> None:
    parts.text(f"tile-{name}-value", quantity.value)
    parts.text(f"tile-{name}-unit", "" if quantity.value == MISSING else quantity.unit)


def _notes(parts: Parts, name: str, *notes: str) -> None:
    filled = [*[each for each in notes if each], "", ""]
    for at in (1, 2):
        parts.text(f"tile-{name}-note-{at}", filled[at - 1])


def _until(flow: Flow, state: Freshness) -> str:
    if state == "live" or flow.measured_at is None:
        return ""
    return f"until {clock(flow.measured_at, flow.time_zone)}"


def _solar(parts: Parts, flow: Flow, state: Freshness) -> None:
    if state == "live":
        _number(parts, "solar-now", power(flow.solar))
        return
    _number(parts, "solar-now", power(None))
    known = flow.solar is not None and flow.measured_at is not None
    last = f"last {power(flow.solar)} at {clock(flow.measured_at, flow.time_zone)}" if known else "no reading yet"
    _notes(parts, "solar-now", last)


def _energies(parts: Parts, today: Today, flow: Flow, state: Freshness) -> None:
    produced = today.kwh.get("produced")
    _number(parts, "produced", energy(produced))
    covered = "" if today.covered_so_far is None else f"{percent(today.covered_so_far)} measured so far"
    specific = per_peak(produced, flow.capacity_watts)
    yielded = "" if specific.value == MISSING else f"{specific.value} kWh per kWp"
    nothing = "" if produced is not None else "no reading today" if state != "empty" else "no reading yet"
    measured = ", ".join(filter(None, (_until(flow, state), covered)))
    _notes(parts, "produced", yielded if flow.has_battery and state == "live" else "", measured, nothing)
    _number(parts, "yield", specific)
    _notes(parts, "yield", "per kW of installed capacity" if yielded else "needs the installed capacity")
    _number(parts, "imported", energy(today.kwh.get("imported")))
    _number(parts, "exported", energy(today.kwh.get("exported")))
    silent = "no reading yet" if state == "empty" else "not reported by this source"
    known = today.kwh.keys() & {"imported", "exported"}
    _notes(parts, "grid", _until(flow, state) if known else silent)


def _charge(parts: Parts, flow: Flow, state: Freshness, capacity_kwh: float | None) -> None:
    old = "" if state == "live" else "old"
    parts.mark("tile-charge", old, "" if flow.has_battery else "gone")
    parts.mark("tile-yield", old, "" if flow.has_battery else "shown")
    charge = None if flow.charge is None else flow.charge / 100
    _number(parts, "charge", percent(charge))
    parts.mark("meter-charge", "gone" if charge is None else "")
    parts.variable("meter-charge-battery", "share", (charge or 0.0) * 100)
    if state != "live":
        _notes(parts, "charge", _until(flow, state) or "no reading yet")
        return
    stored = ""
    if charge is not None and capacity_kwh:
        stored = f"{energy(charge * capacity_kwh).value} of {energy(capacity_kwh)}"
    silent = "" if charge is not None else "not reported"
    _notes(parts, "charge", limit_words(flow.limit, flow.time_zone), stored, silent)


def _shares(parts: Parts, today: Today, flow: Flow, state: Freshness) -> None:
    cases = (
        ("consumption", today.self_consumption, "produced", ("solar", "export")),
        ("sufficiency", today.self_sufficiency, "consumed", ("load", "import")),
    )
    for name, share, channel, meanings in cases:
        whole = today.kwh.get(channel)
        _number(parts, name, percent(share))
        parts.mark(f"meter-{name}", "gone" if share is None else "")
        for meaning, size in zip(meanings, (share or 0.0, 1 - (share or 0.0)), strict=True):
            parts.variable(f"meter-{name}-{meaning}", "share", size * 100)
        known = share is not None and whole is not None
        amount = f"{energy(share * whole).value} of {energy(whole)}" if known else _why_not(channel, whole, state)
        _notes(parts, name, amount, _until(flow, state))


def _why_not(channel: str, whole: float | None, state: Freshness) -> str:
    if state == "empty":
        return "no reading yet"
    if whole == 0:
        return "nothing produced yet" if channel == "produced" else "nothing used yet"
    return "needs grid readings"


def curve_parts(frame: pd.DataFrame, time_zone: str, now: datetime) -> Parts:
    """Return the spark line of today's solar power and its peak from 5-minute means in W (index aware UTC)."""
    parts = Parts()
    solar = frame["solarPower"].dropna() if "solarPower" in frame else pd.Series(dtype=float)
    if solar.empty or not solar.max():
        parts.spark("solar-spark", "")
        _notes(parts, "solar-now", "")
        return parts
    means = solar.resample(_SPARK_STEP).mean().dropna()
    x = (means.index - means.index[0]) / max(pd.Timestamp(now) - means.index[0], _SPARK_STEP) * _SPARK_WIDTH
    y = _SPARK_HEIGHT - 1 - means / means.max() * (_SPARK_HEIGHT - 3)
    parts.spark("solar-spark", "M" + "L".join(f"{left:.0f} {top:.1f}" for left, top in zip(x, y, strict=True)))
    peak = solar.idxmax()
    _notes(parts, "solar-now", f"peak {power(solar.max())} at {clock(peak, time_zone)}")
    return parts
