"""The task that makes the nightly backup."""

import logging
from datetime import UTC, datetime

import procrastinate

from services.backups import keeping

log = logging.getLogger("backups")
tasks = procrastinate.Blueprint()


@tasks.task(name="make", retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=10), lock="backups")
def make() -> None:
    """Make a backup, and remove those that are too many."""
    made = keeping.make(datetime.now(UTC))
    log.info("made the backup %s", made.name)
