"""The ceiling: the documents of this run, inserted once more by PyMongo alone."""

import time
from typing import Any

from data import mongo, readings

BATCH = 1000
MOST = 30_000


def measure() -> float:
    """Return documents/s of bare `insert_many` calls into a collection with the same unique index and durability."""
    database = mongo.database()
    documents: list[dict[str, Any]] = list(database[readings.COLLECTION].find({}, {"_id": 0}).limit(MOST))
    bare = database["bare_inserts"]
    bare.create_index([("sunSourceId", 1), ("timestamp", 1)], unique=True)
    try:
        began = time.perf_counter()
        for start in range(0, len(documents), BATCH):
            bare.insert_many(documents[start : start + BATCH], ordered=False)
        return len(documents) / (time.perf_counter() - began)
    finally:
        bare.drop()
