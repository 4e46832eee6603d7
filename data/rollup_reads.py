"""Roll-ups as they are read: series of buckets as DataFrames, daily energies, and the standing of many sources."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.readings import COLLECTION as READINGS
from data.rollup_states import SOURCES
from data.rollups import DAYS, Slot, five_minute_stages
from solar.vocabulary import CHANNELS

Document = dict[str, Any]
STATISTICS = ("count", "mean", "min", "max", "last")
_FRAME_BATCH = 20_000
# Days last 23 to 25 hours, so the distance of their starts is compared with some room.
_ROOM = timedelta(hours=2)


def buckets(
    database: Database[Document],
    level: str,
    source_id: str,
    window: tuple[datetime, datetime],
    fields: Sequence[str],
    statistics: Sequence[str],
    joined: timedelta | None = None,
    origin: datetime | None = None,
) -> pd.DataFrame:
    """Return the buckets of a level that start in a window and hold readings: an aware UTC index of their starts.

    Columns are (field, statistic), NaN where a field was not reported. With `joined`, buckets are joined to longer
    ones, counted from `origin`; each starts where its first bucket does.
    """
    stages: list[Document] = [
        {"$match": {"sunSourceId": source_id, "start": {"$gte": window[0], "$lt": window[1]}, "readings": {"$gt": 0}}},
        {"$sort": {"start": 1}},
    ]
    if joined is not None:
        stages += _joining(fields, joined, origin or window[0])
    return _frame(database, level, stages, fields, statistics, lambda name, each: f"$fields.{name}.{each}")


def open_buckets(
    database: Database[Document],
    source_id: str,
    window: tuple[datetime, datetime],
    fields: Sequence[str],
    statistics: Sequence[str],
    slots: Sequence[Slot] = (),
) -> pd.DataFrame:
    """Return 5-minute buckets straight from the readings of a window, as `buckets` does."""
    match = {"sunSourceId": source_id, "timestamp": {"$gte": window[0], "$lt": window[1]}}
    stages = [*five_minute_stages(match, fields, slots), {"$sort": {"start": 1}}]
    return _frame(database, READINGS, stages, fields, statistics, lambda name, each: f"$fields.{name}.{each}")


def _joining(fields: Sequence[str], joined: timedelta, origin: datetime) -> list[Document]:
    width = int(joined.total_seconds() * 1000)
    room = int(_ROOM.total_seconds() * 1000) if joined >= timedelta(days=1) else 0
    since = {"$add": [{"$subtract": ["$start", origin]}, room]}
    group: Document = {"_id": {"$floor": {"$divide": [since, width]}}, "start": {"$first": "$start"}}
    for name in fields:
        field = f"$fields.{name}"
        group[f"{name}_count"] = {"$sum": f"{field}.count"}
        group[f"{name}_sum"] = {"$sum": {"$multiply": [f"{field}.mean", f"{field}.count"]}}
        group[f"{name}_min"] = {"$min": f"{field}.min"}
        group[f"{name}_max"] = {"$max": f"{field}.max"}
    if fields:
        group["last"] = {"$mergeObjects": {name: f"$fields.{name}.last" for name in fields}}
    nested = {
        name: {
            "$cond": [
                {"$gt": [f"${name}_count", 0]},
                {
                    "count": f"${name}_count",
                    "mean": {"$divide": [f"${name}_sum", f"${name}_count"]},
                    "min": f"${name}_min",
                    "max": f"${name}_max",
                    "last": f"$last.{name}",
                },
                "$$REMOVE",
            ]
        }
        for name in fields
    }
    shape = {"start": 1, "fields": nested or {"$literal": {}}}
    return [{"$group": group}, {"$project": shape}, {"$sort": {"start": 1}}]


def _frame(
    database: Database[Document],
    collection: str,
    stages: Sequence[Document],
    fields: Sequence[str],
    statistics: Sequence[str],
    path: Any,
) -> pd.DataFrame:
    columns = [(name, each) for name in fields for each in statistics]
    # Arrays take half the time of documents to come and to unpack.
    shape = {"_id": 0, "t": {"$toLong": "$start"}, "v": [path(name, each) for name, each in columns]}
    with mapped_mongo_errors():
        found = list(database[collection].aggregate([*stages, {"$project": shape}], batchSize=_FRAME_BATCH))
    stamps = np.array([each["t"] for each in found], dtype="datetime64[ms]")
    values = np.array([each["v"] for each in found], dtype=np.float64).reshape(len(found), len(columns))
    index = pd.DatetimeIndex(stamps, name="timestamp").tz_localize("UTC")
    return pd.DataFrame(values, index=index, columns=pd.MultiIndex.from_tuples(columns) if columns else None)


def energies(
    database: Database[Document], level: str, source_id: str, start: datetime, end: datetime
) -> list[Document]:
    """Return `start`, `energy` and `coverage` by channel of the 5-minute buckets or hours that start in a window."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "energy": {"$exists": True}}
    with mapped_mongo_errors():
        found = database[level].find(wanted, {"_id": 0, "start": 1, "energy": 1, "coverage": 1}).sort("start", 1)
        return list(found.batch_size(_FRAME_BATCH))


