"""Sessions of accounts: begun at sign-in, slid on while used, listed, and ended one by one or all at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data import account_sessions, audit_log, postgres, users
from data.account_sessions import SessionRecord
from services import audit
from services.people import accounts
from services.people.accounts import Account

LIFETIME = timedelta(days=7)
# How the edge finds the session of the current request, and lets its cookie go on with a new stamp.
_edge: list[tuple[Callable[[], UUID | None], Callable[[str], None]]] = []
# Noting every request would write to the database at every refresh of every page.
_NOTE_EVERY = timedelta(minutes=5)
_LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Known:
    """The account of a session."""

    account: Account
    session_id: UUID


def set_edge(finder: Callable[[], UUID | None], renew: Callable[[str], None]) -> None:
    """Install how the edge finds the session of the current request, and gives its cookie another stamp."""
    _edge[:] = [(finder, renew)]


def current_id() -> UUID | None:
    """Return the session of the current request; None outside of one, and for programs with a token."""
    return _edge[0][0]() if _edge else None


def go_on(stamp: str) -> None:
    """Let the session of the current request go on after a change that ended the others."""
    if _edge:
        _edge[0][1](stamp)


def begin(account_id: str, agent: str | None, now: datetime) -> UUID:
    """Begin a session of an account; returns its id."""
    with postgres.session() as session:
        account_sessions.remove_unused(session, now, LIFETIME)
        audit_log.add(session, "signed-in", **audit.own(account_id, now))
        return account_sessions.begin(session, account_id, now, audit.origin(), (agent or "")[:_LONGEST_AGENT])


def find(session_id: str, stamp: str, now: datetime) -> Known | None:
    """Return the account of a session that goes on, and note its use; None where it ended.

    It ends after seven days without use, when the account's security stamp changes, and when the account is barred.
    """
    try:
        wanted = UUID(session_id)
    except ValueError:
        return None
    with postgres.session() as session:
        record = account_sessions.find(session, wanted)
        if record is None or record.last_seen_at <= now - LIFETIME:
            return None
        user = users.by_id(session, record.user_id)
        if user is None or user.is_barred or user.security_stamp != stamp:
            return None
        if now - record.last_seen_at >= _NOTE_EVERY:
            account_sessions.touch(session, wanted, now)
    return Known(accounts.account_of(user), wanted)


def of_account(account_id: str, now: datetime) -> list[SessionRecord]:
    """Return the sessions of an account that go on, the last used first."""
    with postgres.session() as session:
        return account_sessions.list_of(session, account_id, now - LIFETIME)


def end(account_id: str, session_id: UUID) -> bool:
    """End one of an account's own sessions; False where it has no such session."""
    with postgres.session() as session:
        return account_sessions.end(session, account_id, session_id)


def end_all(account_id: str, now: datetime) -> int:
    """End every session of an account, the current one included; returns how many there were.

    The stamp changes too: a cookie that somebody kept is worth nothing even if its row came back from a backup.
    """
    with postgres.session() as session:
        users.change(session, account_id, {"security_stamp": users.new_stamp()})
        audit_log.add(session, "signed-out-everywhere", **audit.own(account_id, now))
        return account_sessions.end_all(session, account_id)
