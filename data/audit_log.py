"""The audit log in PostgreSQL: rows are added and read, and the table refuses anything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session, aliased

from data.models import AuditEntry, User


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """Who did what to whom, from where; names are those of accounts that still exist."""

    id: int
    at: datetime
    actor_id: str | None
    actor: str | None
    action: str
    target_kind: str | None
    target_id: str | None
    target: str | None
    address: str | None
    details: Mapping[str, Any]


def add(
    session: Session, action: str, *, at: datetime, actor_id: str | None, address: str | None,
    target_kind: str | None = None, target_id: str | None = None, details: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Add an entry; it stands or falls with the change that is made in the same session."""
    values = {"action": action, "at": at, "actor_id": actor_id, "address": address, "details": dict(details or {})}
    session.execute(insert(AuditEntry).values(**values, target_kind=target_kind, target_id=target_id))


def newest(
    session: Session, limit: int, *, before_id: int | None = None, about: str | None = None
) -> list[EntryRecord]:
    """Return the newest entries, newest first; of one account where `about` is its id."""
    actor, target = aliased(User), aliased(User)
    query = (
        select(
            AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, actor.email, AuditEntry.action, AuditEntry.target_kind,
            AuditEntry.target_id, target.email, AuditEntry.address, AuditEntry.details,
        )
        .outerjoin(actor, actor.id == AuditEntry.actor_id)
        .outerjoin(target, target.id == AuditEntry.target_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    if about is not None:
        query = query.where(or_(AuditEntry.actor_id == about, AuditEntry.target_id == about))
    return [EntryRecord(*row) for row in session.execute(query)]
