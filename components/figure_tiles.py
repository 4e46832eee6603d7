"""Tiles of the key figures of a period: value, change, how much was measured, and a way to ask why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dash import html

from components.icons import icon
from components.quantities import MISSING, Quantity, clock, energy, fixed, percent, power
from solar.periods import Comparison, Period

_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure as shown: its name in `solar.kpis` or channel, words, icon and the colour of its meaning."""

    name: str
    label: str
    symbol: str
    meaning: str


FIGURES: tuple[Figure, ...] = (
    Figure("produced", "Produced", "sun", "solar"),
    Figure("consumed", "Used", "house", "load"),
    Figure("selfConsumption", "Self-consumption", "house", "solar"),
    Figure("selfSufficiency", "Self-sufficiency", "leaf", "load"),
    Figure("exported", "Exported", "arrow-up", "export"),
    Figure("imported", "Imported", "arrow-down", "import"),
    Figure("charged", "Charged", "battery", "battery"),
    Figure("discharged", "Discharged", "battery", "battery"),
    Figure("specificYield", "Specific yield", "trend", "solar"),
    Figure("peak", "Peak", "bolt", "solar"),
    Figure("performanceRatio", "Performance ratio", "gauge", "solar"),
    Figure("batteryFullCycles", "Full cycles", "battery", "battery"),
    Figure("co2AvoidedKg", "CO₂ avoided", "leaf", "battery"),
)
LABELS: Mapping[str, str] = {figure.name: figure.label for figure in FIGURES}
_SHARES = {"selfConsumption", "selfSufficiency", "performanceRatio"}
_UNITS = {"specificYield": "kWh/kWp", "batteryFullCycles": "cycles", "co2AvoidedKg": "kg"}
_REASONS: Mapping[str, str] = {
    "missing-channel": "not measured in this time", "no-production": "nothing produced",
    "no-consumption": "nothing used",
    "no-capacity": "needs the installed capacity", "no-radiation": "needs the weather of past days",
    "no-battery-capacity": "needs the battery's capacity", "no-factor": "needs a CO₂ factor",
}


def written(name: str, value: float | None) -> Quantity:
    """Write the value of a figure with its unit: energies in kWh, shares as fractions, a peak in W."""
    if name in _SHARES:
        return percent(value)
    if name == "peak":
        return power(value)
    unit = _UNITS.get(name)
    if unit is not None:
        return Quantity(_count(value), unit)
    return energy(value)


def _count(value: float | None) -> str:
    if value is None:
        return MISSING
    return energy(value).value if value < 999.5 else fixed(value)


def why_not(reason: str | None) -> str:
    """Say in few words why a figure is not known."""
    return _REASONS.get(reason or "missing-channel", "not known")


def change_words(name: str, change: float | None) -> str:
    """Write how far a figure is from that of the days compared with: energies in percent, shares in points."""
    if change is None:
        return ""
    amount = round(abs(change) * 100)
    sign = "±" if amount == 0 else "+" if change > 0 else _MINUS
    return f"{sign}{amount} {('point' if amount == 1 else 'points') if name in _SHARES else '%'}"


def figure_tile(figure: Figure, value: float | None, change: str, note: str, why: Any) -> Any:
    """Return one tile; `why` is the button that explains it."""
    quantity = written(figure.name, value)
    unit = html.Span(quantity.unit, className="unit") if value is not None else None
    head = [icon(figure.symbol, 20, f"of-{figure.meaning}"), html.Span(figure.label), why]
    notes = [html.Span(change, className="tile-change"), html.Span(note)]
    return html.Div(
        [
            html.Div(head, className="tile-head"),
            html.Div([html.Span(quantity.value, className="number"), unit], className="tile-number"),
            html.Div(notes, className="tile-notes figure-notes"),
        ],
        className="card tile figure",
    )


def figure_note(value: float | None, reason: str | None, covered: float | None, *, running: bool) -> str:
    """Say how much of a figure's time is measured, or why there is no value."""
    if value is None:
        return why_not(reason)
    if covered is None:
        return ""
    return f"{percent(covered)} measured{' so far' if running else ''}"


def peak_note(at: datetime, time_zone: str, period: Period, day: date) -> str:
    """Say when the peak was: at 13:55, or on 12 June, 13:55."""
    time = clock(at, time_zone)
    if period.length == 1:
        return f"at {time}"
    year = f" {day.year}" if period.first.year != period.last.year else ""
    return f"{day.day} {day:%b}{year}, {time}"


def comparison_words(days: Sequence[date], period: Period, comparison: Comparison) -> str:
    """Say which days the numbers compare: both periods are counted on the same days only."""
    if comparison == "none" or not days:
        return ""
    with_what = "the same time last year" if comparison == "year" else f"the {period.kind} before"
    if period.kind == "custom" and comparison == "previous":
        with_what = f"the {period.length} days before"
    count = "1 day" if len(days) == 1 else f"{len(days)} days"
    return f"Changes compare {count} of this time with {with_what}; days that one of both lacks are left out."


def chosen_words(period: Period) -> str:
    """Name a period as its title: Sunday, 21 June 2026; 15 to 21 June 2026; June 2026; 2026."""
    first, last = period.first, period.last
    if period.kind == "month":
        return f"{first:%B %Y}"
    if period.kind == "year":
        return f"{first:%Y}"
    if first == last:
        return f"{first:%A}, {first.day} {first:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last.day} {last:%B %Y}"
    early = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first:%Y}")
    return f"{early} to {last.day} {last:%b} {last:%Y}"
