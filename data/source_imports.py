"""Files of sources in PostgreSQL: how far each has come, and the sealed credentials that it made."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from data.models import SourceImport


@dataclass(frozen=True, slots=True)
class SourceImportRecord:
    """A file: its `state` (waiting, running, done, failed), rows, and what is kept until it is done or taken."""

    id: UUID
    user_id: str
    state: str
    content: str | None = field(repr=False)
    rows_total: int
    rows_done: int
    sealed_secret: str | None = field(repr=False)
    error: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being worked on."""
        return self.state in ("waiting", "running")


_COLUMNS = tuple(getattr(SourceImport, each.name) for each in fields(SourceImportRecord))


def get(session: Session, import_id: UUID) -> SourceImportRecord | None:
    """Return a file, or None."""
    row = session.execute(select(*_COLUMNS).where(SourceImport.id == import_id)).mappings().one_or_none()
    return SourceImportRecord(**row) if row is not None else None


def newest(session: Session, user_id: str, *, lock: bool = False) -> SourceImportRecord | None:
    """Return the newest file of a user, or None; with `lock` nobody else changes it until the transaction ends."""
    query = select(*_COLUMNS).where(SourceImport.user_id == user_id).order_by(SourceImport.created_at.desc()).limit(1)
    row = session.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return SourceImportRecord(**row) if row is not None else None


def add(session: Session, values: Mapping[str, Any]) -> UUID:
    """Add a file; returns its id."""
    return session.execute(insert(SourceImport).values(**values).returning(SourceImport.id)).scalar_one()


def change(session: Session, import_id: UUID, values: Mapping[str, Any]) -> None:
    """Change how far a file has come."""
    session.execute(update(SourceImport).where(SourceImport.id == import_id).values(**values))


def remove_old(session: Session, created_before: datetime) -> int:
    """Remove files that were brought before an instant; returns how many."""
    old = delete(SourceImport).where(SourceImport.created_at < created_before)
    return len(session.execute(old.returning(SourceImport.id)).all())
