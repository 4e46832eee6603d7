"""Asks the workers for weather: when a person wants it now, and when a source is new or has moved."""

import logging
from datetime import datetime, timedelta

from data import mongo, postgres, queue, weather, weather_hours
from data.errors import StorageUnavailable
from data.sources import SourceRecord
from services import access
from services.errors import Invalid, TooMany
from services.people import preferences
from services.people.viewer import Viewer
from services.weather import places as weather_sources
from services.weather.places import ARCHIVE, FORECAST

log = logging.getLogger(__name__)
# The budget of calls is everybody's: a source's forecast is not asked for more often by hand.
LEAST_BETWEEN = timedelta(minutes=2)


def ask(viewer: Viewer, source_id: str, now: datetime) -> None:
    """Refresh the weather of a source, and fill its history, as soon as a worker is free.

    Raises NotFound and Forbidden, Invalid where it has no coordinates, and TooMany shortly after a refresh.
    """
    record = access.source_for(viewer, source_id, manage=True)
    if not weather_sources.has_place(record):
        raise Invalid({"latitude": "is needed, with the longitude, before weather can be fetched"})
    if weather_sources.ended_well_since(FORECAST, [str(record.id)], now - LEAST_BETWEEN):
        minutes = int(LEAST_BETWEEN.total_seconds() // 60)
        raise TooMany(f"The weather was refreshed less than {minutes} minutes ago.", minutes * 60)
    _defer(record, now)


def source_made(record: SourceRecord, now: datetime) -> None:
    """Fetch the weather of a new source at once, where its owner wants it; the next round does where that fails."""
    if not weather_sources.has_place(record):
        return
    try:
        if preferences.of(record.user_id).updates_weather:
            _defer(record, now)
    except StorageUnavailable as error:
        log.warning("the weather of source %s waits for the next round (%s)", record.id, error)


def source_moved(record: SourceRecord, now: datetime) -> None:
    """Forget the weather of a source that is elsewhere, or in another time zone, now, and fetch that of its place."""
    with postgres.session() as session:
        weather.delete_source(session, record.id)
    weather_hours.delete_source(mongo.database(), str(record.id))
    source_made(record, now)


def _defer(record: SourceRecord, now: datetime) -> None:
    name = str(record.id)
    for subject, task, arguments in (
        (FORECAST, "weather:refresh_source", {"source_id": name, "asked_at": now.isoformat()}),
        (ARCHIVE, "weather:fill_archive", {"source_id": name}),
    ):
        weather_sources.note(subject, [name], "waiting", now, stage="Waiting for a free worker")
        queue.defer(task, arguments, queueing_lock=f"{task} {name}")
