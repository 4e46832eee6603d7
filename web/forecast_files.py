"""CSV files of a source's forecast and its scores, for those who may see the source."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from data.errors import StorageUnavailable
from services.errors import Invalid, NotFound
from services.forecast import exports
from services.people.viewer import current

blueprint = Blueprint("forecast_files", __name__)


@blueprint.get("/export/forecast/<source_id>/<kind>")
def file(source_id: str, kind: str) -> Any:
    """Answer with a file; 404 for what does not exist or is somebody else's."""
    try:
        name, content = exports.csv_file(current(), source_id, kind, datetime.now(UTC))
    except NotFound as error:
        return jsonify(error=str(error)), 404
    except Invalid as error:
        return jsonify(error="please check what was asked for", errors=error.errors), 422
    except StorageUnavailable:
        return jsonify(error="the database does not answer just now; please try again in a moment"), 503
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)
