"""The gate: strangers get nothing from any route or callback, and sessions end when they should."""

import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from data import settings
from tests import servers
from tests.web.conftest import PASSWORD, Person
from web import gate
from web.server import create_server

ANY_ID = "00000000-0000-4000-8000-000000000000"


def _path(rule: Rule) -> str:
    values = {name: ANY_ID if "id" in name else "x" for name in rule.arguments}
    return str(rule.build(values, append_unknown=False)[1])


def _guarded(app: ModuleType) -> list[tuple[str, str]]:
    return [
        (method, path)
        for rule in app.server.url_map.iter_rules()
        if rule.endpoint not in gate.PUBLIC_ENDPOINTS
        for path in [_path(rule)]
        if not path.startswith(gate.PUBLIC_PREFIXES)
        for method in sorted(rule.methods or ())
    ]


def test_a_stranger_gets_nothing_from_any_route(app: ModuleType, stranger: FlaskClient) -> None:
    guarded = _guarded(app)
    assert len(guarded) > 10
    for method, path in guarded:
        answer = stranger.open(path, method=method)
        assert answer.status_code in {302, 401}, (method, path, answer.status_code)
        if answer.status_code == 302:
            assert answer.location.startswith("/sign-in")


def test_a_stranger_gets_nothing_from_any_page(app: ModuleType, stranger: FlaskClient) -> None:
    import dash

    for page in dash.page_registry.values():
        for path in (page["path"], (page["path_template"] or page["path"]).replace("<source_id>", ANY_ID)):
            answer = stranger.get(path, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in"), path


def test_a_stranger_gets_nothing_from_any_callback(app: ModuleType, stranger: FlaskClient) -> None:
    outputs = list(app.app.callback_map)
    assert outputs
    for output in outputs:
        body = {"output": output, "inputs": [], "changedPropIds": [], "state": [], "outputs": []}
        assert stranger.post("/_dash-update-component", json=body).status_code == 401, output


def test_only_listed_routes_are_public(app: ModuleType) -> None:
    known = {rule.endpoint for rule in app.server.url_map.iter_rules()}
    assert known >= gate.PUBLIC_ENDPOINTS


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(alice: Person, stranger: FlaskClient) -> None:
    wrong = stranger.post("/sign-in", data={"email": "alice@example.org", "password": "Wrong-day-7"})
    unknown = stranger.post("/sign-in", data={"email": "alice@example.org"[1:], "password": "Wrong-day-7"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("alice@", "lice@") == unknown.text


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:1", "/\n/x"],
)
def test_sign_in_never_leads_to_another_site(alice: Person, stranger: FlaskClient, target: str) -> None:
    answer = stranger.post(
        "/sign-in", data={"email": "alice@example.org", "password": PASSWORD, "next": target}
    )
    assert (answer.status_code, answer.location) == (302, "/")


def test_sign_in_goes_on_to_where_one_wanted_to_go(alice: Person, stranger: FlaskClient) -> None:
    asked = stranger.get(f"/monitor/{ANY_ID}?range=week", headers={"Accept": "text/html"})
    assert asked.location == f"/sign-in?next=/monitor/{ANY_ID}%3Frange%3Dweek"
    form = stranger.get(asked.location).text
    assert f'value="/monitor/{ANY_ID}?range=week"' in form


def test_requests_from_other_sites_change_nothing(alice: Person) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
        assert alice.client.post("/sign-out", headers=headers).status_code == 403
    assert alice.client.get("/_dash-layout").status_code == 200


def test_signing_out_ends_the_session(alice: Person) -> None:
    assert alice.client.get("/_dash-layout").status_code == 200
    assert alice.client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
    assert alice.client.get("/_dash-layout").status_code == 401


def test_the_session_cookie_is_guarded(app: ModuleType, alice: Person, stranger: FlaskClient) -> None:
    answer = stranger.post("/sign-in", data={"email": "alice@example.org", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    ends = parsedate_to_datetime(re.findall(r"Expires=([^;]+)", cookie)[0])
    assert timedelta(days=7, minutes=-5) < ends - servers.now() <= timedelta(days=7)
    # Each answer puts the end off again.
    assert "Expires=" in stranger.get("/_dash-layout").headers["Set-Cookie"]


def test_behind_tls_the_cookie_is_for_tls_only(alice: Person) -> None:
    behind = create_server(replace(settings.get(), web_url="https://ampra.example")).test_client()
    answer = behind.post("/sign-in", data={"email": "alice@example.org", "password": PASSWORD})
    assert "Secure;" in answer.headers["Set-Cookie"]


def test_other_sites_cannot_press_anything(app: ModuleType, alice: Person) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = alice.client.post("/_dash-update-component", json={}, headers=headers)
        assert (answer.status_code, "another site" in answer.text) == (403, True)


def test_pages_carry_security_headers(stranger: FlaskClient) -> None:
    headers = stranger.get("/sign-in").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
