"""Raw readings as DataFrames, apart from `data/readings.py` so that processes without frames load no pandas."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pymongo.database import Database

from data.errors import mapped_mongo_errors
from data.readings import COLLECTION, Document

_FRAME_BATCH = 10_000


def frame_between(
    database: Database[Document], source_id: str, start: datetime, end: datetime, fields: Sequence[str]
) -> pd.DataFrame:
    """Return the readings of `[start, end)` in time order: an aware UTC index and `fields`, NaN where not reported."""
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": end}}},
        {"$sort": {"sunSourceId": 1, "timestamp": 1}},
        # Arrays take half the time of documents to come and to unpack.
        {"$project": {"_id": 0, "t": {"$toLong": "$timestamp"}, "v": [f"${name}" for name in fields]}},
    ]
    stamps: list[int] = []
    pieces: list[NDArray[np.float64]] = [np.empty((0, len(fields)))]
    with mapped_mongo_errors():
        cursor = database[COLLECTION].aggregate(pipeline, batchSize=_FRAME_BATCH)
        while some := cursor.to_list(_FRAME_BATCH):
            stamps += [each["t"] for each in some]
            pieces.append(np.array([each["v"] for each in some], dtype=np.float64))
    index = pd.DatetimeIndex(np.array(stamps, dtype="datetime64[ms]"), name="timestamp").tz_localize("UTC")
    return pd.DataFrame(np.concatenate(pieces), index=index, columns=list(fields))
