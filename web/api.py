"""The REST API: sources, readings, day energies and dynamic prices, for programs with a token and signed-in people."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request

from data.errors import StorageUnavailable
from services.errors import Forbidden, Invalid, NotFound
from services.people.viewer import current
from services.returns import price_api
from services.rollups import retention_api
from services.telemetry import api_views
from web import openapi

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
_RETRY_SECONDS = "10"


@blueprint.get("/openapi.json")
def description() -> Any:
    """Describe this API."""
    return jsonify(openapi.document())


@blueprint.get("/sources")
def list_sources() -> Any:
    """List the sources one may see."""
    return jsonify(sources=api_views.sources(current()))


@blueprint.get("/sources/<source_id>")
def show_source(source_id: str) -> Any:
    """Show one source."""
    return jsonify(api_views.source(current(), source_id))


@blueprint.get("/sources/<source_id>/latest")
def show_latest(source_id: str) -> Any:
    """Show the newest value of each field."""
    return jsonify(api_views.latest(current(), source_id))


@blueprint.get("/sources/<source_id>/readings")
def list_readings(source_id: str) -> Any:
    """List means of fields over a range."""
    return jsonify(api_views.readings(current(), source_id, request.args))


@blueprint.post("/sources/<source_id>/readings")
def add_readings(source_id: str) -> Any:
    """Take in readings."""
    body = request.get_data()
    return jsonify(api_views.take_reading(current(), source_id, body, request.content_type, datetime.now(UTC)))


@blueprint.get("/sources/<source_id>/days")
def list_days(source_id: str) -> Any:
    """List the energies of local days."""
    return jsonify(api_views.days(current(), source_id, request.args))


@blueprint.get("/sources/<source_id>/retention")
def show_retention(source_id: str) -> Any:
    """Show for how long telemetry is kept."""
    return jsonify(retention_api.shown(current(), source_id))


@blueprint.put("/sources/<source_id>/retention")
def set_retention(source_id: str) -> Any:
    """Set for how long telemetry is kept."""
    return jsonify(retention_api.put(current(), source_id, request.get_data(), datetime.now(UTC)))


@blueprint.get("/sources/<source_id>/hourly-prices")
def list_hourly_prices(source_id: str) -> Any:
    """List dynamic prices over a range."""
    return jsonify(price_api.listed(current(), source_id, request.args))


@blueprint.post("/sources/<source_id>/hourly-prices")
def add_hourly_prices(source_id: str) -> Any:
    """Take in dynamic prices."""
    return jsonify(price_api.take(current(), source_id, request.get_data(), request.args, datetime.now(UTC)))


@blueprint.errorhandler(NotFound)
def _not_found(error: NotFound) -> Any:
    return jsonify(error=str(error)), 404


@blueprint.errorhandler(Forbidden)
def _forbidden(error: Forbidden) -> Any:
    return jsonify(error=str(error)), 403


@blueprint.errorhandler(Invalid)
def _invalid(error: Invalid) -> Any:
    return jsonify(error="please check what you sent", fields=error.errors), 400


@blueprint.errorhandler(StorageUnavailable)
def _away(_error: StorageUnavailable) -> Any:
    answer = {"error": "the database does not answer just now; please try again in a moment"}
    return jsonify(answer), 503, {"Retry-After": _RETRY_SECONDS}
