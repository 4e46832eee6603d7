"""The gate: one check before every request, which denies whatever is not listed here as public."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Flask, Response, has_request_context, jsonify, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from data.errors import StorageUnavailable
from services import audit
from services.people import sessions, viewer
from services.people.accounts import Account
from web import bearer

# Machines bring their own credentials to these, so neither session nor cross-site rules apply.
MACHINE_ENDPOINTS = frozenset(
    {"webhook.receive", "broker_contract.authenticate", "broker_contract.authorise", "broker_contract.sessions"}
)
# What somebody may do who is signed in but has not proved the e-mail address.
VERIFY_ENDPOINTS = frozenset({"verify.show", "verify.check", "verify.resend", "sign_in.leave"})
PUBLIC_ENDPOINTS = MACHINE_ENDPOINTS | {
    "sign_in.show", "sign_in.enter", "second_step.show", "second_step.check", "health.alive", "health.ready",
    "metrics.show",
    "register.show", "register.apply", "verify.show", "verify.check", "verify.resend",
    "password_reset.show_forgotten", "password_reset.ask", "password_reset.show_reset", "password_reset.reset",
    "new_address.show", "new_address.use", "single_sign_on.begin", "single_sign_on.finish",
    "shared.page", "shared.live", "shared.view", "shared.now_values", "shared.badge", "shared.picture", "shared.file",
}
PUBLIC_PREFIXES = ("/assets/", "/_dash-component-suites/")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedIn(UserMixin):  # type: ignore[misc]
    """The account of a session, as flask-login wants it."""

    def __init__(self, account: Account, session_id: UUID) -> None:
        self.account, self.session_id = account, session_id

    def get_id(self) -> str:
        return self.account.id

    @property
    def viewer(self) -> viewer.Viewer:
        return viewer_of(self.account)


def viewer_of(account: Account) -> viewer.Viewer:
    """Return an account as the services see who is looking."""
    return viewer.Viewer(account.id, account.name, account.email, account.roles, account.permissions)


def install(server: Flask) -> None:
    """Put the gate in front of every route of the server, those of Dash included."""
    manager = LoginManager(server)
    manager.user_loader(_load)
    server.before_request(_check)
    viewer.set_finder(_find_viewer)
    sessions.set_edge(_session_id, _renew)
    audit.set_origin(lambda: request.remote_addr if has_request_context() else None)


def enter(account: Account) -> None:
    """Begin a session for an account; what an older session held is dropped first."""
    session.clear()
    session.permanent = True
    session_id = sessions.begin(account.id, request.headers.get("User-Agent"), datetime.now(UTC))
    session["sid"] = str(session_id)
    session["stamp"] = account.security_stamp
    login_user(SignedIn(account, session_id))


def leave() -> None:
    """End the session, in the database too: its cookie is worth nothing afterwards."""
    if current_user.is_authenticated:
        sessions.end(current_user.account.id, current_user.session_id)
    logout_user()
    session.clear()


def local_path(target: str | None) -> str:
    """Return a path of this server to go on to, `/` for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or "\\" in target or any(ord(each) < 32 for each in target) else target


def _load(account_id: str) -> SignedIn | None:
    known = sessions.find(session.get("sid", ""), session.get("stamp", ""), datetime.now(UTC))
    if known is None or known.account.id != account_id:
        return None
    return SignedIn(known.account, known.session_id)


def _session_id() -> UUID | None:
    return current_user.session_id if has_request_context() and current_user.is_authenticated else None


def _renew(stamp: str) -> None:
    session["stamp"] = stamp


def _find_viewer() -> viewer.Viewer | None:
    holder = bearer.holder()
    if holder is not None:
        return viewer_of(holder)
    return current_user.viewer if current_user.is_authenticated else None


def _check() -> Any:
    if request.endpoint in MACHINE_ENDPOINTS:
        return None
    if bearer.is_shown():
        return bearer.check()
    if request.method not in _SAFE_METHODS and _is_cross_site():
        return _refusal(403, "this request came from another site")
    if request.endpoint in PUBLIC_ENDPOINTS or (request.method in _SAFE_METHODS and is_public_file()):
        return None
    try:
        known = current_user.is_authenticated
    except StorageUnavailable:
        return _refusal(503, "the database does not answer just now; please try again in a moment")
    if not known:
        return _ask_to_sign_in()
    if not current_user.account.is_email_verified and request.endpoint not in VERIFY_ENDPOINTS:
        return redirect("/verify") if _wants_page() else _refusal(403, "please prove your e-mail address first")
    return None


def is_public_file() -> bool:
    """Return whether the request is for a file of ours or of a component library, which everybody may read."""
    return request.path.startswith(PUBLIC_PREFIXES)


def _is_cross_site() -> bool:
    """Tell by what browsers say of themselves; programs that send neither header carry no cookie to misuse."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _wants_page() -> bool:
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return request.method == "GET" and best == "text/html"


def _ask_to_sign_in() -> Any:
    if _wants_page():
        wanted = request.full_path.rstrip("?")
        return redirect("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted)}")
    return _refusal(401, "please sign in")


def _refusal(status: int, sentence: str) -> tuple[Response, int]:
    return jsonify(error=sentence), status
