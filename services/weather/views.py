"""Weather as pages and forecasts read it: days, hours, the sun's times, and how production followed radiation."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pandas as pd

from data import job_progress, mongo, postgres, weather, weather_hours
from data.job_progress import Progress
from data.sources import SourceRecord
from services import access
from services.people import preferences
from services.people.viewer import Viewer
from services.weather import places as weather_sources
from services.weather.places import ARCHIVE, FORECAST
from solar.days import end_of_day, local_date, start_of_day
from solar.weather import HOURLY_COLUMNS, hour_intervals

FORECAST_DAYS = 8
# A row that nobody touched for so long is not being worked on any more.
ABANDONED_AFTER = timedelta(minutes=15)
_ONE_DAY = timedelta(days=1)
_KWH_PER_MEGAJOULE = 1 / 3.6


@dataclass(frozen=True, slots=True)
class WeatherView:
    """What the page of a source shows of its weather.

    `days` has a row for each local date (index `date`, of `datetime.date`) from today on that is known, as
    `data.weather.VALUES` says; `hours` is as `solar.weather.WeatherAnswer.hourly`, observed until `issued_at` and
    forecast after it. `issued_at` is when the service gave the newest forecast, None before the first.
    """

    time_zone: str
    place: tuple[float, float] | None
    is_fahrenheit: bool
    is_automatic: bool
    is_simulated: bool
    issued_at: datetime | None
    days: pd.DataFrame
    hours: pd.DataFrame
    forecast: Progress | None
    archive: Progress | None
    history: tuple[date, date, int] | None


@dataclass(frozen=True, slots=True)
class DayMarks:
    """The sun and the weather of one local day; None and NaN where not known.

    `hours` has a row for each hour (index: its end, aware UTC) with HOURLY_COLUMNS.
    """

    sunrise: datetime | None
    sunset: datetime | None
    is_observed: bool
    is_fahrenheit: bool
    hours: pd.DataFrame


def view(viewer: Viewer, source_id: str, now: datetime) -> WeatherView:
    """Return what there is of a source's weather, however old; raises NotFound."""
    record = access.source_for(viewer, source_id)
    today = local_date(now, record.time_zone)
    found = weather_hours.newest_forecast(mongo.database(), str(record.id), now)
    wanted = preferences.of(viewer.account_id)
    with postgres.session() as session:
        span = weather.span_observed(session, record.id)
        issued_at = weather.issued_at(session, record.id)
        works = [job_progress.of_source(session, each, record.id) for each in (FORECAST, ARCHIVE)]
    return WeatherView(
        time_zone=record.time_zone,
        place=None if record.latitude is None or record.longitude is None else (record.latitude, record.longitude),
        is_fahrenheit=wanted.is_fahrenheit,
        is_automatic=preferences.of(record.user_id).updates_weather,
        is_simulated=found is not None and found.is_simulated,
        issued_at=issued_at,
        days=_days(record, today, today + (FORECAST_DAYS - 1) * _ONE_DAY),
        hours=_hours(record, today, today + (FORECAST_DAYS - 1) * _ONE_DAY, now),
        forecast=works[0], archive=works[1],
        history=None if span is None else (
            local_date(span[0], record.time_zone), local_date(span[1], record.time_zone), span[2]
        ),
    )


def is_running(progress: Progress | None, now: datetime) -> bool:
    """Tell whether work is being done, or waits to be, as far as one can see."""
    is_open = progress is not None and progress.state in ("waiting", "running")
    return is_open and progress is not None and now - progress.updated_at < ABANDONED_AFTER


def progress(viewer: Viewer, source_id: str) -> tuple[Progress | None, Progress | None]:
    """Return how far refreshing the forecast and filling the archive are; raises NotFound."""
    record = access.source_for(viewer, source_id)
    with postgres.session() as session:
        found = [job_progress.of_source(session, each, record.id) for each in (FORECAST, ARCHIVE)]
    return found[0], found[1]


def observed_days(viewer: Viewer, source_id: str, first: date, last: date) -> pd.DataFrame:
    """Return the observed days among the local dates `[first, last]`, as `WeatherView.days`; raises NotFound."""
    days = _days(access.source_for(viewer, source_id), first, last)
    return days[days["is_observed"]]


