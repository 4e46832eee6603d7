"""API tokens: named keys of an account for programs, to read or to write, shown once and kept as hashes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from data import api_tokens, audit_log, postgres, users
from data.api_tokens import TokenRecord
from services import audit
from services.errors import Invalid, NotFound
from services.people import accounts, attempts
from services.people.accounts import Account

Scope = Literal["read", "write"]
SCOPES: tuple[Scope, ...] = ("read", "write")
PREFIX = "ampra_"
MOST_TOKENS, LONGEST_NAME = 50, 60
DAYS = (7, 30, 90, 365)
_NOTE_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose token it is, and what it may."""

    account: Account
    scope: Scope


def make(account_id: str, name: str, scope: str, days: int, now: datetime) -> str:
    """Make a token that ends after so many days; returns it, and nobody can read it again. Raises Invalid."""
    errors = _errors(name.strip(), scope, days)
    if errors:
        raise Invalid(errors)
    token = PREFIX + secrets.token_urlsafe(32)
    with postgres.session() as session:
        if len(api_tokens.of_user(session, account_id)) >= MOST_TOKENS:
            raise Invalid({"name": f"one account has at most {MOST_TOKENS} tokens; remove one that is not needed"})
        until = now + timedelta(days=days)
        if not api_tokens.add(session, account_id, name.strip(), api_tokens.hash_of(token), scope, now, until):
            raise Invalid({"name": "there is a token of this name already"})
        audit_log.add(session, "token-made", **audit.own(account_id, now), details={"scope": scope})
    return token


def of_account(account_id: str) -> list[TokenRecord]:
    """Return the tokens of an account by name, those that ended included."""
    with postgres.session() as session:
        return api_tokens.of_user(session, account_id)


def remove(account_id: str, name: str, now: datetime) -> None:
    """Remove a token at once; raises NotFound."""
    with postgres.session() as session:
        if not api_tokens.remove(session, account_id, name):
            raise NotFound("there is no such token")
        audit_log.add(session, "token-removed", **audit.own(account_id, now))


def holder_of(token: str, now: datetime) -> Holder | None:
    """Return whose token this is, None where it does not hold; notes its use. Raises TooMany."""
    if not token.startswith(PREFIX):
        return None
    with postgres.session() as session:
        found = api_tokens.find(session, api_tokens.hash_of(token), now)
        if found is None:
            return None
        user = users.by_id(session, found.user_id)
        if user is None or user.is_barred or not user.is_email_verified:
            return None
        if found.last_used_at is None or now - found.last_used_at >= _NOTE_EVERY:
            api_tokens.touch(session, found.user_id, found.name, now)
    attempts.at_account("token", f"{found.user_id}:{found.name}")
    return Holder(accounts.account_of(user), "write" if found.scope == "write" else "read")


def _errors(name: str, scope: str, days: int) -> dict[str, str]:
    errors = {}
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        errors["name"] = f"must have 1 to {LONGEST_NAME} characters, all of them printable"
    if scope not in SCOPES:
        errors["scope"] = "must be read or write"
    if days not in DAYS:
        errors["days"] = f"must be one of {', '.join(map(str, DAYS))}"
    return errors
