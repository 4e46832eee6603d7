"""The webhook: signed requests of devices and programs, answered with what became of each reading."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request

from data.errors import StorageUnavailable
from services.errors import TooMany
from services.ingestion import webhooks

blueprint = Blueprint("webhook", __name__)
_RETRY_SECONDS = 10
_ANY_LENGTH = 2**62


@blueprint.post("/api/webhook/sunsource/<source_id>", defaults={"topic": ""})
@blueprint.post("/api/webhook/sunsource/<source_id>/<path:topic>")
def receive(source_id: str, topic: str) -> Any:
    """Verify the request over its raw bytes, take it in, and say what was stored."""
    call = webhooks.Call(
        source_id=source_id.lower(),
        topic=topic,
        headers=list(request.headers.items()),
        body=_limited_body(),
        content_type=request.content_type,
        received_at=_now(),
    )
    try:
        answer = webhooks.receive(call)
    except StorageUnavailable:
        response = jsonify(error="the store does not answer just now; please send this again")
        return response, 503, {"Retry-After": str(_RETRY_SECONDS)}
    except TooMany as error:
        return jsonify(error=str(error)), 429, {"Retry-After": str(error.retry_after)}
    return jsonify(answer.body), answer.status


def _now() -> datetime:
    """Return the time of receipt; tests of signed examples put their own in its place."""
    return datetime.now(UTC)


def _limited_body() -> bytes:
    """Read one byte more than is allowed, which is enough to see that a body is too large."""
    # The limit of the server's other addresses would answer with a page; no more than this is ever read.
    request.max_content_length = _ANY_LENGTH
    return request.stream.read(webhooks.LARGEST_BODY_BYTES + 1)
