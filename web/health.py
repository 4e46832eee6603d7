"""Health for supervisors and load balancers: alive, and ready; details for whoever may monitor."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify

from services import health, system_facts, system_state
from web import metrics

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Any:
    """Answer as long as the process can."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Any:
    """Answer 200 where both databases answer, else 503; every part is told to who shows the monitoring token."""
    if not metrics.shows_token():
        return _answer(health.is_ready())
    facts = system_facts.gather(datetime.now(UTC))
    parts = [
        {"name": each.name, "well": each.is_well, "says": each.sentence} for each in system_state.parts_of(facts)
    ]
    return _answer(facts.is_ready, parts=parts)


def _answer(is_ready: bool, **more: Any) -> Any:
    return jsonify(status="ok" if is_ready else "waiting", **more), 200 if is_ready else 503
