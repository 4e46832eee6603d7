"""Runs payload vectors: replays their messages as the listener does, in memory, and compares what comes out."""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from solar.normalise import (
    BATCH_SECONDS,
    Memory,
    Message,
    Outcome,
    Reading,
    Source,
    kind_of,
    merge,
    normalise,
    normalise_batch,
)


class Replay:
    """A listener without storage: gathers batches, joins readings of one instant, counts dead letters."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._memory: Memory = {}
        self._open: list[Message] = []
        self.readings: dict[datetime, Reading] = {}
        self.dead_letters = 0

    def receive(self, message: Message) -> None:
        """Take one message in order of arrival."""
        if self._open and message.received_at - self._open[0].received_at >= timedelta(seconds=BATCH_SECONDS):
            self.close()
        if kind_of(message, self._source, self._memory) == "batch":
            self._open.append(message)
        else:
            self._store(normalise(message, self._source, self._memory))

    def close(self) -> None:
        """End the open batch."""
        if self._open:
            self._store(normalise_batch(self._open, self._source, self._memory))
            self._open = []

    def _store(self, outcome: Outcome) -> None:
        self._memory = outcome.memory
        self.dead_letters += len(outcome.dead_letters)
        for reading in outcome.readings:
            earlier = self.readings.get(reading.timestamp)
            self.readings[reading.timestamp] = merge(earlier, reading, self._source) if earlier else reading


def run(vector: dict[str, Any]) -> dict[str, Any]:
    """The result line of one vector."""
    told = vector["source"]
    replay = Replay(
        Source(
            told["timezone"],
            told.get("installedCapacityWatts"),
            told.get("mapping"),
            vector.get("profile"),
            told.get("hasBattery"),
        )
    )
    for sent in vector["messages"]:
        replay.receive(message_of(sent))
    replay.close()
    readings = [replay.readings[timestamp] for timestamp in sorted(replay.readings)]
    differences = list(compare(vector["expect"], readings, replay.dead_letters))
    return {
        "name": vector["name"],
        "pass": not differences,
        "differences": differences,
        "readings": [as_json(reading) for reading in readings],
        "deadLetters": replay.dead_letters,
    }


def message_of(sent: dict[str, Any]) -> Message:
    """One message of a vector."""
    if "payloadBase64" in sent:
        body = base64.b64decode(sent["payloadBase64"])
    elif "payloadParts" in sent:
        body = "".join(text * times for text, times in sent["payloadParts"]).encode()
    else:
        payload = sent["payload"]
        body = (payload if isinstance(payload, str) else json.dumps(payload)).encode("utf-8", "surrogatepass")
    return Message(
        sent["transport"],
        sent["topic"],
        body,
        datetime.fromisoformat(sent["receivedAt"]).astimezone(UTC),
        sent.get("contentType"),
        bool(sent.get("retained", False)),
    )


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as the result line shows it."""
    return {
        "timestamp": _text_of(reading.timestamp),
        "fields": reading.fields,
        **{name: reading.metadata[name] for name in ("derived", "rejected", "unmapped")},
    }


def _text_of(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compare(expect: dict[str, Any], readings: list[Reading], dead_letters: int) -> Iterable[str]:
    """Every way in which the result differs from what a vector expects."""
    if dead_letters != expect["deadLetters"]:
        yield f"dead letters: {dead_letters}, expected {expect['deadLetters']}"
    if len(readings) != len(expect["readings"]):
        yield f"readings: {len(readings)}, expected {len(expect['readings'])}"
    tolerance = expect.get("tolerance", 1e-6)
    for number, (want, got) in enumerate(zip(expect["readings"], readings, strict=False)):
        for difference in _compare_one(want, got, tolerance):
            yield f"reading {number}: {difference}"


def _compare_one(want: dict[str, Any], got: Reading, tolerance: float) -> Iterable[str]:
    if abs(datetime.fromisoformat(want["timestamp"]) - got.timestamp) > timedelta(milliseconds=1):
        yield f"timestamp {_text_of(got.timestamp)}, expected {want['timestamp']}"
    for field, value in want["fields"].items():
        if field not in got.fields:
            yield f"{field} is absent, expected {value}"
        elif not _equal(got.fields[field], value, tolerance):
            yield f"{field} is {got.fields[field]!r}, expected {value!r}"
    for field in want.get("absent", ()):
        if field in got.fields:
            yield f"{field} is {got.fields[field]!r}, expected to be absent"
    if "derived" in want:
        for name in ("timestamp", *want["fields"]):
            if (name in got.metadata["derived"]) != (name in want["derived"]):
                yield f"{name} is {'' if name in got.metadata['derived'] else 'not '}named as derived"
    for name in want.get("rejected", ()):
        if name not in got.metadata["rejected"]:
            yield f"{name} is not named as rejected"
    listed = {entry for path in got.metadata["unmapped"] for entry in (path, path.rsplit("/", 1)[-1])}
    for name in want.get("unmapped", ()):
        if name not in listed:
            yield f"{name} is not listed as unmapped"


def _equal(got: Any, want: Any, tolerance: float) -> bool:
    if isinstance(want, int | float) and isinstance(got, int | float):
        return abs(got - want) <= tolerance * max(1.0, abs(want))
    return bool(got == want)


def run_files(names: Iterable[str]) -> Iterable[dict[str, Any]]:
    """The result line of every file; one that is no vector fails by itself."""
    for name in names:
        try:
            yield run(json.loads(Path(name).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            fault = f"no vector: {type(error).__name__} {error}"
            yield {"name": Path(name).stem, "pass": False, "differences": [fault], "readings": [], "deadLetters": 0}
