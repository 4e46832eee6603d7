"""Everything that enters: messages become readings, dead letters or parts of an open batch, durably and once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data import arrivals, mongo
from services.ingestion import documents
from services.ingestion.round import BATCH_WINDOW, DEAD_BODY_BYTES, Receipt, Round
from services.ingestion.source_facts import CACHE
from solar import normalise

__all__ = ["Delivery", "Receipt", "accept", "bury", "close_due_batches"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and the source it came in for."""

    source_id: str
    message: normalise.Message


def accept(deliveries: Sequence[Delivery], now: datetime) -> list[Receipt]:
    """Take messages of any sources; when this returns, what the receipts say is durable.

    Nothing is done about a delivery whose receipt is `postponed`: PostgreSQL is away and its source not known well
    enough. Raises StorageUnavailable where MongoDB does not answer. In both cases the same may be handed in again.
    """
    facts, unknown = CACHE.look_up({each.source_id for each in deliveries}, now)
    work = Round(facts)
    receipts = []
    for delivery in deliveries:
        receipt = Receipt()
        receipts.append(receipt)
        source = facts.get(delivery.source_id)
        if delivery.source_id in unknown:
            receipt.postponed = True
        elif source is None or not source.is_active:
            receipt.refused = "unknown source" if source is None else "inactive source"
        else:
            work.take(source, delivery.message, receipt)
    work.store()
    return receipts


def bury(delivery: Delivery, reason: str) -> Receipt:
    """Keep a message that cannot be taken in among the dead letters; raises StorageUnavailable."""
    letter = normalise.DeadLetter(reason, delivery.message)
    kept = documents.of_dead_letter(delivery.source_id, letter, DEAD_BODY_BYTES)
    arrivals.keep_dead_letters(mongo.database(), [kept])
    return Receipt(dead=[reason])


def close_due_batches(now: datetime) -> int:
    """Turn the bare values gathered for 10 s into one reading a batch; returns the number of batches closed."""
    database = mongo.database()
    claimed = arrivals.claim_due_batches(database, now - BATCH_WINDOW, now)
    facts, unknown = CACHE.look_up({each["sunSourceId"] for each in claimed}, now)
    for batch in claimed:
        source = facts.get(batch["sunSourceId"])
        if batch["sunSourceId"] in unknown:
            # Claimed again in a minute.
            continue
        if source is not None and source.is_active:
            work = Round(facts)
            work.take_batch(source, [documents.message_of(each) for each in batch["messages"]])
            work.store()
        arrivals.finish_batch(database, batch["_id"])
    return len(claimed)
