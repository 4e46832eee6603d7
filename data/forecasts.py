"""Predictions as they were issued, with their scores, and what is known of each source's model, in MongoDB."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
PREDICTIONS, MODELS = "predictions", "model_metadata"
STEP_MINUTES = 30
# Every forecast is kept until all of its days are scored and late readings are in; then the first of each local day,
# which teaches the next trainings; then its scores alone.
KEEP_VALUES = timedelta(days=12)
KEEP_FIRST_OF_DAY = timedelta(days=100)
KEEP_SCORES = timedelta(days=400)
_ABOUT_MODEL = {"_id": 0, "scoreboard": 0}
_STANDING = (
    "sunSourceId", "triedAt", "trainedAt", "modelVersion", "site", "historyDays", "weatherDays", "predictedAt",
    "predictedFor", "weatherIssuedAt",
)


@dataclass(frozen=True, slots=True)
class Issue:
    """A forecast as it was issued for the local date `date` and those after it.

    `frame` has half hours (index: their starts, aware UTC) and columns such as solarPower_p50 (W, %, V); `daily` a row
    for each local date (index: ISO texts) and columns such as solar_kwh_p10. `methods` has for each field a word a day
    ahead, `reasons` a sentence for each field that could not be foreseen, `widened` the factor on the bands by day
    ahead. `scores` is what came of it so far, an entry a field and local day, as `put_scores` takes it.
    """

    created_at: datetime
    date: str
    time_zone: str
    frame: pd.DataFrame
    daily: pd.DataFrame
    methods: Mapping[str, list[str]]
    reasons: Mapping[str, str]
    widened: list[float]
    trained_at: datetime
    weather_issued_at: datetime | None
    scores: list[Document] = field(default_factory=list)


def put(database: Database[Document], source_id: str, issue: Issue) -> None:
    """Keep a forecast; one of the same instant is replaced."""
    start = issue.frame.index[0].to_pydatetime()
    document = {
        "sunSourceId": source_id, "createdAt": issue.created_at, "date": issue.date, "timeZone": issue.time_zone,
        "start": start, "stepMinutes": STEP_MINUTES, "horizonDays": len(issue.daily), "method": dict(issue.methods),
        "reasons": dict(issue.reasons), "widened": issue.widened, "trainedAt": issue.trained_at,
        "weatherIssuedAt": issue.weather_issued_at, "values": _lists(issue.frame, 1),
        "daily": {"dates": [str(each) for each in issue.daily.index], "values": _lists(issue.daily, 3)},
        "scores": issue.scores,
    }
    key = {"sunSourceId": source_id, "createdAt": issue.created_at}
    with mapped_mongo_errors():
        database[PREDICTIONS].replace_one(key, document, upsert=True)


def newest(database: Database[Document], source_id: str, *, date: str | None = None) -> Issue | None:
    """Return the newest forecast of a source, or the newest that was issued on a local date; None without any."""
    wanted: Document = {"sunSourceId": source_id, "values": {"$exists": True}}
    if date is not None:
        wanted["date"] = date
    with mapped_mongo_errors():
        found = database[PREDICTIONS].find_one(wanted, {"_id": 0}, sort=[("createdAt", -1)])
    return None if found is None else _issue(found)


def whole_since(database: Database[Document], source_id: str, since: datetime) -> list[Issue]:
    """Return the forecasts issued at or after an instant whose values are still kept, the oldest first."""
    wanted = {"sunSourceId": source_id, "createdAt": {"$gte": since}, "values": {"$exists": True}}
    with mapped_mongo_errors():
        return [_issue(each) for each in database[PREDICTIONS].find(wanted, {"_id": 0}).sort("createdAt", 1)]


def scored_since(database: Database[Document], source_id: str, since: datetime) -> list[Document]:
    """Return `createdAt`, `date` and `scores` of the forecasts issued at or after an instant, the oldest first."""
    wanted = {"sunSourceId": source_id, "createdAt": {"$gte": since}}
    shown = {"_id": 0, "createdAt": 1, "date": 1, "scores": 1}
    with mapped_mongo_errors():
        return list(database[PREDICTIONS].find(wanted, shown).sort("createdAt", 1))


def put_scores(
    database: Database[Document], source_id: str, scores: Mapping[datetime, list[Document]]
) -> None:
    """Keep the scores of forecasts by when they were issued, in place of earlier ones.

    An entry is one field and local day: `field`, `date`, `lead` (1 to 8) and the sums of `solar.forecasting.Tally`.
    """
    writes = [
        UpdateOne({"sunSourceId": source_id, "createdAt": at}, {"$set": {"scores": each}})
        for at, each in scores.items()
    ]
    if writes:
        with mapped_mongo_errors():
            database[PREDICTIONS].bulk_write(writes, ordered=False)


def thin(database: Database[Document], source_id: str, now: datetime) -> None:
    """Let old forecasts go as KEEP_VALUES, KEEP_FIRST_OF_DAY and KEEP_SCORES say."""
    room: Collection[Document] = database[PREDICTIONS]
    own: Document = {"sunSourceId": source_id}
    old: Document = {**own, "createdAt": {"$lt": now - KEEP_VALUES}, "values": {"$exists": True}}
    with mapped_mongo_errors():
        room.delete_many({**own, "createdAt": {"$lt": now - KEEP_SCORES}})
        days = [{"$match": old}, {"$group": {"_id": "$date", "first": {"$min": "$createdAt"}}}]
        firsts = [each["first"] for each in room.aggregate(days)]
        kept = [each for each in firsts if each >= now - KEEP_FIRST_OF_DAY]
        late = {"$lt": now - KEEP_VALUES, "$nin": kept}
        room.update_many({**old, "createdAt": late}, {"$unset": {"values": 1, "daily": 1}})


def put_model(database: Database[Document], source_id: str, values: Mapping[str, Any]) -> None:
    """Keep what is known of a source's model; what is not named stays as it was."""
    with mapped_mongo_errors():
        database[MODELS].update_one({"sunSourceId": source_id}, {"$set": dict(values)}, upsert=True)


