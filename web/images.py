"""Images of sources and groups, for those who may see what they belong to."""

from typing import Any

from flask import Blueprint, jsonify, make_response

from data.errors import StorageUnavailable
from services.errors import NotFound
from services.people.viewer import current
from services.sources import images

blueprint = Blueprint("images", __name__)
_YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/image/<kind>/<owner_id>/<name>")
def show(kind: str, owner_id: str, name: str) -> Any:
    """Answer with the image; its name changes with its content, so browsers may keep it, but nobody between."""
    try:
        content = images.read(current(), kind, owner_id, name)
    except NotFound:
        return jsonify(error="there is no such image"), 404
    except StorageUnavailable:
        return jsonify(error="the object store does not answer just now; please try again in a moment"), 503
    answer = make_response(content)
    answer.mimetype = images.MEDIA_TYPE
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR_SECONDS}, immutable"
    answer.set_etag(name.removesuffix(".webp"))
    return answer
