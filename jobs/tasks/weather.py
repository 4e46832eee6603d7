"""Tasks that keep the weather: forecasts several times a day, and the archive of past days every night."""

import logging
from datetime import UTC, datetime

import procrastinate

from services.weather import archive as weather_archive
from services.weather import previous_runs as weather_previous_runs
from services.weather import refresh as weather_refresh
from services.weather.places import client

log = logging.getLogger("weather")
tasks = procrastinate.Blueprint()
_AGAIN = procrastinate.RetryStrategy(max_attempts=4, wait=900)
_SOON = procrastinate.RetryStrategy(max_attempts=3, wait=300)


class NotYet(Exception):
    """The weather service does not answer; the task is tried again later."""


@tasks.task(name="refresh_all", retry=_AGAIN)
def refresh_all() -> None:
    """Refresh the forecast of every source whose owner wants it; tried again for those the service failed."""
    done = weather_refresh.refresh_all(client(), datetime.now(UTC))
    log.info("weather of %d places for %d sources, %d failed", done.places, done.refreshed, done.failed)
    if done.passing:
        raise NotYet(f"{done.passing} of {done.places} places")


@tasks.task(name="refresh_source", retry=_SOON)
def refresh_source(source_id: str, asked_at: str) -> None:
    """Refresh the forecast of a source and of those that share its place, unless that happened since it was asked."""
    if weather_refresh.refresh_source(client(), source_id, datetime.fromisoformat(asked_at)).passing:
        raise NotYet(f"source {source_id}")


@tasks.task(name="fill_archive", lock="weather:fill_archive")
def fill_archive(source_id: str | None = None) -> None:
    """Fill the past of one source, or of all: what was observed, then what had been forecast.

    What fails is tried again the next night. One at a time: politely.
    """
    asking = client(weather_archive.BUDGET_SHARE)
    done = weather_archive.fill(asking, source_id)
    log.info("%d days of weather by %d requests, %d places failed", done.days, done.requests, done.failed)
    log.info("%d days of forecasts filled in", weather_previous_runs.fill(asking, source_id))
