"""Every collection of MongoDB as a stream of BSON documents, each whole, and back again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import bson
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from data.errors import StorageUnavailable, mapped_mongo_errors
from data.models.documents import COLLECTIONS
from data.reading_writes import DUPLICATE_KEY
from data.readings import COLLECTION as READINGS
from data.rollup_marks import COLLECTION as MARKS
from data.rollup_marks import mark_range
from data.rollups import DAYS, FIVE_MINUTES, HOURS

Document = dict[str, Any]
# Files that wait to be read go first, before work that ends meanwhile deletes them; what is made of readings comes
# after them, and the marks that say what is yet to be made come last.
_FIRST = ("import_files.files", "import_files.chunks")
_LAST = (READINGS, "rollup_sources", "energy_days", FIVE_MINUTES, HOURS, DAYS, MARKS)
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_AT_ONCE = 1_000
_MARGIN = timedelta(minutes=10)
_BUCKETS = {FIVE_MINUTES: timedelta(minutes=5), HOURS: timedelta(hours=1), DAYS: timedelta(hours=25)}


def version(database: Database[Document]) -> str:
    """Return the server's version."""
    with mapped_mongo_errors():
        return str(database.client.server_info()["version"])


def names(database: Database[Document]) -> list[str]:
    """Return the collections in the order in which they must be read."""
    with mapped_mongo_errors():
        found = set(database.list_collection_names(filter={"type": "collection"}))
    found = {each for each in found if not each.startswith("system.")}
    middle = sorted(found - {*_FIRST, *_LAST})
    return [each for each in (*_FIRST, *middle, *_LAST) if each in found]


def read(database: Database[Document], name: str, wanted: Mapping[str, Any] | None = None) -> Iterator[bytes]:
    """Yield batches of whole BSON documents of a collection, all by default, in the order they lie there."""
    with mapped_mongo_errors():
        for batch in database[name].find_raw_batches(wanted or {}, batch_size=_AT_ONCE):
            # Typed as a document, and the bytes of many.
            yield bytes(cast("bytes", batch))


def split(batch: bytes) -> Iterator[bytes]:
    """Yield the documents of a batch: each begins with its length."""
    at = 0
    while at < len(batch):
        end = at + int.from_bytes(batch[at : at + 4], "little")
        yield batch[at:end]
        at = end


def write(database: Database[Document], name: str, batch: bytes) -> int:
    """Add the documents of a batch, but those whose key is there already; returns how many were new."""
    documents = bson.decode_all(batch, _RAW)
    new = 0
    with mapped_mongo_errors():
        for start in range(0, len(documents), _AT_ONCE):
            some: list[Any] = documents[start : start + _AT_ONCE]
            try:
                database[name].insert_many(some, ordered=False)
                new += len(some)
            except BulkWriteError as error:
                new += _only_known(error)
    return new


def _only_known(error: BulkWriteError) -> int:
    details: Mapping[str, Any] = error.details or {}
    other = [each for each in details.get("writeErrors", []) if each["code"] != DUPLICATE_KEY]
    if details.get("writeConcernErrors"):
        raise StorageUnavailable("MongoDB cannot write just now") from error
    if other:
        raise error
    return int(details.get("nInserted", 0))


def counts(database: Database[Document]) -> dict[str, int]:
    """Return how many documents each collection has that has any."""
    with mapped_mongo_errors():
        found = {name: database[name].count_documents({}) for name in names(database)}
    return {name: count for name, count in found.items() if count}


def of_source(source_id: str) -> Document:
    """Return the query for the documents of one source, in any collection."""
    return {"$or": [{"sunSourceId": source_id}, {"_id": source_id}]}


def of_sources() -> tuple[str, ...]:
    """Return the collections that hold documents of sources, in the order in which they must be read."""
    return (*sorted(set(COLLECTIONS) - set(_LAST)), *_LAST)


def mark_unsettled(database: Database[Document], since: datetime) -> int:
    """Mark what was received or rolled up since an instant, so that roll-ups and readings agree again.

    A backup reads readings before roll-ups, so what came while it ran may be in one and not in the other. Returns how
    many ranges were marked.
    """
    since -= _MARGIN
    received = {"metadata.receivedAt": {"$gte": since}}
    stages = _by_day(received, "timestamp")
    ranges = [(each, timedelta(seconds=1)) for each in _found(database, READINGS, stages)]
    for name, length in _BUCKETS.items():
        made = {"stamp": {"$gte": ObjectId.from_datetime(since)}}
        ranges += [(each, length) for each in _found(database, name, _by_day(made, "start"))]
    for each, length in ranges:
        mark_range(database, each["_id"]["source"], each["first"], each["last"] + length)
    return len(ranges)


def _by_day(match: Mapping[str, Any], stamp: str) -> list[Document]:
    key = {"source": "$sunSourceId", "day": {"$dateTrunc": {"date": f"${stamp}", "unit": "day"}}}
    return [
        {"$match": dict(match)},
        {"$group": {"_id": key, "first": {"$min": f"${stamp}"}, "last": {"$max": f"${stamp}"}}},
    ]


def _found(database: Database[Document], name: str, stages: Iterable[Document]) -> list[Document]:
    with mapped_mongo_errors():
        return list(database[name].aggregate(list(stages), allowDiskUse=True))
