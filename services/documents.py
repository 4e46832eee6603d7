"""Readings and messages as MongoDB documents: what is kept of each, in which form."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from data.readings import Written
from solar import normalise

Document = dict[str, Any]
_LARGEST_INTEGER = 2**63 - 1
_NOT_FIELDS = frozenset({"_id", "sunSourceId", "timestamp", "rawData", "metadata"})


def of_reading(source_id: str, reading: normalise.Reading) -> Document:
    """Return the document of a reading; both lists of codes are always there, other fields only if reported."""
    return {
        "sunSourceId": source_id,
        "timestamp": _to_millisecond(reading.timestamp),
        "faultCodes": [],
        "warningCodes": [],
        **reading.fields,
        "rawData": storable(reading.raw),
        "metadata": storable(reading.metadata),
    }


def reading_of(document: Mapping[str, Any]) -> normalise.Reading:
    """Return the reading that a document holds."""
    fields = {name: value for name, value in document.items() if name not in _NOT_FIELDS}
    return normalise.Reading(
        timestamp=document["timestamp"],
        fields=fields,
        metadata=dict(document["metadata"]),
        raw=dict(document["rawData"]),
    )


def merged(earlier: Document, later: Document, source: normalise.Source) -> Document:
    """Return what one instant holds after both documents; the earlier one itself where the later adds nothing."""
    before = reading_of(earlier)
    after = normalise.merge(before, reading_of(later), source)
    if after.fields == before.fields:
        return earlier
    return of_reading(earlier["sunSourceId"], after)


def of_message(message: normalise.Message) -> Document:
    """Return a message as it waits in an open batch."""
    return {
        "transport": message.transport,
        "topic": message.topic,
        "body": message.body,
        "receivedAt": message.received_at,
        "contentType": message.content_type,
        "retained": message.retained,
    }


def message_of(document: Mapping[str, Any]) -> normalise.Message:
    """Return the message that waited in an open batch."""
    return normalise.Message(
        transport=document["transport"],
        topic=document["topic"],
        body=bytes(document["body"]),
        received_at=document["receivedAt"],
        content_type=document["contentType"],
        retained=document["retained"],
    )


def of_dead_letter(source_id: str, letter: normalise.DeadLetter, body_bytes: int) -> Document:
    """Return a dead letter with at most `body_bytes` of the message's body."""
    message = letter.message
    return {
        "sunSourceId": source_id,
        "topic": message.topic,
        "transport": message.transport,
        "reason": letter.reason,
        "body": message.body[:body_bytes],
        "bodyBytes": len(message.body),
        "receivedAt": message.received_at,
    }


def counts(
    stored: Sequence[Document], written: Written, dead: Mapping[tuple[str, datetime], int]
) -> dict[tuple[str, datetime], dict[str, float]]:
    """Return the counts to add per (source, UTC hour of receipt): readings by outcome, rejections, seconds late."""
    totals: dict[tuple[str, datetime], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for position, document in enumerate(stored):
        received_at = document["metadata"]["receivedAt"]
        late = max(0.0, (received_at - document["timestamp"]).total_seconds())
        total = totals[(document["sunSourceId"], hour_of(received_at))]
        total[written.outcome(position)] += 1
        total["rejectedValues"] += len(document["metadata"].get("rejected", {}))
        total["lateSeconds"] += late
        total["maxLateSeconds"] = max(total["maxLateSeconds"], late)
    for key, number in dead.items():
        totals[key]["dead"] += number
    return totals


def hour_of(instant: datetime) -> datetime:
    """Return the start of the UTC hour of an instant."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def storable(value: Any) -> Any:
    """Return a JSON-like value in the form BSON can hold: no NUL in keys, no integer beyond 64 bits."""
    if isinstance(value, dict):
        return {key.replace("\0", ""): storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool) and not -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER:
        return str(value)
    return value


def _to_millisecond(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
