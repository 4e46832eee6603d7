"""Reads for Monitor what the chart, the tiles and the table of a chosen period need, and hands it to the components."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from components import figure_tiles as tiles
from components import why
from components.figures import day_forecast, day_former, energy
from components.figures.day import day_figure
from components.figures.day import summary as day_summary
from components.figures.local_time import DayAxis
from components.panels import coverage_badge
from components.quantities import energy as energy_words
from components.tables import energy_table, power_table
from components.theme import Scheme
from pages import _monitor_weather
from pages._monitor_choice import Chosen
from services.access import SourceRecord
from services.forecast import views as forecast
from services.people.viewer import Viewer
from services.telemetry import energy_ranges, key_figures
from services.telemetry import queries as telemetry
from services.telemetry.energy_ranges import EnergyRange
from services.telemetry.key_figures import PeriodFigures
from solar.days import end_of_day, local_date, start_of_day
from solar.periods import Comparison, Period, bars_of, counterpart

_EXPECTED = tiles.Figure("expected", "Expected today", "trend", "solar")
_LEFT = tiles.Figure("left", "Left today", "sun", "solar")
_NAMES = {"day": "Energy per day", "month": "Energy per month", "year": "Energy per year"}
_OPENS = {"day": "a click on a bar opens that day", "month": "a click on a bar opens that month",
          "year": "a click on a bar opens that year"}


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of a period and the words around it."""

    figure: go.Figure
    title: str
    subtitle: str
    summary: str
    coverage: Any
    foot: Any


def read(viewer: Viewer, chosen: Chosen, now: datetime) -> EnergyRange:
    """Return the energies of the chosen period, which its chart and its figures rest on."""
    return energy_ranges.energy_range(viewer, str(chosen.source.id), chosen.period, chosen.comparison, now)


def chart_of(viewer: Viewer, chosen: Chosen, found: EnergyRange, scheme: Scheme, now: datetime) -> Chart:
    """Return the chart of a period: power for one day, energy for anything longer."""
    period = chosen.period
    badge = coverage_badge(_covered(found), so_far=period.contains(chosen.today))
    if period.kind == "day":
        return _day_chart(viewer, chosen, badge, scheme, now)
    bars, step = bars_of(period), period.step
    words = former_words(period, chosen.comparison) if found.bars["former"].notna().any() else ""
    figure = energy.energy_figure(bars, found.bars, scheme=scheme, former_words=words, now=chosen.today)
    return Chart(figure, _NAMES[step], _OPENS[step], energy.summary(bars, found.bars), badge, _foot(found))


def _covered(found: EnergyRange) -> float | None:
    is_known = bool(found.energies.kwh["produced"].notna().any())
    return found.covered["produced"] if is_known else None


def former_words(period: Period, comparison: Comparison) -> str:
    """Say what a period's ticks stand for."""
    if comparison == "none":
        return ""
    what = {"day": "day", "month": "month", "year": "year"}[period.step]
    if comparison == "year" or period.kind == "year":
        return f"same {what} of the year before"
    return f"same {what} of the {period.kind} before" if period.kind != "custom" else f"the {period.length} days before"


def _foot(found: EnergyRange) -> list[Any]:
    parts = [html.Span(words, className=f"total-label mark-{meaning}") for words, meaning in energy.legend(found.bars)]
    if (found.bars["recovered"].fillna(0) > 0.01).any():
        parts.append(html.Span("hatched: recovered from the meter after a gap", className="total-label hatched"))
    return parts


def _day_chart(viewer: Viewer, chosen: Chosen, badge: Any, scheme: Scheme, now: datetime) -> Chart:
    source, day, zone = chosen.source, chosen.period.first, chosen.source.time_zone
    frame = power_of(viewer, source, day)
    marks, strip = _monitor_weather.of_day(viewer, source, day, now)
    figure = day_figure(frame, time_zone=zone, date=day, scheme=scheme, now=now, marks=marks)
    other = counterpart(day, chosen.period, chosen.comparison)
    if other is not None and not frame.empty:
        day_former.add_former(figure, power_of(viewer, source, other), day, other, zone, scheme)
    # A link that shows Monitor alone shows no forecast.
    ahead = None if frame.empty or viewer.is_guest else forecast.of_day(viewer, str(source.id), day, now)
    if ahead is not None:
        day_forecast.add_forecast(figure, ahead.frame, DayAxis(day, zone), scheme)
    words = "5-minute means" if ahead is None else "5-minute means, forecast dashed"
    return Chart(figure, "Power", words, day_summary(frame, day), badge, strip)


