"""What the pages read of telemetry, as DataFrames in the vocabulary: the latest state, series, energies and fleets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data import mongo, reading_frames, readings, rollups
from services import access
from services.people.viewer import Viewer
from services.telemetry import series as telemetry_series
from services.telemetry.energy import Energies, day_energy, energies, explain, hourly, kpis
from services.telemetry.fleet_state import Gap, fleet, gaps
from services.telemetry.resolution import BASE, MOST_POINTS, Resolution
from services.telemetry.series import Series, raw, series
from solar.vocabulary import POWER_FIELDS

__all__ = [
    "BUCKET_MINUTES", "DAY_FIELDS", "MOST_POINTS", "Energies", "Gap", "Latest", "Series", "day_energy", "energies",
    "explain", "fleet", "gaps", "hourly", "kpis", "latest", "newest_at", "power_frame", "raw", "series",
]

DAY_FIELDS = (*POWER_FIELDS, "stateOfCharge")
BUCKET_MINUTES = 5
_RECENT, _MOMENT = timedelta(hours=1), timedelta(milliseconds=1)
_FIVE_MINUTES = Resolution(rollups.FIVE_MINUTES, BASE[rollups.FIVE_MINUTES])


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest state of a source: the newest value of each field, and when (aware UTC) each was measured."""

    timestamp: datetime
    received_at: datetime
    fields: Mapping[str, Any]
    times: Mapping[str, datetime]


def latest(viewer: Viewer, source_id: str) -> Latest | None:
    """Return the newest state of a source, or None before its first reading."""
    name = str(access.source_for(viewer, source_id).id)
    if viewer.until is not None:
        return _latest_before(name, viewer.until)
    found = readings.latest(mongo.database(), [name]).get(name)
    if found is None:
        return None
    return Latest(found["timestamp"], found["receivedAt"], found["values"], found["times"])


def _latest_before(source_id: str, until: datetime) -> Latest | None:
    """The newest values of the day's fields within the hour before the newest reading that may be seen."""
    database = mongo.database()
    newest = readings.newest_at(database, source_id, until)
    if newest is None:
        return None
    frame = reading_frames.frame_between(database, source_id, newest - _RECENT, newest + _MOMENT, DAY_FIELDS)
    known = {name: values.dropna() for name, values in frame.items()}
    last = {str(name): values for name, values in known.items() if len(values)}
    return Latest(
        newest, newest, {name: float(values.iloc[-1]) for name, values in last.items()},
        {name: pd.Timestamp(values.index[-1]).to_pydatetime() for name, values in last.items()},
    )  # fmt: skip


def newest_at(viewer: Viewer, source_id: str) -> datetime | None:
    """Return when the newest reading was measured (aware UTC), or None: the cheap way to see that nothing is new."""
    found = latest(viewer, source_id)
    return found.timestamp if found else None


def power_frame(viewer: Viewer, source_id: str, start: datetime, end: datetime) -> pd.DataFrame:
    """Return 5-minute means of power (W) and state of charge (%) over `[start, end)`, for windows of about a day.

    The index is aware UTC, named `timestamp`, the start of each bucket; NaN where a field was not reported. Buckets
    without any reading have no row.
    """
    source = access.source_for(viewer, source_id)
    end = end if viewer.until is None else min(end, viewer.until)
    return telemetry_series.read(source, start, max(start, end), DAY_FIELDS, ("mean",), _FIVE_MINUTES)
