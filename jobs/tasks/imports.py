"""Tasks that take in the history that owners bring."""

import logging
from datetime import UTC, datetime

import procrastinate

from services.imports import run as import_run
from services.imports import steps as imports
from services.sources import bringing_in

log = logging.getLogger("imports")
tasks = procrastinate.Blueprint()


@tasks.task(name="run", retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2))
def run(import_id: str) -> None:
    """Take in one file; repeating it changes nothing."""
    import_run.run(import_id, datetime.now(UTC))


@tasks.task(name="forget_old", retry=3)
def forget_old() -> None:
    """Delete files that were brought and never taken in."""
    gone = imports.forget_old(datetime.now(UTC)) + bringing_in.forget_old(datetime.now(UTC))
    if gone:
        log.info("deleted %d files that were brought more than a week ago", gone)
