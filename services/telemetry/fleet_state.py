"""The state of many sources at once, and where the readings of one have gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data import mongo, rollup_reads, rollups
from data.rollup_marks import BUCKET
from services import access
from services.people.viewer import Viewer
from solar import days
from solar.vocabulary import CHANNELS, LIST_FIELDS, POWER_FIELDS

LATEST_FIELDS = (*POWER_FIELDS, "stateOfCharge", "operatingMode", "deviceStatus", *LIST_FIELDS)
SPARK_HOURS = 24
_SHORTEST_GAP = timedelta(minutes=15)
_LONGEST_IN_BUCKETS = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Gap:
    """`[start, end)` without a reading, to the width of a bucket."""

    start: datetime
    end: datetime


def fleet(viewer: Viewer, now: datetime, source_ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the state of the sources a viewer may see (of some of them), a row each by name, index the id.

    Columns: `name`, `group_id`, `capacity_watts`, `timestamp` and `received_at` of the newest reading (NaT before the
    first one), its powers, charge, mode, status and codes, today's kWh per channel (as of the last closed 5 minutes;
    NaN where nothing is known of the source's local day), and `spark`: hourly means of solar power of the last day, a
    list with None where an hour has none.
    """
    sources = access.visible_sources(viewer)
    if source_ids is not None:
        wanted = set(source_ids)
        sources = [each for each in sources if str(each.id) in wanted]
    found = rollup_reads.fleet(mongo.database(), [str(each.id) for each in sources], LATEST_FIELDS)
    today = {zone: days.local_date(now, zone).isoformat() for zone in {each.time_zone for each in sources}}
    since = now - timedelta(hours=SPARK_HOURS)
    rows = [
        {
            "name": each.name,
            "group_id": each.power_group_id,
            "capacity_watts": each.installed_capacity_watts,
            **_state(found.get(str(each.id), {}), today[each.time_zone], since),
        }
        for each in sources
    ]
    frame = pd.DataFrame(rows, index=pd.Index([str(each.id) for each in sources], name="source_id"), columns=_COLUMNS)
    for name in ("timestamp", "received_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    for name in _NUMBERS:
        frame[name] = frame[name].astype(float)
    return frame


_NUMBERS = (*POWER_FIELDS, "stateOfCharge", *CHANNELS)
_COLUMNS = ["name", "group_id", "capacity_watts", "timestamp", "received_at", *LATEST_FIELDS, *CHANNELS, "spark"]


def _state(found: dict[str, Any], today: str, since: datetime) -> dict[str, Any]:
    energies = found.get("today") or {}
    channels = energies.get("channels", {}) if energies.get("date") == today else {}
    return {
        "timestamp": found.get("timestamp"),
        "received_at": found.get("receivedAt"),
        **found.get("values", {}),
        **{name: row["kwh"] for name, row in channels.items()},
        "spark": _spark(found.get("hours") or {}, since),
    }


def _spark(hours: dict[str, Any], since: datetime) -> list[float | None]:
    """The hours of solar power that begin at an instant or later, None where nothing was reported."""
    if not hours:
        return []
    passed = max(0, -((hours["from"] - since) // timedelta(hours=1)))
    values: list[float | None] = hours["solarPower"][passed:]
    return values


def gaps(
    viewer: Viewer, source_id: str, start: datetime, end: datetime, shortest: timedelta = _SHORTEST_GAP
) -> list[Gap]:
    """Return where readings of `[start, end)` are missing for at least so long, in order.

    A source that reports less often than every five minutes has no gap between two readings in their usual distance
    (the median). Windows of more than five weeks are searched by the hour.
    """
    source = access.source_for(viewer, source_id)
    level, width = (
        (rollups.FIVE_MINUTES, BUCKET) if end - start <= _LONGEST_IN_BUCKETS else (rollups.HOURS, timedelta(hours=1))
    )
    starts = rollup_reads.starts_with_readings(mongo.database(), level, str(source.id), start, end)
    if not starts:
        return [Gap(start, end)]
    times = pd.DatetimeIndex(pd.to_datetime(starts, utc=True))
    usual = pd.Series(times).diff().median() if len(times) > 1 else width
    least = max(shortest, width, usual - width) if usual == usual else max(shortest, width)
    edges = [(start, times[0].to_pydatetime()), *_between(times, width), (times[-1].to_pydatetime() + width, end)]
    return [Gap(begin, until) for begin, until in edges if until - begin >= least]


def _between(times: pd.DatetimeIndex, width: timedelta) -> list[tuple[datetime, datetime]]:
    return [
        (before + width, after)
        for before, after in zip(times[:-1].to_pydatetime(), times[1:].to_pydatetime(), strict=True)
        if after - before > width
    ]
