"""The second factor: codes of six digits by the clock (TOTP, RFC 6238), and recovery codes that work once."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp

from data import audit_log, postgres, second_factor, users
from services import audit, sealing
from services.errors import Invalid
from services.people import accounts, attempts
from services.people.accounts import Account

RECOVERY_CODES = 10
STEP_SECONDS = 30
# Letters and digits that nobody mistakes for each other.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_WRONG = {"code": "is not the code that is shown now"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A new secret to be put into an app: as text, and as the address that the QR code holds."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def offer(account: Account) -> Offer:
    """Make a secret for an account that has no second factor; it counts once `confirm` has seen a code of it."""
    if account.has_second_factor:
        raise Invalid({"code": "the second factor is on already"})
    secret = pyotp.random_base32()
    with postgres.session() as session:
        second_factor.put_secret(session, account.id, sealing.seal(secret))
    return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name="Ampra"))


def confirm(account_id: str, code: str, now: datetime) -> list[str]:
    """Switch the second factor on with a first code; returns the recovery codes, which nobody can read again."""
    attempts.at_account("second-factor", account_id)
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with postgres.session() as session:
        step = _step_of(second_factor.secret(session, account_id), code, now)
        if step is None or not second_factor.use_step(session, account_id, step):
            raise Invalid(_WRONG)
        second_factor.switch(session, account_id, is_on=True)
        second_factor.put_recovery_codes(session, account_id, [hash_of_recovery_code(each) for each in codes])
        audit_log.add(session, "second-factor-on", **audit.own(account_id, now))
    return codes


def switch_off(account_id: str, code: str, now: datetime) -> None:
    """Switch the second factor off with a code of it, or a recovery code; raises Invalid and TooMany."""
    if not check(account_id, code, now):
        raise Invalid(_WRONG)
    with postgres.session() as session:
        second_factor.switch(session, account_id, is_on=False)
        audit_log.add(session, "second-factor-off", **audit.own(account_id, now))


def check(account_id: str, code: str, now: datetime) -> bool:
    """Return whether a code, or a recovery code, is right; it is then used up. Raises TooMany.

    Wrong ones count together with wrong passwords: the fifth in a row locks the account for five minutes.
    """
    attempts.at_account("second-factor", account_id)
    with postgres.session() as session:
        if not users.is_open(session, account_id, now):
            return False
        step = _step_of(second_factor.secret(session, account_id), code, now)
        if step is not None:
            is_right = second_factor.use_step(session, account_id, step)
        else:
            is_right = second_factor.use_recovery_code(session, account_id, hash_of_recovery_code(code))
        # Asked again in the same statement that forgets: a lock of this moment holds.
        if is_right and users.clear_failures(session, account_id, now):
            return True
        users.count_failure(session, account_id, now, accounts.FAILURES_ALLOWED, accounts.LOCKED_FOR)
    return False


def recovery_codes_left(account_id: str) -> int:
    """Return how many recovery codes an account has left."""
    with postgres.session() as session:
        return second_factor.count_recovery_codes(session, account_id)


def _step_of(sealed: str | None, code: str, now: datetime) -> int | None:
    """Return the step of the clock that a code is of: the one of now or one beside it, for clocks a little off."""
    digits = "".join(code.split())
    if sealed is None or not (digits.isascii() and digits.isdigit()):
        return None
    clock = pyotp.TOTP(sealing.unseal(sealed), interval=STEP_SECONDS)
    for offset in (0, -1, 1):
        at = now + timedelta(seconds=offset * STEP_SECONDS)
        if clock.verify(digits, for_time=at):
            return int(at.timestamp()) // STEP_SECONDS
    return None


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def hash_of_recovery_code(code: str) -> str:
    """Return what is kept of a recovery code; 49 random bits, and wrong ones lock the account."""
    plain = "".join(filter(str.isalnum, code)).lower()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
