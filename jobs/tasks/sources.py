"""Tasks about one source as a whole."""

import logging

import procrastinate

from services import housekeeping, rollups

log = logging.getLogger("sources")
tasks = procrastinate.Blueprint()


@tasks.task(name="purge", retry=procrastinate.RetryStrategy(max_attempts=100, exponential_wait=2))
def purge(source_id: str) -> None:
    """Remove the telemetry of a deleted source; tried again until it is gone."""
    log.info("removed %d readings of deleted source %s", housekeeping.purge(source_id), source_id)


@tasks.task(name="account_anew", retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2))
def account_anew(source_id: str) -> None:
    """Mark all readings of a source whose time zone, capacity or battery changed, so that its days are made anew."""
    frozen = rollups.request_rebuild(source_id)
    log.info("the days of source %s are made anew; %d stay, their readings are gone", source_id, frozen)
