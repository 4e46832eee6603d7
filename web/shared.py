"""Shared pages: what a public link shows, to whoever has it, read-only and apart from the application."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Protocol

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request

from data import settings
from data.errors import StorageUnavailable
from services.sharing import shown as shared
from services.sharing.shown import Shown, ShownSource
from web import shared_answers
from web.forms import AWAY, message
from web.shared_answers import Answer

blueprint = Blueprint("shared", __name__)
POLL_SECONDS = 8
KIOSK_SECONDS = 20
SCHEMES = ("light", "dark")
_YEAR_SECONDS = 365 * 24 * 3600
GONE = "This page is not here"
_GONE_WORDS = (
    "The link is not complete, or its owner does not share this any more. Ask whoever gave it to you for a new one."
)


class Views(Protocol):
    """What shared pages look like; the composition root brings it, since pages and the edge do not know each other."""

    def frame(self, shown: Shown, source: ShownSource | None, now: datetime) -> dict[str, Any]: ...
    def live(self, shown: Shown, source: ShownSource | None, now: datetime) -> dict[str, Any] | None: ...
    def view(self, shown: Shown, source: ShownSource, name: str, scheme: str, now: datetime) -> Any: ...
    def facts(self, shown: Shown, now: datetime) -> Any: ...
    def badge(self, shown: Shown, now: datetime) -> str | None: ...
    def picture(self, shown: Shown, now: datetime) -> bytes: ...


class _Refused(Exception):
    def __init__(self, answer: Any) -> None:
        super().__init__("this request gets another answer")
        self.answer = answer


_views: list[Views] = []


def show_by(views: Views) -> None:
    """Install what shared pages look like; without it no link shows anything."""
    _views[:] = [views]


@blueprint.before_request
def _be_nobody() -> None:
    # Whoever is signed in here too gets what everybody gets: the same answer is kept for all.
    g.has_decimal_comma = False


@blueprint.after_request
def _add_headers(answer: Response) -> Response:
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    if not getattr(g, "is_indexed", False):
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@blueprint.errorhandler(_Refused)
def _refused(error: _Refused) -> Any:
    return error.answer


@blueprint.errorhandler(StorageUnavailable)
def _away(_error: StorageUnavailable) -> Any:
    if request.endpoint == "shared.page":
        return message("One moment", AWAY, status=503)
    return jsonify(error=AWAY), 503


@blueprint.get("/shared/<token>")
def page(token: str) -> Any:
    """Answer with the page of a link."""
    shown, source, views, now = _open(token, is_visit=request.method == "GET")
    frame = views.frame(shown, source, now)
    names = [each["name"] for each in frame["views"]]
    wanted = request.args.get("view")
    address = f"{settings.get().web_url}/shared/{token}"
    answer = make_response(render_template(
        "shared.html", shown=shown, source=source, sources=shown.sources, frame=frame,
        chosen=wanted if wanted in names else (names[0] if names else ""),
        is_kiosk=request.args.get("kiosk") == "1", is_inside=_comes_inside(shown), address=address,
        poll_seconds=POLL_SECONDS, kiosk_seconds=KIOSK_SECONDS, plotly=f"/shared-files/{plotly_name()}",
        path=f"/shared/{token}",
    ))  # fmt: skip
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _comes_inside(shown: Shown) -> bool:
    """Whether the page stands in a frame on a site that its owner lists."""
    return bool(shown.embedding_sites) and request.headers.get("Sec-Fetch-Dest") == "iframe"


@blueprint.get("/shared/<token>/live.json")
def live(token: str) -> Any:
    """Answer with what changed: asked every few seconds by open pages."""
    shown, source, views, now = _open(token)
    return _kept("json", (token, "live", source.key if source else ""), shown, lambda: views.live(shown, source, now))


@blueprint.get("/shared/<token>/view.json")
def view(token: str) -> Any:
    """Answer with one view: its HTML and its figures."""
    shown, source, views, now = _open(token)
    name, scheme = request.args.get("view", ""), request.args.get("scheme", "light")
    if source is None or scheme not in SCHEMES:
        raise _Refused(_gone())
    known = {each["name"] for each in views.frame(shown, source, now)["views"]}
    if name not in known:
        raise _Refused(_gone())
    key = (token, "view", source.key, name, scheme)
    return _kept("json", key, shown, lambda: views.view(shown, source, name, scheme, now))


@blueprint.get("/shared/<token>/now.json")
def now_values(token: str) -> Any:
    """Answer with the newest values, for programs and other sites."""
    shown, _source, views, now = _open(token)
    answer = _kept("json", (token, "now"), shown, lambda: views.facts(shown, now), seconds=POLL_SECONDS)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.get("/shared/<token>/badge.svg")
def badge(token: str) -> Any:
    """Answer with the power now as a small picture, to be put on other sites."""
    shown, _source, views, now = _open(token)
    answer = _kept("svg", (token, "badge"), shown, lambda: views.badge(shown, now), seconds=POLL_SECONDS)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@blueprint.get("/shared/<token>/preview.png")
def picture(token: str) -> Any:
    """Answer with the picture that messengers show of the link."""
    shown, _source, views, now = _open(token)
    return _kept("png", (token, "picture"), shown, lambda: views.picture(shown, now), seconds=POLL_SECONDS)


@blueprint.get("/shared-files/<name>")
def file(name: str) -> Any:
    """Answer with the library that draws; its name has its version, so browsers keep it."""
    if name != plotly_name():
        return jsonify(error="there is no such file"), 404
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = make_response(_plotly_packed() if is_packed else _plotly())
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.mimetype = "text/javascript"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
    g.is_indexed = True
    return answer


# ---- the gate of a link ----------------------------------------------------------------------------------------------


def _open(token: str, *, is_visit: bool = False) -> tuple[Shown, ShownSource | None, Views, datetime]:
    """Return what a link shows, the source that is asked for (None: the first page of a group), and how it looks."""
    now = datetime.now(UTC)
    shown = shared.find(token, now) if _views else None
    if shown is None:
        if len(token) == shared.TOKEN_LENGTH and (wait := shared.seconds_to_wait_after_miss(request.remote_addr)):
            raise _Refused(_too_many(wait))
        raise _Refused(_gone())
    if wait := shared.seconds_to_wait(token, shown, now, is_visit=is_visit):
        raise _Refused(_too_many(wait))
    key = request.args.get("source")
    source = None if shown.is_group and not key else shown.source(key)
    if source is None and (key or not shown.is_group):
        raise _Refused(_gone())
    g.is_indexed, g.frame_ancestors = shown.is_indexed, shown.embedding_sites
    return shown, source, _views[0], now


def _gone() -> Any:
    """The same answer whatever is the matter: nobody learns whether a link ever was."""
    if request.endpoint in {"shared.page", None}:
        return message(GONE, _GONE_WORDS, status=404)
    return jsonify(error=GONE), 404


def _too_many(wait: int) -> Any:
    words = "Too many people look at this just now. Please try again in a moment."
    is_page = request.endpoint == "shared.page"
    answer = make_response(message("One moment", words, status=429) if is_page else (jsonify(error=words), 429))
    answer.headers["Retry-After"] = str(wait)
    return answer


_TYPES = {"json": "application/json", "svg": "image/svg+xml", "png": "image/png"}


def _kept(kind: str, key: tuple[str, ...], shown: Shown, make: Callable[[], Any], *, seconds: int = 0) -> Response:
    """Answer with what is kept of a key, made by `make` at most once a refresh; browsers ask again by its mark."""
    found = shared_answers.answer((*key, shown.mark), lambda: _bytes(make()))
    if found.body is None:
        raise _Refused(_gone())
    answer = _answer(found, _TYPES[kind])
    answer.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    answer.set_etag(found.mark)
    answer.headers["Vary"] = "Accept-Encoding"
    return answer.make_conditional(request)


def _answer(found: Answer, mimetype: str) -> Response:
    if found.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        answer = make_response(found.packed)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = make_response(found.body)
    answer.mimetype = mimetype
    return answer


def _bytes(made: Any) -> bytes | None:
    if made is None or isinstance(made, bytes):
        return made
    return made.encode() if isinstance(made, str) else json.dumps(made, separators=(",", ":")).encode()


@lru_cache(maxsize=1)
def plotly_name() -> str:
    """Return the name under which the library that draws is served."""
    return f"plotly-{version('plotly')}.js"


@lru_cache(maxsize=1)
def _plotly() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(maxsize=1)
def _plotly_packed() -> bytes:
    return gzip.compress(_plotly(), 6, mtime=0)
