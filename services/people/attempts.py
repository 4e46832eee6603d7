"""How often one address on the network, or one account, may try; counted in MongoDB by all processes together."""

from typing import Literal

from data import limits
from services.errors import TooMany

Purpose = Literal[
    "sign-in", "register", "verify", "resend", "forgotten", "second-factor", "password", "token", "invite"
]
# An office may share one address; an account is one person's. What is counted is every attempt, right or wrong.
_BY_ADDRESS = {
    "sign-in": "60/5minutes", "register": "20/hour", "verify": "60/5minutes", "resend": "30/hour",
    "forgotten": "20/hour", "second-factor": "60/5minutes",
}
_BY_ACCOUNT = {
    "sign-in": "10/5minutes", "register": "5/hour", "forgotten": "3/15minutes", "second-factor": "10/5minutes",
    "password": "10/5minutes", "token": "600/minute", "invite": "30/hour",
}


def from_address(purpose: Purpose, address: str | None) -> None:
    """Count an attempt from an address on the network; raises TooMany and StorageUnavailable."""
    _hit(_BY_ADDRESS[purpose], purpose, "from", address or "unknown")


def at_account(purpose: Purpose, account: str) -> None:
    """Count an attempt at an account, whether there is one of this name or not; raises TooMany, StorageUnavailable."""
    _hit(_BY_ACCOUNT[purpose], purpose, "at", account)


def is_spent(purpose: Purpose, account: str) -> bool:
    """Count an attempt and return whether it is one too many: for answers that must not show it."""
    return bool(limits.seconds_to_wait(_BY_ACCOUNT[purpose], purpose, "at", account))


def forgive(purpose: Purpose, account: str) -> None:
    """Forget the attempts at an account after one that was right."""
    limits.forgive(_BY_ACCOUNT[purpose], purpose, "at", account)


def _hit(rule: str, *who: str) -> None:
    wait = limits.seconds_to_wait(rule, *who)
    if wait:
        raise TooMany("Too many attempts. Please wait a little and try again.", wait)
