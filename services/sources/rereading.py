"""Reads again what is kept of a source's messages, with the mapping it has now; what cannot be read so is left."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from data import arrivals, job_progress, mongo, postgres, reading_writes, readings, rereading, rollup_marks
from data.job_progress import Progress
from services import access
from services.ingestion import documents
from services.ingestion.source_facts import CACHE, SourceFacts
from services.people.viewer import Viewer
from services.rollups import updating as rollups
from services.sources import specimens
from solar import normalise

log = logging.getLogger(__name__)
SUBJECT = "rereading"
# A latest state holds fields of readings that may be hours old.
_NEWEST = 2_000


@dataclass(slots=True)
class Counts:
    """Readings looked at, rewritten, the same as before, and left because their messages cannot be read so."""

    total: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0

    @property
    def words(self) -> str:
        """The counts as people read them."""
        left = f", {self.left:,} cannot be read so and stay as they are" if self.left else ""
        return f"{self.changed:,} of {self.total:,} readings changed{left}"


def progress(viewer: Viewer, source_id: str) -> Progress | None:
    """Return how far reading again is; None where it was never asked for."""
    record = access.source_for(viewer, source_id, manage=True)
    with postgres.session() as session:
        return job_progress.of_source(session, SUBJECT, record.id)


def run(source_id: str, now: datetime) -> Counts:
    """Read again everything of a source received before `now`, and have its roll-ups made anew; may be repeated."""
    CACHE.forget()
    facts, counts = CACHE.one(source_id, now), Counts()
    if facts is None:
        return counts
    database = mongo.database()
    known = arrivals.memories(database, [source_id]).get(source_id)
    memory: normalise.Memory = known.learnt if known else {}
    whole = max(readings.count(database, source_id), 1)
    _note(source_id, "running", now, "reading again", 0)
    for some in rereading.walk(database, source_id, now):
        pairs = [pair for each in some if (pair := _again(each, facts, memory, counts)) is not None]
        rereading.replace(database, pairs)
        rollup_marks.mark(database, [each for pair in pairs for each in pair])
        _note(source_id, "running", now, counts.words, min(99, counts.total * 100 // whole))
    if counts.changed:
        _follow(source_id)
    _note(source_id, "done", now, counts.words, 100)
    return counts


def failed(source_id: str, now: datetime, message: str) -> None:
    """Note that reading again failed."""
    with postgres.session() as session:
        job_progress.put(session, SUBJECT, [source_id], "failed", now, message=message)


def _again(
    before: dict[str, Any], facts: SourceFacts, memory: normalise.Memory, counts: Counts
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return a reading before and after, None where nothing is to be written."""
    counts.total += 1
    messages = specimens.messages_of(before)
    if not messages:
        counts.left += 1
        return None
    outcome = specimens.outcome_of(messages, facts.context, memory)
    stamp = before["timestamp"]
    found = next((each for each in outcome.readings if _is_same_instant(each, stamp, before)), None)
    if found is None:
        counts.left += 1
        return None
    after = documents.of_reading(before["sunSourceId"], found)
    after = {**after, "timestamp": stamp, "rawData": before["rawData"],
             "metadata": {**before["metadata"], **_notes(found.metadata)}}
    if _core(after) == _core(before):
        counts.same += 1
        return None
    counts.changed += 1
    return before, after


def _is_same_instant(reading: normalise.Reading, stamp: datetime, before: dict[str, Any]) -> bool:
    """A reading without a time of its own keeps the one it was stored under."""
    both_received = "timestamp" in reading.metadata["derived"] and "timestamp" in before["metadata"].get("derived", ())
    return reading.timestamp == stamp or both_received


def _notes(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: metadata[name] for name in ("profile", "derived", "rejected", "unmapped")}


def _core(document: dict[str, Any]) -> dict[str, Any]:
    metadata = {name: document["metadata"].get(name) for name in ("derived", "rejected", "unmapped", "profile")}
    return {**{name: value for name, value in document.items() if name not in {"_id", "metadata"}}, **metadata}


def _follow(source_id: str) -> None:
    """Make anew what is derived from readings: the latest state at once, the roll-ups in their turn."""
    database = mongo.database()
    rereading.forget_latest(database, source_id)
    reading_writes.keep_latest(database, rereading.newest(database, source_id, _NEWEST))
    rollups.request_rebuild(source_id)


def _note(source_id: str, state: Any, now: datetime, stage: str, percent: int) -> None:
    with postgres.session() as session:
        job_progress.put(session, SUBJECT, [UUID(source_id)], state, now, stage=stage[:200], percent=percent)
