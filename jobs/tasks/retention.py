"""Tasks that delete what is old enough and proven to be in coarser roll-ups, one source each."""

import logging
from datetime import UTC, datetime

import procrastinate

from data import queue
from services.rollups import retention

log = logging.getLogger("retention")
tasks = procrastinate.Blueprint()


@tasks.task(name="all_sources", retry=3)
def all_sources() -> None:
    """Defer the task of every source that has telemetry."""
    for source_id in retention.sources_with_telemetry():
        queue.defer("retention:source", {"source_id": source_id}, queueing_lock=f"retention {source_id}", priority=-10)


@tasks.task(name="source", retry=procrastinate.RetryStrategy(max_attempts=5, exponential_wait=4))
def source(source_id: str) -> None:
    """Delete what is old enough and proven of one source; repeating it changes nothing."""
    done = retention.apply(source_id, datetime.now(UTC))
    if done.readings or done.five_minutes or done.unproven_days or done.unequal_days:
        log.info(
            "source %s: %d readings and %d 5-minute buckets deleted, %d days not proven, %d marked again",
            source_id, done.readings, done.five_minutes, done.unproven_days, done.unequal_days,
        )
