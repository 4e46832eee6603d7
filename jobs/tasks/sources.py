"""Tasks about one source as a whole."""

import logging

import procrastinate

from services import housekeeping

log = logging.getLogger("sources")
tasks = procrastinate.Blueprint()


@tasks.task(name="purge", retry=procrastinate.RetryStrategy(max_attempts=100, exponential_wait=2))
def purge(source_id: str) -> None:
    """Remove the telemetry of a deleted source; tried again until it is gone."""
    log.info("removed %d readings of deleted source %s", housekeeping.purge(source_id), source_id)
