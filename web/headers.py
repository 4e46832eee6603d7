"""Security headers of every answer; the content policy names each inline script of a page by its hash."""

import base64
import hashlib
import re
from collections.abc import Sequence

from flask import Flask, Response, g, request

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_YEAR_SECONDS = 365 * 24 * 3600


def install(server: Flask) -> None:
    """Add the headers to every answer of the server."""
    server.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    # Sites on which the owner of a shared page lets it stand in a frame.
    sites = getattr(g, "frame_ancestors", ())
    if not sites:
        headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_SECONDS}")
    if response.mimetype == "text/html" and not response.direct_passthrough:
        headers["Content-Security-Policy"] = _policy(response.get_data(), sites)
    # What a signed-in person saw must not come back from a cache after signing out.
    if "Cache-Control" not in headers and response.mimetype in {"text/html", "application/json"}:
        headers["Cache-Control"] = "no-store"
    return response


def _policy(page: bytes, sites: Sequence[str]) -> str:
    hashes = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(page)]
    framers = " ".join(sites) or "'none'"
    scripts = " ".join(["'self'", *(f"'sha256-{each}'" for each in hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {framers}"
    )
