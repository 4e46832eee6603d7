"""Roll-ups in MongoDB: 5 minutes, hours and local days, made by the server from readings and from one another.

A document holds `start` (UTC), `readings` (how many), per reported field `fields.NAME.{count,mean,min,max,last}`, and
per channel `energy.NAME` (kWh) with `coverage.NAME` (0..1). What a bucket holds depends on the readings in it alone,
taken in order of time, so that it is the same however and whenever they came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.reading_writes import SOON
from data.readings import COLLECTION as READINGS
from data.rollup_writes import Operation
from solar.vocabulary import CHANNELS

Document = dict[str, Any]
FIVE_MINUTES, HOURS, DAYS = "rollups_5m", "rollups_1h", "rollups_1d"
_BUCKET_MINUTES = 5
_MANY = 20_000
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """`[start, end)` in which `fields` (all where empty) count as not reported."""

    start: datetime
    end: datetime
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BucketEnergy:
    """What flowed in one bucket by channel: kWh, and the covered share of the bucket."""

    start: datetime
    kwh: Mapping[str, float]
    coverage: Mapping[str, float]


def make_five_minutes(
    database: Database[Document],
    source_ids: Sequence[str],
    start: datetime,
    end: datetime,
    fields: Iterable[str],
    slots: Sequence[Slot] = (),
) -> None:
    """Make the 5-minute buckets of `[start, end)` of some sources anew from their readings; energies are left alone.

    `fields` must name every numeric field of these readings, and `slots` belong to all of these sources.
    """
    stamp = ObjectId()
    where = {"sunSourceId": {"$in": list(source_ids)}}
    pipeline = [
        *five_minute_stages({**where, "timestamp": {"$gte": start, "$lt": end}}, fields, slots),
        *_into(FIVE_MINUTES, stamp),
    ]
    with mapped_mongo_errors():
        _collection(database, READINGS).aggregate(pipeline)
        stale = {**where, "start": {"$gte": start, "$lt": end}, "stamp": {"$ne": stamp}}
        _collection(database, FIVE_MINUTES).delete_many(stale)


def five_minute_stages(match: Mapping[str, Any], fields: Iterable[str], slots: Sequence[Slot] = ()) -> list[Document]:
    """Return the stages that turn readings into 5-minute buckets (`sunSourceId`, `start`, `readings`, `fields`)."""
    names = sorted(fields)
    group: Document = {
        "_id": {
            "source": "$sunSourceId",
            "start": {"$dateTrunc": {"date": "$timestamp", "unit": "minute", "binSize": _BUCKET_MINUTES}},
        },
        "readings": {"$sum": 1},
        # Takes the last value of each field that is there, as readings come in order of time.
        "last": {"$mergeObjects": {name: f"${name}" for name in names}},
    }
    for name in names:
        group[f"{name}_count"] = {"$sum": {"$cond": [{"$isNumber": f"${name}"}, 1, 0]}}
        group[f"{name}_mean"] = {"$avg": f"${name}"}
        group[f"{name}_min"] = {"$min": f"${name}"}
        group[f"{name}_max"] = {"$max": f"${name}"}
    return [
        {"$match": dict(match)},
        {"$sort": {"sunSourceId": 1, "timestamp": 1}},
        *_without(slots),
        {"$group": group},
        _project(names, "$_id.start", {name: f"${name}_mean" for name in names}),
    ]


def _without(slots: Sequence[Slot]) -> list[Document]:
    whole = [_within(slot) for slot in slots if not slot.fields]
    hidden = {
        name: {"$cond": [{"$or": [_is_within(each) for each in slots if name in each.fields]}, "$$REMOVE", f"${name}"]}
        for name in sorted({name for slot in slots for name in slot.fields})
    }
    return [*([{"$match": {"$nor": whole}}] if whole else []), *([{"$set": hidden}] if hidden else [])]


def _within(slot: Slot) -> Document:
    return {"timestamp": {"$gte": slot.start, "$lt": slot.end}}


def _is_within(slot: Slot) -> Document:
    return {"$and": [{"$gte": ["$timestamp", slot.start]}, {"$lt": ["$timestamp", slot.end]}]}


def _project(names: Sequence[str], start: Any, means: Mapping[str, Any], **more: Any) -> Document:
    """The group's flat accumulators as one document a bucket; a field that nobody reported is absent."""
    nested = {
        name: {
            "$cond": [
                {"$gt": [f"${name}_count", 0]},
                {
                    "count": f"${name}_count",
                    "mean": means[name],
                    "min": f"${name}_min",
                    "max": f"${name}_max",
                    "last": f"$last.{name}",
                },
                "$$REMOVE",
            ]
        }
        for name in names
    }
    kept = {"_id": 0, "sunSourceId": "$_id.source", "start": start, "readings": 1}
    return {"$project": {**kept, "fields": nested or {"$literal": {}}, **more}}


