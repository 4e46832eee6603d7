"""What arrives beside readings, in MongoDB: dead letters, hourly counts, open batches, device memory, webhook ids."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from data.errors import StorageUnavailable, mapped_mongo_errors

Document = dict[str, Any]
DEAD_LETTERS_PER_SOURCE = 1000
_OPENING_ATTEMPTS = 20


def keep_dead_letters(database: Database[Document], letters: Sequence[Document]) -> None:
    """Keep messages that were not understood; the same message again only raises its count.

    A letter has `sunSourceId`, `topic`, `transport`, `reason`, `body` (bytes, shortened by the caller), `receivedAt`.
    At most DEAD_LETTERS_PER_SOURCE are kept per source, the newest.
    """
    with mapped_mongo_errors():
        for letter in letters:
            digest = hashlib.sha256(letter["topic"].encode() + b"\0" + letter["body"]).hexdigest()
            fixed = {name: value for name, value in letter.items() if name not in {"receivedAt", "sunSourceId"}}
            database["dead_letters"].update_one(
                {"sunSourceId": letter["sunSourceId"], "digest": digest},
                {
                    "$setOnInsert": {**fixed, "firstReceivedAt": letter["receivedAt"]},
                    "$max": {"receivedAt": letter["receivedAt"]},
                    "$inc": {"times": 1},
                },
                upsert=True,
            )
        for source_id in {letter["sunSourceId"] for letter in letters}:
            _drop_oldest_letters(database, source_id)


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
            database["ingest_counts"].bulk_write(updates, ordered=False)


def counts_between(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Document]:
    """Return the hourly counts of a source in `[start, end)`, oldest first."""
    with mapped_mongo_errors():
        found = database["ingest_counts"].find(
            {"sunSourceId": source_id, "hour": {"$gte": start, "$lt": end}}, projection={"_id": 0}
        )
        return list(found.sort("hour", 1))


def add_to_open_batch(database: Database[Document], source_id: str, message: Document, window: timedelta) -> None:
    """Put a bare value into the open batch of its source, opening one where none is open at `message["receivedAt"]`.

    Kept in MongoDB so that it may be acknowledged at once, and so that several listeners gather into one batch.
    The same topic twice in a batch keeps its first value.
    """
    received_at: datetime = message["receivedAt"]
    batches = database["open_batches"]
    mine = {"sunSourceId": source_id, "open": True}
    with mapped_mongo_errors():
        for _ in range(_OPENING_ATTEMPTS):
            young = {**mine, "openedAt": {"$gt": received_at - window}}
            if batches.update_one(young, {"$push": {"messages": message}}).matched_count:
                return
            # A partial unique index allows one open batch a source: seal the old one before opening the next.
            batches.update_one({**mine, "openedAt": {"$lte": received_at - window}}, {"$unset": {"open": ""}})
            try:
                batches.insert_one({**mine, "openedAt": received_at, "messages": [message], "closing": None})
                return
            except DuplicateKeyError:
                continue
    raise StorageUnavailable("the open batch of a source changed under every attempt to add to it")


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


def memory(database: Database[Document], source_id: str) -> Document:
    """Return what was learnt of a source's devices (phases seen, discovery), empty at first."""
    with mapped_mongo_errors():
        found = database["device_memory"].find_one({"_id": source_id})
    return dict(found["memory"]) if found else {}


def keep_memory(database: Database[Document], source_id: str, learnt: Mapping[str, Any]) -> None:
    """Keep what was learnt of a source's devices."""
    with mapped_mongo_errors():
        database["device_memory"].replace_one({"_id": source_id}, {"memory": dict(learnt)}, upsert=True)


def webhook_id_seen(database: Database[Document], source_id: str, webhook_id: str) -> bool:
    """Return whether a request with this id was accepted within the last 24 hours, by any process."""
    with mapped_mongo_errors():
        return database["webhook_ids"].find_one({"sunSourceId": source_id, "webhookId": webhook_id}) is not None


def remember_webhook_id(database: Database[Document], source_id: str, webhook_id: str, now: datetime) -> None:
    """Remember the id of a request that was answered 200; the index forgets it after 24 hours."""
    with mapped_mongo_errors():
        try:
            database["webhook_ids"].insert_one({"sunSourceId": source_id, "webhookId": webhook_id, "createdAt": now})
        except DuplicateKeyError:
            return


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete everything that arrived for a source, beside its readings."""
    with mapped_mongo_errors():
        for name in ("dead_letters", "ingest_counts", "open_batches", "webhook_ids"):
            database[name].delete_many({"sunSourceId": source_id})
        for name in ("device_memory", "latest_readings"):
            database[name].delete_one({"_id": source_id})
