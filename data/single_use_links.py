"""Links that work once, in PostgreSQL: only hashes of their tokens are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from data.models import SingleUseLink

Purpose = Literal["reset", "email", "invitation"]


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """What a link that holds is for: an account, an e-mail address, or both."""

    user_id: str | None
    email: str | None
    expires_at: datetime


def keep(
    session: Session, purpose: Purpose, token: str, now: datetime, expires_at: datetime,
    *, user_id: str | None = None, email: str | None = None,
) -> None:  # fmt: skip
    """Keep a new link by the hash of its token."""
    values = {"purpose": purpose, "token_hash": hash_of(token), "user_id": user_id, "email": email}
    session.execute(insert(SingleUseLink).values(**values, created_at=now, expires_at=expires_at))


def look_at(session: Session, purpose: Purpose, token: str, now: datetime) -> LinkRecord | None:
    """Return what a link is for, without using it; None where it was used, has expired or never was."""
    columns = (SingleUseLink.user_id, SingleUseLink.email, SingleUseLink.expires_at)
    row = session.execute(select(*columns).where(_holds(purpose, token, now))).one_or_none()
    return LinkRecord(*row) if row is not None else None


def use(session: Session, purpose: Purpose, token: str, now: datetime) -> LinkRecord | None:
    """Use a link and return what it is for; of several at once only one gets it, the others None."""
    used = update(SingleUseLink).where(_holds(purpose, token, now)).values(used_at=now)
    columns = (SingleUseLink.user_id, SingleUseLink.email, SingleUseLink.expires_at)
    row = session.execute(used.returning(*columns)).one_or_none()
    return LinkRecord(*row) if row is not None else None


def drop_of_user(session: Session, user_id: str, purpose: Purpose) -> None:
    """Make the links of a user for a purpose worthless."""
    session.execute(
        delete(SingleUseLink).where(SingleUseLink.user_id == user_id, SingleUseLink.purpose == purpose)
    )


def remove_old(session: Session, before: datetime) -> int:
    """Remove links that expired before an instant; returns how many there were."""
    gone = delete(SingleUseLink).where(SingleUseLink.expires_at < before)
    return len(session.execute(gone.returning(SingleUseLink.id)).all())


def hash_of(token: str) -> str:
    """Return what is kept of a token: a plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _holds(purpose: Purpose, token: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        SingleUseLink.purpose == purpose,
        SingleUseLink.token_hash == hash_of(token),
        SingleUseLink.used_at.is_(None),
        SingleUseLink.expires_at > now,
    )
