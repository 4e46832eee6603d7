"""A forgotten password: a link by mail that works once and for half an hour."""

import secrets
import time
from datetime import datetime, timedelta

from data import account_sessions, audit_log, postgres, settings, single_use_links, users
from services import audit
from services.errors import Invalid, NotFound
from services.mail import sending as mail
from services.mail import texts as mail_texts
from services.people import accounts, attempts, passwords

VALID_FOR = timedelta(minutes=30)


def ask(email: str, now: datetime) -> None:
    """Send a link to whoever owns an account of this address; nothing tells whether anybody does."""
    started = time.monotonic()
    if not accounts.email_errors(email) and not attempts.is_spent("forgotten", accounts.normalize_email(email)):
        with postgres.session() as session:
            user = users.by_normalized_email(session, accounts.normalize_email(email))
        if user is not None and not user.is_barred:
            send_link(user.id, user.email or "", now)
    accounts.wait_since(started)


def send_link(user_id: str, email: str, now: datetime) -> None:
    """Send a link to the owner of an account; links sent before end."""
    token = secrets.token_urlsafe(32)
    with postgres.session() as session:
        single_use_links.drop_of_user(session, user_id, "reset")
        single_use_links.keep(session, "reset", token, now, now + VALID_FOR, user_id=user_id)
    link = f"{settings.get().web_url}/reset/{token}"
    mail.post(email, mail_texts.reset(link, int(VALID_FOR.total_seconds() // 60)), until=now + VALID_FOR)


def holds(token: str, now: datetime) -> bool:
    """Return whether a link may still be used; looking does not use it, because mail programs look too."""
    with postgres.session() as session:
        return single_use_links.look_at(session, "reset", token, now) is not None


def reset(token: str, password: str, now: datetime) -> None:
    """Use a link to set a new password: every session of the account ends, and a lock by wrong passwords too.

    Whoever has the link has the mailbox, so that the address is verified. Raises Invalid for a password that breaks a
    rule (the link then still holds), and NotFound for a link that does not hold.
    """
    if sentence := passwords.problem(password):
        raise Invalid({"password": sentence})
    hashed = passwords.hash_password(password)
    with postgres.session() as session:
        found = single_use_links.use(session, "reset", token, now)
        if found is None or found.user_id is None:
            raise NotFound("this link was used, or its time is over")
        users.set_password(session, found.user_id, hashed)
        opened = {"lockout_end": None, "access_failed_count": 0}
        users.change(session, found.user_id, {"is_email_verified": True, "email_confirmed": True, **opened})
        account_sessions.end_all(session, found.user_id)
        audit_log.add(session, "password-reset", **audit.own(found.user_id, now))
        user = users.by_id(session, found.user_id)
    if user is not None and user.email:
        mail.post(user.email, mail_texts.changed("The password"))
