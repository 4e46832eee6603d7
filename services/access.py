"""The only place that decides who sees what: a source or group, for a viewer, to look at or to change."""

from uuid import UUID

from data import groups, postgres, sources
from data.groups import GroupRecord
from data.sources import SourceRecord
from services.errors import Forbidden, NotFound
from services.people.viewer import Viewer


def may(viewer: Viewer, permission: str) -> bool:
    """Return whether a viewer has a permission (see `services.people.permissions`)."""
    return permission in viewer.permissions


def require(viewer: Viewer, permission: str) -> None:
    """Raise Forbidden unless the viewer has a permission."""
    if not may(viewer, permission):
        raise Forbidden(f"this needs the permission {permission}")


def source_for(viewer: Viewer, source_id: str, *, manage: bool = False) -> SourceRecord:
    """Return a source that the viewer may see, or, with `manage`, change.

    Raises NotFound where it does not exist or is not theirs, so that strangers cannot tell the two apart.
    """
    try:
        wanted = UUID(str(source_id))
    except ValueError:
        raise NotFound("there is no such source") from None
    with postgres.session() as session:
        record = sources.get(session, wanted)
    if record is None or not _may(viewer, record, manage):
        raise NotFound("there is no such source")
    return record


def group_for(viewer: Viewer, group_id: str, *, manage: bool = False) -> GroupRecord:
    """Return a power group that the viewer may see, or, with `manage`, change; raises NotFound as `source_for` does."""
    try:
        wanted = UUID(str(group_id))
    except ValueError:
        raise NotFound("there is no such group") from None
    with postgres.session() as session:
        record = groups.get(session, wanted)
    if record is None or not _may(viewer, record, manage):
        raise NotFound("there is no such group")
    return record


def _may(viewer: Viewer, record: SourceRecord | GroupRecord, manage: bool) -> bool:
    return record.user_id == viewer.account_id or viewer.is_admin


def visible_sources(viewer: Viewer) -> list[SourceRecord]:
    """Return the viewer's own sources by name; an admin sees everybody's."""
    with postgres.session() as session:
        return sources.list_all(session) if viewer.is_admin else sources.list_owned(session, viewer.account_id)


def visible_groups(viewer: Viewer) -> list[GroupRecord]:
    """Return the viewer's own power groups by name; an admin sees everybody's."""
    with postgres.session() as session:
        return groups.list_all(session) if viewer.is_admin else groups.list_owned(session, viewer.account_id)
