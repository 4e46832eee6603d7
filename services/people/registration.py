"""Making an account: open to all, to the invited, or to nobody; what it answers does not tell who has one already."""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from data import audit_log, postgres, settings, single_use_links, users, verification
from services import audit
from services.errors import Forbidden
from services.mail import sending as mail
from services.mail import texts as mail_texts
from services.people import accounts, attempts
from services.people import verification as verifying


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody filled in."""

    email: str
    password: str
    first_name: str
    last_name: str
    invitation: str | None = None


def mode() -> str:
    """Return who may register: open, invitation or closed."""
    return settings.get().registration


def invited_email(token: str, now: datetime) -> str | None:
    """Return the address that an invitation is for, or None where it does not hold."""
    with postgres.session() as session:
        found = single_use_links.look_at(session, "invitation", token, now)
    return found.email if found is not None else None


def register(application: Application, now: datetime) -> verifying.Claim:
    """Make an account that has yet to be verified, and send its code; returns who may verify it.

    For an address that has a verified account the same is answered in the same time, and its owner gets a mail that
    says so. Raises Invalid with a sentence for each field, Forbidden where registration is not open to them, TooMany.
    """
    started = time.monotonic()
    email = _permitted_email(application, now)
    values = accounts.values_of(email, application.password, application.first_name, application.last_name)
    attempts.at_account("register", str(values["normalized_email"]))
    claim = verifying.Claim(str(values["email"]), nonce=secrets.token_urlsafe(24))
    is_new = _keep(values, claim, application.invitation, now)
    if is_new:
        verifying.send_code(claim, now)
    else:
        _pretend(claim, now)
    accounts.wait_since(started)
    return claim


def _permitted_email(application: Application, now: datetime) -> str:
    if mode() == "closed":
        raise Forbidden("registration is closed")
    if mode() == "open" and not application.invitation:
        return application.email
    email = invited_email(application.invitation or "", now)
    if email is None:
        raise Forbidden("this needs an invitation")
    return email


def _keep(values: dict[str, object], claim: verifying.Claim, invitation: str | None, now: datetime) -> bool:
    """Keep the account; False where the address has a verified one, which only learns of the new claim."""
    fresh = {**values, "verification_nonce": claim.nonce}
    with postgres.session() as session:
        if invitation and single_use_links.use(session, "invitation", invitation, now) is None:
            raise Forbidden("this needs an invitation")
        user_id = users.create(session, fresh)
        if user_id is not None:
            users.add_roles(session, user_id, ("User",))
            audit_log.add(session, "registered", **audit.own(user_id, now))
            return True
        return verification.claim_again(session, fresh)


def _pretend(claim: verifying.Claim, now: datetime) -> None:
    verifying.send_code(claim, now)
    address = settings.get().web_url
    mail.post(claim.email, mail_texts.already_registered(f"{address}/sign-in", f"{address}/forgotten"))
