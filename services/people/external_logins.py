"""Signing in by another server (OpenID Connect): which account its person has here."""

from dataclasses import dataclass
from datetime import datetime

from data import audit_log, logins, postgres, settings, users
from services import audit
from services.errors import Forbidden
from services.people import accounts, registration
from services.people.accounts import Account


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the other server knows them; `subject` never changes there, the rest may."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    first_name: str = ""
    last_name: str = ""


def is_offered() -> bool:
    """Return whether there is such a server."""
    given = settings.get()
    return bool(given.oidc_issuer and given.oidc_client_id)


def account_for(person: Person, now: datetime) -> Account:
    """Return the account of a person, making it where registration is open and the address is free and proved there.

    An account that exists is never joined by its address alone: its owner connects it in the settings. Raises
    Forbidden with a sentence for the person.
    """
    with postgres.session() as session:
        user_id = logins.owner(session, person.issuer, person.subject)
        user = users.by_id(session, user_id) if user_id is not None else None
    if user is not None:
        if user.is_barred:
            raise Forbidden("This account is locked.")
        return accounts.account_of(user)
    return _make(person, now)


def connect(account_id: str, person: Person, now: datetime) -> None:
    """Let a person sign in to an account by the other server; raises Forbidden where another account has that."""
    with postgres.session() as session:
        if logins.owner(session, person.issuer, person.subject) == account_id:
            return
        if not logins.connect(session, account_id, person.issuer, person.subject, settings.get().oidc_name):
            raise Forbidden("This sign-in is connected with another account.")
        audit_log.add(session, "login-connected", **audit.own(account_id, now))


def disconnect(account_id: str, now: datetime) -> bool:
    """Take the other server's sign-in from an account; raises Forbidden where it has no password of its own."""
    with postgres.session() as session:
        user = users.by_id(session, account_id)
        if user is None or user.password_hash is None:
            raise Forbidden("Set a password first: there would be no way to sign in.")
        audit_log.add(session, "login-disconnected", **audit.own(account_id, now))
        return logins.disconnect(session, account_id, settings.get().oidc_issuer)


def is_connected(account_id: str) -> bool:
    """Return whether an account may be signed in to by the other server."""
    with postgres.session() as session:
        return settings.get().oidc_issuer in logins.of_user(session, account_id)


def _make(person: Person, now: datetime) -> Account:
    if not person.is_email_verified or accounts.email_errors(person.email):
        raise Forbidden("The other server does not vouch for your e-mail address.")
    if registration.mode() != "open":
        raise Forbidden("New accounts are not open to everybody here. Ask whoever runs this Ampra.")
    verified = {"is_email_verified": True, "email_confirmed": True}
    names = accounts.name_values(person.first_name[:100], person.last_name[:100])
    with postgres.session() as session:
        user_id = users.create(session, {**accounts.email_values(person.email), **names, **verified})
        if user_id is None:
            raise Forbidden("There is an account with your address. Sign in to it and connect it in the settings.")
        users.add_roles(session, user_id, ("User",))
        logins.connect(session, user_id, person.issuer, person.subject, settings.get().oidc_name)
        audit_log.add(session, "registered", **audit.own(user_id, now))
        made = users.by_id(session, user_id)
    if made is None:
        raise RuntimeError("the user just made is gone")
    return accounts.account_of(made)
