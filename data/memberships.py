"""With whom sources and groups are shared, in PostgreSQL: invitations by e-mail address, and those accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from data.models import Membership, PowerGroup, SunSource, User

Role = Literal["viewer", "manager"]


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """Somebody a thing is shared with: `user_id` and `accepted_at` are None while it is an invitation."""

    id: UUID
    source_id: UUID | None
    group_id: UUID | None
    user_id: str | None
    email: str
    role: str
    accepted_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationRecord:
    """What somebody was invited to, or takes part in, by the name of the thing and the address of its owner."""

    id: UUID
    kind: str
    thing_id: UUID
    name: str
    owner: str
    role: str
    accepted_at: datetime | None


_COLUMNS = (
    Membership.id, Membership.sun_source_id, Membership.power_group_id, Membership.user_id, Membership.email,
    Membership.role, Membership.accepted_at, Membership.created_at,
)  # fmt: skip


def _record(row: Any) -> MemberRecord:
    return MemberRecord(*row)


def _of(source_id: UUID | None, group_id: UUID | None) -> ColumnElement[bool]:
    if source_id is not None:
        return Membership.sun_source_id == source_id
    return Membership.power_group_id == group_id


def role_in(session: Session, user_id: str, source_id: UUID | None, group_id: UUID | None) -> str | None:
    """Return the role of a user in a source, or in a group (that of a source counts for it): the greater of both."""
    things = [column == value for column, value in (
        (Membership.sun_source_id, source_id), (Membership.power_group_id, group_id)) if value is not None]  # fmt: skip
    query = select(Membership.role).where(_accepted(user_id), or_(*things))
    found = set(session.scalars(query)) if things else set()
    return "manager" if "manager" in found else "viewer" if found else None


def source_ids(session: Session, user_id: str) -> list[UUID]:
    """Return the sources that are shared with a user, by themselves or with their group."""
    direct = select(Membership.sun_source_id).where(_accepted(user_id), Membership.sun_source_id.is_not(None))
    grouped = select(Membership.power_group_id).where(_accepted(user_id), Membership.power_group_id.is_not(None))
    query = select(SunSource.id).where(or_(SunSource.id.in_(direct), SunSource.power_group_id.in_(grouped)))
    return list(session.scalars(query))


def group_ids(session: Session, user_id: str) -> list[UUID]:
    """Return the groups that are shared with a user."""
    found = session.scalars(
        select(Membership.power_group_id).where(_accepted(user_id), Membership.power_group_id.is_not(None))
    )
    return [each for each in found if each is not None]


def _accepted(user_id: str) -> ColumnElement[bool]:
    return (Membership.user_id == user_id) & Membership.accepted_at.is_not(None)


def invite(
    session: Session, source_id: UUID | None, group_id: UUID | None, email: str, normalized: str, role: Role
) -> MemberRecord:
    """Invite an address, or give who was invited before another role."""
    column = "sun_source_id" if source_id is not None else "power_group_id"
    values = {"sun_source_id": source_id, "power_group_id": group_id, "email": email, "role": role}
    statement = insert(Membership).values(**values, normalized_email=normalized)
    statement = statement.on_conflict_do_update(index_elements=[column, "normalized_email"], set_={"role": role})
    return _record(session.execute(statement.returning(*_COLUMNS)).one())


def of_thing(session: Session, source_id: UUID | None, group_id: UUID | None) -> list[MemberRecord]:
    """Return with whom a thing is shared, and who is invited, by address."""
    query = select(*_COLUMNS).where(_of(source_id, group_id)).order_by(Membership.email)
    return [_record(row) for row in session.execute(query)]


def remove(session: Session, membership_id: UUID, source_id: UUID | None, group_id: UUID | None) -> MemberRecord | None:
    """Withdraw a membership or invitation of a thing; returns it, None where there is none."""
    gone = delete(Membership).where(Membership.id == membership_id, _of(source_id, group_id))
    row = session.execute(gone.returning(*_COLUMNS)).one_or_none()
    return _record(row) if row is not None else None


def of_user(session: Session, user_id: str, normalized: str) -> list[InvitationRecord]:
    """Return what a user takes part in, and what the address of theirs is invited to."""
    mine = or_(
        Membership.user_id == user_id,
        Membership.user_id.is_(None) & (Membership.normalized_email == normalized),
    )
    things: Sequence[tuple[str, Any, Any]] = (
        ("source", SunSource, Membership.sun_source_id), ("group", PowerGroup, Membership.power_group_id),
    )  # fmt: skip
    return [
        InvitationRecord(row.id, kind, row.thing, row.name, row.owner, row.role, row.accepted_at)
        for kind, thing, column in things
        for row in session.execute(_joined(thing, column).where(mine))
    ]


def _joined(thing: Any, column: Any) -> Select[Any]:
    owner = func.coalesce(User.email, "").label("owner")
    parts = (Membership.id, thing.id.label("thing"), thing.name, owner, Membership.role, Membership.accepted_at)
    query = select(*parts).join(thing, thing.id == column).join(User, User.id == thing.user_id)
    return query.order_by(thing.name)


def accept(session: Session, membership_id: UUID, user_id: str, normalized: str, now: datetime) -> MemberRecord | None:
    """Accept an invitation of one's own address; returns it, None where there is none that is open."""
    taken = (
        update(Membership)
        .where(
            Membership.id == membership_id, Membership.user_id.is_(None), Membership.normalized_email == normalized
        )
        .values(user_id=user_id, accepted_at=now)
    )
    row = session.execute(taken.returning(*_COLUMNS)).one_or_none()
    return _record(row) if row is not None else None


def leave(session: Session, membership_id: UUID, user_id: str, normalized: str) -> MemberRecord | None:
    """Decline an invitation or give up a membership of one's own; returns it, None where there is none."""
    mine = or_(
        Membership.user_id == user_id,
        Membership.user_id.is_(None) & (Membership.normalized_email == normalized),
    )
    gone = delete(Membership).where(Membership.id == membership_id, mine).returning(*_COLUMNS)
    row = session.execute(gone).one_or_none()
    return _record(row) if row is not None else None
