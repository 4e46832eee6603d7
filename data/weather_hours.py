"""Hourly weather in MongoDB: forecasts as they were issued, and what was observed, apart from each other.

A forecast is one document and an observed local day is one document, so neither is ever half there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import pandas as pd
from pymongo import UpdateOne
from pymongo.database import Database

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
Origin = Literal["archive", "recent"]
FORECASTS, OBSERVATIONS = "weather_forecasts", "weather_observations"
# Every forecast is kept for a week, and the first of each UTC day for as long as history is filled back.
KEEP, KEEP_FIRST_OF_DAY = timedelta(days=7), timedelta(days=730)
_HOUR = timedelta(hours=1)
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast: when it was issued (aware), whether it is simulated, and its hours (see `put_forecast`)."""

    issued_at: datetime
    is_simulated: bool
    hours: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ObservedDay:
    """The hours of one local date; `is_complete` tells whether all of them are there.

    `origin` is "archive", or "recent" for what a forecast told of the hours before it.
    """

    day: date
    origin: Origin
    is_complete: bool
    hours: pd.DataFrame


def put_forecast(
    database: Database[Document], source_ids: Collection[str], forecast: Forecast
) -> int:
    """Store a forecast for several sources, one document each; returns how many are new.

    The hours have an aware index of stamps an hour apart and columns of numbers; NaN is not known.
    """
    issued = forecast.issued_at
    body = {"isSimulated": forecast.is_simulated, **_packed(forecast.hours)}
    with mapped_mongo_errors():
        day = issued.replace(hour=0, minute=0, second=0, microsecond=0)
        asked = {"sunSourceId": {"$in": list(source_ids)}, "issuedAt": {"$gte": day, "$lt": issued}}
        later = set(database[FORECASTS].distinct("sunSourceId", asked))
        writes = [
            UpdateOne(
                {"sunSourceId": source, "issuedAt": issued},
                {"$setOnInsert": {**body, "expiresAt": issued + (KEEP if source in later else KEEP_FIRST_OF_DAY)}},
                upsert=True,
            )
            for source in source_ids
        ]
        return _write(database, FORECASTS, writes)


def newest_forecast(database: Database[Document], source_id: str, before: datetime) -> Forecast | None:
    """Return the newest forecast of a source that was issued at or before an instant, or None."""
    with mapped_mongo_errors():
        found = database[FORECASTS].find_one(
            {"sunSourceId": source_id, "issuedAt": {"$lte": before}}, sort=[("issuedAt", -1)]
        )
    return None if found is None else Forecast(found["issuedAt"], found["isSimulated"], _unpacked([found]))


def newest_issues(database: Database[Document], source_ids: Collection[str]) -> dict[str, datetime]:
    """Return by source when its newest forecast was issued; those without any are absent."""
    stages: list[Document] = [
        {"$match": {"sunSourceId": {"$in": list(source_ids)}}},
        {"$group": {"_id": "$sunSourceId", "at": {"$max": "$issuedAt"}}},
    ]
    with mapped_mongo_errors():
        return {each["_id"]: each["at"] for each in database[FORECASTS].aggregate(stages)}


def count_days(database: Database[Document], source_id: str) -> int:
    """Return how many local days of a source were observed."""
    with mapped_mongo_errors():
        return database[OBSERVATIONS].count_documents({"sunSourceId": source_id})


def issue_dates(
    database: Database[Document], source_ids: Collection[str], start: datetime, end: datetime
) -> dict[str, set[date]]:
    """Return by source the UTC dates in `[start, end)` on which a forecast that is kept was issued."""
    days: dict[str, set[date]] = {source: set() for source in source_ids}
    asked = {"sunSourceId": {"$in": list(source_ids)}, "issuedAt": {"$gte": start, "$lt": end}}
    with mapped_mongo_errors():
        for each in database[FORECASTS].find(asked, {"_id": 0, "sunSourceId": 1, "issuedAt": 1}):
            days[each["sunSourceId"]].add(each["issuedAt"].date())
    return days


def put_observed(
    database: Database[Document], wanted: Mapping[str, Sequence[ObservedDay]], now: datetime
) -> int:
    """Store observed days by source, each replacing what is there of its day; returns how many were written."""
    bodies: dict[int, Document] = {}
    writes = []
    for source, days in wanted.items():
        for each in days:
            # Sources of one place share the day, and so its packed form.
            body = bodies.setdefault(id(each), {
                "origin": each.origin, "complete": each.is_complete, "storedAt": now, **_packed(each.hours),
            })
            key = {"sunSourceId": source, "date": each.day.isoformat()}
            writes.append(UpdateOne(key, {"$set": body}, upsert=True))
    with mapped_mongo_errors():
        return _write(database, OBSERVATIONS, writes)


def observed(database: Database[Document], source_id: str, first: date, last: date) -> pd.DataFrame:
    """Return the observed hours of the local dates `[first, last]`, both included, in order."""
    dates = {"$gte": first.isoformat(), "$lte": last.isoformat()}
    with mapped_mongo_errors():
        found = database[OBSERVATIONS].find({"sunSourceId": source_id, "date": dates}).sort("date", 1)
        return _unpacked(found)


def complete_days(
    database: Database[Document], source_ids: Collection[str], first: date, last: date, origin: Origin | None = None
) -> dict[str, set[date]]:
    """Return by source the dates in `[first, last]` whose hours are all there, of one origin or of any."""
    asked = {
        "sunSourceId": {"$in": list(source_ids)}, "date": {"$gte": first.isoformat(), "$lte": last.isoformat()},
        "complete": True, **({"origin": origin} if origin else {}),
    }
    days: dict[str, set[date]] = {source: set() for source in source_ids}
    with mapped_mongo_errors():
        for each in database[OBSERVATIONS].find(asked, {"_id": 0, "sunSourceId": 1, "date": 1}).batch_size(20_000):
            days[each["sunSourceId"]].add(date.fromisoformat(each["date"]))
    return days


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete all hourly weather of a source."""
    with mapped_mongo_errors():
        for name in (FORECASTS, OBSERVATIONS):
            database[name].delete_many({"sunSourceId": source_id})


def source_ids(database: Database[Document]) -> set[str]:
    """Return the ids of all sources that have hourly weather."""
    with mapped_mongo_errors():
        return {each for name in (FORECASTS, OBSERVATIONS) for each in database[name].distinct("sunSourceId")}


def _write(database: Database[Document], name: str, writes: list[UpdateOne]) -> int:
    written = 0
    for start in range(0, len(writes), _AT_ONCE):
        done = database[name].bulk_write(writes[start : start + _AT_ONCE], ordered=False)
        written += done.upserted_count + done.modified_count
    return written


def _packed(hours: pd.DataFrame) -> Document:
    """Return hours as the first stamp and a list of values for each column that has any, null where one is missing."""
    values = {
        str(name): [None if value != value else value for value in hours[name].tolist()]
        for name in hours.columns if hours[name].notna().any()
    }
    return {"start": hours.index[0].to_pydatetime(), "hours": len(hours), "values": values}


def _unpacked(documents: Iterable[Document]) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {name: pd.Series(values, dtype=float) for name, values in each["values"].items()},
            index=range(each["hours"]),
        ).set_index(pd.date_range(each["start"], periods=each["hours"], freq=_HOUR))
        for each in documents
    ]
    if not frames:
        return pd.DataFrame(index=pd.DatetimeIndex([], tz="UTC", name="timestamp"))
    joined = pd.concat(frames)
    return joined[~joined.index.duplicated(keep="last")].sort_index().rename_axis("timestamp")
