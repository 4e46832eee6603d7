"""The clock's work as it stands in PostgreSQL: what runs how often, when next, and what somebody asked for now."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import ScheduleBeat


@dataclass(frozen=True, slots=True)
class BeatRecord:
    """One beat of the clock; `noted_at` is when the active scheduler last said so."""

    task: str
    every: str
    next_run_at: datetime | None
    noted_at: datetime


def note(session: Session, beats: Sequence[BeatRecord]) -> None:
    """Keep what the active scheduler says of its beats; those it has no more go."""
    session.execute(delete(ScheduleBeat).where(ScheduleBeat.task.not_in([each.task for each in beats])))
    for each in beats:
        values = asdict(each)
        wanted = insert(ScheduleBeat).values(**values)
        session.execute(wanted.on_conflict_do_update(index_elements=[ScheduleBeat.task], set_=values))


def list_all(session: Session) -> list[BeatRecord]:
    """Return the beats by name."""
    columns = (ScheduleBeat.task, ScheduleBeat.every, ScheduleBeat.next_run_at, ScheduleBeat.noted_at)
    return [BeatRecord(*row) for row in session.execute(select(*columns).order_by(ScheduleBeat.task))]


def ask(session: Session, task: str, now: datetime) -> bool:
    """Ask for a beat to be run now; False where the clock has none of this name."""
    asked = update(ScheduleBeat).where(ScheduleBeat.task == task).values(run_asked_at=now)
    return session.execute(asked.returning(ScheduleBeat.task)).one_or_none() is not None


def take_asked(session: Session) -> list[str]:
    """Return the beats asked for, each once."""
    taken = update(ScheduleBeat).where(ScheduleBeat.run_asked_at.is_not(None)).values(run_asked_at=None)
    return list(session.execute(taken.returning(ScheduleBeat.task)).scalars())
