"""Sessions of accounts in PostgreSQL: the cookie names one, and it ends when its row is gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from data.models import AccountSession


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session of an account."""

    id: UUID
    user_id: str
    created_at: datetime
    last_seen_at: datetime
    address: str | None
    agent: str | None


_COLUMNS = (
    AccountSession.id, AccountSession.user_id, AccountSession.created_at, AccountSession.last_seen_at,
    AccountSession.address, AccountSession.agent,
)


def begin(session: Session, user_id: str, now: datetime, address: str | None, agent: str | None) -> UUID:
    """Add a session; returns its id."""
    values = {"user_id": user_id, "created_at": now, "last_seen_at": now, "address": address, "agent": agent}
    return session.execute(insert(AccountSession).values(**values).returning(AccountSession.id)).scalar_one()


def find(session: Session, session_id: UUID) -> SessionRecord | None:
    """Return a session, or None where it ended."""
    row = session.execute(select(*_COLUMNS).where(AccountSession.id == session_id)).one_or_none()
    return SessionRecord(*row) if row is not None else None


def touch(session: Session, session_id: UUID, now: datetime) -> None:
    """Note that a session was used."""
    session.execute(update(AccountSession).where(AccountSession.id == session_id).values(last_seen_at=now))


def list_of(session: Session, user_id: str, seen_after: datetime) -> list[SessionRecord]:
    """Return the sessions of an account that were used after an instant, the last used first."""
    query = (
        select(*_COLUMNS)
        .where(AccountSession.user_id == user_id, AccountSession.last_seen_at > seen_after)
        .order_by(AccountSession.last_seen_at.desc(), AccountSession.id)
    )
    return [SessionRecord(*row) for row in session.execute(query)]


def end(session: Session, user_id: str, session_id: UUID) -> bool:
    """End one session of an account; False where it has no such session."""
    gone = session.execute(
        delete(AccountSession)
        .where(AccountSession.user_id == user_id, AccountSession.id == session_id)
        .returning(AccountSession.id)
    )
    return gone.one_or_none() is not None


def end_all(session: Session, user_id: str, but: UUID | None = None) -> int:
    """End the sessions of an account, but one where given; returns how many ended."""
    ended = delete(AccountSession).where(AccountSession.user_id == user_id)
    if but is not None:
        ended = ended.where(AccountSession.id != but)
    return len(session.execute(ended.returning(AccountSession.id)).all())


def remove_unused(session: Session, now: datetime, lifetime: timedelta) -> int:
    """Remove sessions that were not used for so long that they ended; returns how many there were."""
    gone = delete(AccountSession).where(AccountSession.last_seen_at <= now - lifetime)
    return len(session.execute(gone.returning(AccountSession.id)).all())
