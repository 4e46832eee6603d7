"""What became of deferred work: read from the tables of the queue's library, in the version that is pinned."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import JobFailure

LONGEST_SENTENCE = 300

_SUMMARY = """
    SELECT jobs.task_name AS task,
        (array_agg(why.sentence ORDER BY why.at DESC) FILTER (WHERE why.sentence IS NOT NULL))[1] AS last_reason,
        count(*) FILTER (WHERE jobs.status = 'todo') AS waiting,
        count(*) FILTER (WHERE jobs.status = 'doing') AS running,
        count(*) FILTER (WHERE jobs.status = 'succeeded' AND ended.at > :since) AS succeeded,
        count(*) FILTER (WHERE jobs.status = 'failed' AND ended.at > :since) AS failed,
        max(ended.at) FILTER (WHERE jobs.status = 'succeeded') AS last_success_at,
        max(ended.at) FILTER (WHERE jobs.status = 'failed') AS last_failure_at
    FROM procrastinate_jobs AS jobs
    LEFT JOIN LATERAL (
        SELECT max(events.at) AS at FROM procrastinate_events AS events WHERE events.job_id = jobs.id
    ) AS ended ON true
    LEFT JOIN job_failures AS why ON why.job_id = jobs.id
    GROUP BY jobs.task_name ORDER BY jobs.task_name
"""
_RUNS = """
    SELECT jobs.id, jobs.task_name AS task, jobs.status::text AS status, jobs.attempts, jobs.scheduled_at,
        max(why.sentence) AS reason,
        min(events.at) FILTER (WHERE events.type = 'deferred') AS asked_at,
        max(events.at) FILTER (WHERE events.type = 'started') AS started_at,
        max(events.at) FILTER (WHERE events.type IN ('succeeded', 'failed', 'aborted', 'cancelled')) AS ended_at
    FROM procrastinate_jobs AS jobs JOIN procrastinate_events AS events ON events.job_id = jobs.id
    LEFT JOIN job_failures AS why ON why.job_id = jobs.id
    WHERE (:task = '' OR jobs.task_name = :task) AND (NOT :failures OR jobs.status = 'failed' OR jobs.attempts > 1)
    GROUP BY jobs.id ORDER BY jobs.id DESC LIMIT :most
"""
_WAITING = """
    SELECT count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
        count(*) FILTER (WHERE status = 'doing')
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
"""
_FORGET = """
    DELETE FROM procrastinate_jobs AS jobs WHERE jobs.status IN ('succeeded', 'failed', 'aborted', 'cancelled')
        AND (SELECT max(events.at) FROM procrastinate_events AS events WHERE events.job_id = jobs.id)
            < CASE WHEN jobs.status = 'succeeded' THEN :succeeded_before ELSE :failed_before END
"""


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One task: what waits and runs, how it went since an instant, and why it last failed."""

    task: str
    last_reason: str | None
    waiting: int
    running: int
    succeeded: int
    failed: int
    last_success_at: datetime | None
    last_failure_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, and why it last failed; what it was given is left out, it may be sealed or about somebody."""

    id: int
    task: str
    status: str
    attempts: int
    scheduled_at: datetime | None
    reason: str | None
    asked_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """How much is due and how much is being done; `workers` is when each worker was last heard."""

    due: int
    running: int
    workers: tuple[datetime, ...]


def tasks(session: Session, since: datetime) -> list[TaskRecord]:
    """Return every task that has run or waits, by name."""
    return [TaskRecord(**row) for row in _rows(session, _SUMMARY, since=since)]


def runs(session: Session, most: int, *, task: str = "", only_failures: bool = False) -> list[RunRecord]:
    """Return the newest runs, of one task or all; failures include what succeeded after having failed."""
    return [RunRecord(**row) for row in _rows(session, _RUNS, most=most, task=task, failures=only_failures)]


def state(session: Session) -> QueueState:
    """Return how the queue stands."""
    due, running = session.execute(text(_WAITING)).one()
    heard = session.execute(text("SELECT last_heartbeat FROM procrastinate_workers ORDER BY last_heartbeat DESC"))
    return QueueState(due, running, tuple(heard.scalars()))


def note_failure(session: Session, job_id: int, sentence: str, now: datetime) -> None:
    """Keep why a run failed, in place of why it failed before."""
    values = {"at": now, "sentence": sentence[:LONGEST_SENTENCE]}
    wanted = insert(JobFailure).values(job_id=job_id, **values)
    session.execute(wanted.on_conflict_do_update(index_elements=[JobFailure.job_id], set_=values))


def forget(session: Session, succeeded_before: datetime, failed_before: datetime) -> int:
    """Remove runs that ended before an instant; returns how many."""
    given = {"succeeded_before": succeeded_before, "failed_before": failed_before}
    result: Any = session.execute(text(_FORGET), given)
    session.execute(delete(JobFailure).where(JobFailure.at < failed_before))
    return int(result.rowcount)


def _rows(session: Session, statement: str, **given: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(text(statement), given).mappings()]
