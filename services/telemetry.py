"""What the pages read of telemetry: the latest state and power over time, as DataFrames in the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from data import mongo, readings
from services import access
from services.viewer import Viewer
from solar import days
from solar.energy import DayEnergy, daily_energy
from solar.vocabulary import COUNTER_FIELDS, POWER_FIELDS

DAY_FIELDS = (*POWER_FIELDS, "stateOfCharge")
BUCKET_MINUTES = 5
# A gap, a stale counter or an excursion may reach back over midnight by so much (formulas 1.5).
REACH = timedelta(hours=3)


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


def newest_at(viewer: Viewer, source_id: str) -> datetime | None:
    """Return when the newest reading was measured (aware UTC), or None: the cheap way to see that nothing is new."""
    found = latest(viewer, source_id)
    return found.timestamp if found else None


def day_energy(viewer: Viewer, source_id: str, day: date) -> dict[str, DayEnergy]:
    """Return the energies of a local day by channel; a channel of which nothing is known is absent."""
    source = access.source_for(viewer, source_id)
    start = days.start_of_day(day - timedelta(days=1), source.time_zone)
    end = days.end_of_day(day, source.time_zone) + REACH
    found = readings.fields_between(mongo.database(), source_id, start, end, (*POWER_FIELDS, *COUNTER_FIELDS))
    if not found:
        return {}
    frame = pd.DataFrame.from_records(found, index="timestamp")
    rows = daily_energy(
        frame.set_axis(pd.to_datetime(frame.index, utc=True)),
        time_zone=source.time_zone,
        installed_capacity_watts=source.installed_capacity_watts,
        has_battery=source.has_battery,
    )
    return {row.channel: row for row in rows if row.date == day}
