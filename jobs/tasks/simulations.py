"""Tasks that make simulated readings: the step of those that run, and a stretch of the past."""

import logging
from datetime import UTC, datetime

import procrastinate

log = logging.getLogger("simulations")
tasks = procrastinate.Blueprint()


@tasks.task(name="step")
def step() -> None:
    """Bring every simulation that runs up to now."""
    # Only here and below: few installations simulate, and scipy and pvlib are 60 MB of a worker.
    from services import simulating

    simulating.step(datetime.now(UTC))


@tasks.task(name="past", retry=3)
def past(source_id: str, start: str, end: str) -> None:
    """Fill a stretch of a source's past; run again, it stores nothing twice."""
    from services import simulating

    limits = datetime.fromisoformat(start), datetime.fromisoformat(end)
    stored = simulating.make_past(source_id, *limits, datetime.now(UTC))
    log.info("stored %d simulated readings of source %s", stored, source_id)
