"""Prices in PostgreSQL: the history of each source, and its dynamic prices by the hour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from data.models import HourlyPrice, KwhPriceHistory, SunSource

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """A price from an instant on. `windows` as JSON; `standing_charge` is due once a `standing_period`."""

    id: UUID
    effective_from: datetime
    price_per_kwh: Decimal
    export_price_per_kwh: Decimal | None
    windows: list[dict[str, Any]]
    hourly: bool
    standing_charge: Decimal
    standing_period: str


@dataclass(frozen=True, slots=True)
class HourRecord:
    """The dynamic price of `[starts_at, ends_at)`."""

    starts_at: datetime
    ends_at: datetime
    price_per_kwh: Decimal
    export_price_per_kwh: Decimal | None


_COLUMNS = tuple(getattr(KwhPriceHistory, each.name) for each in fields(PriceRecord))
_HOUR_COLUMNS = tuple(getattr(HourlyPrice, each.name) for each in fields(HourRecord))


def lock(session: Session, source_id: UUID) -> None:
    """Let nobody else change prices of the source until the end of the transaction."""
    session.execute(select(SunSource.id).where(SunSource.id == source_id).with_for_update(key_share=True))


def history(session: Session, source_id: UUID) -> list[PriceRecord]:
    """Return the price history of a source, oldest first."""
    query = select(*_COLUMNS).where(KwhPriceHistory.sun_source_id == source_id)
    rows = session.execute(query.order_by(KwhPriceHistory.effective_from)).mappings()
    return [PriceRecord(**row) for row in rows]


def add(session: Session, source_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add prices (columns of PriceRecord without `id`); raises IntegrityError for an instant that has one already."""
    if rows:
        session.execute(insert(KwhPriceHistory), [{**row, "sun_source_id": source_id} for row in rows])


def change(session: Session, source_id: UUID, price_id: UUID, row: Mapping[str, Any]) -> bool:
    """Change a price of the source; returns whether there is one of that id."""
    mine = (KwhPriceHistory.sun_source_id == source_id, KwhPriceHistory.id == price_id)
    changed = session.execute(update(KwhPriceHistory).where(*mine).values(**row).returning(KwhPriceHistory.id))
    return changed.one_or_none() is not None


def remove(session: Session, source_id: UUID, price_id: UUID) -> bool:
    """Delete a price of the source; returns whether there was one of that id."""
    mine = (KwhPriceHistory.sun_source_id == source_id, KwhPriceHistory.id == price_id)
    gone = session.execute(delete(KwhPriceHistory).where(*mine).returning(KwhPriceHistory.id))
    return gone.one_or_none() is not None


def hours(
    session: Session, source_id: UUID, start: datetime | None = None, end: datetime | None = None
) -> list[HourRecord]:
    """Return the dynamic prices of a source in time order, where given only those that overlap `[start, end)`."""
    query = select(*_HOUR_COLUMNS).where(HourlyPrice.sun_source_id == source_id).order_by(HourlyPrice.starts_at)
    if start is not None:
        query = query.where(HourlyPrice.ends_at > start)
    if end is not None:
        query = query.where(HourlyPrice.starts_at < end)
    return [HourRecord(*row) for row in session.execute(query)]


def hours_span(session: Session, source_id: UUID) -> tuple[int, datetime | None, datetime | None]:
    """Return how many dynamic prices a source has, where the first begins and where the last ends."""
    query = select(func.count(), func.min(HourlyPrice.starts_at), func.max(HourlyPrice.ends_at))
    count, first, last = session.execute(query.where(HourlyPrice.sun_source_id == source_id)).one()
    return count, first, last


def replace_hours(session: Session, source_id: UUID, new: Sequence[HourRecord]) -> None:
    """Put in dynamic prices, which do not overlap one another, in place of all that overlap them.

    Call `lock` first, or two at once might leave prices that overlap.
    """
    for start in range(0, len(new), _AT_ONCE):
        some = sorted(new, key=lambda hour: hour.starts_at)[start : start + _AT_ONCE]
        _clear(session, source_id, some)
        rows = [{each.name: getattr(hour, each.name) for each in fields(HourRecord)} for hour in some]
        session.execute(insert(HourlyPrice), [{**row, "sun_source_id": source_id} for row in rows])


def _clear(session: Session, source_id: UUID, new: Iterable[HourRecord]) -> None:
    for first, last in _stretches(new):
        overlapping = (
            HourlyPrice.sun_source_id == source_id, HourlyPrice.starts_at < last, HourlyPrice.ends_at > first
        )
        session.execute(delete(HourlyPrice).where(*overlapping))


def _stretches(new: Iterable[HourRecord]) -> list[tuple[datetime, datetime]]:
    """Join neighbours, so that a year of hours is cleared by one statement."""
    joined: list[tuple[datetime, datetime]] = []
    for hour in new:
        if joined and joined[-1][1] == hour.starts_at:
            joined[-1] = (joined[-1][0], hour.ends_at)
        else:
            joined.append((hour.starts_at, hour.ends_at))
    return joined
