"""How long a source's telemetry is kept, as programs read and set it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services import access
from services.errors import Invalid
from services.people.viewer import Viewer
from services.rollups import retention
from services.sources import changes as source_changes

LARGEST_BODY_BYTES = 1024
# By the names of the API, the fields of a source; None there means what the installation keeps.
FIELDS: Mapping[str, str] = {
    "readingsDays": "retention_raw_days", "fiveMinutesDays": "retention_five_minutes_days",
}  # fmt: skip


def shown(viewer: Viewer, source_id: str) -> dict[str, Any]:
    """Return the days that readings and 5 minutes are kept, and whether the source says so itself; raises NotFound."""
    record, house = access.source_for(viewer, source_id), retention.house_days()
    own = {name: getattr(record, field) for name, field in FIELDS.items()}
    return {
        **{name: days if days is not None else house[FIELDS[name]] for name, days in own.items()},
        "own": [name for name, days in own.items() if days is not None],
    }


def put(viewer: Viewer, source_id: str, body: bytes, now: datetime) -> dict[str, Any]:
    """Set the days of `{"readingsDays": 30, "fiveMinutesDays": null}`, null for what the installation keeps.

    What is not named stays. Returns what `shown` does; raises NotFound, Forbidden and Invalid.
    """
    access.source_for(viewer, source_id, manage=True)
    given = _given(body)
    changes = {FIELDS[name]: days for name, days in given.items()}
    if faults := source_changes.faults(viewer, source_id, changes, now):
        names = {field: name for name, field in FIELDS.items()}
        raise Invalid({names[field]: sentence for field, sentence in faults.items()})
    source_changes.update(viewer, source_id, changes, now)
    return shown(viewer, source_id)


def _given(body: bytes) -> dict[str, Any]:
    allowed = f"must be a JSON object with {' or '.join(FIELDS)}"
    if len(body) > LARGEST_BODY_BYTES:
        raise Invalid({"body": "must have at most 1 KiB"})
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid({"body": allowed}) from None
    if not isinstance(given, dict) or not given:
        raise Invalid({"body": allowed})
    if unknown := [name for name in given if name not in FIELDS]:
        raise Invalid({str(unknown[0])[:60]: f"is not known; {allowed}"})
    return given