def sparks(
    database: Database[Document], source_ids: Sequence[str], since: datetime, fields: Sequence[str]
) -> dict[str, list[Document]]:
    """Return the hourly means of some fields of each source since an instant: documents with `start`, in order."""
    means = {name: f"$fields.{name}.mean" for name in fields}
    pipeline: list[Document] = [
        {"$match": {"sunSourceId": {"$in": list(source_ids)}, "start": {"$gte": since}}},
        {"$sort": {"sunSourceId": 1, "start": 1}},
        {"$group": {"_id": "$sunSourceId", "hours": {"$push": {"start": "$start", **means}}}},
    ]
    with mapped_mongo_errors():
        return {each["_id"]: each["hours"] for each in database[HOURS].aggregate(pipeline)}


def make_coarser(
    database: Database[Document],
    finer: str,
    source_ids: Sequence[str],
    begin: datetime,
    window: tuple[datetime, datetime],
    fields: Iterable[str],
) -> None:
    """Make hours (from 5 minutes) or one local day (from hours) of some sources anew, with the sums of energies.

    Hours are counted from `begin`, the start of a local day, and `window` is some of its whole hours; a day's window is
    the whole of it, and its energies are left alone: they come from the accounting.
    """
    stamp = ObjectId()
    target = HOURS if finer == FIVE_MINUTES else DAYS
    where = {"sunSourceId": {"$in": list(source_ids)}, "start": {"$gte": window[0], "$lt": window[1]}}
    pipeline = [*coarser_stages(where, begin, target, window[1], fields), *_into(target, stamp)]
    with mapped_mongo_errors():
        _collection(database, finer).aggregate(pipeline)
        if target == HOURS:
            _collection(database, target).delete_many({**where, "stamp": {"$ne": stamp}})
        else:
            # A day may be known by its energies alone.
            stale = {**where, "stamp": {"$ne": stamp}}
            _collection(database, target).update_many(stale, {"$set": {"readings": 0, "fields": {}}})
            is_empty = {"$or": [{"channels": {}}, {"channels": {"$exists": False}}]}
            _collection(database, target).delete_many({**stale, **is_empty})


def coarser_stages(
    match: Mapping[str, Any], begin: datetime, target: str, end: datetime, fields: Iterable[str]
) -> list[Document]:
    """Return the stages that join roll-ups to hours counted from `begin`, or to one day; see `make_coarser`."""
    names = sorted(fields)
    width = int(_HOUR.total_seconds() * 1000)
    since = {"$subtract": ["$start", begin]}
    hour = {"$add": [begin, {"$subtract": [since, {"$mod": [since, width]}]}]}
    group: Document = {
        "_id": {"source": "$sunSourceId", "start": hour if target == HOURS else begin},
        "readings": {"$sum": "$readings"},
        "last": {"$mergeObjects": {name: f"$fields.{name}.last" for name in names}},
    }
    for name in names:
        field = f"$fields.{name}"
        group[f"{name}_count"] = {"$sum": f"{field}.count"}
        group[f"{name}_sum"] = {"$sum": {"$multiply": [f"{field}.mean", f"{field}.count"]}}
        group[f"{name}_min"] = {"$min": f"{field}.min"}
        group[f"{name}_max"] = {"$max": f"{field}.max"}
    means = {name: {"$divide": [f"${name}_sum", f"${name}_count"]} for name in names}
    energies = _energy_group() if target == HOURS else {}
    length = {"$min": [width, {"$subtract": [end, "$_id.start"]}]}
    more = _energy_project(length) if target == HOURS else {}
    return [
        {"$match": dict(match)},
        {"$sort": {"sunSourceId": 1, "start": 1}},
        {"$group": {**group, **energies}},
        _project(names, "$_id.start", means, **more),
    ]


def _energy_group() -> Document:
    sums: Document = {}
    for name in CHANNELS:
        sums[f"{name}_kwh"] = {"$sum": f"$energy.{name}"}
        sums[f"{name}_covered"] = {"$sum": {"$multiply": [f"$coverage.{name}", _BUCKET_MINUTES * 60_000]}}
    return sums


def _energy_project(length: Document) -> Document:
    """Energies and the covered share of an hour; a channel of which nothing is covered is absent."""
    known = {name: {"$gt": [f"${name}_covered", 0]} for name in CHANNELS}
    return {
        "energy": {name: {"$cond": [known[name], f"${name}_kwh", "$$REMOVE"]} for name in CHANNELS},
        "coverage": {
            name: {"$cond": [known[name], {"$divide": [f"${name}_covered", length]}, "$$REMOVE"]} for name in CHANNELS
        },
    }


def _into(target: str, stamp: ObjectId) -> list[Document]:
    """Write the buckets; the stamp tells those of this run from those that no reading stands behind any more."""
    merge = {"into": target, "on": ["sunSourceId", "start"], "whenMatched": "merge", "whenNotMatched": "insert"}
    return [{"$set": {"stamp": stamp}}, {"$merge": merge}]


