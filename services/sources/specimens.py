"""Messages as they came in, made again from what is kept of them: readings with their rawData, and dead letters."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from solar import normalise

_AGAIN = re.compile(r" \(\d+\)$")


@dataclass(frozen=True, slots=True)
class Specimen:
    """One reading's messages, or a dead letter's: as people read them (`text`), and as the normaliser does."""

    kind: Literal["reading", "letter", "pasted"]
    received_at: datetime
    topic: str
    text: str
    messages: tuple[normalise.Message, ...]
    timestamp: datetime | None = None
    reason: str | None = None
    times: int = 1


def of_document(document: Mapping[str, Any]) -> Specimen:
    """Return what a stored reading came from."""
    metadata, raw = document["metadata"], document["rawData"]
    return Specimen(
        "reading", metadata["receivedAt"], str(metadata.get("topic", "")), _pretty(_unwrapped(raw)),
        tuple(messages_of(document)), document["timestamp"],
    )


def of_letter(letter: Mapping[str, Any]) -> Specimen:
    """Return what a dead letter came from."""
    body = bytes(letter["body"])
    message = normalise.Message(letter["transport"], letter["topic"], body, letter["receivedAt"])
    return Specimen(
        "letter", letter["receivedAt"], letter["topic"], _readable(body), (message,), None, letter["reason"],
        int(letter.get("times", 1)),
    )


def messages_of(document: Mapping[str, Any]) -> list[normalise.Message]:
    """Return the messages that a stored reading was made of, as far as its rawData tells; none where there is none."""
    metadata, raw = document["metadata"], document["rawData"]
    transport, topic = metadata["transport"], str(metadata.get("topic", ""))
    if not raw or transport not in ("mqtt", "webhook", "api"):
        return []
    if transport == "mqtt" and topic in raw:
        # Values gathered into one reading: each topic with its payload.
        return [_message(transport, _plain(key, raw), value, metadata) for key, value in raw.items()]
    return [_message(transport, topic, _unwrapped(raw), metadata)]


def _plain(key: str, raw: Mapping[str, Any]) -> str:
    """A topic without the number that tells its second value from the first."""
    bare = _AGAIN.sub("", key)
    return bare if bare in raw else key


def _message(transport: Any, topic: str, value: Any, metadata: Mapping[str, Any]) -> normalise.Message:
    return normalise.Message(transport, topic, json.dumps(value, default=str).encode(), metadata["receivedAt"])


def _unwrapped(raw: Mapping[str, Any]) -> Any:
    return raw["payload"] if set(raw) == {"payload"} else raw


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _readable(body: bytes) -> str:
    try:
        return _pretty(json.loads(body))
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def of_text(text: str, topic: str, transport: Any, now: datetime) -> Specimen:
    """Return a message that somebody pasted."""
    message = normalise.Message(transport, topic, text.encode("utf-8", "replace"), now)
    return Specimen("pasted", now, topic, text, (message,))


def outcome_of(
    messages: Sequence[normalise.Message], source: normalise.Source, memory: normalise.Memory
) -> normalise.Outcome:
    """Return what messages become together."""
    if len(messages) == 1:
        return normalise.normalise(messages[0], source, memory)
    return normalise.normalise_batch(messages, source, memory)
