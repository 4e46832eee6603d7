"""How raw readings come into MongoDB: one document a source and instant, so that repeating a write changes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import bson
from bson.errors import BSONError
from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DocumentTooLarge
from pymongo.write_concern import WriteConcern

from data.errors import PASSING_MONGO_CODES, StorageUnavailable, mapped_mongo_errors
from data.readings import COLLECTION

Document = dict[str, Any]
Merge = Callable[[Document, Document], Document]
DUPLICATE_KEY = 11000
_MERGE_ATTEMPTS = 20
_FOUND_AT_ONCE = 500
_CANNOT_ENCODE = (BSONError, DocumentTooLarge, OverflowError, UnicodeError, RecursionError)
_NOT_VALUES = frozenset({"_id", "sunSourceId", "timestamp", "rawData", "metadata"})
# What can be made again from the next reading need not wait for the disk: the journal has it a moment later.
SOON = WriteConcern(w=1, j=False)


@dataclass(slots=True)
class Written:
    """What became of each document of a write, by its position.

    `merged` holds what the store has now where a document met an older one of its instant, `duplicates` likewise where
    it added nothing, `refused` why the store takes a document never. All others are stored anew.
    """

    merged: dict[int, Document] = field(default_factory=dict)
    duplicates: dict[int, Document] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    def outcome(self, position: int) -> str:
        """Return `stored`, `merged`, `duplicate` or `refused`."""
        if position in self.duplicates:
            return "duplicate"
        if position in self.merged:
            return "merged"
        return "refused" if position in self.refused else "stored"


def write(database: Database[Document], documents: Sequence[Document], merge: Merge) -> Written:
    """Store readings durably, at most one per (`sunSourceId`, `timestamp`).

    `merge(earlier, later)` returns what one instant holds when two messages speak of it; it must return the earlier
    document unchanged where the later one adds nothing. Two writers of the same instant are told apart by the
    document's `metadata.revision`, so neither loses the other's fields. Raises StorageUnavailable.
    """
    written = Written()
    if documents:
        with mapped_mongo_errors():
            conflicts = _insert(database, documents, written.refused)
            _merge_all(database, documents, conflicts, merge, written)
    return written


def _insert(database: Database[Document], documents: Sequence[Document], refused: dict[int, str]) -> list[int]:
    """Insert what is new; returns the positions whose instant is taken, and notes what the store never takes."""
    try:
        database[COLLECTION].insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return _conflicts(error, refused)
    except _CANNOT_ENCODE:
        good = _encodable(documents, refused)
        if len(good) == len(documents):
            raise
        found: dict[int, str] = {}
        conflicts = _insert(database, [documents[at] for at in good], found) if good else []
        refused.update({good[at]: reason for at, reason in found.items()})
        return [good[at] for at in conflicts]
    return []


def _conflicts(error: BulkWriteError, refused: dict[int, str]) -> list[int]:
    details: Mapping[str, Any] = error.details or {}
    failures = details.get("writeErrors", [])
    if details.get("writeConcernErrors") or any(each["code"] in PASSING_MONGO_CODES for each in failures):
        raise StorageUnavailable("MongoDB cannot write just now") from error
    for each in failures:
        if each["code"] != DUPLICATE_KEY:
            refused[each["index"]] = f"the store refuses this reading: {each.get('errmsg', each['code'])}"[:200]
    return sorted(each["index"] for each in failures if each["code"] == DUPLICATE_KEY)


def _encodable(documents: Sequence[Document], refused: dict[int, str]) -> list[int]:
    good = []
    for at, document in enumerate(documents):
        try:
            bson.encode(document)
            good.append(at)
        except _CANNOT_ENCODE as error:
            refused[at] = f"cannot be kept: {error}"[:200]
    return good


def _merge_all(
    database: Database[Document], documents: Sequence[Document], conflicts: list[int], merge: Merge, written: Written
) -> None:
    """Merge each document whose instant is taken into the stored one; many are fetched at once, as after a restart."""
    for start in range(0, len(conflicts), _FOUND_AT_ONCE):
        some = conflicts[start : start + _FOUND_AT_ONCE]
        instants = [{name: documents[at][name] for name in ("sunSourceId", "timestamp")} for at in some]
        known = {_instant(found): found for found in database[COLLECTION].find({"$or": instants})}
        for at in some:
            is_changed, kept = _merge_in(database, known.get(_instant(documents[at])), documents[at], merge)
            known[_instant(documents[at])] = kept
            (written.merged if is_changed else written.duplicates)[at] = kept


def _merge_in(
    database: Database[Document], earlier: Document | None, later: Document, merge: Merge
) -> tuple[bool, Document]:
    """Merge `later` into the stored document of its instant; returns whether that changed it, and what is stored."""
    for _ in range(_MERGE_ATTEMPTS):
        if earlier is None:
            anew = {name: value for name, value in later.items() if name != "_id"}
            if not _insert(database, [anew], {}):
                return True, anew
        else:
            joined = merge(earlier, later)
            if joined == earlier:
                return False, earlier
            if _replace(database, earlier, joined):
                return True, joined
        earlier = database[COLLECTION].find_one({"sunSourceId": later["sunSourceId"], "timestamp": later["timestamp"]})
    raise StorageUnavailable("a reading changed under every attempt to merge into it")


def _replace(database: Database[Document], earlier: Document, joined: Document) -> bool:
    revision = earlier.get("metadata", {}).get("revision")
    joined["_id"] = earlier["_id"]
    joined["metadata"] = {**joined["metadata"], "revision": (revision or 0) + 1}
    done = database[COLLECTION].replace_one({"_id": earlier["_id"], "metadata.revision": revision}, joined)
    return bool(done.matched_count)


def _instant(document: Mapping[str, Any]) -> tuple[str, datetime]:
    return document["sunSourceId"], document["timestamp"]


def keep_latest(database: Database[Document], kept: Iterable[Document]) -> None:
    """Bring the small latest state of each source up to date with stored readings, in any order.

    One document per source: `timestamp` and `receivedAt` of its newest reading, `values` and `times` of each field
    (a partial message leaves the other fields with their own, older times).
    """
    updates = [update for readings in _by_source(kept) for update in _latest_updates(readings)]
    if not updates:
        return
    with mapped_mongo_errors():
        try:
            database.get_collection("latest_readings", write_concern=SOON).bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            # An upsert that finds a newer state collides with its key: the newer one rightly stays.
            if any(each["code"] != DUPLICATE_KEY for each in (error.details or {}).get("writeErrors", [])):
                raise


def _by_source(kept: Iterable[Document]) -> Iterable[list[Document]]:
    """Return the readings of each source, the newest first."""
    found: dict[str, list[Document]] = {}
    for reading in kept:
        found.setdefault(reading["sunSourceId"], []).append(reading)
    return [sorted(each, key=lambda reading: reading["timestamp"], reverse=True) for each in found.values()]


def _latest_updates(readings: Sequence[Document]) -> list[UpdateOne]:
    newest = readings[0]
    source_id, stamp = newest["sunSourceId"], newest["timestamp"]
    state = {"timestamp": stamp, "receivedAt": newest["metadata"]["receivedAt"]}
    for name, value in newest.items():
        if name not in _NOT_VALUES:
            state[f"values.{name}"] = value
            state[f"times.{name}"] = stamp
    updates = [UpdateOne({"_id": source_id, "timestamp": {"$lte": stamp}}, {"$set": state}, upsert=True)]
    seen = set(newest)
    for older in readings[1:]:
        # A field that only an older reading of the round reports counts where the state has no newer value of it.
        for name in older.keys() - seen - _NOT_VALUES:
            change = {f"values.{name}": older[name], f"times.{name}": older["timestamp"]}
            fits = {"_id": source_id, f"times.{name}": {"$not": {"$gt": older["timestamp"]}}}
            updates.append(UpdateOne(fits, {"$set": change}))
        seen.update(older)
    return updates
