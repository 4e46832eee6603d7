"""The progress of background work in PostgreSQL: one row a source and subject (weather, forecast, ...)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import JobProgress, SunSource

State = Literal["waiting", "running", "done", "failed"]
MOST_MESSAGE_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of the work on one subject for one source.

    `stage` says in words what is being done, `percent` how far it is (0 to 100), `message` why it failed (None unless
    the state is failed); `done_at` is when it last ended well, which may be long before `updated_at`.
    """

    sun_source_id: UUID
    subject: str
    state: State
    stage: str
    percent: int
    message: str | None
    updated_at: datetime
    done_at: datetime | None


_COLUMNS = tuple(getattr(JobProgress, each.name) for each in fields(Progress))


def put(
    session: Session, subject: str, source_ids: Iterable[str | UUID], state: State, now: datetime,
    *, stage: str = "", percent: int = 0, message: str | None = None,
) -> None:
    """Note how far the work on a subject is for several sources; those that were deleted meanwhile are left out."""
    done_at = now if state == "done" else None
    values = {
        "subject": subject, "state": state, "stage": stage, "percent": percent, "updated_at": now, "done_at": done_at,
        "message": message[:MOST_MESSAGE_CHARACTERS] if message else None,
    }
    # In one order, so that two processes never wait for each other.
    rows = select(SunSource.id, *(literal(value, JobProgress.__table__.c[name].type) for name, value in values.items()))
    rows = rows.where(SunSource.id.in_([UUID(str(each)) for each in source_ids])).order_by(SunSource.id)
    wanted = insert(JobProgress).from_select(["sun_source_id", *values], rows)
    new: dict[str, Any] = {name: wanted.excluded[name] for name in values}
    new["done_at"] = case((wanted.excluded.state == "done", wanted.excluded.done_at), else_=JobProgress.done_at)
    session.execute(
        wanted.on_conflict_do_update(index_elements=[JobProgress.sun_source_id, JobProgress.subject], set_=new)
    )


def of_source(session: Session, subject: str, source_id: UUID) -> Progress | None:
    """Return how far the work on a subject is for a source; None where there never was any."""
    return of_sources(session, subject, [source_id]).get(source_id)


def of_sources(session: Session, subject: str, source_ids: Sequence[UUID]) -> dict[UUID, Progress]:
    """Return how far the work on a subject is for each of the sources that had any."""
    query = select(*_COLUMNS).where(JobProgress.subject == subject, JobProgress.sun_source_id.in_(source_ids))
    return {row["sun_source_id"]: _progress(row) for row in session.execute(query).mappings()}


def failures(session: Session, subject: str) -> list[Progress]:
    """Return the work on a subject that failed last time, the newest first."""
    query = select(*_COLUMNS).where(JobProgress.subject == subject, JobProgress.state == "failed")
    return [_progress(row) for row in session.execute(query.order_by(JobProgress.updated_at.desc())).mappings()]


def count(session: Session, subject: str) -> dict[State, int]:
    """Return how many sources are in which state of the work on a subject."""
    query = select(JobProgress.state, func.count()).where(JobProgress.subject == subject).group_by(JobProgress.state)
    return {cast(State, state): number for state, number in session.execute(query)}


def _progress(row: Any) -> Progress:
    return Progress(**row)
