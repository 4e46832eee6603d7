"""The webhook as a use case: who sent this, may they, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data import arrivals, limits, mongo, settings
from services import credentials, ingest
from services.errors import TooMany
from services.source_facts import CACHE
from solar import normalise, webhooks

LARGEST_BODY_BYTES = webhooks.LARGEST_BODY_BYTES


@dataclass(frozen=True, slots=True)
class Call:
    """A webhook request as it came in; `body` is the raw bytes."""

    source_id: str
    topic: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    content_type: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: an HTTP status and a JSON body."""

    status: int
    body: dict[str, Any]


def receive(call: Call) -> Answer:
    """Verify a request and take in what it carries; raises StorageUnavailable and TooMany."""
    source = CACHE.one(call.source_id, call.received_at)
    if source is None:
        return Answer(404, {"error": "there is no such source"})
    database = mongo.database()
    verdict = webhooks.verify(
        secrets=credentials.webhook_secrets(call.source_id, call.received_at),
        now=call.received_at,
        headers=call.headers,
        body=call.body,
        content_type=call.content_type,
        seen=lambda webhook_id: arrivals.webhook_id_seen(database, call.source_id, webhook_id),
    )
    if verdict.status == 200 and not source.is_active:
        return Answer(410, {"error": "this source is switched off"})
    if verdict.status in {200, 400}:
        _keep_to_the_limit(call.source_id)
    if verdict.reason == "duplicate":
        return Answer(200, {"result": "duplicate", "stored": 0})
    if verdict.status not in {200, 400}:
        return Answer(verdict.status, {"error": verdict.reason})
    answer = _take_in(call, verdict)
    if verdict.webhook_id is not None and answer.status == 200:
        arrivals.remember_webhook_id(database, call.source_id, verdict.webhook_id, call.received_at)
    return answer


def _keep_to_the_limit(source_id: str) -> None:
    """Count only requests that were signed well: strangers must not use up a source's share."""
    per_minute = settings.get().webhook_limit_per_minute
    wait = limits.seconds_to_wait(f"{per_minute}/minute", "webhook", source_id)
    if wait:
        raise TooMany(f"more than {per_minute} requests in a minute; please slow down", wait)


def _take_in(call: Call, verdict: webhooks.Verdict) -> Answer:
    """Hand the body on; also one that is not understood, so that its owner finds it among the dead letters."""
    message = normalise.Message(
        transport="webhook",
        topic=call.topic,
        body=verdict.body,
        received_at=call.received_at,
        content_type=call.content_type,
    )
    receipt = ingest.accept([ingest.Delivery(call.source_id, message)], call.received_at)[0]
    if verdict.status == 400:
        return Answer(400, {"error": verdict.reason})
    body: dict[str, Any] = {
        "result": "ok",
        "stored": receipt.stored,
        "merged": receipt.merged,
        "duplicate": receipt.duplicate,
        "rejected": receipt.rejected,
    }
    if receipt.pending:
        body["pending"] = True
    if receipt.dead:
        body["notUnderstood"] = receipt.dead
    return Answer(200, body)
