"""Tasks about one source as a whole."""

import logging
from datetime import UTC, datetime

import procrastinate

from data.errors import StorageUnavailable
from services import housekeeping
from services.rollups import updating as rollups
from services.sources import bringing_in, images, rereading

log = logging.getLogger("sources")
tasks = procrastinate.Blueprint()


@tasks.task(name="purge", retry=procrastinate.RetryStrategy(max_attempts=100, exponential_wait=2))
def purge(source_id: str) -> None:
    """Remove the telemetry of a deleted source; tried again until it is gone."""
    log.info("removed %d readings of deleted source %s", housekeeping.purge(source_id), source_id)
    images.remove_all("source", source_id)


@tasks.task(name="remove_images", retry=procrastinate.RetryStrategy(max_attempts=100, exponential_wait=2))
def remove_images(kind: str, owner_id: str) -> None:
    """Remove the images of a deleted group or source; tried again until they are gone."""
    log.info("removed %d images of deleted %s %s", images.remove_all(kind, owner_id), kind, owner_id)


@tasks.task(name="account_anew", retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2))
def account_anew(source_id: str) -> None:
    """Mark all readings of a source whose time zone, capacity or battery changed, so that its days are made anew."""
    frozen = rollups.request_rebuild(source_id)
    log.info("the days of source %s are made anew; %d stay, their readings are gone", source_id, frozen)


@tasks.task(name="read_again", retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2))
def read_again(source_id: str) -> None:
    """Read again what is kept of a source's messages, with the mapping it has now."""
    now = datetime.now(UTC)
    try:
        counts = rereading.run(source_id, now)
    except StorageUnavailable:
        raise
    except Exception as error:
        rereading.failed(source_id, now, f"it stopped with {type(error).__name__}; the readings stay as they are")
        raise
    log.info("read the messages of source %s again: %s", source_id, counts.words)


@tasks.task(name="bring_in", retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2))
def bring_in(import_id: str) -> None:
    """Make the sources of a file, all of them or none; repeating it makes nothing twice."""
    now = datetime.now(UTC)
    try:
        bringing_in.run(import_id, now)
    except StorageUnavailable:
        raise
    except Exception as error:
        bringing_in.failed(import_id, f"it stopped with {type(error).__name__}", now)
        raise
