"""Roll-ups while readings come: five minutes of 1,000 readings a second, and how long the worker takes over them."""

import time
from datetime import timedelta

import pandas as pd

from benchmarks.queries.datasets import READINGS, SOON, TEMPLATES, Data, documents, table
from data import mongo, rollup_marks
from data.rollup_marks import BUCKET, bucket_of
from services.rollups import shards
from services.rollups import updating as rollups

PER_SECOND = 1000
BEAT_SECONDS = 5.0


def measure(data: Data) -> dict[str, float]:
    """Write one closed bucket of 1,000 readings a second over the fleet, roll it up in one process, and take it away.

    The lag is the longest time from the end of the bucket until its roll-ups are there: the wait for the next beat of
    the clock, and rolling up.
    """
    start = bucket_of(data.end) + BUCKET
    step = timedelta(seconds=max(1, len(data.fleet) // PER_SECOND))
    index = pd.date_range(start, start + BUCKET, freq=step, inclusive="left")
    some = table(2, 10).iloc[: len(index)].set_axis(index)
    written = 0
    for source_id in data.fleet:
        readings = list(documents(source_id, some))
        mongo.database().get_collection(READINGS, write_concern=SOON).insert_many(readings, ordered=False)
        written += len(readings)
    began = time.perf_counter()
    for source_id in data.fleet:
        rollup_marks.mark(mongo.database(), documents(source_id, some.iloc[[0, -1]]))
    marking = time.perf_counter() - began
    taken = _roll(data)
    for source_id in data.fleet:
        gone = {"sunSourceId": source_id, "timestamp": {"$gte": start, "$lt": start + BUCKET}}
        mongo.database()[READINGS].delete_many(gone)
        rollup_marks.mark_range(mongo.database(), source_id, start, start + BUCKET)
    _roll(data)
    # The worker has come by: what the data sets left open is open again.
    for source_id in (*data.sources.values(), *data.fleet[:TEMPLATES]):
        rollup_marks.mark_range(mongo.database(), source_id, bucket_of(data.end), data.end)
    return {
        "live_readings": written,
        "live_sources": len(data.fleet),
        "mark_microseconds_per_source": marking / len(data.fleet) * 1e6,
        "live_rollup_seconds": taken,
        "live_rollup_readings_per_second": written / taken,
        "live_lag_seconds": BEAT_SECONDS + taken,
    }


def _roll(data: Data) -> float:
    began = time.perf_counter()
    for shard in range(shards.SHARDS):
        rollups.refresh_shard(shard, data.end + 2 * BUCKET + timedelta(seconds=10), seconds=3600)
    return time.perf_counter() - began
