"""Tasks that keep roll-ups up to date with readings."""

import logging
from datetime import UTC, datetime

import procrastinate

from services.rollups import updating as rollups

log = logging.getLogger("rollups")
tasks = procrastinate.Blueprint()
# What is left then is deferred by the next beat, so that other tasks get their turn.
SECONDS = 20.0


@tasks.task(name="refresh")
def refresh(shard: int) -> None:
    """Make anew what is marked in a shard of the sources; nothing where another worker is at it."""
    done = rollups.refresh_shard(shard, datetime.now(UTC), seconds=SECONDS)
    if done:
        log.info("rolled up %d sources of shard %d", done, shard)
