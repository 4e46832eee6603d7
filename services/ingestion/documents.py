"""Readings and messages as MongoDB documents: what is kept of each, in which form."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from data.reading_writes import Written
from solar import normalise

Document = dict[str, Any]
_NOT_FIELDS = frozenset({"_id", "sunSourceId", "timestamp", "rawData", "metadata"})


def of_reading(source_id: str, reading: normalise.Reading) -> Document:
    """Return the document of a reading."""
    return {
        "sunSourceId": source_id,
        "timestamp": reading.timestamp,
        **reading.fields,
        "rawData": reading.raw,
        "metadata": reading.metadata,
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
    stored: Sequence[Document], written: Written, dead: Iterable[Document]
) -> dict[tuple[str, datetime], dict[str, float]]:
    """Return the counts to add per (source, UTC hour of receipt): readings by outcome, rejections, lateness, dead."""
    totals: dict[tuple[str, datetime], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for position, document in enumerate(stored):
        metadata = document["metadata"]
        received_at = metadata["receivedAt"]
        late = max(0.0, (received_at - document["timestamp"]).total_seconds())
        total = totals[(document["sunSourceId"], hour_of(received_at))]
        total[written.outcome(position)] += 1
        total["lateSeconds"] += late
        total["maxLateSeconds"] = max(total["maxLateSeconds"], late)
        if metadata.get("rejected"):
            total["rejectedValues"] += len(metadata["rejected"])
    for letter in dead:
        totals[(letter["sunSourceId"], hour_of(letter["receivedAt"]))]["dead"] += 1
    return totals


def hour_of(instant: datetime) -> datetime:
    """Return the start of the hour of a UTC instant."""
    return instant.replace(minute=0, second=0, microsecond=0)
