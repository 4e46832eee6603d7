"""Proving an e-mail address by a code of six digits."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import audit_log, postgres, settings, verification
from data.verification import Rules, State
from services import audit
from services.mail import sending as mail
from services.mail import texts as mail_texts
from services.people import accounts
from services.people.accounts import Account

DIGITS = 6
RULES = Rules(
    valid_for=timedelta(minutes=10), resend_after=timedelta(seconds=60), attempts=5, locked_for=timedelta(minutes=15)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants to prove an address: whoever registered it last (by the nonce), or its account, signed in."""

    email: str
    nonce: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page says: attempts left, seconds until a new code may be sent, seconds that a lock still lasts."""

    attempts_left: int
    resend_in: int
    locked_for: int


def send_code(claim: Claim, now: datetime) -> bool:
    """Send a new code; False while locked, or less than a minute after one. An older code ends."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with postgres.session() as session:
        address = verification.keep_code(session, _who(claim), _hash(claim, code), now, RULES)
        state = verification.state(session, _who(claim))
    if address is None or state is None:
        return False
    # A verified address was registered anew by a stranger: its owner was told so, and no code is sent.
    if not state.is_verified:
        minutes = int(RULES.valid_for.total_seconds() // 60)
        mail.post(address, mail_texts.verification(code, minutes), until=now + RULES.valid_for)
    return True


def try_code(claim: Claim, code: str, now: datetime) -> Account | None:
    """Return the account that a code verifies, else None; five wrong ones lock for fifteen minutes."""
    digits = "".join(filter(str.isdigit, code))
    with postgres.session() as session:
        user_id = verification.try_code(session, _who(claim), _hash(claim, digits), now, RULES)
        if user_id is not None:
            audit_log.add(session, "verified", **audit.own(user_id, now))
    return accounts.load(user_id) if user_id is not None else None


def progress(claim: Claim, now: datetime) -> Progress:
    """Return where a verification stands; one that leads nowhere looks as if it had just begun."""
    with postgres.session() as session:
        state = verification.state(session, _who(claim))
    if state is None:
        return Progress(RULES.attempts, int(RULES.resend_after.total_seconds()), 0)
    return Progress(RULES.attempts - state.failed, _until_resend(state, now), _seconds(state.locked_until, now))


def _until_resend(state: State, now: datetime) -> int:
    return _seconds(state.sent_at + RULES.resend_after if state.sent_at else None, now)


def _seconds(at: datetime | None, now: datetime) -> int:
    return max(0, round((at - now).total_seconds() + 0.5)) if at is not None and at > now else 0


def _who(claim: Claim) -> verification.Who:
    if claim.account_id is not None:
        return verification.by_id(claim.account_id)
    return verification.by_nonce(accounts.normalize_email(claim.email), claim.nonce or "")


def _hash(claim: Claim, code: str) -> str:
    """Return what is kept of a code: keyed, because a million codes are tried quickly by whoever reads the table."""
    text = f"{accounts.normalize_email(claim.email)}:{code}".encode("utf-8", "surrogatepass")
    return hmac.new(settings.get().secret_key.encode(), text, hashlib.sha256).hexdigest()
