"""The views of a shared source as HTML and figures: the figures of its owner's pages, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import html

from components import shared_parts
from components import weather_cards as cards
from components.figures import forecast_days, forecast_energy, weather_hours, weather_yield
from components.figures.day import Mark, day_figure
from components.figures.day import summary as day_summary
from components.markup import markup
from components.panels import coverage_badge, flow_card
from components.quantities import clock
from components.theme import Scheme
from components.tiles import tile_grid
from components.weather_strip import weather_strip
from components.weather_words import issue_words
from pages import _monitor_charts as charts
from pages import _monitor_reading as reading
from pages import _public_returns
from pages._monitor_choice import Chosen
from pages._public_live import shown_now
from services.forecast import views as forecast
from services.people.viewer import Viewer
from services.sharing.shown import Shown, ShownSource
from services.weather import production as yields
from services.weather import views as weather
from solar.days import local_date
from solar.periods import period_around


@dataclass(frozen=True, slots=True)
class View:
    """A view of a shared page: its tab, the switch that allows it, and how it is drawn."""

    name: str
    words: str
    switch: str
    draw: Callable[[Shown, ShownSource, Scheme, datetime], Mapping[str, Any]]


def allowed(source: ShownSource) -> list[View]:
    """Return the views of a source that its owner and the link allow, in the order of the tabs."""
    return [each for each in VIEWS if each.switch in source.views]


def draw(shown: Shown, source: ShownSource, name: str, scheme: Scheme, now: datetime) -> dict[str, Any] | None:
    """Return the HTML of the slots of a view and its figures, None for one that is not allowed."""
    view = next((each for each in allowed(source) if each.name == name), None)
    if view is None:
        return None
    found = view.draw(shown, source, scheme, now)
    figures = {key: _plain(figure, f"{source.key} {name} {key}") for key, figure in found["figures"].items()}
    return {"slots": {key: markup(value) for key, value in found["slots"].items()}, "figures": figures}


def _plain(figure: go.Figure, revision: str) -> Any:
    # The owner's revisions hold the name of the time zone, which is half a place.
    figure.update_layout(uirevision=revision)
    return figure.to_plotly_json()


# ---- now -------------------------------------------------------------------------------------------------------------


def now_frame() -> Any:
    """Return what of the first view is drawn once: the live flow and the tiles."""
    return html.Div([flow_card("monitor-flow-diagram"), tile_grid()], className="now")


def _now(shown: Shown, source: ShownSource, scheme: Scheme, now: datetime) -> Mapping[str, Any]:
    guest, record = shown.guest(now), source.record
    at = shown_now(guest, now)
    day = local_date(at, record.time_zone)
    frame = charts.power_of(guest, record, day)
    marks, strip = _weather_of(shown, source, guest, at)
    figure = day_figure(frame, time_zone=record.time_zone, date=day, scheme=scheme, now=at, marks=marks)
    covered = reading.today_of(guest, record, day, at).covered_so_far
    slots = {"day-badge": coverage_badge(covered, so_far=True), "day-words": day_summary(frame, day), "day-foot": strip}
    return {"slots": slots, "figures": {"day": figure}}


def _weather_of(shown: Shown, source: ShownSource, guest: Viewer, at: datetime) -> tuple[list[Mark], Any]:
    """The marks and the strip of the day: the weather where it is shared, the sun's times where the place is."""
    if "weather" not in source.views:
        return [], None
    record = source.record
    day = local_date(at, record.time_zone)
    found = weather.day_marks(guest, str(record.id), day, at)
    if found is None:
        return [], None
    sun = (("sunrise", found.sunrise), ("sunset", found.sunset)) if shown.town else ()
    marks = [Mark(when, f"{words} {clock(when, record.time_zone)}") for words, when in sun if when is not None]
    return marks, weather_strip(found.hours, day, record.time_zone, at, is_fahrenheit=False)


# ---- month -----------------------------------------------------------------------------------------------------------


def _month(shown: Shown, source: ShownSource, scheme: Scheme, now: datetime) -> Mapping[str, Any]:
    guest, record = shown.guest(now), source.record
    at = shown_now(guest, now)
    period = period_around("month", local_date(at, record.time_zone))
    chosen = Chosen(record, "none", period, local_date(at, record.time_zone))
    found = charts.read(guest, chosen, at)
    chart = charts.chart_of(guest, chosen, found, scheme, at)
    tiles, _ = charts.figure_tiles(guest, chosen, found)
    body = [
        html.Div(tiles, className="shared-tiles"),
        shared_parts.chart_card(
            chart.title, "month", 400, subtitle=f"{period.first:%B %Y}", aside=chart.coverage,
            above=html.P(chart.summary, className="sr-only"), below=html.Div(chart.foot, className="shared-legend"),
        ),
    ]
    return {"slots": {"month": body}, "figures": {"month": chart.figure}}


