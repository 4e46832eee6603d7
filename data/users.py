"""Users and their roles in PostgreSQL; sign-in failures are counted by the server, so that none is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Text, case, cast, func, or_, select, text, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import Role, RoleClaim, User, UserClaim, UserRole

PERMISSION = "permission"


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
    two_factor_enabled: bool
    barred_at: datetime | None
    deletion_requested_at: datetime | None
    roles: frozenset[str]
    permissions: frozenset[str]

    @property
    def is_barred(self) -> bool:
        """Whether an admin locked the account, or it waits to be deleted: no sign-in, session or token holds."""
        return self.barred_at is not None or self.deletion_requested_at is not None


def by_id(session: Session, user_id: str) -> UserRecord | None:
    """Return one user, or None."""
    return _find(session, User.id == user_id)


def by_normalized_email(session: Session, normalized_email: str) -> UserRecord | None:
    """Return the user of an upper-case e-mail address, or None."""
    return _find(session, User.normalized_email == normalized_email)


def _find(session: Session, condition: ColumnElement[bool]) -> UserRecord | None:
    found = session.execute(select(User, _roles(), _permissions()).where(condition)).one_or_none()
    return record(*found) if found is not None else None


def record(user: User, roles: Iterable[str] | None, permissions: Iterable[str] | None) -> UserRecord:
    """Return the record of a user's row with the names of their roles and permissions."""
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
        two_factor_enabled=user.two_factor_enabled,
        barred_at=user.barred_at,
        deletion_requested_at=user.deletion_requested_at,
        roles=frozenset(roles or ()),
        permissions=frozenset(permissions or ()),
    )


def _roles() -> ScalarSelect[Any]:
    return (
        select(func.array_agg(Role.name))
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )


def _permissions() -> ScalarSelect[Any]:
    """What a user may: by the claims of their roles, and by their own."""
    of_roles = (
        select(RoleClaim.claim_value)
        .join(UserRole, UserRole.role_id == RoleClaim.role_id)
        .where(UserRole.user_id == User.id, RoleClaim.claim_type == PERMISSION)
        .correlate(User)
    )
    own = (
        select(UserClaim.claim_value)
        .where(UserClaim.user_id == User.id, UserClaim.claim_type == PERMISSION)
        .correlate(User)
    )
    return select(func.array(union(of_roles, own).scalar_subquery())).correlate(User).scalar_subquery()


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
    change(session, user_id, {"password_hash": new_hash, "security_stamp": new_stamp()})


def new_stamp() -> ColumnElement[str]:
    """Return the value that ends a user's sessions when it is put into `security_stamp`."""
    return cast(func.gen_random_uuid(), Text)


def change(session: Session, user_id: str, values: Mapping[str, Any]) -> bool:
    """Change columns of a user; False where there is no such user (any more)."""
    changed = session.execute(update(User).where(User.id == user_id).values(**values).returning(User.id))
    return changed.one_or_none() is not None


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


def is_open(session: Session, user_id: str, now: datetime) -> bool:
    """Return whether wrong passwords have not locked an account."""
    return session.execute(select(User.id).where(User.id == user_id, _is_open(now))).one_or_none() is not None


def _is_open(now: datetime) -> ColumnElement[bool]:
    return or_(User.lockout_end.is_(None), User.lockout_end <= now)


def wait_for_others(session: Session, purpose: int) -> None:
    """Make other sessions that ask with the same number wait until this one ends."""
    session.execute(select(func.pg_advisory_xact_lock(purpose)))
