"""What the roll-ups of a source rest on, in MongoDB: its standing, and the accounting behind each of its local days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.reading_writes import SOON
from data.rollup_writes import Operation

Document = dict[str, Any]
REFUSED_KEPT = 100
SOURCES, DAYS, IMPORTED = "rollup_sources", "energy_days", "imported_days"


def standings(database: Database[Document], source_ids: Iterable[str]) -> dict[str, Document]:
    """Return the standing of each source that has one: what its roll-ups were last made with and how far they are."""
    with mapped_mongo_errors():
        return {each["_id"]: each for each in database[SOURCES].find({"_id": {"$in": list(source_ids)}})}


def source_ids(database: Database[Document]) -> list[str]:
    """Return the ids of all sources of which any roll-up was made."""
    with mapped_mongo_errors():
        return [each["_id"] for each in database[SOURCES].find({}, {"_id": 1})]


def add_fields(database: Database[Document], fields: Mapping[str, Iterable[str]]) -> None:
    """Add to the numeric fields that each source was ever seen to report."""
    updates = [
        UpdateOne({"_id": source_id}, {"$addToSet": {"fields": {"$each": sorted(names)}}}, upsert=True)
        for source_id, names in fields.items()
    ]
    if updates:
        with mapped_mongo_errors():
            database.get_collection(SOURCES, write_concern=SOON).bulk_write(updates, ordered=False)


def set_standing(database: Database[Document], source_id: str, **values: Any) -> None:
    """Set values of the standing of a source; None removes one."""
    with mapped_mongo_errors():
        database.get_collection(SOURCES, write_concern=SOON).bulk_write([standing_change(source_id, values)])


def standing_change(source_id: str, values: Mapping[str, Any]) -> UpdateOne:
    """Return what sets values of the standing of a source; None removes one."""
    kept = {name: value for name, value in values.items() if value is not None}
    gone = dict.fromkeys((name for name, value in values.items() if value is None), "")
    change = {**({"$set": kept} if kept else {}), **({"$unset": gone} if gone else {})}
    return UpdateOne({"_id": source_id}, change, upsert=True)


def keep_sparks(database: Database[Document], sparks: Mapping[str, Document]) -> None:
    """Keep the last hours of each source in its standing: `from`, and by field a value or None an hour."""
    updates = [UpdateOne({"_id": each}, {"$set": {"hours": spark}}, upsert=True) for each, spark in sparks.items()]
    if updates:
        with mapped_mongo_errors():
            database.get_collection(SOURCES, write_concern=SOON).bulk_write(updates, ordered=False)


def note_refused(database: Database[Document], source_id: str, instants: Sequence[datetime]) -> None:
    """Note that readings came for times whose roll-ups are frozen; the newest REFUSED_KEPT notes are kept."""
    change = {"$push": {"refused": {"$each": list(instants), "$slice": -REFUSED_KEPT}}}
    with mapped_mongo_errors():
        database[SOURCES].update_one({"_id": source_id}, change, upsert=True)


def first_day(database: Database[Document], source_id: str) -> datetime | None:
    """Return the start of the first local day with any accounting, or None."""
    with mapped_mongo_errors():
        found = database[DAYS].find_one({"sunSourceId": source_id}, {"_id": 0, "start": 1}, sort=[("start", 1)])
    return found["start"] if found else None


def energy_days(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Document]:
    """Return the accounting of the local days that start in `[start, end)`, in order: `state` at the start of the day,
    `candidates` and `notes`."""
    with mapped_mongo_errors():
        found = database[DAYS].find({"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}}, {"_id": 0})
        return list(found.sort("start", 1))


def latest_state(database: Database[Document], source_id: str, until: datetime) -> Document | None:
    """Return the newest day with a saved `state` that starts at or before an instant, or None."""
    wanted = {"sunSourceId": source_id, "start": {"$lte": until}, "state": {"$exists": True}}
    with mapped_mongo_errors():
        return database[DAYS].find_one(wanted, {"_id": 0, "start": 1, "date": 1, "state": 1}, sort=[("start", -1)])


def accounting_changes(
    source_id: str, days: Iterable[Document], states: Mapping[datetime, Document]
) -> list[Operation]:
    """Return what keeps the accounting of some local days: documents with `start`, `date` and what is new of the rest.

    `states` are the saved states at other instants: they are renewed for those days only that have any accounting.
    """
    kept = [UpdateOne({"sunSourceId": source_id, "start": each["start"]}, {"$set": each}, upsert=True) for each in days]
    renewed = [
        UpdateOne({"sunSourceId": source_id, "start": start}, {"$set": {"state": state}})
        for start, state in states.items()
    ]
    return [*kept, *renewed]


def forget_days(database: Database[Document], source_id: str, starts: Iterable[datetime]) -> None:
    """Delete the accounting of all days but those that start at some instants."""
    with mapped_mongo_errors():
        database[DAYS].delete_many({"sunSourceId": source_id, "start": {"$nin": list(starts)}})


def imported_days(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Document]:
    """Return the imported energies of the local days that start in `[start, end)`: `date` and `kwh` per channel."""
    with mapped_mongo_errors():
        found = database[IMPORTED].find({"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}}, {"_id": 0})
        return list(found.sort("start", 1))


def keep_imported_days(database: Database[Document], source_id: str, days: Sequence[Document]) -> None:
    """Keep imported energies channel by channel: documents with `start`, `date`, `kwh` and `importedAt`."""
    updates = [
        UpdateOne(
            {"sunSourceId": source_id, "start": each["start"]},
            {
                "$set": {
                    "date": each["date"],
                    "importedAt": each["importedAt"],
                    **{f"kwh.{name}": value for name, value in each["kwh"].items()},
                }
            },
            upsert=True,
        )
        for each in days
    ]
    if updates:
        with mapped_mongo_errors():
            database[IMPORTED].bulk_write(updates, ordered=False)


def delete_imported_days(database: Database[Document], source_id: str, start: datetime, end: datetime) -> int:
    """Delete the imported energies of the days that start in `[start, end)`; returns of how many days."""
    with mapped_mongo_errors():
        wanted = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}}
        return database[IMPORTED].delete_many(wanted).deleted_count


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete everything that the roll-ups of a source rest on."""
    with mapped_mongo_errors():
        database[SOURCES].delete_one({"_id": source_id})
        for name in (DAYS, IMPORTED):
            database[name].delete_many({"sunSourceId": source_id})
