"""Sharing with people: an owner invites an address as viewer or manager; whoever has it accepts or declines."""

import re
from datetime import datetime
from typing import cast
from uuid import UUID

from data import audit_log, memberships, postgres, settings
from data.memberships import InvitationRecord, MemberRecord, Role
from services import audit
from services.errors import Invalid, NotFound
from services.mail import sending as mail
from services.mail import texts as mail_texts
from services.people import accounts, attempts
from services.people.viewer import Viewer
from services.sharing.things import about, owned

__all__ = ["ROLES", "InvitationRecord", "MemberRecord", "accept", "invite", "leave", "listed", "mine", "withdraw"]

ROLES = {"viewer": "may look", "manager": "may look and change"}
MOST_MEMBERS = 100
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def invite(viewer: Viewer, kind: str, thing_id: str, email: str, role: str, now: datetime) -> MemberRecord:
    """Invite an address to a thing, or give whoever it is shared with another role. Raises Invalid.

    It does not tell whether the address has an account.
    """
    thing, address = owned(viewer, kind, thing_id), email.strip()
    faults = {}
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        faults["email"] = "must be an e-mail address"
    elif accounts.normalize_email(address) == accounts.normalize_email(_owner_address(thing.owner_id)):
        faults["email"] = "is the owner's own"
    if role not in ROLES:
        faults["role"] = f"must be one of {', '.join(ROLES)}"
    if faults:
        raise Invalid(faults)
    with postgres.session() as session:
        before = memberships.of_thing(session, thing.source_id, thing.group_id)
        is_new = all(accounts.normalize_email(each.email) != accounts.normalize_email(address) for each in before)
        if is_new and len(before) >= MOST_MEMBERS:
            raise Invalid({"email": f"this is shared with {MOST_MEMBERS} people already"})
        found = memberships.invite(
            session, thing.source_id, thing.group_id, address, accounts.normalize_email(address), cast(Role, role)
        )
        audit_log.add(session, "member-invited", **about(viewer, thing, now), details={"role": role})
    if is_new:
        _write(viewer, address, thing.name)
    return found


def _owner_address(owner_id: str) -> str:
    owner = accounts.load(owner_id)
    return owner.email if owner else ""


def _write(viewer: Viewer, address: str, name: str) -> None:
    """Tell somebody by mail, unless the same person had too many written; the invitation stands without it too."""
    if not attempts.is_spent("invite", viewer.account_id):
        mail.post(address, mail_texts.shared_with_you(name, f"{settings.get().web_url}/sharing"))


def listed(viewer: Viewer, kind: str, thing_id: str) -> list[MemberRecord]:
    """Return with whom a thing is shared, and who is invited."""
    thing = owned(viewer, kind, thing_id)
    with postgres.session() as session:
        return memberships.of_thing(session, thing.source_id, thing.group_id)


def withdraw(viewer: Viewer, kind: str, thing_id: str, membership_id: str, now: datetime) -> None:
    """End what somebody may, or take an invitation back; it holds from their next request on."""
    thing = owned(viewer, kind, thing_id)
    with postgres.session() as session:
        gone = memberships.remove(session, _guid(membership_id), thing.source_id, thing.group_id)
        if gone is None:
            raise NotFound("there is no such member")
        audit_log.add(session, "member-withdrawn", **about(viewer, thing, now), details={"role": gone.role})


def mine(viewer: Viewer) -> list[InvitationRecord]:
    """Return what the viewer is invited to, and what is shared with them."""
    with postgres.session() as session:
        return memberships.of_user(session, viewer.account_id, accounts.normalize_email(viewer.email))


def accept(viewer: Viewer, membership_id: str, now: datetime) -> None:
    """Accept an invitation of the viewer's own (proved) address; raises NotFound."""
    with postgres.session() as session:
        found = memberships.accept(
            session, _guid(membership_id), viewer.account_id, accounts.normalize_email(viewer.email), now
        )
        if found is None:
            raise NotFound("there is no such invitation")
        _note(session, "invitation-accepted", viewer, found, now)


def leave(viewer: Viewer, membership_id: str, now: datetime) -> None:
    """Decline an invitation, or give up what is shared with the viewer; raises NotFound."""
    with postgres.session() as session:
        found = memberships.leave(
            session, _guid(membership_id), viewer.account_id, accounts.normalize_email(viewer.email)
        )
        if found is None:
            raise NotFound("there is no such invitation")
        _note(session, "membership-left", viewer, found, now)


def _note(session: postgres.Transaction, action: str, viewer: Viewer, found: MemberRecord, now: datetime) -> None:
    kind, thing_id = ("source", found.source_id) if found.source_id else ("group", found.group_id)
    audit_log.add(
        session, action, **audit.by(viewer.account_id, now), target_kind=kind, target_id=str(thing_id),
        details={"role": found.role},
    )  # fmt: skip


def _guid(text: str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound("there is no such member") from None
