"""Forecasts as pages read them: the newest one, what was measured of today beside it, its model and its scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from data import forecasts, mongo, weather_hours
from data.forecasts import Issue
from data.job_progress import Progress
from services import access
from services.forecast import progress
from services.people import preferences
from services.people.viewer import Viewer
from services.telemetry import queries as telemetry
from solar.days import end_of_day, local_date, start_of_day
from solar.outlook import Outlook, outlook


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What the page of a source shows of its forecast.

    `measured` has 5-minute means of today as `services.telemetry.queries.power_frame`; `produced_kwh` is today's energy
    so far. `model` and `board` are as `services.forecast.training` and `scoring` keep them; empty before the first.
    """

    time_zone: str
    today: date
    has_place: bool
    has_capacity: bool
    is_automatic: bool
    is_simulated: bool
    issue: Issue | None
    is_of_today: bool
    measured: pd.DataFrame
    produced_kwh: float | None
    outlook: Outlook | None
    model: Mapping[str, Any]
    board: Mapping[str, Any]
    training: Progress | None
    prediction: Progress | None


@dataclass(frozen=True, slots=True)
class DayForecast:
    """The forecast of one local day, as it was issued on that day: half hours, and the energy expected of the sun."""

    frame: pd.DataFrame
    expected_kwh: float | None
    range_kwh: tuple[float, float] | None
    left_kwh: float | None


def view(viewer: Viewer, source_id: str, now: datetime) -> ForecastView:
    """Return what there is of a source's forecast, however old; raises NotFound."""
    record = access.source_for(viewer, source_id)
    name, database = str(record.id), mongo.database()
    today = local_date(now, record.time_zone)
    start, end = start_of_day(today, record.time_zone), end_of_day(today, record.time_zone)
    issue = forecasts.newest(database, name)
    produced = telemetry.day_energy(viewer, name, today).get("produced") if viewer.until is None else None
    works = progress.of_source(name)
    weather = weather_hours.newest_forecast(database, name, now)
    return ForecastView(
        time_zone=record.time_zone, today=today,
        has_place=record.latitude is not None and record.longitude is not None,
        has_capacity=bool(record.installed_capacity_watts),
        is_automatic=preferences.of(record.user_id).runs_predictions,
        is_simulated=weather is not None and weather.is_simulated,
        issue=issue, is_of_today=issue is not None and issue.date == today.isoformat(),
        measured=telemetry.power_frame(viewer, name, start, now),
        produced_kwh=None if produced is None else produced.kwh,
        outlook=None if issue is None else outlook(issue.frame, start, end, now),
        model=forecasts.model(database, name), board=forecasts.scoreboard(database, name),
        training=works[0], prediction=works[1],
    )


def of_day(viewer: Viewer, source_id: str, day: date, now: datetime) -> DayForecast | None:
    """Return the newest forecast that was issued on a local day for that day; None where none is kept.

    Raises NotFound.
    """
    record = access.source_for(viewer, source_id)
    issue = forecasts.newest(mongo.database(), str(record.id), date=day.isoformat())
    if issue is None:
        return None
    start, end = start_of_day(day, record.time_zone), end_of_day(day, record.time_zone)
    frame = issue.frame[(issue.frame.index >= start) & (issue.frame.index < end)]
    sums = issue.daily.iloc[0]
    known = "solar_kwh_p50" in sums
    return DayForecast(
        frame, float(sums["solar_kwh_p50"]) if known else None,
        (float(sums["solar_kwh_p10"]), float(sums["solar_kwh_p90"])) if known else None,
        outlook(issue.frame, start, end, now).left_kwh,
    )
