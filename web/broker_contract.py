"""What brokers ask: the HTTP contract of EMQX that says who may connect and do what; the embedded one speaks it too."""

import hmac
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request

from data import settings
from data.errors import StorageUnavailable
from services.ingestion import broker_accounts

blueprint = Blueprint("broker_contract", __name__, url_prefix="/api/mqtt")


@blueprint.before_request
def _only_brokers() -> Any:
    given = request.headers.get("X-Ampra-Internal-Token", "")
    if not hmac.compare_digest(given.encode(), settings.get().internal_token.encode()):
        return jsonify(error="this address is for the broker"), 401
    return None


@blueprint.errorhandler(StorageUnavailable)
def _away(_error: StorageUnavailable) -> Any:
    # Not a verdict: brokers fall back to what they know or ask again.
    return jsonify(error="the store does not answer just now"), 503


@blueprint.post("/auth")
def authenticate() -> Any:
    """Say whether a client may connect with its id, user name and password."""
    asked = _asked()
    allowed = broker_accounts.may_connect(
        asked("clientid"), asked("username"), asked("password"), datetime.now(UTC)
    )
    return jsonify(result="allow" if allowed else "deny", is_superuser=False)


@blueprint.post("/acl")
def authorise() -> Any:
    """Say whether a connected client may publish to or subscribe to a topic."""
    asked = _asked()
    allowed = broker_accounts.may_use(asked("username"), asked("action"), asked("topic"), datetime.now(UTC))
    return jsonify(result="allow" if allowed else "deny")


@blueprint.post("/sessions")
def sessions() -> Any:
    """Say which of the open sessions must end, because their key was revoked or their source is gone or inactive."""
    body = request.get_json(silent=True)
    listed = body.get("sessions", []) if isinstance(body, dict) else []
    pairs = [
        (str(each.get("username", "")), str(each.get("fingerprint", ""))) for each in listed if isinstance(each, dict)
    ]
    return jsonify(revoked=sorted(broker_accounts.revoked(pairs, datetime.now(UTC))))


def _asked() -> Any:
    body = request.get_json(silent=True)
    values = body if isinstance(body, dict) else request.form
    return lambda name: str(values.get(name) or "")
