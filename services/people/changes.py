"""What people change of their own account: name, password, e-mail address."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from data import account_sessions, audit_log, postgres, settings, single_use_links, users
from data.users import UserRecord
from services import audit
from services.errors import Forbidden, Invalid, NotFound
from services.mail import sending as mail
from services.mail import texts as mail_texts
from services.people import accounts, attempts, passwords
from services.people.accounts import Account

ADDRESS_VALID_FOR = timedelta(minutes=30)
_WRONG = {"current_password": "is not your password"}


def rename(account_id: str, first_name: str, last_name: str, now: datetime) -> None:
    """Change the name of an account; raises Invalid."""
    if errors := accounts.name_errors(first_name, last_name):
        raise Invalid(errors)
    with postgres.session() as session:
        users.change(session, account_id, accounts.name_values(first_name, last_name))
        audit_log.add(session, "renamed", **audit.own(account_id, now))


def change_password(account_id: str, current: str, new: str, now: datetime, *, keep: UUID | None = None) -> Account:
    """Change the password; every session ends but `keep`, whose cookie needs the new stamp of what is returned.

    An account without a password (one that came by single sign-on) sets its first. Raises Invalid and TooMany.
    """
    if sentence := passwords.problem(new):
        raise Invalid({"new_password": sentence})
    confirm_password(account_id, current, now)
    hashed = passwords.hash_password(new)
    with postgres.session() as session:
        users.set_password(session, account_id, hashed)
        account_sessions.end_all(session, account_id, but=keep)
        audit_log.add(session, "password-changed", **audit.own(account_id, now))
        user = _user(users.by_id(session, account_id))
    mail.post(user.email or "", mail_texts.changed("The password"))
    return accounts.account_of(user)


def confirm_password(account_id: str, password: str, now: datetime) -> None:
    """Raise Invalid unless this is the account's password; wrong ones are counted as at sign-in."""
    attempts.at_account("password", account_id)
    with postgres.session() as session:
        user = _user(users.by_id(session, account_id))
    if user.password_hash is None:
        return
    if not passwords.verify(password[: passwords.LONGEST + 1], user.password_hash):
        raise Invalid(_WRONG)
    attempts.forgive("password", account_id)


def ask_for_new_address(account_id: str, email: str, password: str, now: datetime) -> None:
    """Send a link to a new address; the change happens when it is used. Raises Invalid and TooMany.

    An address that somebody has gets a mail too, one that says so, and the answer is the same.
    """
    if errors := accounts.email_errors(email):
        raise Invalid(errors)
    confirm_password(account_id, password, now)
    address, token = email.strip(), secrets.token_urlsafe(32)
    with postgres.session() as session:
        is_taken = users.by_normalized_email(session, accounts.normalize_email(address)) is not None
        single_use_links.drop_of_user(session, account_id, "email")
        until = now + ADDRESS_VALID_FOR
        single_use_links.keep(session, "email", token, now, until, user_id=account_id, email=address)
    base = settings.get().web_url
    if is_taken:
        mail.post(address, mail_texts.already_registered(f"{base}/sign-in", f"{base}/forgotten"))
        return
    minutes = int(ADDRESS_VALID_FOR.total_seconds() // 60)
    mail.post(address, mail_texts.new_address(f"{base}/new-address/{token}", minutes), until=until)


def new_address(token: str, now: datetime) -> str | None:
    """Return the address that a link would give its account, without using it; None where it does not hold."""
    with postgres.session() as session:
        found = single_use_links.look_at(session, "email", token, now)
    return found.email if found is not None else None


def use_new_address(token: str, now: datetime) -> None:
    """Use a link to change the address of its account: every session ends, and the old address is told.

    Raises NotFound for a link that does not hold, Forbidden where somebody took the address meanwhile.
    """
    with postgres.session() as session:
        found = single_use_links.use(session, "email", token, now)
        if found is None or found.user_id is None or found.email is None:
            raise NotFound("this link was used, or its time is over")
        user = _user(users.by_id(session, found.user_id))
        if users.by_normalized_email(session, accounts.normalize_email(found.email)) is not None:
            raise Forbidden("this address has an account already")
        values = {**accounts.email_values(found.email), "is_email_verified": True, "email_confirmed": True}
        users.change(session, user.id, {**values, "security_stamp": users.new_stamp()})
        single_use_links.drop_of_user(session, user.id, "reset")
        account_sessions.end_all(session, user.id)
        audit_log.add(session, "address-changed", **audit.own(user.id, now))
    mail.post(user.email or "", mail_texts.changed("The e-mail address"))


def _user(record: UserRecord | None) -> UserRecord:
    if record is None:
        raise NotFound("there is no such account")
    return record
