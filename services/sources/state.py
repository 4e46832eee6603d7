"""The newest state of a source with what of its newest message nobody understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data import mongo, readings
from services import access
from services.people.viewer import Viewer
from services.telemetry import queries as telemetry


@dataclass(frozen=True, slots=True)
class SourceState:
    """The newest value of each field, when each was measured (aware UTC), and the keys that no rule took."""

    timestamp: datetime
    fields: Mapping[str, Any]
    times: Mapping[str, datetime]
    unmapped: tuple[str, ...]


def state_of(viewer: Viewer, source_id: str) -> SourceState | None:
    """Return the newest state of a source, or None before its first reading; raises NotFound."""
    source = access.source_for(viewer, source_id)
    latest = telemetry.latest(viewer, source_id)
    if latest is None:
        return None
    newest = readings.newest(mongo.database(), str(source.id)) or {}
    unmapped = tuple(str(each) for each in newest.get("metadata", {}).get("unmapped", ()))
    return SourceState(latest.timestamp, latest.fields, latest.times, unmapped)
