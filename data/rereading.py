"""Stored readings walked through with their rawData, and rewritten where reading them again gives something else."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.readings import COLLECTION

Document = dict[str, Any]
AT_ONCE = 500


def walk(database: Database[Document], source_id: str, before: datetime) -> Iterator[list[Document]]:
    """Yield the readings of a source received before an instant, oldest first, so many at once."""
    wanted: Document = {"sunSourceId": source_id, "metadata.receivedAt": {"$lt": before}}
    after: datetime | None = None
    while True:
        condition = wanted if after is None else {**wanted, "timestamp": {"$gt": after}}
        with mapped_mongo_errors():
            found = list(database[COLLECTION].find(condition).sort("timestamp", 1).limit(AT_ONCE))
        if not found:
            return
        yield found
        after = found[-1]["timestamp"]


def replace(database: Database[Document], pairs: Sequence[tuple[Document, Document]]) -> int:
    """Put the second of each pair in the place of the first, unless that changed meanwhile; returns how many were."""
    updates = [
        ReplaceOne(
            {"_id": before["_id"], "metadata.revision": before["metadata"].get("revision")},
            {**after, "_id": before["_id"],
             "metadata": {**after["metadata"], "revision": (before["metadata"].get("revision") or 0) + 1}},
        )
        for before, after in pairs
    ]  # fmt: skip
    if not updates:
        return 0
    with mapped_mongo_errors():
        return database[COLLECTION].bulk_write(updates, ordered=False).matched_count


def forget_latest(database: Database[Document], source_id: str) -> None:
    """Drop the latest state of a source, to be made anew of its newest readings."""
    with mapped_mongo_errors():
        database["latest_readings"].delete_one({"_id": source_id})


def newest(database: Database[Document], source_id: str, limit: int) -> list[Document]:
    """Return the newest readings of a source without their rawData."""
    with mapped_mongo_errors():
        found = database[COLLECTION].find({"sunSourceId": source_id}, {"rawData": 0}).sort("timestamp", -1)
        return list(found.limit(limit))


def newest_raw(
    database: Database[Document], source_id: str, limit: int, since: datetime | None = None
) -> list[Document]:
    """Return the newest readings that were received (not imported) with their `rawData`, newest first."""
    wanted: Document = {"sunSourceId": source_id, "metadata.transport": {"$ne": "import"}}
    if since is not None:
        wanted["timestamp"] = {"$gte": since}
    with mapped_mongo_errors():
        return list(database[COLLECTION].find(wanted, {"_id": 0}).sort("timestamp", -1).limit(limit))
