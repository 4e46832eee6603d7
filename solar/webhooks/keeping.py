"""What of a request's body may be kept: the same data without the key it came with."""

from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from solar.normalise.redaction import kept

_HIDDEN = b"***"
_SHORTEST = 8


def without_key(value: dict[str, Any]) -> bytes:
    """A JSON object as bytes, without the `key` at its top."""
    return orjson.dumps(kept({name: child for name, child in value.items() if name != "key"}))


def without_secrets(body: bytes, secrets: list[str]) -> bytes:
    """The body with every place overwritten where one of the source's own secrets stands, also as a form writes it."""
    for secret in secrets:
        if len(secret) < _SHORTEST:
            continue
        for text in {secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/")}:
            body = body.replace(text.encode("utf-8", "surrogatepass"), _HIDDEN)
    return body