def power_of(viewer: Viewer, source: SourceRecord, day: date) -> pd.DataFrame:
    """Return the 5-minute means of a local day."""
    start, end = start_of_day(day, source.time_zone), end_of_day(day, source.time_zone)
    return telemetry.power_frame(viewer, str(source.id), start, end)


def figure_tiles(
    viewer: Viewer, chosen: Chosen, found: EnergyRange, now: datetime | None = None
) -> tuple[Any, str]:
    """Return the tiles of a period's key figures, with `now` those of today's forecast, and the days compared."""
    source, period = chosen.source, chosen.period
    figures = key_figures.figures_of(viewer, str(source.id), found)
    running = period.contains(chosen.today)
    shown = [figure for figure in tiles.FIGURES if _belongs(figure.name, source, figures)]
    words = tiles.comparison_words(figures.compared_days, period, chosen.comparison)
    drawn = [_tile(figure, figures, source, period, running=running) for figure in shown]
    return [*drawn, *([] if now is None else _ahead(viewer, chosen, now))], words


def _ahead(viewer: Viewer, chosen: Chosen, now: datetime) -> list[Any]:
    """Return the tiles of what the sun is expected to give today, where today is shown and was forecast."""
    if chosen.period.kind != "day" or chosen.period.first != chosen.today:
        return []
    found = forecast.of_day(viewer, str(chosen.source.id), chosen.today, now)
    if found is None or found.expected_kwh is None or found.range_kwh is None:
        return []
    low, high = found.range_kwh
    span = f"{energy_words(low).value} to {energy_words(high)}"
    link = dcc.Link("forecast", href=f"/forecast/{chosen.source.id}", className="link")
    return [
        tiles.figure_tile(_EXPECTED, found.expected_kwh, "", span, link),
        tiles.figure_tile(_LEFT, found.left_kwh, "", "until tonight", None),
    ]


def _belongs(name: str, source: SourceRecord, figures: PeriodFigures) -> bool:
    """Whether a figure has a place: nothing of a battery that is not there, nothing nobody asked for."""
    if name in {"charged", "discharged", "batteryFullCycles"}:
        return name in figures.values or bool(source.has_battery)
    if name == "performanceRatio":
        return name in figures.values or bool(source.installed_capacity_watts)
    if name == "co2AvoidedKg":
        return name in figures.values
    return True


def _tile(
    figure: tiles.Figure, figures: PeriodFigures, source: SourceRecord, period: Period, *, running: bool
) -> Any:
    name = figure.name
    button = why.why_button(name, figure.label, period)
    if name == "peak":
        peak = figures.peak
        note = tiles.why_not(None)
        if peak is not None:
            note = tiles.peak_note(peak.at, source.time_zone, period, local_date(peak.at, source.time_zone))
        return tiles.figure_tile(figure, peak.watts if peak else None, "", note, button)
    value = figures.values.get(name)
    change = tiles.change_words(name, figures.changes.get(name))
    covered = figures.covered.get(name)
    note = tiles.figure_note(value, figures.reasons.get(name), covered, running=running and not change)
    return tiles.figure_tile(figure, value, change, note, button)


def table_of(viewer: Viewer, chosen: Chosen, now: datetime) -> Any:
    """Return the chart of a period as a table."""
    source, period = chosen.source, chosen.period
    if period.kind == "day":
        return power_table(power_of(viewer, source, period.first), source.time_zone, timedelta(minutes=30))
    return energy_table(bars_of(period), read(viewer, chosen, now).bars)
