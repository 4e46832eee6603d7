"""One round of ingestion: gathers what many messages become, then writes each kind at once."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from data import arrivals, mongo, reading_writes, rollup_marks
from data.reading_writes import Written
from services.ingestion import documents
from services.ingestion.documents import Document
from services.ingestion.source_facts import SourceFacts
from solar import normalise

log = logging.getLogger(__name__)
BATCH_WINDOW = timedelta(seconds=normalise.BATCH_SECONDS)
DEAD_BODY_BYTES = 64 * 1024


@dataclass(slots=True)
class Receipt:
    """What became of one delivery; `refused` says why nothing of it was looked at (unknown or inactive source)."""

    stored: int = 0
    merged: int = 0
    duplicate: int = 0
    pending: bool = False
    postponed: bool = False
    dead: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    refused: str | None = None


class Round:
    """Take messages of any sources, then store them; nothing is written before."""

    def __init__(self, facts: Mapping[str, SourceFacts]) -> None:
        self._database = mongo.database()
        self._facts = facts
        self._known = arrivals.memories(self._database, facts) if facts else {}
        self._memories: dict[str, Mapping[str, Any]] = {each: found.learnt for each, found in self._known.items()}
        self._learnt: set[str] = set()
        self._documents: list[Document] = []
        # By position of the document: what it came in, and the receipt to note its fate on.
        self._origins: list[tuple[normalise.Message, Receipt]] = []
        self._letters: list[Document] = []
        self._pending: dict[str, list[Document]] = {}

    def take(self, source: SourceFacts, message: normalise.Message, receipt: Receipt) -> None:
        """Take one message; whatever it makes the normaliser do, the others of the round go on."""
        memory = self._memories.get(source.source_id, {})
        try:
            if normalise.kind_of(message, source.context, memory) == "batch":
                self._pending.setdefault(source.source_id, []).append(documents.of_message(message))
                receipt.pending = True
                return
            outcome = normalise.normalise(message, source.context, memory)
        except Exception as error:
            outcome = _failed(source.source_id, message, memory, error)
        self._gather(source, outcome, message, receipt)

    def take_batch(self, source: SourceFacts, messages: Sequence[normalise.Message]) -> None:
        """Take the messages of a batch that is over, in order of arrival."""
        memory = self._memories.get(source.source_id, {})
        try:
            outcome = normalise.normalise_batch(messages, source.context, memory)
        except Exception as error:
            outcome = _failed(source.source_id, messages[0], memory, error)
        self._gather(source, outcome, messages[0], Receipt())

    def store(self) -> None:
        """Write readings first: what is derived from them may be late, never ahead. Raises StorageUnavailable."""
        for source_id in self._learnt:
            known = self._known.get(source_id)
            arrivals.keep_memory(self._database, source_id, self._memories[source_id], known.revision if known else 0)
        written = reading_writes.write(self._database, self._documents, self._merge)
        for position, (message, receipt) in enumerate(self._origins):
            self._note(position, written, message, receipt)
        for source_id, messages in self._pending.items():
            arrivals.add_to_open_batch(self._database, source_id, messages, BATCH_WINDOW)
        if self._letters:
            arrivals.keep_dead_letters(self._database, self._letters)
        rollup_marks.mark(self._database, self._documents)
        reading_writes.keep_latest(self._database, self._kept(written))
        arrivals.add_counts(self._database, documents.counts(self._documents, written, self._letters))

    def _gather(
        self, source: SourceFacts, outcome: normalise.Outcome, message: normalise.Message, receipt: Receipt
    ) -> None:
        source_id = source.source_id
        if outcome.memory is not self._memories.get(source_id) and outcome.memory:
            self._memories[source_id] = outcome.memory
            self._learnt.add(source_id)
        for reading in outcome.readings:
            self._documents.append(documents.of_reading(source_id, reading))
            self._origins.append((message, receipt))
            receipt.rejected.update(reading.metadata["rejected"])
        for letter in outcome.dead_letters:
            self._bury(source_id, letter, receipt)

    def _bury(self, source_id: str, letter: normalise.DeadLetter, receipt: Receipt) -> None:
        receipt.dead.append(letter.reason)
        self._letters.append(documents.of_dead_letter(source_id, letter, DEAD_BODY_BYTES))

    def _note(self, position: int, written: Written, message: normalise.Message, receipt: Receipt) -> None:
        outcome = written.outcome(position)
        if outcome == "stored":
            receipt.stored += 1
        elif outcome == "merged":
            receipt.merged += 1
        elif outcome == "duplicate":
            receipt.duplicate += 1
        else:
            letter = normalise.DeadLetter(written.refused[position], message)
            self._bury(self._documents[position]["sunSourceId"], letter, receipt)

    def _kept(self, written: Written) -> Iterator[Document]:
        """Yield what the store holds now of each instant of this round."""
        for position, document in enumerate(self._documents):
            if position not in written.refused:
                yield written.merged.get(position) or written.duplicates.get(position) or document

    def _merge(self, earlier: Document, later: Document) -> Document:
        return documents.merged(earlier, later, self._facts[later["sunSourceId"]].context)


def _failed(
    source_id: str, message: normalise.Message, memory: normalise.Memory, error: Exception
) -> normalise.Outcome:
    """Return the outcome of a message on which the normaliser itself fails: a mistake of ours, kept to be mended."""
    log.exception("the normaliser fails on a message of source %s, topic %r", source_id, message.topic)
    return normalise.Outcome((), (normalise.DeadLetter(f"could not be read: {error!r}"[:200], message),), memory)
