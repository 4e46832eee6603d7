"""The webhook as a use case: who sent this, may they, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data import limits, mongo, settings, webhook_ids
from data.errors import StorageUnavailable
from services.errors import TooMany
from services.ingestion import credentials
from services.ingestion import entering as ingest
from services.ingestion.combining import Combiner
from services.ingestion.source_facts import CACHE
from solar import normalise, webhooks

LARGEST_BODY_BYTES = webhooks.MAX_BYTES
_NEVER_READ = ("multipart/", "image/", "audio/", "video/", "text/html", "text/xml", "application/xml")
_TOGETHER = Combiner(lambda deliveries, now: ingest.accept(deliveries, now))


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
    if len(call.body) > LARGEST_BODY_BYTES:
        return Answer(413, {"error": "too-large"})
    source = CACHE.one(call.source_id, call.received_at)
    if source is None:
        return Answer(404, {"error": "there is no such source"})
    secrets = credentials.webhook_secrets(call.source_id, call.received_at)
    ids = _Ids(call.source_id, call.received_at)
    verdict = webhooks.verify(secrets, call.received_at, call.headers, call.body, ids)
    if verdict.status == 401 or verdict.status == 413:
        return Answer(verdict.status, {"error": verdict.reason})
    is_accepted = False
    try:
        answer = _judge(call, verdict, source.is_active)
        is_accepted = answer.status == 200
    finally:
        ids.finish(is_accepted=is_accepted)
    return answer


class _Ids:
    """The ids of a source's requests as the verifier asks for them: an id it has not seen is claimed for this one."""

    def __init__(self, source_id: str, now: datetime) -> None:
        self._source_id, self._now = source_id, now
        self._claimed: str | None = None

    def __contains__(self, webhook_id: object) -> bool:
        claim = webhook_ids.claim(mongo.database(), self._source_id, str(webhook_id), self._now)
        if claim == "busy":
            raise StorageUnavailable("a request with this id is just being taken in")
        if claim == "ours":
            self._claimed = str(webhook_id)
        return claim == "accepted"

    def finish(self, *, is_accepted: bool) -> None:
        """Keep the id that was claimed, or forget it so that the request may come again."""
        if self._claimed is None:
            return
        if is_accepted:
            webhook_ids.accept(mongo.database(), self._source_id, self._claimed, self._now)
        else:
            webhook_ids.release(mongo.database(), self._source_id, self._claimed)


def _judge(call: Call, verdict: webhooks.Verdict, is_active: bool) -> Answer:
    """Answer a request that was signed well."""
    if not is_active:
        return Answer(410, {"error": "this source is switched off"})
    _keep_to_the_limit(call.source_id)
    if verdict.reason == "duplicate":
        return Answer(200, {"result": "duplicate", "stored": 0})
    if sentence := _unreadable(call):
        return Answer(415, {"error": sentence})
    receipt = _take_in(call, verdict.body) if verdict.body is not None or verdict.status == 400 else None
    if receipt is not None and receipt.postponed:
        raise StorageUnavailable("PostgreSQL does not answer, and this source is not known well enough")
    if verdict.status == 400 or receipt is None:
        return Answer(verdict.status, {"error": verdict.reason})
    return _said(receipt)


def _keep_to_the_limit(source_id: str) -> None:
    """Count only requests that were signed well: strangers must not use up a source's share."""
    per_minute = settings.get().webhook_limit_per_minute
    wait = limits.seconds_to_wait(f"{per_minute}/minute", "webhook", source_id)
    if wait:
        raise TooMany(f"more than {per_minute} requests in a minute; please slow down", wait)


def _unreadable(call: Call) -> str | None:
    """Say why a body in this form is not read, whatever it holds; programs mislabel JSON, so most types are tried."""
    coded = next((value for name, value in call.headers if name.lower() == "content-encoding"), "identity")
    if coded.strip().lower() not in {"", "identity"}:
        return f"send the body as it is, without Content-Encoding {coded[:40]}"
    kind = (call.content_type or "").partition(";")[0].strip().lower()
    if kind.startswith(_NEVER_READ):
        return f"send application/json or application/x-www-form-urlencoded, not {kind[:60]}"
    return None


def _take_in(call: Call, body: bytes | None) -> ingest.Receipt:
    """Hand the body on; also one that is not understood, so that its owner finds it among the dead letters."""
    message = normalise.Message(
        transport="webhook",
        topic=call.topic,
        body=body or b"",
        received_at=call.received_at,
        content_type=call.content_type,
    )
    return _TOGETHER.accept(ingest.Delivery(call.source_id, message), call.received_at)


def _said(receipt: ingest.Receipt) -> Answer:
    body: dict[str, Any] = {
        "result": "ok",
        "stored": receipt.stored,
        "merged": receipt.merged,
        "duplicate": receipt.duplicate,
        "rejected": receipt.rejected,
    }
    if receipt.dead:
        body["notUnderstood"] = receipt.dead
    return Answer(200, body)
