"""The edge: what every answer carries, whom it believes, and how much it takes."""

import re
from collections.abc import Iterator
from types import ModuleType

import pytest
from flask import request
from flask.testing import FlaskClient

from data import settings
from tests.web.conftest import Person
from web.server import LARGEST_BODY_BYTES, create_server

ANY_ID = "00000000-0000-4000-8000-000000000000"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}  # fmt: skip
SECURE = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "sun.example.org"}


def _addresses(app: ModuleType) -> Iterator[tuple[str, str]]:
    app.app._setup_server()
    for rule in app.server.url_map.iter_rules():
        values = {name: ANY_ID if "id" in name else "x" for name in rule.arguments}
        path = str(rule.build(values, append_unknown=False)[1])
        yield from ((method, path) for method in METHODS & set(rule.methods or ()))


def test_every_route_answers_with_every_header(app: ModuleType, alice: Person, stranger: FlaskClient) -> None:
    tried = 0
    for method, path in _addresses(app):
        if path == "/sign-out":
            continue
        for client in (stranger, alice.client):
            answer = client.open(path, method=method, headers={"Accept": "text/html"})
            tried += 1
            missing = {name for name, value in ALWAYS.items() if answer.headers.get(name) != value}
            # A page whose address is its secret tells it to nobody.
            if answer.headers.get("Referrer-Policy") == "no-referrer":
                missing -= {"Referrer-Policy"}
            # A page that its owner lets others frame says so in its policy instead.
            if "frame-ancestors 'none'" not in answer.headers.get("Content-Security-Policy", "frame-ancestors 'none'"):
                missing -= {"X-Frame-Options"}
            assert missing == set(), (method, path)
            assert answer.headers["X-Request-ID"], (method, path)
            assert "Server" not in answer.headers
            if answer.mimetype == "text/html":
                policy = answer.headers["Content-Security-Policy"]
                assert "unsafe-eval" not in policy
                assert "'unsafe-inline'" not in re.search(r"script-src[^;]*", policy)[0]  # type: ignore[index]
            if answer.mimetype in {"text/html", "application/json"} and answer.status_code == 200:
                assert answer.headers.get("Cache-Control"), (method, path)
    assert tried > 80


@pytest.fixture
def behind(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings of a server behind proxies, set by the test."""
    yield monkeypatch
    monkeypatch.undo()
    settings.get.cache_clear()


def _seen(hops: int, patch: pytest.MonkeyPatch, headers: dict[str, str]) -> tuple[str | None, str, str, str]:
    patch.setenv("AMPRA_TRUSTED_PROXIES", str(hops))
    patch.setenv("AMPRA_WEB_URL", "https://sun.example.org")
    settings.get.cache_clear()
    server = create_server(settings.get())
    server.view_functions["health.alive"] = lambda: f"{request.remote_addr} {request.scheme} {request.host}"
    answer = server.test_client().get("/healthz", headers=headers)
    address, scheme, host = answer.text.split(" ")
    return answer.headers.get("Strict-Transport-Security"), address, scheme, host


def test_without_a_proxy_nobody_is_believed(behind: pytest.MonkeyPatch) -> None:
    assert _seen(0, behind, SECURE) == (None, "127.0.0.1", "http", "localhost")


def test_behind_one_proxy_what_it_says_is_believed(behind: pytest.MonkeyPatch) -> None:
    assert _seen(1, behind, SECURE) == ("max-age=31536000", "203.0.113.9", "https", "sun.example.org")


def test_what_a_client_says_of_itself_through_the_proxies_is_not(behind: pytest.MonkeyPatch) -> None:
    forged = {**SECURE, "X-Forwarded-For": "10.0.0.1, 203.0.113.9"}
    assert _seen(1, behind, forged)[1] == "203.0.113.9"
    assert _seen(2, behind, {**forged, "X-Forwarded-For": "6.6.6.6, 203.0.113.9, 192.0.2.1"})[1] == "203.0.113.9"


def test_cookies_are_only_sent_over_tls(behind: pytest.MonkeyPatch) -> None:
    behind.setenv("AMPRA_WEB_URL", "https://sun.example.org")
    settings.get.cache_clear()
    assert create_server(settings.get()).config["SESSION_COOKIE_SECURE"] is True


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/forgotten"])
def test_a_body_beyond_the_limit_is_refused_unread(stranger: FlaskClient, path: str) -> None:
    body = b"email=" + b"a" * LARGEST_BODY_BYTES
    answer = stranger.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
