"""What tells of the quality of readings and the health of devices: fault codes, rejected values, hourly counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.readings import COLLECTION

Document = dict[str, Any]
CODE_MINUTES = 5
# Named, so that the few readings with codes are found without looking at the others (see `data.models.documents`).
CODE_INDEXES: Mapping[str, str] = {"faultCodes": "readings_with_faults", "warningCodes": "readings_with_warnings"}


def codes_between(
    database: Database[Document], source_id: str, field: str, start: datetime, end: datetime
) -> list[Document]:
    """Return where a code of `field` (faultCodes or warningCodes) was reported in `[start, end)`, in order.

    Documents of `code`, `first`, `last` (UTC) and `readings` for every five minutes that hold any.
    """
    bucket = {"$dateTrunc": {"date": "$timestamp", "unit": "minute", "binSize": CODE_MINUTES}}
    stages: list[Document] = [
        {
            "$match": {
                "sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}, f"{field}.0": {"$exists": True}
            }
        },
        {"$project": {"timestamp": 1, "code": f"${field}"}},
        {"$unwind": "$code"},
        {
            "$group": {
                "_id": {"code": "$code", "bucket": bucket}, "first": {"$min": "$timestamp"},
                "last": {"$max": "$timestamp"}, "readings": {"$sum": 1},
            }
        },
        {"$sort": {"first": 1}},
        {"$project": {"_id": 0, "code": "$_id.code", "first": 1, "last": 1, "readings": 1}},
    ]
    with mapped_mongo_errors():
        return list(database[COLLECTION].aggregate(stages, hint=CODE_INDEXES[field]))


def rejected_between(database: Database[Document], source_id: str, start: datetime, end: datetime) -> list[Document]:
    """Return the values dropped in `[start, end)` by field: `field`, `times`, and the newest `reason` with its `at`."""
    stages: list[Document] = [
        {"$match": {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}},
        {"$project": {"timestamp": 1, "rejected": {"$objectToArray": {"$ifNull": ["$metadata.rejected", {}]}}}},
        {"$match": {"rejected.0": {"$exists": True}}},
        {"$unwind": "$rejected"},
        {"$sort": {"timestamp": 1}},
        {
            "$group": {
                "_id": "$rejected.k", "times": {"$sum": 1}, "reason": {"$last": "$rejected.v"},
                "at": {"$last": "$timestamp"},
            }
        },
        {"$sort": {"times": -1, "_id": 1}},
        {"$project": {"_id": 0, "field": "$_id", "times": 1, "reason": 1, "at": 1}},
    ]
    with mapped_mongo_errors():
        return list(database[COLLECTION].aggregate(stages))
