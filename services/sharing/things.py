"""What is shared: a source or a group, as its owner chose it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services import access, audit
from services.errors import NotFound
from services.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Thing:
    """A source or a group by its id, with its name and its owner's id."""

    kind: str
    id: UUID
    name: str
    owner_id: str

    @property
    def source_id(self) -> UUID | None:
        """The id of a source, None for a group."""
        return self.id if self.kind == "source" else None

    @property
    def group_id(self) -> UUID | None:
        """The id of a group, None for a source."""
        return self.id if self.kind == "group" else None


def owned(viewer: Viewer, kind: str, thing_id: str) -> Thing:
    """Return a thing that the viewer owns; raises NotFound and Forbidden as `services.access` does."""
    if kind == "source":
        source = access.source_for(viewer, thing_id, own=True)
        return Thing(kind, source.id, source.name, source.user_id)
    if kind == "group":
        group = access.group_for(viewer, thing_id, own=True)
        return Thing(kind, group.id, group.name, group.user_id)
    raise NotFound("there is no such thing to share")


def about(viewer: Viewer, thing: Thing, now: datetime) -> dict[str, Any]:
    """Return who did what to it, for the audit log."""
    return {**audit.by(viewer.account_id, now), "target_kind": thing.kind, "target_id": str(thing.id)}
