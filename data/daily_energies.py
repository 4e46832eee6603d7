"""Energies of local days, hours and five minutes as the returns read them from the roll-ups in MongoDB."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.rollups import DAYS
from solar.vocabulary import CHANNELS

Document = dict[str, Any]
_DAY_MILLISECONDS = 86_400_000


def fingerprints(
    database: Database[Document], source_ids: Sequence[str], end: datetime
) -> dict[str, tuple[float, ...]]:
    """Return by source numbers that differ when the energies of any of its local days that start before `end` differ.

    They are, by channel, the count of days and the sums of kWh, as they are and weighted by the day: energy that moves
    from one day to another changes the second. A source without days is absent.
    """
    day = {"$divide": [{"$toLong": "$start"}, _DAY_MILLISECONDS]}
    sums: Document = {}
    for name in CHANNELS:
        kwh = {"$ifNull": [f"$channels.{name}.kwh", 0]}
        sums[f"{name}_days"] = {"$sum": {"$cond": [{"$isNumber": f"$channels.{name}.kwh"}, 1, 0]}}
        sums[f"{name}_kwh"] = {"$sum": kwh}
        sums[f"{name}_moment"] = {"$sum": {"$multiply": [kwh, day]}}
    stages: list[Document] = [
        {"$match": {"sunSourceId": {"$in": list(source_ids)}, "start": {"$lt": end}}},
        # The order of a sum of floats must not decide whether it is the same.
        {"$sort": {"sunSourceId": 1, "start": 1}},
        {"$group": {"_id": "$sunSourceId", **sums}},
    ]
    with mapped_mongo_errors():
        return {each["_id"]: tuple(each[name] for name in sums) for each in database[DAYS].aggregate(stages)}


def days_before(database: Database[Document], source_id: str, end: datetime) -> list[tuple[str, str, float]]:
    """Return (local date, channel, kWh) of every local day that starts before an instant, in order of date."""
    wanted = {"_id": 0, "date": 1, **{f"channels.{name}.kwh": 1 for name in CHANNELS}}
    with mapped_mongo_errors():
        found = database[DAYS].find({"sunSourceId": source_id, "start": {"$lt": end}}, wanted).sort("start", 1)
        documents = list(found.batch_size(5_000))
    return [
        (each["date"], name, row["kwh"])
        for each in documents
        for name, row in each.get("channels", {}).items()
        if "kwh" in row
    ]


def intervals(
    database: Database[Document],
    collection: str,
    source_id: str,
    start: datetime,
    end: datetime,
    channels: Sequence[str],
) -> list[tuple[datetime, dict[str, float]]]:
    """Return (start, kWh by channel) of the 5-minute or hourly roll-ups of `[start, end)` in time order.

    A channel of which nothing is known is absent.
    """
    wanted = {"_id": 0, "start": 1, **{f"energy.{name}": 1 for name in channels}}
    where = {"sunSourceId": source_id, "start": {"$gte": start, "$lt": end}, "energy": {"$exists": True}}
    with mapped_mongo_errors():
        found: Iterable[Document] = database[collection].find(where, wanted).sort("start", 1).batch_size(20_000)
        return [(each["start"], each["energy"]) for each in found]
