"""What an upload holds."""

import base64
import binascii

from services.errors import Invalid


def content_of(sent: str, field: str) -> bytes:
    """Return the bytes of what a browser sent as a data address; raises Invalid."""
    try:
        return base64.b64decode(sent.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise Invalid({field: "could not be read; please choose it again"}) from None
