"""The Excel file of a source's returns, for those who may see the source."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, jsonify, send_file

from data.errors import StorageUnavailable
from services.errors import NotFound
from services.people.viewer import current

blueprint = Blueprint("returns_files", __name__)


@blueprint.get("/export/returns/<source_id>")
def workbook(source_id: str) -> Any:
    """Answer with the workbook; 404 for what does not exist or is somebody else's."""
    # Only here: the writer of workbooks takes 8 MB of each process, and few people ask for one.
    from services.returns import workbook as returns_workbook

    try:
        name, content = returns_workbook.workbook_file(current(), source_id, datetime.now(UTC))
    except NotFound:
        return jsonify(error="there is no such source"), 404
    except StorageUnavailable:
        return jsonify(error="the database does not answer just now; please try again in a moment"), 503
    answer = send_file(BytesIO(content), mimetype=returns_workbook.MEDIA_TYPE, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
