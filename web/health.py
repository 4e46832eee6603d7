"""Health for supervisors and load balancers: alive, and ready with the state of each store."""

from typing import Any

from flask import Blueprint, jsonify

from services import health

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Any:
    """Answer as long as the process can."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Any:
    """Answer 200 where every store answers, else 503, each named."""
    stores = health.stores()
    good = all(stores.values())
    return jsonify(status="ok" if good else "waiting", stores=stores), 200 if good else 503