def model(database: Database[Document], source_id: str) -> Document:
    """Return what is known of a source's model; empty where it was never tried."""
    with mapped_mongo_errors():
        return database[MODELS].find_one({"sunSourceId": source_id}, _ABOUT_MODEL) or {}


def scoreboard(database: Database[Document], source_id: str) -> Document:
    """Return the scoreboard of a source as `put_model` was given it, or an empty document."""
    with mapped_mongo_errors():
        found = database[MODELS].find_one({"sunSourceId": source_id}, {"_id": 0, "scoreboard": 1}) or {}
    return dict(found.get("scoreboard") or {})


def standings(database: Database[Document], source_ids: Iterable[str]) -> dict[str, Document]:
    """Return by source when and of what its model and its newest forecast were made; those never tried are absent."""
    wanted = {"sunSourceId": {"$in": list(source_ids)}}
    shown = {"_id": 0, **dict.fromkeys(_STANDING, 1)}
    with mapped_mongo_errors():
        return {each["sunSourceId"]: each for each in database[MODELS].find(wanted, shown).batch_size(20_000)}


def delete_source(database: Database[Document], source_id: str) -> None:
    """Delete what was predicted for a source, and what is known of its models."""
    with mapped_mongo_errors():
        for name in (PREDICTIONS, MODELS):
            database[name].delete_many({"sunSourceId": source_id})


def source_ids(database: Database[Document]) -> list[str]:
    """Return the ids of all sources that have predictions or models."""
    with mapped_mongo_errors():
        return sorted({each for name in (PREDICTIONS, MODELS) for each in database[name].distinct("sunSourceId")})


def _lists(frame: pd.DataFrame, decimals: int) -> dict[str, list[float | None]]:
    """Columns as lists, null where nothing is known; powers to 0.1 W, volts to 0.01 V."""
    return {
        str(name): [
            None if value != value else float(value)
            for value in frame[name].round(2 if str(name).startswith("batteryVoltage") else decimals).tolist()
        ]
        for name in frame.columns
    }


def _issue(found: Document) -> Issue:
    values, daily = found["values"], found["daily"]
    length = max((len(each) for each in values.values()), default=0)
    index = pd.date_range(found["start"], periods=length, freq=f"{found['stepMinutes']}min", name="timestamp")
    return Issue(
        found["createdAt"], found["date"], found["timeZone"],
        pd.DataFrame({name: pd.Series(each, index, dtype=float) for name, each in values.items()}, index),
        pd.DataFrame(daily["values"], index=pd.Index(daily["dates"], name="date"), dtype=float),
        found["method"], found["reasons"], found["widened"], found["trainedAt"], found["weatherIssuedAt"],
        found["scores"],
    )
