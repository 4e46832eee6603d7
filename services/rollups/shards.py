"""Which sources have roll-ups to make anew: what the clock asks every few seconds, so that it loads nothing heavy.

Sources are divided into shards, so that several workers may be at it; one works at a shard at a time.
"""

import zlib
from datetime import datetime, timedelta

from data import mongo, rollup_marks
from data.rollup_marks import bucket_of

SHARDS = 4
# Clocks of machines differ a little, and a reading may be on its way while its bucket closes.
GRACE = timedelta(seconds=2)


def shard_of(source_id: str) -> int:
    """Return the shard that a source belongs to."""
    return zlib.crc32(source_id.encode()) % SHARDS


def boundary_of(now: datetime) -> datetime:
    """Return the start of the open 5-minute bucket: what is before it can be rolled up."""
    return bucket_of(now - GRACE)


def due_shards(now: datetime) -> list[int]:
    """Return the shards in which something is marked that can be made anew at `now`."""
    return sorted({shard_of(each) for each in rollup_marks.due_sources(mongo.database(), boundary_of(now))})
