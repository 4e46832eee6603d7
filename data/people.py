"""Users as admins see them: searched, with their role, their sources and when they were last here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from data.models import AccountSession, Role, RoleClaim, SunSource, User, UserClaim, UserRole
from data.users import PERMISSION


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One user in a list."""

    id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    is_email_verified: bool
    has_second_factor: bool
    barred_at: datetime | None
    deletion_requested_at: datetime | None
    created_at: datetime
    roles: frozenset[str]
    sources: int
    last_seen_at: datetime | None


def search(session: Session, words: str, limit: int) -> list[PersonRecord]:
    """Return users whose address or name contains each of some words, by address."""
    query = select(*_columns()).order_by(User.normalized_email, User.id).limit(limit)
    for word in words.split():
        pattern = f"%{_escaped(word)}%"
        places = (User.email, User.first_name, User.last_name)
        query = query.where(or_(*(place.ilike(pattern, escape="\\") for place in places)))
    return [_record(*row) for row in session.execute(query)]


def set_role(session: Session, user_id: str, role: str) -> None:
    """Give a user one role in place of those they have."""
    session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    found = session.execute(select(Role.id).where(Role.name == role)).scalar_one()
    session.add(UserRole(user_id=user_id, role_id=found))
    session.flush()


def permissions_of_roles(session: Session, user_id: str) -> frozenset[str]:
    """Return what a user may by the claims of their roles alone."""
    query = (
        select(RoleClaim.claim_value)
        .join(UserRole, UserRole.role_id == RoleClaim.role_id)
        .where(UserRole.user_id == user_id, RoleClaim.claim_type == PERMISSION)
    )
    return frozenset(each for each in session.execute(query).scalars() if each)


def own_permissions(session: Session, user_id: str) -> frozenset[str]:
    """Return what a user may by claims of their own."""
    query = select(UserClaim.claim_value).where(UserClaim.user_id == user_id, UserClaim.claim_type == PERMISSION)
    return frozenset(each for each in session.execute(query).scalars() if each)


def put_permission(session: Session, user_id: str, permission: str, *, is_given: bool) -> None:
    """Give a user a permission of their own, once, or take it away."""
    own = (UserClaim.user_id == user_id, UserClaim.claim_type == PERMISSION, UserClaim.claim_value == permission)
    session.execute(delete(UserClaim).where(*own))
    if is_given:
        session.add(UserClaim(user_id=user_id, claim_type=PERMISSION, claim_value=permission))
        session.flush()


def count_active(session: Session, role: str) -> int:
    """Return how many users of a role are neither barred nor on the way out."""
    members = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).where(Role.name == role)
    active = (User.id.in_(members), User.barred_at.is_(None), User.deletion_requested_at.is_(None))
    return session.execute(select(func.count()).select_from(User).where(*active)).scalar_one()


def bar(session: Session, user_id: str, at: datetime | None) -> None:
    """Lock an account from an instant on, or with None open it again, wrong passwords forgotten."""
    values: dict[str, Any] = {"barred_at": at}
    if at is None:
        values |= {"lockout_end": None, "access_failed_count": 0, "verification_lockout_until": None}
    session.execute(update(User).where(User.id == user_id).values(**values))


def waiting_for_deletion(session: Session) -> list[str]:
    """Return the ids of users that are to be deleted."""
    return list(session.execute(select(User.id).where(User.deletion_requested_at.is_not(None))).scalars())


def remove(session: Session, user_id: str) -> bool:
    """Delete a user with all that is theirs in PostgreSQL; False where there was none."""
    gone = session.execute(delete(User).where(User.id == user_id).returning(User.id))
    return gone.one_or_none() is not None


def _columns() -> tuple[ColumnElement[Any], ...]:
    roles = (
        select(func.array_agg(Role.name)).join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == User.id).correlate(User).scalar_subquery()
    )  # fmt: skip
    sources = select(func.count()).select_from(SunSource).where(SunSource.user_id == User.id)
    seen = select(func.max(AccountSession.last_seen_at)).where(AccountSession.user_id == User.id)
    own: tuple[Any, ...] = (
        User.id, User.email, User.first_name, User.last_name, User.is_email_verified, User.two_factor_enabled,
        User.barred_at, User.deletion_requested_at, User.created_at,
    )
    return (*own, roles, sources.correlate(User).scalar_subquery(), seen.correlate(User).scalar_subquery())


def _record(*values: Any) -> PersonRecord:
    *own, roles, sources, seen = values
    kept: list[Any] = [*own, frozenset(roles or ()), sources, seen]
    return PersonRecord(*kept)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
