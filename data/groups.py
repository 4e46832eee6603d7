"""Power groups in PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
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


def list_owned(session: Session, owner_id: str) -> list[GroupRecord]:
    """Return the groups of one owner, by name."""
    query = select(*_COLUMNS).where(PowerGroup.user_id == owner_id).order_by(PowerGroup.name, PowerGroup.id)
    return [GroupRecord(**row) for row in session.execute(query).mappings()]


def create(session: Session, values: Mapping[str, Any]) -> GroupRecord:
    """Add a group; columns not given take their defaults."""
    statement = insert(PowerGroup).values(**values).returning(*_COLUMNS)
    return GroupRecord(**session.execute(statement).mappings().one())
