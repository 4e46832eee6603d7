"""Sign-ins at other servers (OpenID Connect) in `user_logins`."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import UserLogin


def owner(session: Session, provider: str, key: str) -> str | None:
    """Return the id of the user that a login of another server belongs to, or None."""
    return session.execute(
        select(UserLogin.user_id).where(UserLogin.login_provider == provider, UserLogin.provider_key == key)
    ).scalar_one_or_none()


def connect(session: Session, user_id: str, provider: str, key: str, name: str) -> bool:
    """Connect a login with a user; False where it belongs to somebody already."""
    values = {"login_provider": provider, "provider_key": key, "provider_display_name": name, "user_id": user_id}
    made = insert(UserLogin).values(**values).on_conflict_do_nothing().returning(UserLogin.user_id)
    return session.execute(made).one_or_none() is not None


def disconnect(session: Session, user_id: str, provider: str) -> bool:
    """Take a server's logins from a user; False where there was none."""
    gone = delete(UserLogin).where(UserLogin.user_id == user_id, UserLogin.login_provider == provider)
    return bool(session.execute(gone.returning(UserLogin.user_id)).all())


def of_user(session: Session, user_id: str) -> list[str]:
    """Return the servers that a user signs in by."""
    query = select(UserLogin.login_provider).where(UserLogin.user_id == user_id).order_by(UserLogin.login_provider)
    return list(session.execute(query).scalars())
