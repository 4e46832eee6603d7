"""What goes into the normaliser and what comes out: messages, sources, readings, dead letters, memory."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from solar.normalise.bodies import Parsed, parse

Transport = Literal["mqtt", "webhook", "import", "api"]
Kind = Literal["single", "batch", "nothing"]

#: What the normaliser remembers of one source between messages; plain JSON, kept by the caller, never changed in place.
Memory = Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """One delivery: `topic` is what follows `ampra/sources/{id}/` (MQTT) or the webhook's address, `received_at` is
    aware UTC.
    """

    transport: Transport
    topic: str
    body: bytes
    received_at: datetime
    content_type: str | None = None
    retained: bool = False
    #: What was worked out for this message, so that sorting and reading it do the work once.
    worked_out: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def parsed(self) -> Parsed:
        """The body, read once; forms are understood on HTTP only."""
        return parse(self.body, form_allowed=self.transport != "mqtt")

    @cached_property
    def path(self) -> str:
        """The topic as a path: no empty segments, no closing `state` or `value`, nothing for the plain `data` topic."""
        topic = self.topic if self.transport == "mqtt" else self.topic.split("?", 1)[0]
        segments = [segment for segment in topic.split("/") if segment]
        if segments == ["data"]:
            return ""
        if len(segments) > 1 and segments[-1].lower() in ("state", "value"):
            segments.pop()
        return "/".join(segments)

    @property
    def is_tree(self) -> bool:
        """Whether the device publishes under its own topic tree, where values without a time are gathered."""
        return self.transport == "mqtt" and self.path != ""


@dataclass(frozen=True)
class Source:
    """What the owner said about a source: IANA zone, rated W, own mapping, chosen profile, whether there is a
    battery.
    """

    time_zone: str
    installed_capacity_watts: float | None = None
    mapping: Mapping[str, Any] | None = None
    profile: str | None = None
    has_battery: bool | None = None

    @cached_property
    def mapping_key(self) -> str:
        """The mapping as text, so that what is worked out for it can be kept."""
        return json.dumps(self.mapping, sort_keys=True, default=str) if self.mapping else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One normalised reading: `timestamp` aware UTC in whole milliseconds, `fields` in canonical units and signs."""

    timestamp: datetime
    fields: dict[str, Any]
    metadata: dict[str, Any]
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was not understood, and why; its body holds no secrets."""

    reason: str
    message: Message


@dataclass(frozen=True, slots=True)
class Outcome:
    """Readings (one per instant), dead letters, and the memory to keep; `memory` is the very object passed in when
    nothing new was learnt.
    """

    readings: tuple[Reading, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    memory: Memory = field(default_factory=dict)
