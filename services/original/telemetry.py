"""Readings and predictions of the original: in the order of their ids, from where an earlier run got to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from data import mongo, reading_writes, rollup_marks
from data import original as source
from data.forecasts import PREDICTIONS
from data.original import Document, Original
from data.readings import COLLECTION as READINGS
from services.ingestion import documents
from services.ingestion.source_facts import CACHE
from services.original.tally import Report, Tally
from solar.vocabulary import LIST_FIELDS, NUMERIC_FIELDS, TEXT_FIELDS

_OWN = frozenset({"_id", "sunSourceId", "timestamp", "rawData", "metadata"})
_FIELDS = frozenset({*NUMERIC_FIELDS, *TEXT_FIELDS, *LIST_FIELDS})
_NO_SOURCE, _NO_TIME = "their source did not come", "no time"


def count(original: Original, sources: set[UUID], report: Report) -> None:
    """Count what would come, without reading it."""
    for kind, collection in (("readings", READINGS), ("predictions", PREDICTIONS)):
        found = source.counts(original, collection)
        good = sum(number for name, number in found.items() if _known(name, sources))
        tally = report.of(kind, sum(found.values()))
        tally.brought = good
        tally.leave(_NO_SOURCE, tally.found - good)


def take_readings(original: Original, sources: set[UUID], now: datetime, report: Report) -> None:
    """Bring the readings, and mark them to be rolled up; raises StorageUnavailable, and goes on there the next time."""
    tally = report.of("readings")
    where = source.place(original.database)
    after = source.reached(mongo.database(), where, READINGS)
    for some in source.documents(original, READINGS, after):
        tally.found += len(some)
        _store([made for each in some if (made := reading(each, sources, now, tally))], now, tally)
        source.note_reached(mongo.database(), where, READINGS, some[-1]["_id"])


def _store(readings: list[Document], now: datetime, tally: Tally) -> None:
    facts, _ = CACHE.look_up({each["sunSourceId"] for each in readings}, now)

    def merge(earlier: Document, later: Document) -> Document:
        return documents.merged(earlier, later, facts[later["sunSourceId"]].context)

    written = reading_writes.write(mongo.database(), readings, merge)
    kept = [each for at, each in enumerate(readings) if at not in written.refused]
    rollup_marks.mark(mongo.database(), kept)
    reading_writes.keep_latest(mongo.database(), kept)
    for reason in written.refused.values():
        tally.leave(reason)
    new = sum(written.outcome(at) == "stored" for at in range(len(readings)))
    tally.put(len(kept), new)


def reading(found: Document, sources: set[UUID], now: datetime, tally: Tally) -> Document | None:
    """Return a document of the original as Ampra keeps readings; None where it cannot be one.

    What is null or no number is absent here, ids are in small letters, numbers doubles; what the vocabulary does not
    have is kept in `metadata.original`.
    """
    name, stamp = str(found.get("sunSourceId")).lower(), found.get("timestamp")
    if not _known(name, sources) or not isinstance(stamp, datetime):
        tally.leave(_NO_TIME if _known(name, sources) else _NO_SOURCE)
        return None
    raw = found.get("rawData")
    return {
        "sunSourceId": name,
        "timestamp": stamp.astimezone(UTC),
        **_values(found),
        "rawData": raw if isinstance(raw, dict) else {} if raw is None else {"value": raw},
        "metadata": {
            "transport": "import", "receivedAt": now, "topic": "", "profile": "generic", "derived": [], "rejected": {},
            "unmapped": [], "original": _rest(found),
        },
    }  # fmt: skip


def _values(found: Document) -> Document:
    numbers = {name: value for name in NUMERIC_FIELDS if (value := source.number(found.get(name))) is not None}
    texts = {name: value for name in TEXT_FIELDS if isinstance(value := found.get(name), str) and value}
    lists = {name: [str(each) for each in found.get(name) or []] for name in LIST_FIELDS}
    return {**numbers, **texts, **lists}


def _rest(found: Document) -> Document:
    """What the original kept beside the vocabulary: its metadata, and fields of another name."""
    given = found.get("metadata")
    other = {name: value for name, value in found.items() if name not in _OWN | _FIELDS and value is not None}
    return {**(given if isinstance(given, dict) else {}), **other}


def take_predictions(original: Original, sources: set[UUID], report: Report) -> None:
    """Bring the predictions, for the record: what the original foresaw stands whole under `original`."""
    tally = report.of("predictions")
    where = source.place(original.database)
    after = source.reached(mongo.database(), where, PREDICTIONS)
    for some in source.documents(original, PREDICTIONS, after):
        tally.found += len(some)
        made = _predictions(some, sources, tally)
        tally.put(len(made), source.put_documents(mongo.database(), PREDICTIONS, made))
        source.note_reached(mongo.database(), where, PREDICTIONS, some[-1]["_id"])


def _predictions(some: Sequence[Document], sources: set[UUID], tally: Tally) -> list[Document]:
    made = []
    for each in some:
        name, created_at = str(each.get("sunSourceId")).lower(), each.get("createdAt")
        if not _known(name, sources) or not isinstance(created_at, datetime):
            tally.leave(_NO_TIME if _known(name, sources) else _NO_SOURCE)
            continue
        key = {"_id": each["_id"], "sunSourceId": name, "createdAt": created_at}
        # As a forecast of our own whose values are kept no more.
        old = {"date": created_at.date().isoformat(), "scores": []}
        made.append({**key, **old, "original": {name: value for name, value in each.items() if name not in key}})
    return made


def _known(name: str, sources: set[UUID]) -> bool:
    try:
        return UUID(name) in sources
    except ValueError:
        return False
