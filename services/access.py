"""The only place that decides who sees what: a source or group, to look at, to change, or to own."""

from uuid import UUID

from data import groups, memberships, postgres, sources
from data.groups import GroupRecord
from data.postgres import Transaction
from data.sources import SourceRecord
from services.errors import Forbidden, NotFound
from services.people.viewer import Viewer

LOOK, CHANGE, OWN = 1, 2, 3
_OF_ROLE = {"viewer": LOOK, "manager": CHANGE, None: 0}


def may(viewer: Viewer, permission: str) -> bool:
    """Return whether a viewer has a permission (see `services.people.permissions`)."""
    return permission in viewer.permissions


def require(viewer: Viewer, permission: str) -> None:
    """Raise Forbidden unless the viewer has a permission."""
    if not may(viewer, permission):
        raise Forbidden(f"this needs the permission {permission}")


def source_for(viewer: Viewer, source_id: str, *, manage: bool = False, own: bool = False) -> SourceRecord:
    """Return a source that the viewer may see, or, with `manage`, change, or, with `own`, share, delete and connect.

    Its owner and admins may all; somebody it is shared with may look, or as a manager change it too. Raises NotFound
    where it does not exist or is nothing of theirs, so that strangers cannot tell the two apart, and Forbidden to those
    who may look but not do that.
    """
    try:
        wanted = UUID(str(source_id))
    except ValueError:
        raise NotFound("there is no such source") from None
    with postgres.session() as session:
        record = sources.get(session, wanted)
        level = 0 if record is None else _level(session, viewer, record)
    if record is None or not level:
        raise NotFound("there is no such source")
    _check(level, manage=manage, own=own)
    return record


def group_for(viewer: Viewer, group_id: str, *, manage: bool = False, own: bool = False) -> GroupRecord:
    """Return a power group that the viewer may see, change or own; raises as `source_for` does."""
    try:
        wanted = UUID(str(group_id))
    except ValueError:
        raise NotFound("there is no such group") from None
    with postgres.session() as session:
        record = groups.get(session, wanted)
        level = 0 if record is None else _level(session, viewer, record)
    if record is None or not level:
        raise NotFound("there is no such group")
    _check(level, manage=manage, own=own)
    return record


def _level(session: Transaction, viewer: Viewer, record: SourceRecord | GroupRecord) -> int:
    """How much of a thing a viewer may: nothing (0), LOOK, CHANGE or OWN."""
    if viewer.is_guest:
        return LOOK if record.id in viewer.shown else 0
    if record.user_id == viewer.account_id or viewer.is_admin:
        return OWN
    in_source = record.id if isinstance(record, SourceRecord) else None
    in_group = record.power_group_id if isinstance(record, SourceRecord) else record.id
    return _OF_ROLE[memberships.role_in(session, viewer.account_id, in_source, in_group)]


def _check(level: int, *, manage: bool, own: bool) -> None:
    if own and level < OWN:
        raise Forbidden("this is for the owner: you may look at it" + (" and change it" if level == CHANGE else ""))
    if manage and level < CHANGE:
        raise Forbidden("you may look at this, but not change it")


def visible_sources(viewer: Viewer) -> list[SourceRecord]:
    """Return the viewer's own sources and those shared with them, by name; an admin sees everybody's."""
    with postgres.session() as session:
        if viewer.is_guest:
            return sources.by_ids(session, (str(each) for each in viewer.shown))
        if viewer.is_admin:
            return sources.list_all(session)
        shared = memberships.source_ids(session, viewer.account_id)
        found = sources.list_owned(session, viewer.account_id)
        if shared:
            found += sources.by_ids(session, (str(each) for each in set(shared) - {each.id for each in found}))
    return sorted(found, key=lambda each: (each.name, each.id)) if shared else found


def visible_groups(viewer: Viewer) -> list[GroupRecord]:
    """Return the viewer's own power groups and those shared with them, by name; an admin sees everybody's."""
    with postgres.session() as session:
        if viewer.is_guest:
            return [each for each in (groups.get(session, one) for one in viewer.shown) if each is not None]
        if viewer.is_admin:
            return groups.list_all(session)
        found = groups.list_owned(session, viewer.account_id)
        shared = set(memberships.group_ids(session, viewer.account_id)) - {each.id for each in found}
        found += [each for each in (groups.get(session, one) for one in shared) if each is not None]
    return sorted(found, key=lambda each: (each.name, each.id)) if shared else found
