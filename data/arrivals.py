"""What arrives beside readings, in MongoDB: dead letters, hourly counts, open batches and device memory."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from data.errors import StorageUnavailable, mapped_mongo_errors
from data.reading_writes import DUPLICATE_KEY, SOON

Document = dict[str, Any]
DEAD_LETTERS_PER_SOURCE = 1000
# With the largest message on top it stays below what one document may hold.
LARGEST_BATCH_BYTES = 4 * 1024 * 1024
_OPENING_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Memory:
    """What was learnt of a source's devices, and the revision to hand back when more was."""

    learnt: Mapping[str, Any]
    revision: int


def keep_dead_letters(database: Database[Document], letters: Sequence[Document]) -> None:
    """Keep messages that were not understood; the same message again only raises its count.

    A letter has `sunSourceId`, `topic`, `transport`, `reason`, `body` (bytes, shortened by the caller), `receivedAt`.
    At most DEAD_LETTERS_PER_SOURCE are kept per source, the newest.
    """
    updates = [_letter_update(letter) for letter in letters]
    with mapped_mongo_errors():
        try:
            database["dead_letters"].bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            # Another process kept the same letter for the first time at the same moment: now it is there to count up.
            failures = (error.details or {}).get("writeErrors", [])
            if any(each["code"] != DUPLICATE_KEY for each in failures):
                raise
            database["dead_letters"].bulk_write([updates[each["index"]] for each in failures], ordered=False)
        for source_id in {letter["sunSourceId"] for letter in letters}:
            _drop_oldest_letters(database, source_id)


def _letter_update(letter: Document) -> UpdateOne:
    digest = hashlib.sha256(letter["topic"].encode("utf-8", "surrogatepass") + b"\0" + letter["body"]).hexdigest()
    fixed = {name: value for name, value in letter.items() if name not in {"receivedAt", "sunSourceId"}}
    change = {
        "$setOnInsert": {**fixed, "firstReceivedAt": letter["receivedAt"]},
        "$max": {"receivedAt": letter["receivedAt"]},
        "$inc": {"times": 1},
    }
    return UpdateOne({"sunSourceId": letter["sunSourceId"], "digest": digest}, change, upsert=True)


def _drop_oldest_letters(database: Database[Document], source_id: str) -> None:
    letters = database["dead_letters"]
    surplus = letters.count_documents({"sunSourceId": source_id}) - DEAD_LETTERS_PER_SOURCE
    if surplus > 0:
        oldest = letters.find({"sunSourceId": source_id}, projection={"_id": 1}).sort("receivedAt", 1).limit(surplus)
        letters.delete_many({"_id": {"$in": [found["_id"] for found in oldest]}})


def dead_letters(database: Database[Document], source_id: str, limit: int = 100) -> list[Document]:
    """Return the newest dead letters of a source, newest first."""
    with mapped_mongo_errors():
        found = database["dead_letters"].find({"sunSourceId": source_id}, projection={"_id": 0})
        return list(found.sort("receivedAt", -1).limit(limit))


def add_counts(database: Database[Document], counts: Mapping[tuple[str, datetime], Mapping[str, float]]) -> None:
    """Add to the counts of each (source, UTC hour); a key that begins with `max` keeps its largest value."""
    updates = []
    for (source_id, hour), numbers in counts.items():
        added = {name: value for name, value in numbers.items() if not name.startswith("max") and value}
        largest = {name: value for name, value in numbers.items() if name.startswith("max")}
        change = {**({"$inc": added} if added else {}), **({"$max": largest} if largest else {})}
        if change:
            updates.append(UpdateOne({"sunSourceId": source_id, "hour": hour}, change, upsert=True))
    if updates:
        with mapped_mongo_errors():
            database.get_collection("ingest_counts", write_concern=SOON).bulk_write(updates, ordered=False)


def counts_between(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Document]:
    """Return the hourly counts of a source in `[start, end)`, oldest first."""
    with mapped_mongo_errors():
        found = database["ingest_counts"].find(
            {"sunSourceId": source_id, "hour": {"$gte": start, "$lt": end}}, projection={"_id": 0}
        )
        return list(found.sort("hour", 1))


def add_to_open_batch(
    database: Database[Document], source_id: str, messages: Sequence[Document], window: timedelta
) -> None:
    """Put bare values, in order of arrival, into the open batch of their source, opening one where none is open.

    Kept in MongoDB so that they may be acknowledged at once, and so that several listeners gather into one batch.
    """
    batches, waiting, attempts = database["open_batches"], list(messages), 0
    with mapped_mongo_errors():
        while waiting:
            taken = _add_to_open(batches, source_id, waiting, window)
            attempts = 0 if taken else attempts + 1
            if attempts > _OPENING_ATTEMPTS:
                raise StorageUnavailable("the open batch of a source changed under every attempt to add to it")
            del waiting[:taken]


