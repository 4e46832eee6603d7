"""Builds messages as devices send them and replays them, for the tests of the normaliser."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from solar.normalise import Message, Reading, Source
from solar.normalise.vectors import Replay

NOON = datetime(2026, 6, 21, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """What became of some messages."""

    readings: list[Reading]
    dead_letters: int

    @property
    def only(self) -> Reading:
        """The one reading there must be, without any dead letter."""
        assert self.dead_letters == 0
        assert len(self.readings) == 1
        return self.readings[0]


def _body(payload: Any) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return (payload if isinstance(payload, str) else json.dumps(payload)).encode()


def mqtt(topic: str, payload: Any, after: float = 0, *, retained: bool = False) -> Message:
    """A message `after` seconds past noon."""
    return Message("mqtt", topic, _body(payload), NOON + timedelta(seconds=after), retained=retained)


def webhook(payload: Any, topic: str = "", after: float = 0, content_type: str | None = None) -> Message:
    """A webhook request `after` seconds past noon."""
    return Message("webhook", topic, _body(payload), NOON + timedelta(seconds=after), content_type)


def form(body: str, topic: str = "", after: float = 0) -> Message:
    """A form-encoded webhook request."""
    return webhook(body, topic, after, "application/x-www-form-urlencoded")


def burst(values: dict[str, Any], prefix: str = "", after: float = 0) -> list[Message]:
    """One message a topic, a tenth of a second apart."""
    return [
        mqtt(f"{prefix}{topic}", value, after + number / 10) for number, (topic, value) in enumerate(values.items())
    ]


def replay(*messages: Message | list[Message], **source: Any) -> Result:
    """What becomes of messages of a source; `source` overrides 8 kW in Berlin without mapping."""
    settings = {"time_zone": "Europe/Berlin", "installed_capacity_watts": 8000.0, **source}
    listener = Replay(Source(**settings))
    for message in messages:
        for one in message if isinstance(message, list) else [message]:
            listener.receive(one)
    listener.close()
    return Result([listener.readings[at] for at in sorted(listener.readings)], listener.dead_letters)


def reported(reading: Reading) -> dict[str, Any]:
    """The fields of a reading without the code lists that are always there when empty."""
    return {name: value for name, value in reading.fields.items() if value != []}
