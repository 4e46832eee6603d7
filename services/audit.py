"""The audit log: who did what to whom, and from where; entries are added in the session of the change itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from data import audit_log, postgres
from data.audit_log import EntryRecord
from services import access
from services.people import permissions
from services.people.viewer import Viewer

MOST_AT_ONCE = 500
_find: list[Callable[[], str | None]] = []


def set_origin(finder: Callable[[], str | None]) -> None:
    """Install how the edge finds the network address of the current request."""
    _find[:] = [finder]


def origin() -> str | None:
    """Return the network address that the current request came from; None outside of requests."""
    return _find[0]() if _find else None


def by(actor_id: str | None, now: datetime) -> dict[str, Any]:
    """Return who, when and from where for `data.audit_log.add`."""
    return {"actor_id": actor_id, "at": now, "address": origin()}


def own(account_id: str, now: datetime) -> dict[str, Any]:
    """Return the same, and what it was done to, for what an account does to itself."""
    return {**by(account_id, now), "target_kind": "user", "target_id": account_id}


def newest(
    viewer: Viewer, *, limit: int = 100, before_id: int | None = None, about: str | None = None
) -> list[EntryRecord]:
    """Return the newest entries; raises Forbidden for those who may not read them."""
    access.require(viewer, permissions.AUDIT_READ)
    with postgres.session() as session:
        return audit_log.newest(session, min(limit, MOST_AT_ONCE), before_id=before_id, about=about)
