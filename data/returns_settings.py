"""What the returns of a source rest on, in PostgreSQL: dated costs, assumptions, holidays and the version of prices."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from data.models import ReturnsSetting, SourceCost


@dataclass(frozen=True, slots=True)
class ReturnsRecord:
    """The settings of a source; `prices_version` grows with every change of its prices or holidays."""

    assumptions: dict[str, Any]
    holiday_country: str | None
    holiday_region: str | None
    prices_version: int


@dataclass(frozen=True, slots=True)
class CostRecord:
    """A dated cost; grants and refunds are negative."""

    date: dt.date
    amount: Decimal
    note: str


_COLUMNS = tuple(getattr(ReturnsSetting, each.name) for each in fields(ReturnsRecord))
_COST_COLUMNS = tuple(getattr(SourceCost, each.name) for each in fields(CostRecord))


def by_sources(session: Session, source_ids: Collection[UUID]) -> dict[UUID, ReturnsRecord]:
    """Return the settings of sources by id, the defaults where nothing was saved."""
    query = select(ReturnsSetting.sun_source_id, *_COLUMNS).where(ReturnsSetting.sun_source_id.in_(source_ids))
    saved = {row[0]: ReturnsRecord(*row[1:]) for row in session.execute(query)}
    return {each: saved.get(each, ReturnsRecord({}, None, None, 0)) for each in source_ids}


def get(session: Session, source_id: UUID) -> ReturnsRecord:
    """Return the settings of a source, the defaults where nothing was saved."""
    return by_sources(session, [source_id])[source_id]


def save(session: Session, source_id: UUID, changes: Mapping[str, Any]) -> None:
    """Save some columns of the settings of a source."""
    statement = postgresql.insert(ReturnsSetting).values(sun_source_id=source_id, **changes)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ReturnsSetting.sun_source_id], set_={**changes, "updated_at": func.now()}
        )
    )


def raise_prices_version(session: Session, source_id: UUID) -> int:
    """Count one more change of prices or holidays; returns the new version."""
    statement = postgresql.insert(ReturnsSetting).values(sun_source_id=source_id, prices_version=1)
    raised = statement.on_conflict_do_update(
        index_elements=[ReturnsSetting.sun_source_id],
        set_={"prices_version": ReturnsSetting.prices_version + 1, "updated_at": func.now()},
    )
    return session.execute(raised.returning(ReturnsSetting.prices_version)).scalar_one()


def costs_by_sources(session: Session, source_ids: Collection[UUID]) -> dict[UUID, list[CostRecord]]:
    """Return the dated costs of sources by id, oldest first."""
    query = select(SourceCost.sun_source_id, *_COST_COLUMNS).where(SourceCost.sun_source_id.in_(source_ids))
    found: dict[UUID, list[CostRecord]] = {each: [] for each in source_ids}
    for row in session.execute(query.order_by(SourceCost.date, SourceCost.created_at)):
        found[row[0]].append(CostRecord(*row[1:]))
    return found


def replace_costs(session: Session, source_id: UUID, new: Sequence[CostRecord]) -> None:
    """Put these in place of all dated costs of a source."""
    session.execute(delete(SourceCost).where(SourceCost.sun_source_id == source_id))
    rows = [{each.name: getattr(cost, each.name) for each in fields(CostRecord)} for cost in new]
    if rows:
        session.execute(insert(SourceCost), [{**row, "sun_source_id": source_id} for row in rows])
