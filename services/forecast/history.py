"""What a forecast is learnt from: half-hour means of roll-ups, and the weather beside them."""

from datetime import datetime, timedelta

import pandas as pd

from data import mongo, rollup_reads, rollups
from data.sources import SourceRecord
from services.forecast.facts import facts_of
from services.telemetry import series
from services.telemetry.resolution import BASE, Resolution
from services.weather import views as weather
from solar.days import local_date, start_of_day
from solar.forecasting import Site

FIELDS = ("solarPower", "loadPower", "stateOfCharge", "batteryVoltage", "batteryPower", "gridPower")
_OF_BATTERY = ("stateOfCharge", "batteryVoltage", "batteryPower")
# A year is learnt twice over at most: what is older says little of the plant as it is.
LONGEST = timedelta(days=740)
# A forecast of the weather this old has said most of what it knew.
OLDEST_WEATHER = timedelta(hours=48)
_PIECE_DAYS = 60
_HALF_HOUR = timedelta(minutes=30)
_FINE = Resolution(rollups.FIVE_MINUTES, _HALF_HOUR)
_COARSE = Resolution(rollups.HOURS, BASE[rollups.HOURS])


def site_of(record: SourceRecord) -> Site:
    """Return a source as the forecast sees it."""
    return Site.from_dict(facts_of(record))


def half_hours(record: SourceRecord, start: datetime, end: datetime) -> pd.DataFrame:
    """Return half-hour means of FIELDS over `[start, end)`: index aware UTC (starts), NaN where not reported.

    Where five minutes are kept no more, those of the hour stand for both of its halves. Fields of a battery are left
    out where the owner says there is none.
    """
    first = rollup_reads.first_start(mongo.database(), rollups.DAYS, str(record.id))
    start = end if first is None else max(start, first)
    pieces = []
    while start < end:
        until = min(end, _days_later(start, _PIECE_DAYS, record.time_zone))
        pieces.append(_piece(record, start, until))
        start = until
    found = pd.concat(pieces) if pieces else pd.DataFrame(index=pd.DatetimeIndex([], tz="UTC"), columns=list(FIELDS))
    left_out = _OF_BATTERY if record.has_battery is False else ()
    return found.drop(columns=list(left_out)).astype(float)


def _piece(record: SourceRecord, start: datetime, end: datetime) -> pd.DataFrame:
    fine = series.read(record, start, end, FIELDS, ("mean",), _FINE)
    # A point is named by its first bucket; where that is missing, by a later one.
    fine.index = pd.DatetimeIndex(fine.index).floor(_HALF_HOUR)
    if len(fine):
        return fine
    coarse = series.read(record, start, end, FIELDS, ("mean",), _COARSE)
    later = coarse.set_axis(coarse.index + _HALF_HOUR)
    return pd.concat([coarse, later]).sort_index()


def _days_later(instant: datetime, count: int, time_zone: str) -> datetime:
    return start_of_day(local_date(instant, time_zone) + timedelta(days=count), time_zone)


def past_weather(source_id: str, start: datetime, end: datetime) -> pd.DataFrame | None:
    """Return the observed hours of a time, None where there are none."""
    found = weather.history_frame(source_id, start, end)
    return found if len(found) else None


def weather_around(source_id: str, start: datetime, now: datetime) -> tuple[pd.DataFrame | None, datetime | None]:
    """Return what was observed from `start` on with what is forecast now, and when that was issued (None: too old)."""
    observed = weather.history_frame(source_id, start, now)
    ahead, issued_at = weather.newest_frame(source_id, now)
    if issued_at is None or now - issued_at > OLDEST_WEATHER:
        return (observed if len(observed) else None), None
    joined = pd.concat([observed, ahead])
    return joined[~joined.index.duplicated()].sort_index(), issued_at
