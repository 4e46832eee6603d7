"""Understands what devices send: messages in, canonical readings and dead letters out; pure, without clock or
storage.

`kind_of` sorts a message; `normalise` makes readings of one, `normalise_batch` one of values gathered within 10 s;
`merge` joins two readings of one instant. See `docs/device-profiles.md` for the families and how to add one.
"""

from collections.abc import Sequence

from solar.normalise.batches import normalise_batch as _normalise_batch
from solar.normalise.engine import normalise_single
from solar.normalise.merging import merge
from solar.normalise.model import DeadLetter, Kind, Memory, Message, Outcome, Reading, Source, Transport
from solar.normalise.profiles import PROFILES
from solar.normalise.sorting import kind_of, learnt

__all__ = [
    "BATCH_SECONDS",
    "PROFILES",
    "DeadLetter",
    "Kind",
    "Memory",
    "Message",
    "Outcome",
    "Reading",
    "Source",
    "Transport",
    "kind_of",
    "merge",
    "normalise",
    "normalise_batch",
]

#: Values received less than this after the first one of a batch belong to it.
BATCH_SECONDS = 10


def normalise(message: Message, source: Source, memory: Memory) -> Outcome:
    """The readings of one message; one of kind `batch` is taken as a batch of its own. Never raises."""
    kind = kind_of(message, source, memory)
    if kind == "nothing":
        return Outcome((), (), learnt(message, memory))
    if kind == "batch":
        return _normalise_batch([message], source, memory)
    return normalise_single(message, source, memory)


def normalise_batch(messages: Sequence[Message], source: Source, memory: Memory) -> Outcome:
    """One reading of all messages of a batch, in order of arrival. Never raises."""
    return _normalise_batch(messages, source, memory)
