"""Readings that enter in bulk, as frames of the vocabulary: a source's past, stored once however often it comes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from data import mongo, reading_writes, rollup_marks
from services.errors import NotFound
from services.ingestion import documents
from services.ingestion.documents import Document
from services.ingestion.source_facts import CACHE
from solar import normalise
from solar.vocabulary import FIELDS, LIST_FIELDS, NUMERIC_FIELDS

_AT_ONCE = 2_000


def store_history(source_id: str, frame: pd.DataFrame, now: datetime, *, transport: str = "import") -> int:
    """Store the readings of a frame durably; returns how many of them are new.

    `frame` has an aware index and columns of the vocabulary in its units; NaN and None are not reported, lists of codes
    are lists; `transport` says how they came. What is there already is not changed but for fields it lacked. The values
    are taken as they are: what comes from files of people goes through `solar.normalise` first. Raises NotFound,
    StorageUnavailable, and ValueError for an index without zone or a column that the vocabulary does not have.
    """
    if not isinstance(frame.index, pd.DatetimeIndex) or frame.index.tz is None:
        raise ValueError("frame: the index must be aware times")
    if unknown := sorted(set(map(str, frame.columns)) - set(FIELDS)):
        raise ValueError(f"frame: {', '.join(unknown)} is not in the vocabulary")
    source = CACHE.one(source_id, now)
    if source is None:
        raise NotFound("there is no such source")

    def merge(earlier: Document, later: Document) -> Document:
        return documents.merged(earlier, later, source.context)

    new, ordered = 0, frame.sort_index()
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered.iloc[start : start + _AT_ONCE]
        readings = [documents.of_reading(source_id, each) for each in _readings(some, now, transport)]
        written = reading_writes.write(mongo.database(), readings, merge)
        rollup_marks.mark(mongo.database(), readings)
        reading_writes.keep_latest(mongo.database(), readings[-1:])
        new += sum(written.outcome(position) == "stored" for position in range(len(readings)))
    return new


def _readings(frame: pd.DataFrame, now: datetime, transport: str) -> Iterator[normalise.Reading]:
    columns = {str(name): _values(str(name), frame[name]) for name in frame.columns}
    stamps = pd.DatetimeIndex(frame.index).tz_convert("UTC").as_unit("ms").to_pydatetime()
    for position, at in enumerate(stamps):
        yield normalise.Reading(at, _fields(columns, position), _metadata(now, transport), {})


def _values(name: str, column: "pd.Series[Any]") -> list[Any]:
    # Every numeric field is stored as a double, whatever the frame holds.
    return (column.astype(float) if name in NUMERIC_FIELDS else column).tolist()


def _fields(columns: Mapping[str, list[Any]], position: int) -> dict[str, Any]:
    values = {name: column[position] for name, column in columns.items()}
    fields = {name: value for name, value in values.items() if _is_reported(name, value)}
    return {**fields, **{name: list(fields.get(name, ())) for name in LIST_FIELDS}}


def _is_reported(name: str, value: Any) -> bool:
    if name in NUMERIC_FIELDS:
        return value is not None and value == value
    return isinstance(value, list if name in LIST_FIELDS else str)


def _metadata(now: datetime, transport: str) -> dict[str, Any]:
    return {
        "transport": transport, "receivedAt": now, "topic": "", "profile": "generic", "derived": [], "rejected": {},
        "unmapped": [],
    }
