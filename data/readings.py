"""Raw readings in MongoDB: one document per source and instant, written so that repeating a write changes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
COLLECTION = "normalized_sun_source_data"
_DUPLICATE_KEY = 11000
_MERGE_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Written:
    """What became of each document of a write, by position: stored anew, merged into an older one, or a duplicate."""

    stored: frozenset[int]
    merged: frozenset[int] = field(default_factory=frozenset)

    def outcome(self, position: int) -> str:
        if position in self.stored:
            return "stored"
        return "merged" if position in self.merged else "duplicate"


def write(
    database: Database[Document], documents: Sequence[Document], merge: Callable[[Document, Document], Document]
) -> Written:
    """Store readings durably, at most one per (`sunSourceId`, `timestamp`).

    `merge(earlier, later)` returns what one instant holds when two messages speak of it; it must return the earlier
    document unchanged where the later one adds nothing. Two writers of the same instant are told apart by the
    document's `metadata.revision`, so neither loses the other's fields. Raises StorageUnavailable.
    """
    if not documents:
        return Written(frozenset())
    with mapped_mongo_errors():
        conflicts = _insert(database, documents)
        merged = {at for at in conflicts if _merge_in(database, documents[at], merge)}
    return Written(frozenset(range(len(documents))) - frozenset(conflicts), frozenset(merged))


def _insert(database: Database[Document], documents: Sequence[Document]) -> list[int]:
    try:
        database[COLLECTION].insert_many(documents, ordered=False)
    except BulkWriteError as error:
        details: Mapping[str, Any] = error.details or {}
        failures = details.get("writeErrors", [])
        if details.get("writeConcernErrors") or any(each["code"] != _DUPLICATE_KEY for each in failures):
            raise
        return sorted(each["index"] for each in failures)
    return []


def _merge_in(
    database: Database[Document], later: Document, merge: Callable[[Document, Document], Document]
) -> bool:
    """Merge `later` into the stored document of its instant; returns whether that changed it."""
    key = {"sunSourceId": later["sunSourceId"], "timestamp": later["timestamp"]}
    for _ in range(_MERGE_ATTEMPTS):
        earlier = database[COLLECTION].find_one(key)
        if earlier is None:
            _insert(database, [{name: value for name, value in later.items() if name != "_id"}])
            return True
        revision = earlier.get("metadata", {}).get("revision")
        joined = merge(earlier, later)
        if joined == earlier:
            return False
        joined["_id"] = earlier["_id"]
        joined["metadata"] = {**joined["metadata"], "revision": (revision or 0) + 1}
        done = database[COLLECTION].replace_one({"_id": earlier["_id"], "metadata.revision": revision}, joined)
        if done.matched_count:
            return True
    raise BulkWriteError({"writeErrors": [], "errmsg": "a reading changed under every attempt to merge into it"})


def newest(database: Database[Document], source_id: str) -> Document | None:
    """Return the newest stored reading of a source, without its `rawData`, or None."""
    with mapped_mongo_errors():
        return database[COLLECTION].find_one(
            {"sunSourceId": source_id}, projection={"rawData": 0, "_id": 0}, sort=[("timestamp", -1)]
        )


def first_at(database: Database[Document], source_id: str) -> datetime | None:
    """Return the UTC instant of the oldest stored reading of a source, or None."""
    with mapped_mongo_errors():
        found = database[COLLECTION].find_one(
            {"sunSourceId": source_id}, projection={"timestamp": 1, "_id": 0}, sort=[("timestamp", 1)]
        )
    return found["timestamp"] if found else None


def fields_between(
    database: Database[Document], source_id: str, start: datetime, end: datetime, fields: Iterable[str]
) -> list[Document]:
    """Return the readings of `[start, end)` in time order, each with `timestamp` and those of `fields` it carries."""
    projection = {"_id": 0, "timestamp": 1, **dict.fromkeys(fields, 1)}
    with mapped_mongo_errors():
        return list(
            database[COLLECTION]
            .find({"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}, projection=projection)
            .sort("timestamp", 1)
            .batch_size(20_000)
        )


def means_between(
    database: Database[Document], source_id: str, start: datetime, end: datetime, fields: Iterable[str], minutes: int
) -> list[Document]:
    """Return means per bucket of `minutes` over `[start, end)`: documents with `timestamp` (start of the bucket)."""
    bucket = {"$dateTrunc": {"date": "$timestamp", "unit": "minute", "binSize": minutes}}
    means = {name: {"$avg": f"${name}"} for name in fields}
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}},
        {"$group": {"_id": bucket, **means}},
        {"$sort": {"_id": 1}},
        {"$project": {"_id": 0, "timestamp": "$_id", **dict.fromkeys(means, 1)}},
    ]
    with mapped_mongo_errors():
        return list(database[COLLECTION].aggregate(pipeline))


def delete_source(database: Database[Document], source_id: str) -> int:
    """Delete every reading of a source; returns how many there were."""
    with mapped_mongo_errors():
        return database[COLLECTION].delete_many({"sunSourceId": source_id}).deleted_count


def count(database: Database[Document], source_id: str) -> int:
    """Return the number of stored readings of a source."""
    with mapped_mongo_errors():
        return database[COLLECTION].count_documents({"sunSourceId": source_id})


def keep_latest(database: Database[Document], newest_by_source: Mapping[str, Document]) -> None:
    """Update the small latest state of each source where the given reading is newer than what it holds.

    One document per source: `timestamp` and `receivedAt` of its newest reading, `values` and `times` of each field
    (a partial message leaves the other fields with their own, older times).
    """
    updates = [_latest_update(source_id, reading) for source_id, reading in newest_by_source.items()]
    if not updates:
        return
    with mapped_mongo_errors():
        try:
            database["latest_readings"].bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            # An upsert that finds a newer state collides with its key: the newer one rightly stays.
            if any(each["code"] != _DUPLICATE_KEY for each in (error.details or {}).get("writeErrors", [])):
                raise


def _latest_update(source_id: str, reading: Document) -> UpdateOne:
    stamp = reading["timestamp"]
    kept = {"timestamp": stamp, "receivedAt": reading["metadata"]["receivedAt"]}
    for name, value in reading.items():
        if name not in {"_id", "sunSourceId", "timestamp", "rawData", "metadata"}:
            kept[f"values.{name}"] = value
            kept[f"times.{name}"] = stamp
    return UpdateOne({"_id": source_id, "timestamp": {"$lte": stamp}}, {"$set": kept}, upsert=True)


def latest(database: Database[Document], source_ids: Sequence[str]) -> dict[str, Document]:
    """Return the latest state of each of the sources that has one, by source."""
    with mapped_mongo_errors():
        return {found["_id"]: found for found in database["latest_readings"].find({"_id": {"$in": list(source_ids)}})}


def source_ids(database: Database[Document]) -> list[str]:
    """Return the ids of all sources that have readings."""
    with mapped_mongo_errors():
        return list(database[COLLECTION].distinct("sunSourceId"))
