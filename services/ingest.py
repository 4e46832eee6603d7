"""Everything that enters: messages become readings, dead letters or parts of an open batch, durably and once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from data import arrivals, mongo, readings
from services import documents
from services.source_facts import CACHE, SourceFacts
from solar import normalise

BATCH_WINDOW = timedelta(seconds=10)
_DEAD_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and the source it came in for."""

    source_id: str
    message: normalise.Message


@dataclass(slots=True)
class Receipt:
    """What became of one delivery; `refused` says why nothing of it was looked at (unknown or inactive source)."""

    stored: int = 0
    merged: int = 0
    duplicate: int = 0
    pending: bool = False
    dead: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    refused: str | None = None


def accept(deliveries: Sequence[Delivery], now: datetime) -> list[Receipt]:
    """Take messages of any sources; when this returns, what the receipts say is durable.

    Raises StorageUnavailable where a store does not answer; then the same deliveries may be handed in again.
    """
    facts = CACHE.many({each.source_id for each in deliveries}, now)
    work = _Work(facts)
    receipts = []
    for delivery in deliveries:
        receipt = Receipt()
        receipts.append(receipt)
        source = facts.get(delivery.source_id)
        if source is None or not source.is_active:
            receipt.refused = "unknown source" if source is None else "inactive source"
            continue
        work.take(source, delivery.message, receipt)
    work.store()
    return receipts


def close_due_batches(now: datetime) -> int:
    """Turn the bare values gathered for 10 s into one reading a batch; returns the number of batches closed."""
    database = mongo.database()
    claimed = arrivals.claim_due_batches(database, now - BATCH_WINDOW, now)
    facts = CACHE.many({each["sunSourceId"] for each in claimed}, now)
    for batch in claimed:
        source = facts.get(batch["sunSourceId"])
        if source is not None and source.is_active:
            work = _Work(facts)
            work.take_batch(source, [documents.message_of(each) for each in batch["messages"]])
            work.store()
        arrivals.finish_batch(database, batch["_id"])
    return len(claimed)


class _Work:
    """One round of ingestion: gathers what many messages become, then writes each kind at once."""

    def __init__(self, facts: Mapping[str, SourceFacts]) -> None:
        self._database = mongo.database()
        self._facts = facts
        self._memories: dict[str, Mapping[str, Any]] = {}
        self._learnt: set[str] = set()
        self._documents: list[documents.Document] = []
        self._receipts: list[Receipt] = []
        self._letters: list[documents.Document] = []
        self._pending: list[tuple[str, normalise.Message]] = []
        self._dead: dict[tuple[str, datetime], int] = defaultdict(int)

    def take(self, source: SourceFacts, message: normalise.Message, receipt: Receipt) -> None:
        memory = self._memory(source.source_id)
        kind = normalise.kind_of(message, source.context, memory)
        if kind == "batch":
            self._pending.append((source.source_id, message))
            receipt.pending = True
            return
        self._gather(source, normalise.normalise(message, source.context, memory), [message], receipt)

    def take_batch(self, source: SourceFacts, messages: Sequence[normalise.Message]) -> None:
        outcome = normalise.normalise_batch(messages, source.context, self._memory(source.source_id))
        self._gather(source, outcome, messages, Receipt())

    def store(self) -> None:
        """Write readings first: what is derived from them may be late, never ahead."""
        self._store_memories()
        written = readings.write(self._database, self._documents, self._merge)
        for position, receipt in enumerate(self._receipts):
            outcome = written.outcome(position)
            setattr(receipt, outcome, getattr(receipt, outcome) + 1)
        for source_id, message in self._pending:
            arrivals.add_to_open_batch(self._database, source_id, documents.of_message(message), BATCH_WINDOW)
        if self._letters:
            arrivals.keep_dead_letters(self._database, self._letters)
        readings.keep_latest(self._database, _newest(self._documents))
        arrivals.add_counts(self._database, documents.counts(self._documents, written, self._dead))

    def _memory(self, source_id: str) -> Mapping[str, Any]:
        if source_id not in self._memories:
            self._memories[source_id] = arrivals.memory(self._database, source_id)
        return self._memories[source_id]

    def _store_memories(self) -> None:
        for source_id in self._learnt:
            arrivals.keep_memory(self._database, source_id, self._memories[source_id])

    def _gather(
        self,
        source: SourceFacts,
        outcome: normalise.Outcome,
        messages: Sequence[normalise.Message],
        receipt: Receipt,
    ) -> None:
        source_id, received_at = source.source_id, messages[-1].received_at
        if outcome.memory != self._memories[source_id]:
            self._memories[source_id] = outcome.memory
            self._learnt.add(source_id)
        for reading in outcome.readings:
            self._documents.append(documents.of_reading(source_id, reading))
            self._receipts.append(receipt)
            receipt.rejected.update(reading.metadata.get("rejected", {}))
        for letter in outcome.dead_letters:
            receipt.dead.append(letter.reason)
            self._dead[(source_id, documents.hour_of(received_at))] += 1
            self._letters.append(documents.of_dead_letter(source_id, letter, _DEAD_BODY_BYTES))

    def _merge(self, earlier: documents.Document, later: documents.Document) -> documents.Document:
        return documents.merged(earlier, later, self._facts[later["sunSourceId"]].context)


def _newest(stored: Iterable[documents.Document]) -> dict[str, documents.Document]:
    newest: dict[str, documents.Document] = {}
    for each in stored:
        known = newest.get(each["sunSourceId"])
        if known is None or known["timestamp"] <= each["timestamp"]:
            newest[each["sunSourceId"]] = each
    return newest
