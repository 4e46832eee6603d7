"""The gate: one check before every request, which denies whatever is not listed here as public."""

from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, jsonify, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from data.errors import StorageUnavailable
from services import accounts, viewer
from services.accounts import Account

# Machines bring their own credentials to these, so neither session nor cross-site rules apply.
MACHINE_ENDPOINTS = frozenset(
    {"webhook.receive", "broker_contract.authenticate", "broker_contract.authorise", "broker_contract.sessions"}
)
PUBLIC_ENDPOINTS = MACHINE_ENDPOINTS | {"sign_in.show", "sign_in.enter", "health.alive", "health.ready"}
PUBLIC_PREFIXES = ("/assets/", "/_dash-component-suites/")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedIn(UserMixin):  # type: ignore[misc]
    """The account of a session, as flask-login wants it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return self.account.id

    @property
    def viewer(self) -> viewer.Viewer:
        account = self.account
        name = " ".join(part for part in (account.first_name, account.last_name) if part) or account.email
        return viewer.Viewer(account.id, name, account.email, frozenset(account.roles))


def install(server: Flask) -> None:
    """Put the gate in front of every route of the server, those of Dash included."""
    manager = LoginManager(server)
    manager.user_loader(_load)
    server.before_request(_check)
    viewer.set_finder(lambda: current_user.viewer if current_user.is_authenticated else None)


def enter(account: Account) -> None:
    """Begin a session for an account; what an older session held is dropped first."""
    session.clear()
    session.permanent = True
    session["stamp"] = account.security_stamp
    login_user(SignedIn(account))


def leave() -> None:
    """End the session."""
    logout_user()
    session.clear()


def local_path(target: str | None) -> str:
    """Return a path of this server to go on to, `/` for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or "\\" in target or any(ord(each) < 32 for each in target) else target


def _load(account_id: str) -> SignedIn | None:
    account = accounts.load(account_id)
    if account is None or session.get("stamp") != account.security_stamp:
        return None
    return SignedIn(account)


def _check() -> Any:
    if request.endpoint in MACHINE_ENDPOINTS:
        return None
    if request.method not in _SAFE_METHODS and _is_cross_site():
        return _refusal(403, "this request came from another site")
    if request.endpoint in PUBLIC_ENDPOINTS or (request.method in _SAFE_METHODS and _is_public_file()):
        return None
    try:
        known = current_user.is_authenticated
    except StorageUnavailable:
        return _refusal(503, "the database does not answer just now; please try again in a moment")
    return None if known else _ask_to_sign_in()


def _is_public_file() -> bool:
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
