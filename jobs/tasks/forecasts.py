"""Tasks of forecasts: what is due is deferred, and each source trained and forecast in a process of its own."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

import procrastinate
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason

from data import locks
from jobs.forecast_child import Ended, Failed, Forecaster, Stopped, TooLong
from services.forecast import planning, progress

log = logging.getLogger("forecasts")
tasks = procrastinate.Blueprint()
MOST_ATTEMPTS = 3
_AGAIN = procrastinate.RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=60)
# Many times what a training takes on an idle machine.
SECONDS = {planning.TRAIN: 900.0, planning.PREDICT: 300.0}
_TELL_SECONDS = 1.0
FORECASTER = Forecaster()


class Interrupted(Exception):
    """The worker stops; another one takes the work up again."""


class Busy(Exception):
    """Another process is at the forecast of this source."""


@tasks.task(name="plan")
def plan() -> None:
    """Defer what is due."""
    count = planning.defer_due(datetime.now(UTC))
    if count:
        log.info("%d forecasts are due", count)


@tasks.task(name="train", pass_context=True, retry=_AGAIN)
def train(context: procrastinate.JobContext, source_id: str) -> None:
    """Train a source on its history, then forecast it."""
    _run(context, planning.TRAIN, source_id)


@tasks.task(name="predict", pass_context=True, retry=_AGAIN)
def predict(context: procrastinate.JobContext, source_id: str) -> None:
    """Forecast the next eight days of a source."""
    _run(context, planning.PREDICT, source_id)


def _run(context: procrastinate.JobContext, task: str, source_id: str) -> None:
    """Do one work, and keep how it went where the page reads it."""
    subject = planning.SUBJECTS[task]
    with locks.try_hold(planning.lock_of(source_id)) as lock:
        if lock is None:
            raise Busy(f"source {source_id}")
        began = time.monotonic()
        progress.note(subject, source_id, "running", datetime.now(UTC), stage="Beginning")
        request = {"work": task.split(":")[1], "source": source_id, "now": datetime.now(UTC).isoformat()}
        try:
            refused = FORECASTER.run(request, _teller(subject, source_id), context.should_abort, SECONDS[task])
        except Stopped as error:
            _note_stop(context, subject, source_id)
            raise JobAborted(str(error)) from error
        except (Ended, Failed, TooLong) as error:
            _note_failure(context, subject, source_id, str(error))
            raise
        progress.note(subject, source_id, "done", datetime.now(UTC), percent=100)
        words = f"refused: {refused}" if refused else "done"
        log.info("%s of source %s took %.1f s; %s", task, source_id, time.monotonic() - began, words)


def _teller(subject: str, source_id: str) -> Callable[[int, str], None]:
    told: list[tuple[float, str]] = [(0.0, "")]

    def tell(percent: int, stage: str) -> None:
        clock = time.monotonic()
        if clock - told[0][0] >= _TELL_SECONDS or stage != told[0][1]:
            told[0] = clock, stage
            progress.note(subject, source_id, "running", datetime.now(UTC), stage=stage, percent=percent)

    return tell


def _note_stop(context: procrastinate.JobContext, subject: str, source_id: str) -> None:
    """A person's stop is final; a worker's end is not."""
    now = datetime.now(UTC)
    if context.abort_reason() is AbortReason.SHUTDOWN:
        progress.note(subject, source_id, "waiting", now, stage="The worker stops; another one goes on")
        raise Interrupted(f"source {source_id}")
    progress.note(subject, source_id, "failed", now, message=progress.STOPPED)


def _note_failure(context: procrastinate.JobContext, subject: str, source_id: str, sentence: str) -> None:
    now, attempts = datetime.now(UTC), context.job.attempts + 1
    words = f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."
    log.warning("%s of source %s, attempt %d: %s", subject, source_id, attempts, words)
    if attempts < MOST_ATTEMPTS:
        progress.note(subject, source_id, "waiting", now, stage=f"Tried again in a minute. {words}")
    else:
        progress.note(subject, source_id, "failed", now, message=words)
