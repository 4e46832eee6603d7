"""Imports in PostgreSQL: what was asked for, and how far each has come."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from data.models import TelemetryImport


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import: its `plan`, `state` (waiting, running, done, failed), rows, and `counts` of what became of them."""

    id: UUID
    sun_source_id: UUID
    kind: str
    state: str
    file_name: str
    plan: dict[str, Any]
    rows_total: int
    rows_done: int
    counts: dict[str, Any]
    error: str | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None


_COLUMNS = tuple(getattr(TelemetryImport, each.name) for each in fields(ImportRecord))


def get(session: Session, import_id: UUID) -> ImportRecord | None:
    """Return an import, or None."""
    row = session.execute(select(*_COLUMNS).where(TelemetryImport.id == import_id)).mappings().one_or_none()
    return ImportRecord(**row) if row is not None else None


def of_source(session: Session, source_id: UUID, limit: int) -> list[ImportRecord]:
    """Return the newest imports of a source, newest first."""
    table = TelemetryImport
    query = select(*_COLUMNS).where(table.sun_source_id == source_id).order_by(table.created_at.desc()).limit(limit)
    return [ImportRecord(**row) for row in session.execute(query).mappings()]


def add(session: Session, values: Mapping[str, Any]) -> ImportRecord:
    """Add an import."""
    row = session.execute(insert(TelemetryImport).values(**values).returning(*_COLUMNS)).mappings().one()
    return ImportRecord(**row)


def change(session: Session, import_id: UUID, values: Mapping[str, Any]) -> None:
    """Change how far an import has come."""
    session.execute(update(TelemetryImport).where(TelemetryImport.id == import_id).values(**values))
