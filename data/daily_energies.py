"""Whether the energies of local days in MongoDB changed, told without reading them."""

from collections.abc import Sequence
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
