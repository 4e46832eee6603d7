"""API tokens in `user_tokens`: a name, a scope, an end, and the hash of the token."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import UserToken

PROVIDER = "api"


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token without the token."""

    user_id: str
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


_COLUMNS = (
    UserToken.user_id, UserToken.name, UserToken.scope, UserToken.created_at, UserToken.expires_at,
    UserToken.last_used_at,
)


def hash_of(token: str) -> str:
    """Return what is kept of a token: a plain hash is enough for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def add(
    session: Session, user_id: str, name: str, token_hash: str, scope: str, now: datetime, expires_at: datetime
) -> bool:
    """Keep a token; False where the user has one of this name."""
    values = {"user_id": user_id, "login_provider": PROVIDER, "name": name, "value": token_hash, "scope": scope}
    made = insert(UserToken).values(**values, created_at=now, expires_at=expires_at).on_conflict_do_nothing()
    return session.execute(made.returning(UserToken.name)).one_or_none() is not None


def of_user(session: Session, user_id: str) -> list[TokenRecord]:
    """Return a user's tokens by name."""
    query = select(*_COLUMNS).where(UserToken.user_id == user_id, UserToken.login_provider == PROVIDER)
    return [_record(row) for row in session.execute(query.order_by(UserToken.name))]


def find(session: Session, token_hash: str, now: datetime) -> TokenRecord | None:
    """Return the token of a hash that has not ended, or None."""
    query = select(*_COLUMNS).where(
        UserToken.login_provider == PROVIDER, UserToken.value == token_hash, UserToken.expires_at > now
    )
    row = session.execute(query).one_or_none()
    return _record(row) if row is not None else None


def _record(row: Any) -> TokenRecord:
    return TokenRecord(*row)


def touch(session: Session, user_id: str, name: str, now: datetime) -> None:
    """Note that a token was used."""
    session.execute(
        update(UserToken)
        .where(UserToken.user_id == user_id, UserToken.login_provider == PROVIDER, UserToken.name == name)
        .values(last_used_at=now)
    )


def remove(session: Session, user_id: str, name: str) -> bool:
    """Remove a token; False where the user has none of this name."""
    gone = delete(UserToken).where(
        UserToken.user_id == user_id, UserToken.login_provider == PROVIDER, UserToken.name == name
    )
    return session.execute(gone.returning(UserToken.name)).one_or_none() is not None
