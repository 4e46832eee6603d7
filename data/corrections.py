"""Corrections of telemetry in PostgreSQL: excluded slots and totals of days, each with its reason, never deleted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from data.models import TelemetryCorrection

Kind = Literal["exclusion", "day_total"]


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """A correction: of an exclusion `starts_at`, `ends_at` (aware UTC) and `fields` (empty: all), of a day's total
    `date`, `channel` and `kwh`; who made it when and why, and who undid it when."""

    id: UUID
    sun_source_id: UUID
    kind: Kind
    starts_at: datetime | None
    ends_at: datetime | None
    fields: list[str]
    date: date | None
    channel: str | None
    kwh: float | None
    reason: str
    created_by: str
    created_at: datetime
    undone_by: str | None
    undone_at: datetime | None


_COLUMNS = tuple(getattr(TelemetryCorrection, each.name) for each in fields(CorrectionRecord))


def _all(session: Session, query: Select[Any]) -> list[CorrectionRecord]:
    return [CorrectionRecord(**row) for row in session.execute(query).mappings()]


def active(session: Session, source_ids: Iterable[UUID]) -> dict[UUID, list[CorrectionRecord]]:
    """Return the corrections that hold, by source, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(TelemetryCorrection.sun_source_id.in_(list(source_ids)), TelemetryCorrection.undone_at.is_(None))
        .order_by(TelemetryCorrection.created_at)
    )
    found: dict[UUID, list[CorrectionRecord]] = defaultdict(list)
    for record in _all(session, query):
        found[record.sun_source_id].append(record)
    return found


def every(session: Session, source_id: UUID) -> list[CorrectionRecord]:
    """Return all corrections of a source, also those undone, newest first."""
    table = TelemetryCorrection
    return _all(session, select(*_COLUMNS).where(table.sun_source_id == source_id).order_by(table.created_at.desc()))


def add(session: Session, values: Mapping[str, Any]) -> CorrectionRecord:
    """Add a correction."""
    row = session.execute(insert(TelemetryCorrection).values(**values).returning(*_COLUMNS)).mappings().one()
    return CorrectionRecord(**row)


def undo(session: Session, source_id: UUID, correction_id: UUID, by: str, at: datetime) -> CorrectionRecord | None:
    """Undo a correction of a source that holds; returns it, or None where there is no such one."""
    table = TelemetryCorrection
    wanted = (table.id == correction_id, table.sun_source_id == source_id, table.undone_at.is_(None))
    statement = update(table).where(*wanted).values(undone_by=by, undone_at=at).returning(*_COLUMNS)
    row = session.execute(statement).mappings().one_or_none()
    return CorrectionRecord(**row) if row is not None else None


def undo_total(session: Session, source_id: UUID, day: date, channel: str, by: str, at: datetime) -> None:
    """Undo the total of a day and channel that holds, where there is one, to make room for another."""
    table = TelemetryCorrection
    wanted = (
        table.sun_source_id == source_id, table.kind == "day_total", table.date == day, table.channel == channel,
        table.undone_at.is_(None),
    )  # fmt: skip
    session.execute(update(table).where(*wanted).values(undone_by=by, undone_at=at))
