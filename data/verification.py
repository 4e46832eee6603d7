"""Codes that prove an e-mail address, in the user's row; attempts are counted exactly."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select, update
from sqlalchemy.orm import Session

from data.models import User

Who = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Rules:
    """How long a code holds, how often it may be sent and mistaken, and how long a lock lasts."""

    valid_for: timedelta
    resend_after: timedelta
    attempts: int
    locked_for: timedelta


@dataclass(frozen=True, slots=True)
class State:
    """Where a verification stands."""

    email: str | None
    is_verified: bool
    failed: int
    sent_at: datetime | None
    expires_at: datetime | None
    locked_until: datetime | None


def by_nonce(normalized_email: str, nonce: str) -> Who:
    """Return the condition for the account that was registered last with an address, by whoever holds the nonce."""
    return and_(User.normalized_email == normalized_email, User.verification_nonce == nonce)


def by_id(user_id: str) -> Who:
    """Return the condition for an account by its id."""
    return User.id == user_id


def state(session: Session, who: Who) -> State | None:
    """Return where the verification of an account stands, or None where there is no such account."""
    found = session.execute(
        select(
            User.email, User.is_email_verified, User.failed_verification_attempts, User.last_code_sent_at,
            User.email_verification_code_expiry, User.verification_lockout_until,
        ).where(who)
    ).one_or_none()
    return State(*found) if found is not None else None


def claim_again(session: Session, values: Mapping[str, Any]) -> bool:
    """Let the newest registration of a known address be the one that may verify it; returns whether it may at all.

    An account that was never verified takes the new password and name, and its sessions end: whoever began it did not
    prove the address. A verified one only takes the nonce, so that wrong codes are counted as for any other.
    """
    same = User.normalized_email == values["normalized_email"]
    renewed = {**values, "security_stamp": cast(func.gen_random_uuid(), Text)}
    taken = session.execute(
        update(User).where(same, User.is_email_verified.is_(False)).values(**renewed).returning(User.id)
    )
    if taken.one_or_none() is not None:
        return True
    session.execute(update(User).where(same).values(verification_nonce=values["verification_nonce"]))
    return False


def keep_code(session: Session, who: Who, code_hash: str, now: datetime, rules: Rules) -> str | None:
    """Keep a new code in place of an older one; returns the address, or None while locked or too soon after one."""
    may = or_(User.last_code_sent_at.is_(None), User.last_code_sent_at <= now - rules.resend_after)
    kept = session.execute(
        update(User)
        .where(who, may, _is_open(now))
        .values(
            email_verification_code=code_hash,
            email_verification_code_expiry=now + rules.valid_for,
            last_code_sent_at=now,
        )
        .returning(User.email)
    )
    return kept.scalar_one_or_none()


def try_code(session: Session, who: Who, code_hash: str, now: datetime, rules: Rules) -> str | None:
    """Try a code; returns the id of the account that is verified by it, else None.

    The row is held while it is judged, so that attempts at the same time are all counted. The wrong one that reaches
    the limit locks, spends the code, and the count begins anew; while locked nothing is judged or counted.
    """
    columns = (
        User.id, User.email_verification_code, User.email_verification_code_expiry, User.failed_verification_attempts,
    )
    found = session.execute(select(*columns).where(who, _is_open(now)).with_for_update()).one_or_none()
    if found is None:
        return None
    user_id, kept, expires_at, failed = found
    is_due = expires_at is not None and now < expires_at
    is_right = is_due and kept is not None and hmac.compare_digest(kept, code_hash)
    values = _verified() if is_right else _mistaken(failed + 1, now, rules)
    session.execute(update(User).where(User.id == user_id).values(**values))
    return str(user_id) if is_right else None


def _verified() -> dict[str, Any]:
    return {
        "is_email_verified": True, "email_confirmed": True, "email_verification_code": None,
        "email_verification_code_expiry": None, "failed_verification_attempts": 0, "verification_nonce": None,
    }


def _mistaken(failed: int, now: datetime, rules: Rules) -> dict[str, Any]:
    if failed < rules.attempts:
        return {"failed_verification_attempts": failed}
    return {
        "failed_verification_attempts": 0, "verification_lockout_until": now + rules.locked_for,
        "email_verification_code": None,
    }


def _is_open(now: datetime) -> ColumnElement[bool]:
    return or_(User.verification_lockout_until.is_(None), User.verification_lockout_until <= now)
