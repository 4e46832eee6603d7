"""The second factor in `user_tokens`: the sealed TOTP secret, the newest step used, and hashes of recovery codes."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from data.models import User, UserToken

TOTP, RECOVERY = "totp", "recovery"
SECRET, LAST_STEP = "secret", "last-step"


def put_secret(session: Session, user_id: str, sealed: str) -> None:
    """Keep the sealed secret of a user in place of an older one; it counts once the factor is switched on."""
    for name, value in ((SECRET, sealed), (LAST_STEP, "0")):
        wanted = upsert(UserToken).values(user_id=user_id, login_provider=TOTP, name=name, value=value)
        keys = [UserToken.user_id, UserToken.login_provider, UserToken.name]
        session.execute(wanted.on_conflict_do_update(index_elements=keys, set_={"value": value}))


def secret(session: Session, user_id: str) -> str | None:
    """Return the sealed secret of a user, or None."""
    return session.execute(
        select(UserToken.value).where(
            UserToken.user_id == user_id, UserToken.login_provider == TOTP, UserToken.name == SECRET
        )
    ).scalar_one_or_none()


def use_step(session: Session, user_id: str, step: int) -> bool:
    """Use up a step of the clock; False where it or a later one was used already, so that no code works twice."""
    used = session.execute(
        update(UserToken)
        .where(UserToken.user_id == user_id, UserToken.login_provider == TOTP, UserToken.name == LAST_STEP)
        .where(cast(UserToken.value, BigInteger) < step)
        .values(value=str(step))
        .returning(UserToken.user_id)
    )
    return used.one_or_none() is not None


def put_recovery_codes(session: Session, user_id: str, hashes: Iterable[str]) -> None:
    """Keep the hashes of new recovery codes in place of the older ones."""
    _drop(session, user_id, RECOVERY)
    rows = [
        {"user_id": user_id, "login_provider": RECOVERY, "name": str(number), "value": each}
        for number, each in enumerate(hashes, 1)
    ]
    session.execute(insert(UserToken), rows)


def use_recovery_code(session: Session, user_id: str, code_hash: str) -> bool:
    """Use up a recovery code; False where the user has none of this hash."""
    gone = session.execute(
        delete(UserToken)
        .where(UserToken.user_id == user_id, UserToken.login_provider == RECOVERY, UserToken.value == code_hash)
        .returning(UserToken.user_id)
    )
    return gone.one_or_none() is not None


def count_recovery_codes(session: Session, user_id: str) -> int:
    """Return how many recovery codes a user has left."""
    condition = (UserToken.user_id == user_id, UserToken.login_provider == RECOVERY)
    return session.execute(select(func.count()).select_from(UserToken).where(*condition)).scalar_one()


def switch(session: Session, user_id: str, *, is_on: bool) -> None:
    """Switch the second factor of a user on or off; off forgets the secret and the codes."""
    session.execute(update(User).where(User.id == user_id).values(two_factor_enabled=is_on))
    if not is_on:
        _drop(session, user_id, TOTP)
        _drop(session, user_id, RECOVERY)


def _drop(session: Session, user_id: str, provider: str) -> None:
    session.execute(delete(UserToken).where(UserToken.user_id == user_id, UserToken.login_provider == provider))
