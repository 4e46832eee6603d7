"""Users and their roles in PostgreSQL; sign-in failures are counted by the server, so that none is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import Role, User, UserRole


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user with the names of their roles."""

    id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    password_hash: str | None
    is_email_verified: bool
    security_stamp: str
    lockout_end: datetime | None
    created_at: datetime
    roles: frozenset[str]

    def is_locked(self, now: datetime) -> bool:
        return self.lockout_end is not None and now < self.lockout_end


def by_id(session: Session, user_id: str) -> UserRecord | None:
    """Return one user, or None."""
    return _find(session, User.id == user_id)


def by_normalized_email(session: Session, normalized_email: str) -> UserRecord | None:
    """Return the user of an upper-case e-mail address, or None."""
    return _find(session, User.normalized_email == normalized_email)


def _find(session: Session, condition: ColumnElement[bool]) -> UserRecord | None:
    roles = (
        select(func.array_agg(Role.name))
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )
    found = session.execute(select(User, roles).where(condition)).one_or_none()
    if found is None:
        return None
    user, names = found
    return UserRecord(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        password_hash=user.password_hash,
        is_email_verified=user.is_email_verified,
        security_stamp=user.security_stamp,
        lockout_end=user.lockout_end,
        created_at=user.created_at,
        roles=frozenset(names or ()),
    )


def create(session: Session, values: Mapping[str, Any]) -> str | None:
    """Add a user; returns the id, or None where another has this e-mail address or user name."""
    return session.execute(
        insert(User).values(**values).on_conflict_do_nothing().returning(User.id)
    ).scalar_one_or_none()


def add_roles(session: Session, user_id: str, names: Iterable[str]) -> None:
    """Give a user roles by name; one they have already stays."""
    wanted = select(text(":user_id").bindparams(user_id=user_id), Role.id).where(Role.name.in_(list(names)))
    session.execute(insert(UserRole).from_select(["user_id", "role_id"], wanted).on_conflict_do_nothing())


def has_member(session: Session, role: str) -> bool:
    """Return whether any user has a role."""
    members = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).where(Role.name == role)
    return session.execute(select(members.exists())).scalar_one()


def replace_password_hash(session: Session, user_id: str, old: str | None, new: str) -> bool:
    """Put a new hash in place of the old one; False where the hash is another by now."""
    changed = session.execute(
        update(User)
        .where(User.id == user_id, User.password_hash.is_not_distinct_from(old))
        .values(password_hash=new)
        .returning(User.id)
    )
    return changed.one_or_none() is not None


def set_password(session: Session, user_id: str, new_hash: str) -> None:
    """Give a user another password, which ends their sessions."""
    stamp = cast(func.gen_random_uuid(), Text)
    session.execute(update(User).where(User.id == user_id).values(password_hash=new_hash, security_stamp=stamp))


def count_failure(session: Session, user_id: str, now: datetime, limit: int, lock_for: timedelta) -> None:
    """Count a wrong password; the one that reaches `limit` locks the account and the count begins anew.

    One statement, so that attempts at the same time are all counted. While locked nothing is counted.
    """
    reached = User.access_failed_count + 1 >= limit
    session.execute(
        update(User)
        .where(User.id == user_id, User.lockout_enabled, _is_open(now))
        .values(
            access_failed_count=case((reached, 0), else_=User.access_failed_count + 1),
            lockout_end=case((reached, now + lock_for), else_=User.lockout_end),
        )
    )


def clear_failures(session: Session, user_id: str, now: datetime) -> bool:
    """Forget wrong passwords after a right one; False where the account is locked, perhaps since it was read."""
    cleared = session.execute(
        update(User).where(User.id == user_id, _is_open(now)).values(access_failed_count=0).returning(User.id)
    )
    return cleared.one_or_none() is not None


def _is_open(now: datetime) -> ColumnElement[bool]:
    return or_(User.lockout_end.is_(None), User.lockout_end <= now)


def wait_for_others(session: Session, purpose: int) -> None:
    """Make other sessions that ask with the same number wait until this one ends."""
    session.execute(select(func.pg_advisory_xact_lock(purpose)))
