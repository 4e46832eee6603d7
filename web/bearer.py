"""Bearer tokens: how programs show who they are at the REST API, and only there."""

from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context, jsonify, request

from data.errors import StorageUnavailable
from services.errors import TooMany
from services.people import api_tokens
from services.people.accounts import Account

_SCHEME = "bearer "
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_shown() -> bool:
    """Return whether the request is one to the REST API that shows a token; elsewhere tokens count for nothing."""
    is_api = (request.endpoint or "").startswith("api.")
    return is_api and request.headers.get("Authorization", "")[: len(_SCHEME)].lower() == _SCHEME


def holder() -> Account | None:
    """Return the account whose token the request showed, once it was checked."""
    return getattr(g, "token_holder", None) if has_request_context() else None


def check() -> Any:
    """Check the token and what it may; returns None where the request may go on, else the answer."""
    token = request.headers["Authorization"][len(_SCHEME) :].strip()
    try:
        found = api_tokens.holder_of(token, datetime.now(UTC))
    except StorageUnavailable:
        return jsonify(error="the database does not answer just now; please try again in a moment"), 503
    except TooMany as error:
        return jsonify(error=str(error)), 429, {"Retry-After": str(error.retry_after)}
    if found is None:
        answer = {"error": "this token does not hold (any more)"}
        return jsonify(answer), 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if found.scope != "write" and request.method not in _READS:
        answer = {"error": "this token may only read"}
        return jsonify(answer), 403, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
    g.token_holder = found.account
    return None
