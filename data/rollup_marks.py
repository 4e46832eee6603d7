"""Marks in MongoDB that say which roll-ups of which source no longer agree with its readings.

There is one mark per source and UTC day. Whoever writes readings raises it afterwards; the worker takes the part whose
5-minute buckets are closed, and what is raised meanwhile stays beside what is being worked at, so nothing is lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from solar.vocabulary import NUMERIC_FIELDS

Document = dict[str, Any]
COLLECTION = "rollup_marks"
BUCKET = timedelta(minutes=5)
# Among the fields of a mark: any field may have changed, also one that is not reported any more.
ANY_FIELD = "*"
_NUMERIC = frozenset(NUMERIC_FIELDS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """Buckets of a source, `[start, end)` in UTC, and the numeric fields (or ANY_FIELD) that changed in them."""

    id: str
    source_id: str
    start: datetime
    end: datetime
    fields: frozenset[str]


def bucket_of(instant: datetime) -> datetime:
    """Return the start of the 5-minute bucket of an instant."""
    return instant - (instant - _EPOCH) % BUCKET


def mark(database: Database[Document], documents: Iterable[Document]) -> None:
    """Raise the marks of readings just written, stored or not new: a process may have died before it marked them.

    Raises StorageUnavailable; the readings must then be handed in again.
    """
    marks: dict[tuple[str, datetime], tuple[datetime, datetime, set[str]]] = {}
    for document in documents:
        stamp: datetime = document["timestamp"]
        key = (document["sunSourceId"], stamp.replace(hour=0, minute=0, second=0, microsecond=0))
        first, last, fields = marks.get(key, (stamp, stamp, set()))
        fields |= _NUMERIC & document.keys()
        marks[key] = (min(first, stamp), max(last, stamp), fields)
    _raise(
        database,
        [
            _update(source_id, day, bucket_of(first), bucket_of(last) + BUCKET, fields)
            for (source_id, day), (first, last, fields) in marks.items()
        ],
    )


def mark_range(
    database: Database[Document], source_id: str, start: datetime, end: datetime, fields: Iterable[str] = ()
) -> None:
    """Raise the marks of `[start, end)` of a source, as after a deletion; without fields any may have changed."""
    changed = set(fields) or {ANY_FIELD}
    updates = []
    start, end = bucket_of(start), bucket_of(end - timedelta(microseconds=1)) + BUCKET
    while start < end:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(end, day + _ONE_DAY)
        updates.append(_update(source_id, day, start, until, changed))
        start = until
    _raise(database, updates)


def _update(source_id: str, day: datetime, start: datetime, end: datetime, fields: Iterable[str]) -> UpdateOne:
    change = {
        "$min": {"from": start},
        "$max": {"until": end},
        "$addToSet": {"fields": {"$each": sorted(fields)}},
        "$setOnInsert": {"sunSourceId": source_id, "day": day},
    }
    return UpdateOne({"_id": f"{source_id} {day.date().isoformat()}"}, change, upsert=True)


def _raise(database: Database[Document], updates: Sequence[UpdateOne]) -> None:
    with mapped_mongo_errors():
        for start in range(0, len(updates), _AT_ONCE):
            database[COLLECTION].bulk_write(updates[start : start + _AT_ONCE], ordered=False)


def _is_due(before: datetime) -> Document:
    # What is still being worked at was left by a worker that died: whoever holds the lock of the source takes it up.
    return {"$or": [{"from": {"$lt": before}}, {"working": {"$exists": True}}]}


def due_sources(database: Database[Document], before: datetime) -> list[str]:
    """Return the sources with marked buckets that begin before an instant, those marked longest ago first."""
    found: dict[str, None] = {}
    with mapped_mongo_errors():
        for each in database[COLLECTION].find(_is_due(before), {"sunSourceId": 1}).sort("from", 1):
            found[each["sunSourceId"]] = None
    return list(found)


def claim(database: Database[Document], source_ids: Sequence[str], before: datetime, most_each: int) -> list[Mark]:
    """Take what is marked of those sources before an instant (the start of a bucket), each source's oldest days.

    Only the holder of the lock of those sources may claim. A claim that is never finished is part of the next one.
    """
    with mapped_mongo_errors():
        wanted = {"sunSourceId": {"$in": list(source_ids)}, **_is_due(before)}
        ids = _oldest_each(database[COLLECTION].find(wanted, {"sunSourceId": 1}).sort("day", 1), most_each)
        database[COLLECTION].update_many({"_id": {"$in": ids}, "from": {"$lt": before}}, _taking(before))
        taken = list(database[COLLECTION].find({"_id": {"$in": ids}, "working": {"$exists": True}}))
    return [
        Mark(each["_id"], each["sunSourceId"], work["from"], work["until"], frozenset(work["fields"]))
        for each in taken
        if (work := each["working"])
    ]


def _oldest_each(found: Iterable[Document], most_each: int) -> list[str]:
    ids: dict[str, list[str]] = {}
    for each in found:
        ids.setdefault(each["sunSourceId"], []).append(each["_id"])
    return [each for some in ids.values() for each in some[:most_each]]


def _taking(before: datetime) -> list[Document]:
    """The part before an instant moves to `working`; the rest of the mark stays as it is."""
    rest: dict[str, Any] = {"$gt": ["$until", before]}
    working = {
        "from": {"$min": ["$working.from", "$from"]},
        "until": {"$max": ["$working.until", {"$min": ["$until", before]}]},
        "fields": {"$setUnion": [{"$ifNull": ["$working.fields", []]}, "$fields"]},
    }
    left = {
        "from": {"$cond": [rest, {"$max": ["$from", before]}, "$$REMOVE"]},
        "until": {"$cond": [rest, "$until", "$$REMOVE"]},
        "fields": {"$cond": [rest, "$fields", "$$REMOVE"]},
    }
    return [{"$set": {"working": working}}, {"$set": left}]


def finish(database: Database[Document], marks: Iterable[Mark]) -> None:
    """Forget claimed marks whose roll-ups are written; what was raised since stays."""
    ids = [each.id for each in marks]
    with mapped_mongo_errors():
        database[COLLECTION].update_many({"_id": {"$in": ids}}, {"$unset": {"working": ""}})
        gone = {"_id": {"$in": ids}, "working": {"$exists": False}, "from": {"$exists": False}}
        database[COLLECTION].delete_many(gone)


def ranges(database: Database[Document], source_id: str, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return the marked `[start, end)` of a source on UTC days that end after an instant, in time order."""
    day = since.replace(hour=0, minute=0, second=0, microsecond=0)
    with mapped_mongo_errors():
        found = list(database[COLLECTION].find({"sunSourceId": source_id, "day": {"$gte": day}}))
    parts = [part for each in found for part in (each, each.get("working", {}))]
    return sorted((part["from"], part["until"]) for part in parts if "from" in part)


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete the marks of a source."""
    with mapped_mongo_errors():
        database[COLLECTION].delete_many({"sunSourceId": source_id})
