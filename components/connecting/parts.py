"""What an example consists of, and the message that all of them send."""

import json
from dataclasses import dataclass

PLACEHOLDER = "PASTE-THE-SECRET-HERE"
#: A message that any of the examples sends; values of a sunny noon.
SAMPLE = {"solarPower": 4570, "loadPower": 1350, "batteryPower": 1750, "stateOfCharge": 66}


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
