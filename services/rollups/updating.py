"""Brings roll-ups up to date with readings: what is marked is made anew, off the way in, by whoever holds its lock."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from data import locks, mongo, readings, rollup_marks, rollup_states
from data import rollups as stored
from data.rollup_marks import BUCKET
from services.rollups import round as rollup_round
from services.rollups.energy import BEGINNING, END
from services.rollups.round import SOURCES_AT_ONCE
from services.rollups.shards import boundary_of, shard_of

log = logging.getLogger("rollups")
_POLL_SECONDS = 0.2


def refresh_shard(shard: int, now: datetime, *, seconds: float = 60.0) -> int:
    """Make anew what is marked in a shard, for about so long; returns how many times a source was brought up to date.

    Nothing is done, and 0 returned, where another process is at it. One failing source does not stop the others.
    """
    with locks.try_hold(_lock(shard)) as lock:
        if lock is None:
            return 0
        return _refresh(lambda each: shard_of(each) == shard, boundary_of(now), seconds)


def refresh_source(source_id: str, now: datetime, *, wait_seconds: float = 60.0) -> bool:
    """Make anew all that is marked of one source; returns whether the lock could be had in time."""
    with held(source_id, wait_seconds) as is_held:
        if is_held:
            _refresh(lambda each: each == source_id, boundary_of(now), float("inf"))
    return is_held


@contextmanager
def held(source_id: str, wait_seconds: float) -> Iterator[bool]:
    """Hold the lock under which the roll-ups of a source are made, waiting for it at most so long."""
    give_up_at = time.monotonic() + wait_seconds
    while True:
        with locks.try_hold(_lock(shard_of(source_id))) as lock:
            if lock is not None or time.monotonic() > give_up_at:
                yield lock is not None
                return
        time.sleep(_POLL_SECONDS)


def request_rebuild(source_id: str, start: datetime | None = None, end: datetime | None = None) -> int:
    """Mark readings of a source, all by default, so that their roll-ups are made from scratch.

    Returns the number of local days within that are frozen: their readings are gone, so they stay as they are.
    """
    database = mongo.database()
    if not rollup_states.standings(database, [source_id]).get(source_id, {}).get("fields"):
        rollup_states.add_fields(database, {source_id: readings.fields_of(database, source_id)})
    first, newest = readings.first_at(database, source_id), readings.newest_at(database, source_id)
    begin = start or min(first or END, rollup_states.first_day(database, source_id) or END)
    until = end or max((newest + BUCKET) if newest else BEGINNING, begin)
    if begin < until:
        rollup_marks.mark_range(database, source_id, begin, until)
    return len(stored.frozen_days(database, source_id, begin, until))


def _lock(shard: int) -> str:
    return f"rollups-{shard}"


def _refresh(is_ours: Callable[[str], bool], boundary: datetime, seconds: float) -> int:
    """Go on until nothing is due, or for so many seconds; what failed once is left for the next time."""
    database, done, failed = mongo.database(), 0, set[str]()
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        due = [each for each in rollup_marks.due_sources(database, boundary) if is_ours(each) and each not in failed]
        if not due:
            break
        for at in range(0, len(due), SOURCES_AT_ONCE):
            some = due[at : at + SOURCES_AT_ONCE]
            failures = rollup_round.make(some, boundary)
            failed |= failures
            done += len(some) - len(failures)
            if time.monotonic() > stop_at:
                break
    return done