def radiation(source_id: str, first: date, last: date) -> dict[date, float]:
    """Return the observed radiation on the horizontal in MJ/m² of those of the local dates `[first, last]` known."""
    record = weather_sources.source(source_id)
    if record is None:
        return {}
    days = _days(record, first, last)
    known = days.loc[days["is_observed"], "shortwave_radiation_sum"].dropna()
    return {day: float(value) for day, value in known.items()}


def day_marks(viewer: Viewer, source_id: str, day: date, now: datetime) -> DayMarks | None:
    """Return the sun and the weather of a local day, or None where nothing is known of it; raises NotFound."""
    record = access.source_for(viewer, source_id)
    found, hours = _days(record, day, day), _hours(record, day, day, now)
    if found.empty and hours.empty:
        return None
    row = found.iloc[0] if len(found) else pd.Series({"sunrise": pd.NaT, "sunset": pd.NaT, "is_observed": False})
    sunrise, sunset = (None if pd.isna(row[name]) else row[name].to_pydatetime() for name in ("sunrise", "sunset"))
    is_fahrenheit = preferences.of(viewer.account_id).is_fahrenheit
    return DayMarks(sunrise, sunset, bool(row["is_observed"]), is_fahrenheit, hours)


def history_frame(source_id: str, start: datetime, end: datetime) -> pd.DataFrame:
    """Return the observed hours that start in `[start, end)` (aware): the index is their starts, aware UTC.

    Columns `shortwave_radiation`, `dni`, `dhi` (W/m²) and `temperature_2m` (°C), NaN where not known; hours of which
    nothing was observed have no row. Not authorised: for work in the background.
    """
    # Dates of any zone that these hours may have, and the stamp before the first for its mean temperature.
    stored = weather_hours.observed(mongo.database(), source_id, start.date() - _ONE_DAY, end.date() + _ONE_DAY)
    return _within(hour_intervals(_complete_columns(stored)), start, end)


def forecast_frame(source_id: str, issued_before: datetime) -> pd.DataFrame:
    """Return the hours of the newest forecast that was issued at or before an instant, as `history_frame` does.

    The first one is that in which it was issued. Empty where there is none.
    """
    return newest_frame(source_id, issued_before)[0]


def newest_frame(source_id: str, issued_before: datetime) -> tuple[pd.DataFrame, datetime | None]:
    """Return what `forecast_frame` does, and when that forecast was issued (None: there is none)."""
    found = weather_hours.newest_forecast(mongo.database(), source_id, issued_before)
    hours = pd.DataFrame(index=pd.DatetimeIndex([], tz="UTC", name="timestamp")) if found is None else found.hours
    return hour_intervals(_complete_columns(hours)), None if found is None else found.issued_at


def _days(record: SourceRecord, first: date, last: date) -> pd.DataFrame:
    start, end = start_of_day(first, record.time_zone), end_of_day(last, record.time_zone)
    with postgres.session() as session:
        found = weather.between(session, UUID(str(record.id)), start, end)
    labels = [local_date(each.to_pydatetime(), record.time_zone) for each in found["date"]]
    found["radiation_kwh"] = found["shortwave_radiation_sum"] * _KWH_PER_MEGAJOULE
    return found.set_axis(pd.Index(labels, dtype=object, name="date"), axis="index")


def _hours(record: SourceRecord, first: date, last: date, now: datetime) -> pd.DataFrame:
    """Return what was observed and, for the hours after that, what is forecast, of local dates `[first, last]`."""
    database, source_id = mongo.database(), str(record.id)
    past = _complete_columns(weather_hours.observed(database, source_id, first, last))
    found = weather_hours.newest_forecast(database, source_id, now)
    if found is not None:
        ahead = _complete_columns(found.hours)
        past = pd.concat([past[past["shortwave_radiation"].notna()], ahead[~ahead.index.isin(past.index)]])
    # Stamps are the ends of hours.
    start, end = start_of_day(first, record.time_zone), end_of_day(last, record.time_zone)
    inside = past[(past.index > start) & (past.index <= end)].sort_index()
    return inside[~inside.index.duplicated()]


def _complete_columns(hours: pd.DataFrame) -> pd.DataFrame:
    return hours.reindex(columns=list(HOURLY_COLUMNS)).astype(float)


def _within(frame: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    return frame[(frame.index >= start) & (frame.index < end)].dropna(how="all")
