"""Links that show a source or group to the public, in PostgreSQL, and each source's switches of what may be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Session

from data.models import SharedLink, SunSourceSharing


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A link: its row without the hash of its token."""

    id: UUID
    user_id: str
    sun_source_id: UUID | None
    power_group_id: UUID | None
    name: str
    title: str | None
    share_monitor: bool
    share_weather: bool
    share_forecast: bool
    share_returns: bool
    hides_money: bool
    hides_owner: bool
    town: str | None
    delay_minutes: int
    is_indexed: bool
    embedding_sites: list[str]
    visits: int
    last_visit_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SwitchRecord:
    """What of a source may be shown at all: everything is off until its owner switches it on."""

    is_enabled: bool = False
    share_monitor: bool = False
    share_weather: bool = False
    share_forecast: bool = False
    share_returns: bool = False


SWITCHES = tuple(each.name for each in fields(SwitchRecord))
_COLUMNS = tuple(getattr(SharedLink, each.name) for each in fields(LinkRecord))
_SWITCH_COLUMNS = tuple(getattr(SunSourceSharing, name) for name in SWITCHES)


def make(session: Session, token_hash: str, values: Mapping[str, Any]) -> LinkRecord:
    """Add a link; columns not given take their defaults."""
    statement = insert(SharedLink).values(token_hash=token_hash, **values).returning(*_COLUMNS)
    return LinkRecord(**session.execute(statement).mappings().one())


def by_hash(session: Session, token_hash: str) -> LinkRecord | None:
    """Return the link of a token, revoked and expired ones too, or None."""
    row = session.execute(select(*_COLUMNS).where(SharedLink.token_hash == token_hash)).mappings().one_or_none()
    return LinkRecord(**row) if row is not None else None


def of_thing(session: Session, source_id: UUID | None, group_id: UUID | None) -> list[LinkRecord]:
    """Return the links of a source or group, the newest first."""
    mine = (
        SharedLink.sun_source_id == source_id if source_id is not None else SharedLink.power_group_id == group_id
    )
    query = select(*_COLUMNS).where(mine).order_by(SharedLink.created_at.desc(), SharedLink.id)
    return [LinkRecord(**row) for row in session.execute(query).mappings()]


def of_things(session: Session, source_ids: Iterable[UUID], group_ids: Iterable[UUID]) -> list[LinkRecord]:
    """Return the links of several sources and groups, the newest first."""
    mine = SharedLink.sun_source_id.in_(list(source_ids)) | SharedLink.power_group_id.in_(list(group_ids))
    query = select(*_COLUMNS).where(mine).order_by(SharedLink.created_at.desc(), SharedLink.id)
    return [LinkRecord(**row) for row in session.execute(query).mappings()]


def get(session: Session, link_id: UUID) -> LinkRecord | None:
    """Return one link, or None."""
    row = session.execute(select(*_COLUMNS).where(SharedLink.id == link_id)).mappings().one_or_none()
    return LinkRecord(**row) if row is not None else None


def revoke(session: Session, link_id: UUID, now: datetime) -> None:
    """Make a link worthless; the instant of the first time stays."""
    statement = update(SharedLink).where(SharedLink.id == link_id, SharedLink.revoked_at.is_(None))
    session.execute(statement.values(revoked_at=now))


def count_visits(session: Session, link_id: UUID, count: int, last: datetime) -> None:
    """Add visits of a link."""
    newest = func.greatest(func.coalesce(SharedLink.last_visit_at, last), last)
    statement = update(SharedLink).where(SharedLink.id == link_id)
    session.execute(statement.values(visits=SharedLink.visits + count, last_visit_at=newest))


def switches(session: Session, source_ids: Iterable[UUID]) -> dict[UUID, SwitchRecord]:
    """Return the switches of each of the sources that has any."""
    query = select(SunSourceSharing.sun_source_id, *_SWITCH_COLUMNS)
    rows = session.execute(query.where(SunSourceSharing.sun_source_id.in_(list(source_ids))))
    return {row[0]: SwitchRecord(*row[1:]) for row in rows}


def set_switches(session: Session, source_id: UUID, wanted: SwitchRecord, now: datetime) -> None:
    """Keep the switches of a source."""
    values = {name: getattr(wanted, name) for name in SWITCHES}
    statement = insert_or(SunSourceSharing).values(sun_source_id=source_id, **values)
    session.execute(
        statement.on_conflict_do_update(index_elements=["sun_source_id"], set_={**values, "updated_at": now})
    )
