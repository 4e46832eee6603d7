"""Files of telemetry over HTTP: exports as they are made, and history that is brought, tried and taken in."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, request

from data.errors import StorageUnavailable
from services.errors import Forbidden, Invalid, NotFound
from services.imports import steps as imports
from services.people import viewer
from services.telemetry import exports

blueprint = Blueprint("telemetry_files", __name__, url_prefix="/telemetry/<source_id>")
LARGEST_FILE_BYTES = 200 * 1024 * 1024
_FIRST, _LAST = date(1990, 1, 1), date(2199, 12, 31)


def _answered(view: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the errors of use cases into answers with one sentence."""

    @wraps(view)
    def answer(**values: str) -> Any:
        try:
            return view(**values)
        except NotFound as error:
            return jsonify(error=str(error)), 404
        except Forbidden as error:
            return jsonify(error=str(error)), 403
        except Invalid as error:
            return jsonify(error="please check what was sent", errors=error.errors), 422
        except StorageUnavailable:
            return jsonify(error="the store does not answer just now; please try again"), 503

    return answer


@blueprint.get("/export")
@_answered
def export(source_id: str) -> Any:
    """Send telemetry of a range of local dates as a file: `level`, `format`, `from` and `to`."""
    asked = request.args
    made = exports.export(
        viewer.current(),
        source_id,
        asked.get("level", "days"),
        asked.get("format", "csv"),
        _date("from", _FIRST),
        _date("to", _LAST),
        datetime.now(UTC),
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"', "Cache-Control": "no-store"}
    return Response(made.chunks, content_type=made.content_type, headers=headers)


def _date(name: str, default: date) -> date:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise Invalid({name: "must be a date such as 2026-06-21"}) from None


@blueprint.post("/uploads")
@_answered
def upload(source_id: str) -> Any:
    """Take a CSV or Excel file (`file` of a form) and say what it seems to hold."""
    request.max_content_length = LARGEST_FILE_BYTES
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid({"file": "must be a CSV file or an Excel workbook (.xlsx)"})
    found = imports.upload(viewer.current(), source_id, file.filename, file.stream, datetime.now(UTC))
    sample = [[None if cell is None else str(cell) for cell in row] for row in found.sample]
    return jsonify(
        uploadId=found.upload_id, fileName=found.file_name, header=found.header, sample=sample,
        suggestion=found.suggestion.as_json(),
    )  # fmt: skip


@blueprint.post("/imports")
@_answered
def start(source_id: str) -> Any:
    """Begin to take in a file that was brought, by a plan: `uploadId`, `plan`, and `dry` to only say what changes."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("plan"), dict):
        raise Invalid({"plan": "must say what the columns mean"})
    upload_id, is_dry = str(asked.get("uploadId", "")), asked.get("dry") is True
    record = imports.start(viewer.current(), source_id, upload_id, asked["plan"], datetime.now(UTC), dry=is_dry)
    return jsonify(_shown(record)), 202


@blueprint.get("/imports")
@_answered
def listed(source_id: str) -> Any:
    """List the newest imports."""
    return jsonify(imports=[_shown(each) for each in imports.newest(viewer.current(), source_id)])


@blueprint.get("/imports/<import_id>")
@_answered
def progress(source_id: str, import_id: str) -> Any:
    """Say how far an import has come."""
    return jsonify(_shown(imports.progress(viewer.current(), source_id, import_id)))


def _shown(record: Any) -> dict[str, Any]:
    values = asdict(record)
    return {
        "id": str(values["id"]), "kind": values["kind"], "state": values["state"], "fileName": values["file_name"],
        "dry": values["plan"]["dry"], "rowsTotal": values["rows_total"], "rowsDone": values["rows_done"],
        "counts": values["counts"], "error": values["error"], "createdAt": values["created_at"].isoformat(),
        "finishedAt": values["finished_at"].isoformat() if values["finished_at"] else None,
    }  # fmt: skip