def daily(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Document]:
    """Return the local days that start in a window and hold energies: `date`, and in the order of CHANNELS the lists
    `kwh`, `coverage`, `recovered` and `method`, None where a channel is not known."""
    parts = {"kwh": "kwh", "coverage": "coverage", "recovered": "recoveredKwh", "method": "method"}
    shape = {name: [f"$channels.{channel}.{key}" for channel in CHANNELS] for name, key in parts.items()}
    stages: list[Mapping[str, Any]] = [
        {"$match": {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "channels": {"$exists": True}}},
        {"$sort": {"start": 1}},
        {"$project": {"_id": 0, "date": 1, **shape}},
    ]
    with mapped_mongo_errors():
        return list(database[DAYS].aggregate(stages, batchSize=_FRAME_BATCH))


def last_value(database: Database[Document], source_id: str, field: str, before: datetime, since: datetime) -> Any:
    """Return the last value of a field in the days that start in `[since, before)`, or None."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": since, "$lt": before}, f"fields.{field}": {"$exists": True}}
    with mapped_mongo_errors():
        found = database[DAYS].find_one(wanted, {"_id": 0, f"fields.{field}.last": 1}, sort=[("start", -1)])
    return found["fields"][field]["last"] if found else None


def starts_with_readings(
    database: Database[Document], level: str, source_id: str, start: datetime, end: datetime
) -> list[datetime]:
    """Return the starts of those buckets of a window that hold readings, in order."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "readings": {"$gt": 0}}
    with mapped_mongo_errors():
        found = database[level].find(wanted, {"_id": 0, "start": 1}).sort("start", 1).batch_size(_FRAME_BATCH)
        return [each["start"] for each in found]


def first_start(database: Database[Document], level: str, source_id: str) -> datetime | None:
    """Return the start of the oldest bucket of a level, or None."""
    with mapped_mongo_errors():
        found = database[level].find_one({"sunSourceId": source_id}, {"_id": 0, "start": 1}, sort=[("start", 1)])
    return found["start"] if found else None


def readings_of_day(database: Database[Document], source_id: str, start: datetime) -> int:
    """Return how many readings the local day that starts at an instant counts."""
    with mapped_mongo_errors():
        found = database[DAYS].find_one({"sunSourceId": source_id, "start": start}, {"_id": 0, "readings": 1})
    return int(found["readings"]) if found else 0


def fleet(database: Database[Document], source_ids: Iterable[str], fields: Sequence[str]) -> dict[str, Document]:
    """Return of each source that was ever heard its newest values of some fields, today's energies and last hours."""
    ids = list(source_ids)
    wanted = {"timestamp": 1, "receivedAt": 1, **{f"values.{name}": 1 for name in fields}}
    with mapped_mongo_errors():
        latest = database["latest_readings"].find({"_id": {"$in": ids}}, wanted).batch_size(_FRAME_BATCH)
        found = {each["_id"]: each for each in latest}
        standings = database[SOURCES].find({"_id": {"$in": ids}}, {"today": 1, "spark": 1}).batch_size(_FRAME_BATCH)
        for each in standings:
            found.setdefault(each["_id"], {}).update(today=each.get("today"), spark=each.get("spark", []))
    return found


