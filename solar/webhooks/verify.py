"""The verifier: which scheme a request uses, whether it holds, and what of the body may be kept."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from solar.normalise.bodies import MAX_BYTES, parse
from solar.webhooks.keeping import without_key, without_secrets

#: How far the time of a signed attempt may be off, and how long its id is remembered.
TOLERANCE_SECONDS = 300
REPLAY_SECONDS = 86_400

Mode = Literal["standard", "simple", "key"]
Headers = Mapping[str, str] | Iterable[tuple[str, str]]

_PREFIX = "whsec_"
_ID, _TIME, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_SIMPLE = "x-webhook-secret"
_SECONDS = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a request.

    `status`, `reason`: what the sender gets. `mode`: the scheme that decided. `message_id`: to be remembered for 24 h
    when the request is answered 200 `ok`. `secret`: which of the secrets matched. `body`: what may go on to the
    normaliser or the dead letters, without any secret; None when nothing may be kept.
    """

    status: int
    reason: str
    mode: Mode | None = None
    message_id: str | None = None
    secret: int | None = None
    body: bytes | None = None


def verify(
    secret: str | Sequence[str], now: datetime, headers: Headers, body: bytes, seen_ids: Container[str]
) -> Verdict:
    """Judge one request; never raises.

    `secret`: the source's secret, or several while a rotation overlaps (base64 text of 32 bytes, `whsec_` in front or
    not). `now`: aware, the time of receipt. `headers`: any case. `body`: the bytes as received. `seen_ids`: ids
    accepted in the last 24 h.
    """
    if len(body) > MAX_BYTES:
        return Verdict(413, "too-large")
    given = [secret] if isinstance(secret, str) else secret
    secrets = [text.removeprefix(_PREFIX) for text in given if text.removeprefix(_PREFIX)]
    named = _by_name(headers)
    if _SIGNATURE in named or (_SIMPLE not in named and (_ID in named or _TIME in named)):
        return _standard(secrets, now, named, body, seen_ids)
    if _SIMPLE in named:
        return _simple(secrets, named, body)
    return _body_key(secrets, named, body)


def _by_name(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name; one sent twice is joined by a space."""
    named: dict[str, str] = {}
    for name, value in headers.items() if isinstance(headers, Mapping) else headers:
        key, text = str(name).lower(), str(value).strip(" \t\r\n")
        named[key] = f"{named[key]} {text}" if key in named else text
    return named


def _standard(
    secrets: list[str], now: datetime, headers: dict[str, str], body: bytes, seen_ids: Container[str]
) -> Verdict:
    """Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, keyed with the decoded secret (standardwebhooks.com)."""
    message_id, sent_at, signatures = (headers.get(name, "") for name in (_ID, _TIME, _SIGNATURE))
    if not (message_id and sent_at and signatures):
        return Verdict(401, "missing-header", "standard")
    if _SECONDS.fullmatch(sent_at) is None:
        return Verdict(401, "bad-timestamp", "standard")
    age = now.timestamp() - int(sent_at)
    if abs(age) > TOLERANCE_SECONDS:
        return Verdict(401, "too-old" if age > 0 else "in-future", "standard")
    content = b".".join((_bytes(message_id), sent_at.encode(), body))
    given = [_bytes(text) for text in signatures.split(" ") if text]
    matched = None
    for index, text in enumerate(secrets):
        key = _decoded(text)
        if key is None:
            continue
        expected = b"v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256))
        matches = [hmac.compare_digest(expected, signature) for signature in given]
        if any(matches) and matched is None:
            matched = index
    if matched is None:
        return Verdict(401, "bad-signature", "standard")
    if message_id in seen_ids:
        return Verdict(200, "duplicate", "standard", message_id, matched)
    return _body(secrets, headers, body, "standard", matched, message_id)


def _simple(secrets: list[str], headers: dict[str, str], body: bytes) -> Verdict:
    """`X-Webhook-Secret`: hex of HMAC-SHA256 over the body, keyed with the secret's text."""
    given = headers[_SIMPLE].lower().removeprefix("sha256=")
    matched = None
    for index, text in enumerate(secrets):
        expected = hmac.new(_bytes(text), body, hashlib.sha256).hexdigest()
        if hmac.compare_digest(expected.encode(), _bytes(given)) and matched is None:
            matched = index
    if matched is None:
        return Verdict(401, "bad-signature", "simple")
    return _body(secrets, headers, body, "simple", matched)


def _body_key(secrets: list[str], headers: dict[str, str], body: bytes) -> Verdict:
    """`key` at the top of a JSON object, for devices that can do no better."""
    kind, value = parse(body, form_allowed=False)
    given = value.get("key") if kind == "json" and isinstance(value, dict) else None
    if not isinstance(given, str):
        return Verdict(401, "no-credentials")
    matched = None
    for index, text in enumerate(secrets):
        if hmac.compare_digest(_bytes(text), _bytes(given.removeprefix(_PREFIX))) and matched is None:
            matched = index
    if matched is None:
        return Verdict(401, "bad-key", "key")
    return _body(secrets, headers, without_key(value), "key", matched)


def _body(
    secrets: list[str], headers: dict[str, str], body: bytes, mode: Mode, matched: int, message_id: str | None = None
) -> Verdict:
    """The body of a request that may come in: an object, an array, or what its content type calls a form."""
    kind, value = parse(body, form_allowed=False)
    if kind == "empty":
        return Verdict(400, "empty-body", mode, message_id, matched)
    kept = without_secrets(body, secrets)
    if not _is_form(headers) and not (kind == "json" and isinstance(value, dict | list)):
        return Verdict(400, "bad-body", mode, message_id, matched, kept)
    return Verdict(200, "ok", mode, message_id, matched, kept)


def _is_form(headers: dict[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def _decoded(secret: str) -> bytes | None:
    """The bytes of a secret; None when it is no base64."""
    try:
        return base64.b64decode(secret + "=" * (-len(secret) % 4), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _bytes(text: Any) -> bytes:
    return str(text).encode("utf-8", "surrogatepass")
