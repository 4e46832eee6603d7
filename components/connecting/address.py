"""Where a source sends to, and what an example of it consists of."""

import json
from dataclasses import dataclass

PLACEHOLDER = "PASTE-THE-SECRET-HERE"
#: A message that any of the examples sends; values of a sunny noon.
SAMPLE = {"solarPower": 4570, "loadPower": 1350, "batteryPower": 1750, "stateOfCharge": 66}


@dataclass(frozen=True, slots=True)
class Address:
    """How a source reaches us; `topic_root` ends with a slash, `webhook_url` is whole."""

    source_id: str
    host: str
    port: int
    uses_tls: bool
    topic: str
    topic_root: str
    user: str
    webhook_url: str

    @property
    def server(self) -> str:
        """The broker as a URL."""
        return f"{'mqtts' if self.uses_tls else 'mqtt'}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Example:
    """A command or configuration to copy: a short name, the text, where it goes, and the language it is written in."""

    name: str
    label: str
    text: str
    note: str
    language: str


def sample_body() -> str:
    """Return the sample as one line of JSON."""
    return json.dumps(SAMPLE)
