"""Accounts: made, signed in to, loaded; wrong passwords lock an account without telling strangers that it exists."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import postgres, users
from data.users import UserRecord
from services.errors import Invalid
from services.people import passwords

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=5)
ROLES = ("Overseer", "Admin", "User")
# No refusal is quicker than this: the time tells nothing of which work was done.
REFUSAL_SECONDS = 0.25
_LONGEST_EMAIL, _LONGEST_NAME = 254, 100
_ENSURE_OVERSEER = 0x6F766572


@dataclass(frozen=True, slots=True)
class Account:
    """A user as other rooms see them; a session ends when the security stamp changes."""

    id: str
    email: str
    first_name: str
    last_name: str
    roles: frozenset[str]
    is_email_verified: bool
    security_stamp: str
    has_second_factor: bool = False
    is_barred: bool = False
    permissions: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """First and last name, or the address where there is none."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.email


def load(account_id: str) -> Account | None:
    """Return an account, or None where there is none (any more)."""
    if not account_id.isprintable():
        return None
    with postgres.session() as session:
        found = users.by_id(session, account_id)
    return account_of(found) if found else None


def create_user(
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    *,
    roles: Iterable[str] = ("User",),
    is_email_verified: bool = False,
) -> Account:
    """Make an account; raises Invalid with a sentence for each field that breaks a rule."""
    values = values_of(email, password, first_name, last_name)
    given = frozenset(roles)
    if not given <= set(ROLES):
        raise ValueError(f"roles must be among {ROLES}, not {sorted(given)}")
    values |= {"is_email_verified": is_email_verified, "email_confirmed": is_email_verified}
    with postgres.session() as session:
        user_id = users.create(session, values)
        if user_id is None:
            raise Invalid({"email": "there is an account with this address already"})
        users.add_roles(session, user_id, given)
        made = users.by_id(session, user_id)
    if made is None:
        raise RuntimeError("the user just made is gone")
    return account_of(made)


def authenticate(email: str, password: str, now: datetime) -> Account | None:
    """Return the account of an e-mail address and its password, or None, whatever the reason.

    Five wrong passwords lock the account for five minutes. An address that nobody has, a locked account and a wrong
    password take the same work and the same least time. Where the account has a second factor, the count of wrong ones
    is only forgotten when that was right too.
    """
    started = time.monotonic()
    account = _sign_in(email, password, now)
    if account is None:
        wait_since(started)
    return account


def wait_since(started: float) -> None:
    """Wait until the least time of an answer has passed since a monotonic instant, so that it tells nothing."""
    time.sleep(max(0.0, REFUSAL_SECONDS - (time.monotonic() - started)))


def ensure_overseer(email: str, password: str) -> Account | None:
    """Make the first Overseer where there is none yet, and return it; None where there is one already.

    Where the address has an account, it becomes Overseer and takes this password. Two at once make one.
    """
    with postgres.session() as session:
        users.wait_for_others(session, _ENSURE_OVERSEER)
        if users.has_member(session, "Overseer"):
            return None
        values = values_of(email, password, "", "") | {"is_email_verified": True, "email_confirmed": True}
        known = users.by_normalized_email(session, normalize_email(email))
        user_id = known.id if known else users.create(session, values)
        if user_id is None:
            raise Invalid({"email": "there is another account of this name"})
        if known is not None:
            users.set_password(session, known.id, str(values["password_hash"]))
        users.add_roles(session, user_id, ("Overseer",))
        made = users.by_id(session, user_id)
    return account_of(made) if made else None


def normalize_email(email: str) -> str:
    """Return an address as it is compared: trimmed and in upper case, as ASP.NET Identity keeps it.

    A letter stays where its capital is of another length or only looks like one of another alphabet's (the Turkish
    dotless i): two different mailboxes must never become one account.
    """
    return "".join(map(_capital, email.strip()))


def _capital(letter: str) -> str:
    capital = letter.upper()
    is_same_kind = len(capital) == 1 and letter.isascii() == capital.isascii()
    return capital if is_same_kind else letter


def _sign_in(email: str, password: str, now: datetime) -> Account | None:
    user = _find(email)
    if user is None or user.password_hash is None or len(password) > passwords.LONGEST:
        passwords.spend_time(password[: passwords.LONGEST])
        return None
    # No connection is held while the processor works on the hash.
    is_right = passwords.verify(password, user.password_hash)
    with postgres.session() as session:
        if not is_right:
            users.count_failure(session, user.id, now, FAILURES_ALLOWED, LOCKED_FOR)
            return None
        # Asked again: another attempt may have locked the account while this one was verified.
        goes_on = users.is_open if user.two_factor_enabled else users.clear_failures
        if user.is_barred or not goes_on(session, user.id, now):
            return None
    if passwords.needs_upgrade(user.password_hash):
        _upgrade_hash(user, password)
    return account_of(user)


def _find(email: str) -> UserRecord | None:
    if not _is_address(email.strip()):
        return None
    with postgres.session() as session:
        return users.by_normalized_email(session, normalize_email(email))


def _upgrade_hash(user: UserRecord, password: str) -> None:
    new = passwords.hash_password(password)
    with postgres.session() as session:
        users.replace_password_hash(session, user.id, user.password_hash, new)


def _is_address(email: str) -> bool:
    name, at, domain = email.rpartition("@")
    is_plain = email.isprintable() and " " not in email and len(email) <= _LONGEST_EMAIL
    return bool(is_plain and name and at and domain and not set("<>,;:\"") & set(email))


def values_of(email: str, password: str, first_name: str, last_name: str) -> dict[str, object]:
    """Return the columns of a new account; raises Invalid with a sentence for each field that breaks a rule."""
    errors = {**email_errors(email), **name_errors(first_name, last_name)}
    if sentence := passwords.problem(password):
        errors["password"] = sentence
    if errors:
        raise Invalid(errors)
    hashed = {"password_hash": passwords.hash_password(password)}
    return {**email_values(email), **name_values(first_name, last_name), **hashed}


def email_errors(email: str) -> dict[str, str]:
    """Return what is wrong with an e-mail address, by field."""
    return {} if _is_address(email.strip()) else {"email": "must be an e-mail address, such as name@example.org"}


def name_errors(first_name: str, last_name: str) -> dict[str, str]:
    """Return what is wrong with a name, by field."""
    sentence = f"must have at most {_LONGEST_NAME} characters, all of them printable"
    given = {"first_name": first_name, "last_name": last_name}
    return {field: sentence for field, name in given.items() if len(name) > _LONGEST_NAME or not name.isprintable()}


def email_values(email: str) -> dict[str, object]:
    """Return the columns that follow from an e-mail address."""
    address, normalized = email.strip(), normalize_email(email)
    return {
        "email": address, "normalized_email": normalized, "user_name": address, "normalized_user_name": normalized,
    }


def name_values(first_name: str, last_name: str) -> dict[str, object]:
    """Return the columns of a name; an empty one is none."""
    return {"first_name": first_name.strip() or None, "last_name": last_name.strip() or None}


def account_of(user: UserRecord) -> Account:
    """Return a user as other rooms see them."""
    return Account(
        id=user.id,
        email=user.email or "",
        first_name=user.first_name or "",
        last_name=user.last_name or "",
        roles=user.roles,
        is_email_verified=user.is_email_verified,
        security_stamp=user.security_stamp,
        has_second_factor=user.two_factor_enabled,
        is_barred=user.is_barred,
        permissions=user.permissions,
    )
