"""What the pages read of telemetry: the latest state and power over time, as DataFrames in the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from data import mongo, readings
from services import access
from services.viewer import Viewer
from solar.vocabulary import POWER_FIELDS

DAY_FIELDS = (*POWER_FIELDS, "stateOfCharge")
BUCKET_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest state of a source: the newest value of each field, and when (aware UTC) each was measured."""

    timestamp: datetime
    received_at: datetime
    fields: Mapping[str, Any]
    times: Mapping[str, datetime]


def latest(viewer: Viewer, source_id: str) -> Latest | None:
    """Return the newest state of a source, or None before its first reading."""
    access.source_for(viewer, source_id)
    found = readings.latest(mongo.database(), [source_id]).get(source_id)
    if found is None:
        return None
    return Latest(found["timestamp"], found["receivedAt"], found["values"], found["times"])


def power_frame(viewer: Viewer, source_id: str, start: datetime, end: datetime) -> pd.DataFrame:
    """Return 5-minute means of power (W) and state of charge (%) over `[start, end)`.

    The index is aware UTC, named `timestamp`, the start of each bucket; NaN where a field was not reported. Buckets
    without any reading have no row.
    """
    access.source_for(viewer, source_id)
    found = readings.means_between(mongo.database(), source_id, start, end, DAY_FIELDS, BUCKET_MINUTES)
    frame = pd.DataFrame.from_records(found, columns=["timestamp", *DAY_FIELDS])
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True)
    return frame.set_index("timestamp").astype(float)
