"""How long browsers keep public files: for ever where the address names their version, and never with a cookie."""

import re
import sys
from pathlib import Path
from typing import Any

from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface

from data import settings
from web import gate

_ASSETS = "/assets/"
_SHARED = "shared"
_FOR_EVER = "public, max-age=31536000, immutable"
# Dash names a file of a package as `name.v1_2_3m1700000000.js`: the package's version and the file's time.
_VERSION = re.compile(r"\.v([\w-]+)m[0-9a-fA-F]+\.")


class _Sessions(SecureCookieSessionInterface):
    """Sessions that leave alone what is the same for all: a cookie must not lie in a cache, nor keep it out of one."""

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if not gate.is_public_file() and request.blueprint != _SHARED:
            super().save_session(app, session, response)


def install(server: Flask) -> None:
    """Say of every public file how long it may be kept."""
    server.session_interface = _Sessions()
    server.jinja_env.globals["asset"] = address_of
    server.after_request(_mark)


def address_of(name: str) -> str:
    """Return the address of an asset as Dash writes it too: with the time of its last change."""
    return f"{_ASSETS}{name}?m={_changed_at(name)}"


def _mark(response: Response) -> Response:
    if response.status_code in {200, 304} and gate.is_public_file() and _is_named_by_version():
        response.headers["Cache-Control"] = _FOR_EVER
    return response


def _is_named_by_version() -> bool:
    """Whether the address names what was answered; a server of another version must not be believed for a year."""
    if request.path.startswith(_ASSETS):
        asked = request.args.get("m", "")
        return asked != "" and asked == _changed_at(request.path.removeprefix(_ASSETS))
    values = request.view_args or {}
    package, path = str(values.get("package_name", "")), str(values.get("fingerprinted_path", ""))
    found = _VERSION.search(path.rpartition("/")[2])
    return found is not None and found[1] == re.sub(r"[^\w-]", "_", _version_of(package, check_fingerprint(path)[0]))


def _version_of(package: str, path: str) -> str:
    inner = sys.modules.get(f"{package}.{path.partition('/')[0]}")
    return str(getattr(inner or sys.modules.get(package), "__version__", ""))


def _changed_at(name: str) -> str:
    folder = settings.get().root / "assets"
    file = (folder / Path(name)).resolve()
    return str(file.stat().st_mtime) if file.is_relative_to(folder) and file.is_file() else ""
