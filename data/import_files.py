"""Files that owners brought, kept in MongoDB (GridFS) until they are read, so that any worker can read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import gridfs
from bson import ObjectId
from bson.errors import InvalidId
from pymongo.database import Database

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
BUCKET = "import_files"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A kept file: its id, the source it was brought for, its name and how many bytes it has."""

    id: str
    source_id: str
    name: str
    size: int


def _bucket(database: Database[Document]) -> gridfs.GridFSBucket:
    return gridfs.GridFSBucket(database, BUCKET)


def keep(database: Database[Document], source_id: str, name: str, content: IO[bytes], now: datetime) -> FileRecord:
    """Keep a file; returns what is known of it."""
    about = {"sunSourceId": source_id, "keptAt": now}
    with mapped_mongo_errors():
        file_id = _bucket(database).upload_from_stream(name, content, metadata=about)
        kept = database[f"{BUCKET}.files"].find_one({"_id": file_id}, {"length": 1})
    return FileRecord(str(file_id), source_id, name, int(kept["length"]) if kept else 0)


def find(database: Database[Document], file_id: str) -> FileRecord | None:
    """Return what is known of a kept file, or None."""
    try:
        wanted = {"_id": ObjectId(file_id)}
    except InvalidId:
        return None
    with mapped_mongo_errors():
        found = database[f"{BUCKET}.files"].find_one(wanted)
    return FileRecord(file_id, found["metadata"]["sunSourceId"], found["filename"], found["length"]) if found else None


@contextmanager
def opened(database: Database[Document], file_id: str) -> Iterator[IO[bytes]]:
    """Give the content of a kept file, which can be read anywhere."""
    with mapped_mongo_errors(), _bucket(database).open_download_stream(ObjectId(file_id)) as content:
        yield content


def delete(database: Database[Document], file_id: str) -> None:
    """Delete a kept file, where it is still there."""
    with mapped_mongo_errors():
        database[f"{BUCKET}.chunks"].delete_many({"files_id": ObjectId(file_id)})
        database[f"{BUCKET}.files"].delete_one({"_id": ObjectId(file_id)})


def delete_old(database: Database[Document], kept_before: datetime) -> int:
    """Delete files kept before an instant; returns how many."""
    with mapped_mongo_errors():
        found = list(database[f"{BUCKET}.files"].find({"metadata.keptAt": {"$lt": kept_before}}, {"_id": 1}))
    for each in found:
        delete(database, str(each["_id"]))
    return len(found)


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete the files that were brought for a source."""
    with mapped_mongo_errors():
        found = list(database[f"{BUCKET}.files"].find({"metadata.sunSourceId": source_id}, {"_id": 1}))
    for each in found:
        delete(database, str(each["_id"]))
