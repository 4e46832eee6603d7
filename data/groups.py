"""Power groups in PostgreSQL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from data.models import PowerGroup


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """A power group: its row."""

    id: UUID
    name: str
    description: str | None
    logo_url: str | None
    user_id: str
    created_at: datetime
    updated_at: datetime


_COLUMNS = tuple(getattr(PowerGroup, each.name) for each in fields(GroupRecord))


def get(session: Session, group_id: UUID) -> GroupRecord | None:
    """Return one group, or None."""
    row = session.execute(select(*_COLUMNS).where(PowerGroup.id == group_id)).mappings().one_or_none()
    return GroupRecord(**row) if row is not None else None


def names(session: Session, group_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those groups that exist."""
    found = session.execute(select(PowerGroup.id, PowerGroup.name).where(PowerGroup.id.in_(list(group_ids))))
    return {row[0]: row[1] for row in found}


def list_owned(session: Session, owner_id: str) -> list[GroupRecord]:
    """Return the groups of one owner, by name."""
    query = select(*_COLUMNS).where(PowerGroup.user_id == owner_id).order_by(PowerGroup.name, PowerGroup.id)
    return [GroupRecord(**row) for row in session.execute(query).mappings()]


def list_all(session: Session) -> list[GroupRecord]:
    """Return everybody's groups, by name."""
    query = select(*_COLUMNS).order_by(PowerGroup.name, PowerGroup.id)
    return [GroupRecord(**row) for row in session.execute(query).mappings()]


def create(session: Session, values: Mapping[str, Any]) -> GroupRecord:
    """Add a group; columns not given take their defaults."""
    statement = insert(PowerGroup).values(**values).returning(*_COLUMNS)
    return GroupRecord(**session.execute(statement).mappings().one())


def update_columns(session: Session, group_id: UUID, changes: Mapping[str, Any]) -> GroupRecord | None:
    """Change columns of a group; returns it as it is now, or None where there is none."""
    statement = update(PowerGroup).where(PowerGroup.id == group_id).values(**changes).returning(*_COLUMNS)
    row = session.execute(statement).mappings().one_or_none()
    return GroupRecord(**row) if row is not None else None


def remove(session: Session, group_id: UUID) -> bool:
    """Delete a group, whose sources go on without one; returns whether there was one."""
    gone = session.execute(delete(PowerGroup).where(PowerGroup.id == group_id).returning(PowerGroup.id))
    return gone.one_or_none() is not None
