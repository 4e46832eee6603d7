"""The credentials of sources in PostgreSQL: only hashes and sealed texts, several of a kind while one is replaced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from data.models import SourceCredential, SunSource

Kind = Literal["mqtt", "webhook"]


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    """One credential that was not revoked: what is kept of it and until when it holds (None: until it is replaced)."""

    kept: str
    expires_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


def of_source(session: Session, source_id: UUID, kind: Kind) -> list[CredentialRecord]:
    """Return the credentials of a source that were not revoked, newest first."""
    kept = func.coalesce(SourceCredential.secret_hash, SourceCredential.sealed_secret)
    query = (
        select(kept, SourceCredential.expires_at)
        .where(SourceCredential.sun_source_id == source_id, SourceCredential.kind == kind)
        .where(SourceCredential.revoked_at.is_(None))
        .order_by(SourceCredential.created_at.desc())
    )
    return [CredentialRecord(text, expires_at) for text, expires_at in session.execute(query)]


def mqtt_access(session: Session, source_ids: Iterable[UUID], now: datetime) -> dict[UUID, bool]:
    """Return, for each of the sources that exists, whether it is active and has an MQTT key that holds."""
    holds = exists().where(
        SourceCredential.sun_source_id == SunSource.id,
        SourceCredential.kind == "mqtt",
        SourceCredential.revoked_at.is_(None),
        or_(SourceCredential.expires_at.is_(None), SourceCredential.expires_at > now),
    )
    query = select(SunSource.id, SunSource.is_active, holds).where(SunSource.id.in_(list(source_ids)))
    return {source_id: bool(is_active and has_key) for source_id, is_active, has_key in session.execute(query)}


def add(session: Session, source_id: UUID, kind: Kind, kept: str, now: datetime) -> None:
    """Add a credential and show it in the source's own column of the original schema."""
    column = "secret_hash" if kind == "mqtt" else "sealed_secret"
    session.execute(
        insert(SourceCredential).values(sun_source_id=source_id, kind=kind, created_at=now, **{column: kept})
    )
    _mirror(session, source_id, kind, kept)


def let_expire(session: Session, source_id: UUID, kind: Kind, at: datetime) -> None:
    """Let every credential of a kind end at `at`, or earlier where it already would."""
    ends = func.least(func.coalesce(SourceCredential.expires_at, at), at)
    session.execute(
        update(SourceCredential)
        .where(SourceCredential.sun_source_id == source_id, SourceCredential.kind == kind)
        .values(expires_at=ends)
    )


def revoke(session: Session, source_id: UUID, kind: Kind, now: datetime) -> int:
    """Revoke every credential of a kind; returns how many were not revoked before."""
    gone = session.execute(
        update(SourceCredential)
        .where(SourceCredential.sun_source_id == source_id, SourceCredential.kind == kind)
        .where(SourceCredential.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(SourceCredential.id)
    )
    _mirror(session, source_id, kind, None)
    return len(gone.all())


def lock_source(session: Session, source_id: UUID) -> bool:
    """Make other writers of this source's credentials wait until the session ends; returns whether it exists."""
    found = session.execute(select(SunSource.id).where(SunSource.id == source_id).with_for_update())
    return found.one_or_none() is not None


def _mirror(session: Session, source_id: UUID, kind: Kind, kept: str | None) -> None:
    column = "mqtt_api_key" if kind == "mqtt" else "webhook_secret"
    session.execute(update(SunSource).where(SunSource.id == source_id).values(**{column: kept}))
