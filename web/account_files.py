"""One's own data to take away, streamed as it is read."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from services.people import own_data
from services.people.viewer import current
from web import forms

blueprint = Blueprint("account_files", __name__)


@blueprint.get("/export/account")
def archive() -> Any:
    """Answer with the archive of the account that is signed in."""
    now = datetime.now(UTC)
    try:
        pieces = own_data.archive(current().account_id, now)
    except forms.EXPECTED as error:
        return forms.refusal(error)
    name = f"ampra-{now:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(pieces, mimetype="application/zip", headers=headers)
