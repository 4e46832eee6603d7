"""The background work as admins see it: what the clock does, how tasks went, and running one now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import audit_log, postgres, queue_history, schedule
from data.queue_history import QueueState, RunRecord, TaskRecord
from data.schedule import BeatRecord
from services import access, audit
from services.errors import NotFound
from services.people import permissions
from services.people.viewer import Viewer

MOST_RUNS = 200
# A failure is kept longer than a success, for whoever looks after a holiday.
SUCCESSES_KEPT, FAILURES_KEPT = timedelta(days=2), timedelta(days=30)
# The active scheduler says what it does every few seconds; one that was silent for so long does not run.
SILENT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Work:
    """Everything about background work at an instant."""

    beats: list[BeatRecord]
    tasks: list[TaskRecord]
    queue: QueueState


def work(viewer: Viewer, now: datetime) -> Work:
    """Return the clock's beats and how every task went in the last day; raises Forbidden."""
    access.require(viewer, permissions.JOBS_MANAGE)
    with postgres.session() as session:
        tasks = queue_history.tasks(session, now - timedelta(days=1))
        return Work(schedule.list_all(session), tasks, queue_history.state(session))


def runs(viewer: Viewer, *, task: str = "", only_failures: bool = False) -> list[RunRecord]:
    """Return the newest runs of a task, or of all; raises Forbidden."""
    access.require(viewer, permissions.JOBS_MANAGE)
    with postgres.session() as session:
        return queue_history.runs(session, MOST_RUNS, task=task[:128], only_failures=only_failures)


def run_now(viewer: Viewer, task: str, now: datetime) -> None:
    """Ask the clock to defer one of its tasks now, which it does within seconds; raises Forbidden and NotFound."""
    access.require(viewer, permissions.JOBS_MANAGE)
    with postgres.session() as session:
        if not schedule.ask(session, task, now):
            raise NotFound("the clock has no such task")
        audit_log.add(session, "job-run", **audit.by(viewer.account_id, now), target_kind="job", target_id=task)


def note_beats(beats: Sequence[tuple[str, str, datetime | None]], now: datetime) -> None:
    """Keep the beats of the active scheduler: the task, how often, and when next."""
    with postgres.session() as session:
        schedule.note(session, [BeatRecord(task, every, at, now) for task, every, at in beats])


def take_asked() -> list[str]:
    """Return the tasks that admins asked to be run now, each once; for the active scheduler."""
    with postgres.session() as session:
        return schedule.take_asked(session)


def note_failure(job_id: int, sentence: str, now: datetime) -> None:
    """Keep why a run failed, in a sentence without anybody's data; for the workers."""
    with postgres.session() as session:
        queue_history.note_failure(session, job_id, sentence, now)


def forget_old_runs(now: datetime) -> int:
    """Remove runs that ended long ago; returns how many."""
    with postgres.session() as session:
        return queue_history.forget(session, now - SUCCESSES_KEPT, now - FAILURES_KEPT)
