"""How far training and forecasting a source are, for its page and for admins."""

from datetime import datetime, timedelta
from uuid import UUID

from data import job_progress, postgres
from data.job_progress import Progress, State

TRAINING, FORECAST = "training", "prediction"
STOPPED = "Stopped before it was done; what was there before stays."
# A row that nobody touched for so long is not being worked on any more.
ABANDONED_AFTER = timedelta(minutes=20)


def note(
    subject: str, source_id: str, state: State, now: datetime, *, stage: str = "", percent: int = 0,
    message: str | None = None,
) -> None:
    """Keep how far the work is."""
    with postgres.session() as session:
        job_progress.put(session, subject, [source_id], state, now, stage=stage, percent=percent, message=message)


def of_source(source_id: str) -> tuple[Progress | None, Progress | None]:
    """Return how far the training and the forecast of a source are."""
    with postgres.session() as session:
        found = [job_progress.of_source(session, each, UUID(source_id)) for each in (TRAINING, FORECAST)]
    return found[0], found[1]


def is_open(progress: Progress | None, now: datetime) -> bool:
    """Tell whether work is being done, or waits to be, as far as one can see."""
    if progress is None or progress.state not in ("waiting", "running"):
        return False
    return now - progress.updated_at < ABANDONED_AFTER
