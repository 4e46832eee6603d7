"""Raw readings in MongoDB as they are read: one document a source and instant, and the latest state of each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from pymongo.database import Database

from data.errors import mapped_mongo_errors
from solar.vocabulary import NUMERIC_FIELDS

Document = dict[str, Any]
COLLECTION = "normalized_sun_source_data"


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


def newest_at(database: Database[Document], source_id: str, before: datetime | None = None) -> datetime | None:
    """Return the UTC instant of the newest stored reading of a source, of those before an instant; or None."""
    wanted = {"sunSourceId": source_id, **({} if before is None else {"timestamp": {"$lt": before}})}
    with mapped_mongo_errors():
        found = database[COLLECTION].find_one(
            wanted, projection={"timestamp": 1, "_id": 0}, sort=[("timestamp", -1)]
        )
    return found["timestamp"] if found else None


def walk(
    database: Database[Document], source_id: str, start: datetime, end: datetime, fields: Iterable[str], batch: int
) -> Iterator[Document]:
    """Yield the readings of `[start, end)` in time order, each with `timestamp` and those of `fields` it carries."""
    projection = {"_id": 0, "timestamp": 1, **dict.fromkeys(fields, 1)}
    wanted = {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}
    with mapped_mongo_errors():
        yield from database[COLLECTION].find(wanted, projection=projection).sort("timestamp", 1).batch_size(batch)


def at_instants(
    database: Database[Document], source_id: str, instants: Sequence[datetime]
) -> dict[datetime, Document]:
    """Return the readings of a source at some instants, by instant."""
    wanted = {"sunSourceId": source_id, "timestamp": {"$in": list(instants)}}
    with mapped_mongo_errors():
        return {each["timestamp"]: each for each in database[COLLECTION].find(wanted)}


def fields_of(database: Database[Document], source_id: str) -> set[str]:
    """Return the numeric fields that any reading of a source carries; reads all of them."""
    group: Document = {name: {"$max": {"$isNumber": f"${name}"}} for name in NUMERIC_FIELDS}
    with mapped_mongo_errors():
        stages = [{"$match": {"sunSourceId": source_id}}, {"$group": {"_id": None, **group}}]
        found = list(database[COLLECTION].aggregate(stages))
    return {name for name in NUMERIC_FIELDS if found and found[0][name]}


def first_with(
    database: Database[Document], source_id: str, field: str, start: datetime, end: datetime
) -> datetime | None:
    """Return the instant of the first reading of `[start, end)` that carries a field, or None."""
    wanted = {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}, field: {"$exists": True}}
    with mapped_mongo_errors():
        found = database[COLLECTION].find_one(wanted, projection={"timestamp": 1, "_id": 0}, sort=[("timestamp", 1)])
    return found["timestamp"] if found else None


def delete_source(database: Database[Document], source_id: str) -> int:
    """Delete every reading of a source; returns how many there were."""
    with mapped_mongo_errors():
        return database[COLLECTION].delete_many({"sunSourceId": source_id}).deleted_count


def count(database: Database[Document], source_id: str) -> int:
    """Return the number of stored readings of a source."""
    with mapped_mongo_errors():
        return database[COLLECTION].count_documents({"sunSourceId": source_id})


def count_between(
    database: Database[Document], source_id: str, start: datetime, end: datetime, most: int | None = None
) -> int:
    """Return the number of readings of `[start, end)`; counts no further than `most`."""
    wanted = {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}
    limits: dict[str, Any] = {} if most is None else {"limit": most}
    with mapped_mongo_errors():
        return database[COLLECTION].count_documents(wanted, **limits)


def latest(database: Database[Document], source_ids: Sequence[str]) -> dict[str, Document]:
    """Return the latest state of each of the sources that has one, by source."""
    with mapped_mongo_errors():
        return {found["_id"]: found for found in database["latest_readings"].find({"_id": {"$in": list(source_ids)}})}


def source_ids(database: Database[Document]) -> list[str]:
    """Return the ids of all sources that have readings."""
    with mapped_mongo_errors():
        return list(database[COLLECTION].distinct("sunSourceId"))