# ---- weather ---------------------------------------------------------------------------------------------------------


def _weather(shown: Shown, source: ShownSource, scheme: Scheme, now: datetime) -> Mapping[str, Any]:
    guest, source_id = shown.guest(now), str(source.record.id)
    at = shown_now(guest, now)
    found = weather.view(guest, source_id, at)
    today = local_date(at, found.time_zone)
    days = found.days if shown.town else found.days.assign(sunrise=pd.NaT, sunset=pd.NaT)
    if not len(days):
        words = "There is no weather of this place yet."
        return {"slots": {"weather": shared_parts.note("No weather", words, "weather")}, "figures": {}}
    figure = weather_hours.hours_figure(
        found.hours, first=today, last=today + timedelta(days=weather.FORECAST_DAYS - 1), time_zone=found.time_zone,
        issued_at=found.issued_at, now=at, scheme=scheme, is_fahrenheit=False,
    )
    issued = "" if found.issued_at is None else issue_words(found.issued_at, max(now, found.issued_at), found.time_zone)
    body = [
        cards.day_cards(days, today, found.time_zone, is_fahrenheit=False),
        shared_parts.chart_card("Radiation and temperature", "hours", weather_hours.HEIGHT, subtitle=issued,
                                above=html.P(weather_hours.summary(days, today), className="sr-only")),
    ]
    figures = {"hours": figure}
    # What was produced is told only where it is shared by itself.
    if "monitor" in source.views:
        more, figures["yield"] = _yield(guest, source_id, scheme, at)
        body.append(more)
    body.append(html.Div(cards.foot(None, is_simulated=found.is_simulated)[1:], className="weather-foot"))
    return {"slots": {"weather": body}, "figures": figures}


def _yield(guest: Viewer, source_id: str, scheme: Scheme, at: datetime) -> tuple[Any, go.Figure]:
    found = yields.production(guest, source_id, at)
    figure = weather_yield.yield_figure(found.days, found.fit, {}, scheme=scheme)
    words = html.P(weather_yield.summary(found.days, found.fit, {}), className="sr-only")
    return shared_parts.chart_card(
        "Radiation against production", "yield", weather_yield.HEIGHT, subtitle="each point is a day", above=words
    ), figure


# ---- forecast and returns --------------------------------------------------------------------------------------------


def _forecast(shown: Shown, source: ShownSource, scheme: Scheme, now: datetime) -> Mapping[str, Any]:
    guest, source_id = shown.guest(now), str(source.record.id)
    at = shown_now(guest, now)
    found = forecast.view(guest, source_id, at)
    issue = found.issue
    # A forecast begins with what was measured when it was made: one that is newer than the delay would tell that.
    if issue is None or issue.created_at > at:
        words = "There is no forecast of this source yet."
        return {"slots": {"forecast": shared_parts.note("No forecast", words, "trend")}, "figures": {}}
    is_measured = "monitor" in source.views
    measured = found.measured if is_measured else found.measured.iloc[:0]
    first = date.fromisoformat(issue.date)
    figures = {
        "days": forecast_days.days_figure(
            issue.frame, measured, first=first, last=first + timedelta(days=7), time_zone=found.time_zone, now=at,
            scheme=scheme,
        ),
        "energy": forecast_energy.energy_figure(
            issue.daily, found.produced_kwh if found.is_of_today and is_measured else None, found.today, scheme
        ),
    }
    words = html.P(forecast_days.summary(issue.daily), className="sr-only")
    body = [
        shared_parts.chart_card("Next days", "days", forecast_days.HEIGHT, subtitle="half hours, forecast dashed",
                                above=words),
        shared_parts.chart_card("Energy per day", "energy", forecast_energy.HEIGHT),
        html.Div(cards.foot(None, is_simulated=found.is_simulated)[1:], className="weather-foot"),
    ]
    return {"slots": {"forecast": body}, "figures": figures}


VIEWS = (
    View("now", "Now", "monitor", _now),
    View("month", "Month", "monitor", _month),
    View("weather", "Weather", "weather", _weather),
    View("forecast", "Forecast", "forecast", _forecast),
    View("returns", "Returns", "returns", _public_returns.draw),
)
