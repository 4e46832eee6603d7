"""How much the weather service was asked today, counted in MongoDB for all processes together."""

from datetime import UTC, datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
COLLECTION = "weather_budget"
_KEY = "open-meteo"


def spend(database: Database[Document], cost: int, daily_budget: int, now: datetime) -> bool:
    """Count `cost` calls of the UTC day of `now`; returns False, counting nothing, where they exceed the budget.

    One document holds the day and its count, so that a new day starts at 0 and no two processes count past the budget.
    Raises StorageUnavailable.
    """
    day = _day(now)
    if cost > daily_budget:
        return False
    is_another_day = {"$ne": ["$day", day]}
    used = {"$cond": [is_another_day, cost, {"$add": ["$used", cost]}]}
    fits = {"$or": [{"day": {"$ne": day}}, {"used": {"$lte": daily_budget - cost}}]}
    with mapped_mongo_errors():
        try:
            database[COLLECTION].find_one_and_update(
                {"_id": _KEY, **fits}, [{"$set": {"used": used, "day": day}}], upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            # The document is there and does not fit, or another process made it in this moment.
            return used_on(database, now) + cost <= daily_budget and spend(database, cost, daily_budget, now)
    return True


def exhaust(database: Database[Document], daily_budget: int, now: datetime) -> None:
    """Leave nothing of the day's budget: the service itself said that its daily limit is reached."""
    with mapped_mongo_errors():
        database[COLLECTION].update_one(
            {"_id": _KEY}, [{"$set": {"day": _day(now), "used": daily_budget}}], upsert=True
        )


def used_on(database: Database[Document], now: datetime) -> int:
    """Return how many calls were counted in the UTC day of `now`."""
    with mapped_mongo_errors():
        found = database[COLLECTION].find_one({"_id": _KEY})
    return int(found["used"]) if found is not None and found["day"] == _day(now) else 0


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
