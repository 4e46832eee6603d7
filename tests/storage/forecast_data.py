"""Sources with a made-up past for the tests of forecasts: roll-ups and weather stored as the workers would."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from data import mongo, weather_hours
from data.weather_hours import Forecast, ObservedDay
from services.people import accounts
from services.people.viewer import Viewer
from services.sources import making as sources
from solar.days import local_date, start_of_day
from tests.unit.forecast_histories import SITE, history, weather

ZONE = "Europe/Madrid"
TODAY = datetime(2024, 6, 15, tzinfo=UTC).date()
BEGIN = start_of_day(TODAY, ZONE)
NOW = BEGIN + timedelta(hours=9)
END = pd.Timestamp(BEGIN)
PLACE = {"latitude": SITE.latitude, "longitude": SITE.longitude}
PLANT = {"installed_capacity_watts": SITE.capacity_watts, "has_battery": True, "battery_capacity_kwh": 10.0}


def owner(email: str = "alice@example.org") -> Viewer:
    """An account, as it looks at its pages."""
    made = accounts.create_user(email, "Sunny-day-7", "Alice", "", is_email_verified=True)
    return Viewer(made.id, made.name, email, made.roles, made.permissions)


def source(viewer: Viewer, **values: Any) -> str:
    """A source near Villena with battery; returns its id."""
    entered = {"name": "Roof", "connection_type": 1, "time_zone": ZONE, **PLACE, **PLANT, **values}
    return str(sources.create_source(viewer.account_id, entered, NOW).record.id)


def measured(days: int) -> pd.DataFrame:
    """Half hours of the days before TODAY, and of two after its begin."""
    return history(days, END)


def store(source_id: str, frame: pd.DataFrame, until: datetime = BEGIN) -> None:
    """Store half hours as 5-minute roll-ups, and the days they make."""
    frame = frame[frame.index < until].dropna(how="all", axis="columns")
    buckets, dates = [], set()
    for stamp, row in zip(frame.index, frame.to_dict("records"), strict=True):
        fields = {
            str(name): {"count": 1, "mean": value, "min": value, "max": value, "last": value}
            for name, value in row.items() if value == value
        }
        if fields:
            dates.add(local_date(stamp.to_pydatetime(), ZONE))
            start = stamp.to_pydatetime()
            buckets.append({"sunSourceId": source_id, "start": start, "readings": 1, "fields": fields})
    days = [{"sunSourceId": source_id, "start": start_of_day(each, ZONE), "date": each.isoformat(), "readings": 48,
             "fields": {}} for each in sorted(dates)]
    for name, documents in (("rollups_5m", buckets), ("rollups_1d", days)):
        mongo.database()[name].delete_many({"sunSourceId": source_id})
        if documents:
            mongo.database()[name].insert_many(documents)


def sky(days: int) -> pd.DataFrame:
    """Hourly weather of the days before TODAY and of nine days ahead, stamped at the ends of hours."""
    hours = weather(days, END).resample("60min").mean()
    return hours.set_axis(pd.DatetimeIndex(hours.index) + pd.Timedelta(hours=1))


def store_weather(source_id: str, days: int, *, now: datetime = NOW, ahead: bool = True) -> None:
    """Store the observed hours of the days before `now`, and the forecast issued then."""
    hours = sky(days)
    dates = [local_date(each.to_pydatetime() - timedelta(minutes=30), ZONE) for each in hours.index]
    past = [
        ObservedDay(day, "archive", True, part)
        for day, part in hours[hours.index <= now].groupby(dates[: int((hours.index <= now).sum())])
    ]
    weather_hours.put_observed(mongo.database(), {source_id: past}, now)
    if ahead:
        told = hours[hours.index > now]
        weather_hours.put_forecast(mongo.database(), [source_id], Forecast(now, True, told))
