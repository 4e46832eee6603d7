"""What admins do with other people's accounts, and the rules that keep an Overseer in the house."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import account_sessions, audit_log, people, postgres, settings, single_use_links, users
from data.people import PersonRecord
from data.users import UserRecord
from services import access, audit
from services.errors import Forbidden, Invalid, NotFound
from services.mail import sending as mail
from services.mail import texts as mail_texts
from services.people import accounts, password_reset, permissions
from services.people import removal as account_removal
from services.people.viewer import Viewer

MOST_AT_ONCE = 2_000
INVITED_FOR = timedelta(days=7)
OVERSEER = "Overseer"
# Whoever changes who is an Overseer waits for others who do: two at once must not leave none.
_OVERSEERS = 0x6F766573


@dataclass(frozen=True, slots=True)
class _Deed:
    """One admin's change of one account, in one transaction."""

    session: postgres.Transaction
    target: UserRecord


@dataclass(frozen=True, slots=True)
class Granted:
    """What a person may: by their roles, and by what an Overseer gave them alone."""

    by_role: frozenset[str]
    own: frozenset[str]


def search(viewer: Viewer, words: str = "") -> list[PersonRecord]:
    """Return the accounts whose address or name contains some words; raises Forbidden."""
    access.require(viewer, permissions.USERS_MANAGE)
    with postgres.session() as session:
        return people.search(session, words[:200], MOST_AT_ONCE)


def role_of(roles: frozenset[str]) -> str:
    """Return the highest of some roles."""
    return next((role for role in accounts.ROLES if role in roles), "User")


def set_role(viewer: Viewer, user_id: str, role: str, now: datetime) -> None:
    """Give an account a role. Nobody changes their own; only an Overseer makes or unmakes one, and one remains."""
    if role not in accounts.ROLES:
        raise Invalid({"role": f"must be one of {', '.join(accounts.ROLES)}"})
    with _deed(viewer, user_id, "role-changed", now, {"role": role}) as deed:
        if user_id == viewer.account_id:
            raise Forbidden("nobody changes their own role")
        if role == OVERSEER:
            access.require(viewer, permissions.OVERSEERS_MANAGE)
        people.set_role(deed.session, user_id, role)
        _require_an_overseer(deed)


def permissions_of(viewer: Viewer, user_id: str) -> Granted:
    """Return what an account may, and why; raises Forbidden and NotFound."""
    access.require(viewer, permissions.OVERSEERS_MANAGE)
    with postgres.session() as session:
        if not user_id.isprintable() or users.by_id(session, user_id) is None:
            raise NotFound("there is no such account")
        return Granted(people.permissions_of_roles(session, user_id), people.own_permissions(session, user_id))


def set_permission(viewer: Viewer, user_id: str, permission: str, now: datetime, *, is_given: bool) -> None:
    """Give an account a single permission beside those of its role, or take it back: an Overseer, nobody their own."""
    access.require(viewer, permissions.OVERSEERS_MANAGE)
    if permission not in permissions.SINGLE:
        raise Invalid({"permission": f"must be one of {', '.join(permissions.SINGLE)}"})
    action = "permission-given" if is_given else "permission-taken"
    with _deed(viewer, user_id, action, now, {"permission": permission}) as deed:
        if user_id == viewer.account_id:
            raise Forbidden("nobody changes their own permissions")
        people.put_permission(deed.session, user_id, permission, is_given=is_given)


def verify(viewer: Viewer, user_id: str, now: datetime) -> None:
    """Take an account's address as proved."""
    with _deed(viewer, user_id, "verified-by-admin", now) as deed:
        users.change(deed.session, user_id, {"is_email_verified": True, "email_confirmed": True})


def lock(viewer: Viewer, user_id: str, now: datetime) -> None:
    """Lock an account until it is unlocked: its sessions and tokens end at once."""
    with _deed(viewer, user_id, "locked", now) as deed:
        if user_id == viewer.account_id:
            raise Forbidden("nobody locks their own account")
        people.bar(deed.session, user_id, now)
        users.change(deed.session, user_id, {"security_stamp": users.new_stamp()})
        account_sessions.end_all(deed.session, user_id)
        _require_an_overseer(deed)


def unlock(viewer: Viewer, user_id: str, now: datetime) -> None:
    """Open an account that was locked, by an admin or by wrong passwords and codes."""
    with _deed(viewer, user_id, "unlocked", now) as deed:
        people.bar(deed.session, user_id, None)


def send_reset_link(viewer: Viewer, user_id: str, now: datetime) -> None:
    """Send the owner of an account a link for a new password; the admin does not see it."""
    with _deed(viewer, user_id, "reset-link-sent", now) as deed:
        email = deed.target.email or ""
    password_reset.send_link(user_id, email, now)


def delete(viewer: Viewer, user_id: str, now: datetime) -> None:
    """Delete an account with everything it owns, everywhere; an Overseer is never deleted."""
    with _deed(viewer, user_id, "deletion-asked", now) as deed:
        if user_id == viewer.account_id:
            raise Forbidden("your own account is deleted in the settings")
        account_removal.mark(deed.session, deed.target, now)
    account_removal.begin(user_id)


def invite(viewer: Viewer, email: str, now: datetime) -> None:
    """Send an invitation to make an account with an address; it is good for seven days."""
    access.require(viewer, permissions.USERS_MANAGE)
    if errors := accounts.email_errors(email):
        raise Invalid(errors)
    address, token = email.strip(), secrets.token_urlsafe(32)
    with postgres.session() as session:
        if users.by_normalized_email(session, accounts.normalize_email(address)) is not None:
            raise Invalid({"email": "has an account already"})
        single_use_links.keep(session, "invitation", token, now, now + INVITED_FOR, email=address)
        audit_log.add(session, "invited", **audit.by(viewer.account_id, now))
    link = f"{settings.get().web_url}/register?invitation={token}"
    mail.post(address, mail_texts.invitation(link, INVITED_FOR.days), until=now + INVITED_FOR)


@contextmanager
def _deed(
    viewer: Viewer, user_id: str, action: str, now: datetime, details: dict[str, str] | None = None
) -> Iterator[_Deed]:
    """Begin a change that the viewer may make of an account, and write it into the audit log with the change."""
    access.require(viewer, permissions.USERS_MANAGE)
    with postgres.session() as session:
        users.wait_for_others(session, _OVERSEERS)
        target = users.by_id(session, user_id) if user_id.isprintable() else None
        if target is None:
            raise NotFound("there is no such account")
        if OVERSEER in target.roles:
            access.require(viewer, permissions.OVERSEERS_MANAGE)
        yield _Deed(session, target)
        by = audit.by(viewer.account_id, now)
        audit_log.add(session, action, **by, target_kind="user", target_id=user_id, details=details)


def _require_an_overseer(deed: _Deed) -> None:
    if OVERSEER in deed.target.roles and people.count_active(deed.session, OVERSEER) == 0:
        raise Forbidden("at least one Overseer must remain")
