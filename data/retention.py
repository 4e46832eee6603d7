"""Deleting readings and fine roll-ups whose content is proven to be in the coarser level, one local day at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.readings import COLLECTION as READINGS
from data.rollup_states import SOURCES
from data.rollups import DAYS, FIVE_MINUTES, HOURS, Slot, coarser_stages, five_minute_stages

Document = dict[str, Any]
Window = tuple[datetime, datetime]
_COMPARED = ("readings", "fields")
_AT_ONCE = 10_000
# A reading received so long before its day was frozen was stored by then, and so is in the roll-ups.
_SURELY_STORED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The readings that a day holds at one moment: their ids by the revision of each."""

    ids: Mapping[Any, Sequence[Any]]

    @property
    def size(self) -> int:
        return sum(len(some) for some in self.ids.values())


def snapshot(database: Database[Document], source_id: str, day: Window) -> Snapshot:
    """Return the readings that a day holds now; one that is changed or added later is not among them."""
    ids: dict[Any, list[Any]] = defaultdict(list)
    wanted = {"sunSourceId": source_id, "timestamp": {"$gte": day[0], "$lt": day[1]}}
    with mapped_mongo_errors():
        for each in database[READINGS].find(wanted, {"metadata.revision": 1}).batch_size(_AT_ONCE):
            ids[each.get("metadata", {}).get("revision")].append(each["_id"])
    return Snapshot(ids)


def differs_from_readings(
    database: Database[Document], source_id: str, day: Window, fields: Iterable[str], slots: Sequence[Slot]
) -> bool:
    """Return whether the 5-minute buckets of a day are not exactly what its readings say."""
    match = {"sunSourceId": source_id, "timestamp": {"$gte": day[0], "$lt": day[1]}}
    return _differs(database, READINGS, five_minute_stages(match, fields, slots), FIVE_MINUTES, source_id, day)


def differs_from_five_minutes(
    database: Database[Document], source_id: str, day: Window, fields: Iterable[str]
) -> bool:
    """Return whether the hours of a day are not exactly what its 5-minute buckets say."""
    match = {"sunSourceId": source_id, "start": {"$gte": day[0], "$lt": day[1]}}
    stages = coarser_stages(match, day[0], HOURS, day[1], fields)
    return _differs(database, FIVE_MINUTES, stages, HOURS, source_id, day, (*_COMPARED, "energy", "coverage"))


def differs_from_hours(database: Database[Document], source_id: str, day: Window, fields: Iterable[str]) -> bool:
    """Return whether a day is not exactly what its hours say."""
    match = {"sunSourceId": source_id, "start": {"$gte": day[0], "$lt": day[1]}}
    return _differs(database, HOURS, coarser_stages(match, day[0], DAYS, day[1], fields), DAYS, source_id, day)


def _differs(
    database: Database[Document],
    finer: str,
    stages: Sequence[Document],
    coarser: str,
    source_id: str,
    day: Window,
    compared: Sequence[str] = _COMPARED,
) -> bool:
    wanted = {"sunSourceId": source_id, "start": {"$gte": day[0], "$lt": day[1]}}
    with mapped_mongo_errors():
        made = {each["start"]: each for each in database[finer].aggregate(list(stages))}
        kept = {each["start"]: each for each in database[coarser].find(wanted)}
    # A bucket between two readings holds energy and no reading.
    kept = {start: each for start, each in kept.items() if start in made or each["readings"]}
    if made.keys() != kept.keys():
        return True
    pairs = [(each.get(name), kept[start].get(name)) for start, each in made.items() for name in compared]
    return any((one or {}) != (other or {}) for one, other in pairs)


def freeze(database: Database[Document], source_id: str, day: Window, now: datetime, readings: int) -> None:
    """Note that a day is not made anew any more, because its readings are about to be deleted."""
    key = {"sunSourceId": source_id, "start": day[0]}
    mark = {"at": now, "end": day[1], "readings": readings, "deleting": True}
    with mapped_mongo_errors():
        # First what makes everybody look, then the day itself, both durably, before anything is deleted.
        database[SOURCES].update_one({"_id": source_id}, {"$max": {"frozenUntil": day[1]}}, upsert=True)
        database[DAYS].update_one(key, {"$set": {"frozen": mark}})


def delete_snapshot(database: Database[Document], taken: Snapshot) -> int:
    """Delete the readings of a snapshot that are still as they were; returns how many."""
    deleted = 0
    with mapped_mongo_errors():
        for revision, ids in taken.ids.items():
            for start in range(0, len(ids), _AT_ONCE):
                some = {"_id": {"$in": list(ids[start : start + _AT_ONCE])}, "metadata.revision": revision}
                deleted += database[READINGS].delete_many(some).deleted_count
    return deleted


def finish_deleting(database: Database[Document], source_id: str, day: Window) -> None:
    """Note that the readings of a frozen day are gone."""
    key = {"sunSourceId": source_id, "start": day[0]}
    with mapped_mongo_errors():
        database[DAYS].update_one(key, {"$unset": {"frozen.deleting": ""}})


def resume_deleting(database: Database[Document], source_id: str) -> int:
    """Delete what an interrupted run left of the readings of frozen days; returns how many readings.

    What was received about when the day was frozen, or later, stays: it may not be in the roll-ups.
    """
    wanted = {"sunSourceId": source_id, "frozen.deleting": True}
    deleted = 0
    with mapped_mongo_errors():
        for each in list(database[DAYS].find(wanted, {"start": 1, "frozen": 1})):
            day = (each["start"], each["frozen"]["end"])
            left = {
                "sunSourceId": source_id,
                "timestamp": {"$gte": day[0], "$lt": day[1]},
                "metadata.receivedAt": {"$lt": each["frozen"]["at"] - _SURELY_STORED},
            }
            deleted += database[READINGS].delete_many(left).deleted_count
            finish_deleting(database, source_id, day)
    return deleted


def frozen_between(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Window]:
    """Return the frozen days that start in `[start, end)`, in order."""
    wanted = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "frozen": {"$exists": True}}
    with mapped_mongo_errors():
        found = database[DAYS].find(wanted, {"start": 1, "frozen.end": 1}).sort("start", 1)
        return [(each["start"], each["frozen"]["end"]) for each in found]


def delete_five_minutes(database: Database[Document], source_id: str, day: Window) -> int:
    """Delete the 5-minute buckets of a day; returns how many."""
    with mapped_mongo_errors():
        wanted = {"sunSourceId": source_id, "start": {"$gte": day[0], "$lt": day[1]}}
        return database[FIVE_MINUTES].delete_many(wanted).deleted_count


def next_reading_at(database: Database[Document], source_id: str, start: datetime, end: datetime) -> datetime | None:
    """Return the instant of the first reading of `[start, end)`, or None."""
    wanted = {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}
    with mapped_mongo_errors():
        found = database[READINGS].find_one(wanted, {"_id": 0, "timestamp": 1}, sort=[("timestamp", 1)])
    return found["timestamp"] if found else None