def bucket_changes(
    database: Database[Document],
    source_id: str,
    start: datetime,
    end: datetime,
    energies: Iterable[BucketEnergy],
) -> list[Operation]:
    """Return what sets the energies of the 5-minute buckets of `[start, end)`; those not given hold none any more.

    A bucket between two readings may hold energy and no reading. Only what differs is written.
    """
    within = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}}
    parts = {"start": 1, "readings": 1, "energy": 1, "coverage": 1}
    known = {each.start: {"energy": dict(each.kwh), "coverage": dict(each.coverage)} for each in energies if each.kwh}
    with mapped_mongo_errors():
        buckets = _collection(database, FIVE_MINUTES)
        there = {each["start"]: each for each in buckets.find(within, parts).batch_size(_MANY)}
    changes = [_bucket_change(there[begin], known.get(begin)) for begin in there]
    nothing = {"sunSourceId": source_id, "readings": 0, "fields": {}, "stamp": None}
    new = [InsertOne({**nothing, "start": begin, **known[begin]}) for begin in sorted(known.keys() - there.keys())]
    return [*(each for each in changes if each is not None), *new]


def _bucket_change(bucket: Document, wanted: Document | None) -> Operation | None:
    """What gives a stored bucket the energies it should hold, or none; without readings it then goes."""
    key = {"_id": bucket["_id"]}
    if wanted is not None:
        is_so = all(bucket.get(name) == value for name, value in wanted.items())
        return None if is_so else UpdateOne(key, {"$set": wanted})
    if not bucket["readings"]:
        return DeleteOne(key)
    return UpdateOne(key, {"$unset": {"energy": "", "coverage": ""}}) if "energy" in bucket else None


@dataclass(frozen=True, slots=True)
class DayRows:
    """The energies of one local day that starts at `start`: per channel kwh, coverage, method and recoveredKwh."""

    start: datetime
    date: str
    channels: Mapping[str, Mapping[str, Any]]


def day_changes(source_id: str, rows: Iterable[DayRows]) -> list[Operation]:
    """Return what sets the energies of local days; a day with neither energies nor readings any more is removed."""
    operations: list[Operation] = []
    for each in rows:
        key = {"sunSourceId": source_id, "start": each.start}
        channels = {name: dict(row) for name, row in each.channels.items()}
        change: Document = {"$set": {"date": each.date, "channels": channels}}
        if each.channels:
            change["$setOnInsert"] = {"readings": 0, "fields": {}, "stamp": None}
        operations.append(UpdateOne(key, change, upsert=bool(each.channels)))
        if not each.channels:
            operations.append(DeleteOne({**key, "readings": 0}))
    return operations


def forget_days(database: Database[Document], source_id: str) -> None:
    """Delete the days of a source that can be made again: those whose readings are still there."""
    with mapped_mongo_errors():
        _collection(database, DAYS).delete_many({"sunSourceId": source_id, "frozen": {"$exists": False}})


def days_with_energy(database: Database[Document], source_id: str, start: datetime, end: datetime) -> set[datetime]:
    """Return the starts of those days in `[start, end)` that hold energies."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "channels": {"$exists": True, "$ne": {}}}
    with mapped_mongo_errors():
        return {each["start"] for each in database[DAYS].find(wanted, {"_id": 0, "start": 1})}


def days_with_field(
    database: Database[Document], source_id: str, field: str, start: datetime, *, most: int
) -> list[datetime]:
    """Return the starts of the first days from an instant on in which a field was reported."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": start}, **_has(field)}
    with mapped_mongo_errors():
        found = database[DAYS].find(wanted, {"_id": 0, "start": 1}).sort("start", 1).limit(most)
        return [each["start"] for each in found]


def is_reported(
    database: Database[Document], source_id: str, fields: Iterable[str], changed: tuple[datetime, datetime]
) -> bool:
    """Return whether any of some fields was ever reported; of the `changed` local days only the buckets tell yet."""
    names = {"$or": [_has(name) for name in fields]}
    start, end = changed
    unchanged = {"sunSourceId": source_id, **names, "start": {"$not": {"$gte": start, "$lt": end}}}
    with mapped_mongo_errors():
        within = {"sunSourceId": source_id, **names, "start": {"$gte": start, "$lt": end}}
        found = database[FIVE_MINUTES].find_one(within, {"_id": 1})
        return found is not None or database[DAYS].find_one(unchanged, {"_id": 1}, sort=[("start", -1)]) is not None


def _has(field: str) -> Document:
    return {f"fields.{field}": {"$exists": True}}


def frozen_days(database: Database[Document], source_id: str, start: datetime, end: datetime) -> set[datetime]:
    """Return the starts of those days in `[start, end)` whose readings are gone, so that they stay as they are."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "frozen": {"$exists": True}}
    with mapped_mongo_errors():
        return {each["start"] for each in database[DAYS].find(wanted, {"_id": 0, "start": 1})}


def _collection(database: Database[Document], name: str) -> Collection[Document]:
    # Roll-ups need not wait for the disk one by one: the mark is finished after them, and that waits for all.
    return database.get_collection(name, write_concern=SOON)


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete every roll-up of a source."""
    with mapped_mongo_errors():
        for name in (FIVE_MINUTES, HOURS, DAYS):
            database[name].delete_many({"sunSourceId": source_id})
