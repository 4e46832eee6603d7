"""Sources in PostgreSQL: their records, found by owner, group or id, and written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, insert, select, update
from sqlalchemy.orm import Session

from data.models import SunSource, User


class ConnectionType(IntEnum):
    """How a source's readings arrive, as the original numbers it."""

    MQTT = 0
    WEBHOOK = 1


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source: its row, with nothing secret in the clear (see docs/schema.md for the two credential columns)."""

    id: UUID
    name: str
    description: str | None
    icon_url: str | None
    user_id: str
    power_group_id: UUID | None
    connection_type: ConnectionType
    latitude: float | None
    longitude: float | None
    mqtt_topic: str | None
    mqtt_api_key: str | None
    webhook_url: str | None
    webhook_secret: str | None
    is_active: bool
    installed_capacity_watts: float | None
    currency: str
    system_cost: Decimal | None
    maintenance_cost_per_year: Decimal | None
    installation_date: datetime | None
    created_at: datetime
    updated_at: datetime
    time_zone: str
    has_battery: bool | None
    battery_capacity_kwh: float | None
    tilt_degrees: float | None
    azimuth_degrees: float | None
    export_limit_watts: float | None
    payload_mapping: dict[str, Any] | None
    payload_profile: str | None
    retention_raw_days: int | None
    retention_five_minutes_days: int | None


_COLUMNS = tuple(getattr(SunSource, each.name) for each in fields(SourceRecord))


def _record(row: RowMapping) -> SourceRecord:
    return SourceRecord(**{**row, "connection_type": ConnectionType(row["connection_type"])})


def _select() -> Select[Any]:
    return select(*_COLUMNS).order_by(SunSource.name, SunSource.id)


def _all(session: Session, query: Select[Any]) -> list[SourceRecord]:
    return [_record(row) for row in session.execute(query).mappings()]


def get(session: Session, source_id: UUID) -> SourceRecord | None:
    """Return one source, or None."""
    found = _all(session, _select().where(SunSource.id == source_id))
    return found[0] if found else None


def by_ids(session: Session, source_ids: Iterable[str]) -> list[SourceRecord]:
    """Return those sources of the given ids that exist, by name; texts that are no GUID name none."""
    return _all(session, _select().where(SunSource.id.in_(list(_guids(source_ids)))))


def _guids(texts: Iterable[str]) -> Iterable[UUID]:
    for text in texts:
        try:
            yield UUID(text)
        except ValueError:
            continue


def list_all(session: Session) -> list[SourceRecord]:
    """Return everybody's sources, by name."""
    return _all(session, _select())


def list_owned(session: Session, owner_id: str) -> list[SourceRecord]:
    """Return the sources of one owner, by name."""
    return _all(session, _select().where(SunSource.user_id == owner_id))


def list_in_group(session: Session, group_id: UUID) -> list[SourceRecord]:
    """Return the sources of one power group, by name."""
    return _all(session, _select().where(SunSource.power_group_id == group_id))


def owner_addresses(session: Session, owner_ids: Iterable[str]) -> dict[str, str]:
    """Return the e-mail address of each owner that exists."""
    found = session.execute(select(User.id, User.email).where(User.id.in_(list(owner_ids))))
    return {owner_id: email or "" for owner_id, email in found}


def create(session: Session, values: Mapping[str, Any]) -> SourceRecord:
    """Add a source; columns not given take their defaults."""
    return _record(session.execute(insert(SunSource).values(**values).returning(*_COLUMNS)).mappings().one())


def update_columns(session: Session, source_id: UUID, changes: Mapping[str, Any]) -> SourceRecord | None:
    """Change columns of a source; returns it as it is now, or None where there is none."""
    statement = update(SunSource).where(SunSource.id == source_id).values(**changes).returning(*_COLUMNS)
    row = session.execute(statement).mappings().one_or_none()
    return _record(row) if row is not None else None


def remove(session: Session, source_id: UUID) -> bool:
    """Delete a source with its prices, weather, sharing and credentials; returns whether there was one."""
    gone = session.execute(delete(SunSource).where(SunSource.id == source_id).returning(SunSource.id))
    return gone.one_or_none() is not None