def _add_to_open(
    batches: Collection[Document], source_id: str, messages: Sequence[Document], window: timedelta
) -> int:
    """Add all messages, or the first ones, to the open batch, or open one with them; returns how many, 0: try again."""
    mine = {"sunSourceId": source_id, "open": True}
    for some in (messages, messages[:1]):
        size = sum(len(each["body"]) for each in some)
        fits = {"openedAt": {"$gt": some[-1]["receivedAt"] - window}, "size": {"$lt": LARGEST_BATCH_BYTES}}
        if size < LARGEST_BATCH_BYTES or len(some) == 1:
            change = {"$push": {"messages": {"$each": list(some)}}, "$inc": {"size": size}}
            if batches.update_one({**mine, **fits}, change).matched_count:
                return len(some)
    # A partial unique index allows one open batch a source: seal the old one before opening the next.
    first = messages[0]
    is_over = [{"openedAt": {"$lte": first["receivedAt"] - window}}, {"size": {"$gte": LARGEST_BATCH_BYTES}}]
    batches.update_one({**mine, "$or": is_over}, {"$unset": {"open": ""}})
    opening = {**mine, "openedAt": first["receivedAt"], "messages": [first], "size": len(first["body"])}
    try:
        batches.insert_one({**opening, "closing": None})
    except DuplicateKeyError:
        return 0
    return 1


def has_open_batch(database: Database[Document], source_id: str) -> bool:
    """Return whether values of a source are being gathered just now."""
    with mapped_mongo_errors():
        return database["open_batches"].find_one({"sunSourceId": source_id}, {"_id": 1}) is not None


def claim_due_batches(database: Database[Document], opened_before: datetime, now: datetime) -> list[Document]:
    """Claim the batches opened before an instant; a claim that was not finished within a minute may be taken again."""
    claimed = []
    stale = now - timedelta(minutes=1)
    with mapped_mongo_errors():
        while found := database["open_batches"].find_one_and_update(
            {"openedAt": {"$lte": opened_before}, "$or": [{"closing": None}, {"closing": {"$lt": stale}}]},
            {"$set": {"closing": now}, "$unset": {"open": ""}},
        ):
            claimed.append(found)
    return claimed


def finish_batch(database: Database[Document], batch_id: Any) -> None:
    """Forget a batch whose reading is stored."""
    with mapped_mongo_errors():
        database["open_batches"].delete_one({"_id": batch_id})


def memories(database: Database[Document], source_ids: Iterable[str]) -> dict[str, Memory]:
    """Return what was learnt of the devices of those sources (phases seen, discovery) of which anything was."""
    with mapped_mongo_errors():
        found = database["device_memory"].find({"_id": {"$in": list(source_ids)}})
        return {each["_id"]: Memory(each["memory"], each.get("revision", 0)) for each in found}


def keep_memory(database: Database[Document], source_id: str, learnt: Mapping[str, Any], revision: int) -> None:
    """Keep what was learnt of a source's devices since the memory of that revision was read.

    Where another process learnt something meanwhile, both are kept: entry by entry, ours where they differ.
    """
    kept = database["device_memory"]
    with mapped_mongo_errors():
        for _ in range(_OPENING_ATTEMPTS):
            change = {"$set": {"memory": dict(learnt), "revision": revision + 1}}
            try:
                fits = {"_id": source_id, "revision": revision}
                if kept.update_one(fits, change, upsert=not revision).matched_count or not revision:
                    return
            except DuplicateKeyError:
                pass
            now = kept.find_one({"_id": source_id}) or {"memory": {}, "revision": 0}
            learnt, revision = _joined(now["memory"], learnt), now.get("revision", 0)
    raise StorageUnavailable("the memory of a source changed under every attempt to add to it")


def _joined(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    joined = {**theirs, **ours}
    for name in theirs.keys() & ours.keys():
        first, second = theirs[name], ours[name]
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            joined[name] = _joined(first, second)
        elif isinstance(first, list) and isinstance(second, list):
            joined[name] = [*first, *(each for each in second if each not in first)]
    return joined


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete everything that arrived for a source, beside its readings."""
    with mapped_mongo_errors():
        for name in ("dead_letters", "ingest_counts", "open_batches", "webhook_ids"):
            database[name].delete_many({"sunSourceId": source_id})
        for name in ("device_memory", "latest_readings"):
            database[name].delete_one({"_id": source_id})
