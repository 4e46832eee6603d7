"""Registering, verifying, signing in with a second factor and resetting a password, over HTTP."""

import base64
import json
import re
import time
import zlib
from datetime import datetime, timedelta, tzinfo
from types import ModuleType

import pyotp
import pytest
from flask.testing import FlaskClient

from services.people import accounts, second_factor
from tests import posted, servers
from tests.web.conftest import PASSWORD, Person
from web import second_step

ADDRESS = "carol@example.org"
FORM = {"email": ADDRESS, "password": PASSWORD, "first_name": "Carol", "last_name": "Čapek"}
HTML = {"Accept": "text/html"}


def cookie_content(client: FlaskClient) -> dict[str, object]:
    """What the holder of a session cookie can read in it, without any key."""
    cookie = client.get_cookie("ampra_session")
    assert cookie is not None
    packed = cookie.value
    payload = packed.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return json.loads(zlib.decompress(raw) if packed.startswith(".") else raw)


def test_one_registers_verifies_and_is_signed_in(app: ModuleType, stranger: FlaskClient) -> None:
    assert stranger.get("/register").status_code == 200
    answer = stranger.post("/register", data=FORM)
    assert (answer.status_code, answer.location) == (302, "/verify")
    page = stranger.get("/verify").text
    assert ADDRESS in page
    assert "5 tries left" in page
    code = posted.newest_code(ADDRESS)
    wrong = stranger.post("/verify", data={"code": posted.another_code(code)})
    assert wrong.status_code == 400
    assert "4 tries left" in wrong.text
    assert stranger.get("/_dash-layout").status_code == 401
    answer = stranger.post("/verify", data={"code": code})
    assert (answer.status_code, answer.location) == (302, "/")
    assert stranger.get("/_dash-layout").status_code == 200
    assert stranger.get("/verify").location == "/"


def test_a_taken_address_gets_the_same_answers(app: ModuleType, alice: Person) -> None:
    taken, fresh = app.server.test_client(), app.server.test_client()
    pages = {}
    for name, client, email in (("taken", taken, "alice@example.org"), ("fresh", fresh, "alicf@example.org")):
        answers = [client.post("/register", data={**FORM, "email": email})]
        answers += [client.get("/verify"), client.post("/verify", data={"code": "12345"})]
        answers += [client.post("/verify/resend"), client.get("/verify")]
        pages[name] = [(each.status_code, each.location, re.sub("alic[ef]", "X", each.text)) for each in answers]
        content = cookie_content(client)["verifying"]
        assert isinstance(content, dict)
        assert {key: len(str(value)) for key, value in content.items()} == {"email": 17, "nonce": 32}
    assert pages["taken"] == pages["fresh"]


def test_a_taken_address_takes_the_same_least_time(app: ModuleType, alice: Person) -> None:
    for email in ("alice@example.org", "nobody@example.org"):
        started = time.monotonic()
        app.server.test_client().post("/register", data={**FORM, "email": email})
        assert time.monotonic() - started >= accounts.REFUSAL_SECONDS


def test_nothing_else_in_the_form_counts(stranger: FlaskClient) -> None:
    extra = {
        "is_email_verified": "true", "roles": "Overseer", "role": "Overseer", "id": "mine", "security_stamp": "mine",
        "two_factor_enabled": "true", "barred_at": "", "user_id": "x",
    }
    stranger.post("/register", data={**FORM, **extra})
    stranger.post("/verify", data={"code": posted.newest_code(ADDRESS), **extra})
    account = accounts.authenticate(ADDRESS, PASSWORD, servers.now())
    assert account is not None
    assert account.id != "mine"
    assert account.roles == {"User"}
    assert account.permissions == frozenset()


def test_what_is_wrong_is_said_at_its_field_and_the_password_is_not_shown(stranger: FlaskClient) -> None:
    answer = stranger.post("/register", data={**FORM, "email": "nothing", "password": "Password1"})
    assert answer.status_code == 400
    assert "must be an e-mail address" in answer.text
    assert "tried first" in answer.text
    assert "Password1" not in answer.text
    assert 'value="Carol"' in answer.text


def test_markup_in_what_people_type_stays_text(stranger: FlaskClient) -> None:
    answer = stranger.post("/register", data={**FORM, "first_name": '"><script>alert(1)</script>', "email": "x"})
    assert "<script>alert" not in answer.text


def test_who_is_not_verified_can_only_verify(app: ModuleType, stranger: FlaskClient) -> None:
    stranger.post("/register", data=FORM)
    other = app.server.test_client()
    answer = other.post("/sign-in", data={"email": ADDRESS, "password": PASSWORD, "next": "/settings"})
    assert answer.location == "/verify"
    assert other.get("/", headers=HTML).location == "/verify"
    assert other.get("/_dash-layout").status_code == 403
    assert other.post("/_dash-update-component", json={}).status_code == 403
    assert ADDRESS in other.get("/verify").text
    assert other.post("/verify", data={"code": posted.newest_code(ADDRESS)}).location == "/"
    assert other.get("/_dash-layout").status_code == 200


def test_an_unverified_session_does_not_outlive_another_registration(app: ModuleType, stranger: FlaskClient) -> None:
    stranger.post("/register", data={**FORM, "password": "Stranger-1"})
    stranger.post("/sign-in", data={"email": ADDRESS, "password": "Stranger-1"})
    assert stranger.get("/", headers=HTML).location == "/verify"
    app.server.test_client().post("/register", data=FORM)
    assert stranger.get("/", headers=HTML).location == "/sign-in"


def test_the_session_after_signing_in_is_another_one(app: ModuleType, alice: Person) -> None:
    client = app.server.test_client()
    client.post("/register", data=FORM)
    before = cookie_content(client)
    client.post("/sign-in", data={"email": "alice@example.org", "password": PASSWORD})
    first = cookie_content(client)
    client.post("/sign-in", data={"email": "alice@example.org", "password": PASSWORD})
    second = cookie_content(client)
    assert set(before) & set(first) == set()
    assert first["sid"] != second["sid"]


def test_a_cookie_kept_from_before_signing_out_is_worth_nothing(app: ModuleType, alice: Person) -> None:
    cookie = alice.client.get_cookie("ampra_session")
    assert cookie is not None
    alice.client.post("/sign-out")
    thief = app.server.test_client()
    thief.set_cookie("ampra_session", cookie.value)
    assert thief.get("/_dash-layout").status_code == 401


def test_a_second_factor_is_asked_for_before_anything_else(app: ModuleType, alice: Person) -> None:
    secret = second_factor.offer(alice.account).secret
    second_factor.confirm(alice.account.id, pyotp.TOTP(secret).now(), servers.now())
    client = app.server.test_client()
    wanted = {"email": "alice@example.org", "password": PASSWORD, "next": "/monitor/x"}
    answer = client.post("/sign-in", data=wanted)
    assert answer.location == "/sign-in/code"
    assert client.get("/_dash-layout").status_code == 401
    assert client.post("/sign-in/code", data={"code": "nonsense"}).status_code == 401
    code = pyotp.TOTP(secret).at(servers.now() + timedelta(seconds=30))
    answer = client.post("/sign-in/code", data={"code": code})
    assert (answer.status_code, answer.location) == (302, "/monitor/x")
    assert client.get("/_dash-layout").status_code == 200


def test_the_second_step_waits_five_minutes_and_no_longer(
    app: ModuleType, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = second_factor.offer(alice.account).secret
    second_factor.confirm(alice.account.id, pyotp.TOTP(secret).now(), servers.now())
    client, begun = app.server.test_client(), servers.now()
    client.post("/sign-in", data={"email": "alice@example.org", "password": PASSWORD})

    class Later(datetime):
        after = timedelta(0)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return begun + cls.after

    monkeypatch.setattr(second_step, "datetime", Later)
    Later.after = timedelta(minutes=4, seconds=50)
    assert client.get("/sign-in/code").status_code == 200
    Later.after = timedelta(minutes=5, seconds=10)
    assert client.get("/sign-in/code").location == "/sign-in"
    assert client.post("/sign-in/code", data={"code": "000000"}).location == "/sign-in"


def test_the_second_step_without_the_first_leads_nowhere(alice: Person, stranger: FlaskClient) -> None:
    assert stranger.get("/sign-in/code").location == "/sign-in"
    assert stranger.post("/sign-in/code", data={"code": "000000"}).location == "/sign-in"


def test_a_forgotten_password_is_set_anew_and_ends_sessions(app: ModuleType, alice: Person) -> None:
    client = app.server.test_client()
    for email in ("alice@example.org", "nobody@example.org"):
        answer = client.post("/forgotten", data={"email": email})
        assert answer.status_code == 200
        assert f"If {email} has an account" in answer.text
    link = posted.newest_link("alice@example.org")
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": "short"}).status_code == 400
    answer = client.post(link, data={"password": "Cloudy-day-8"})
    assert answer.location == "/sign-in?done=reset"
    assert alice.client.get("/_dash-layout").status_code == 401
    assert client.get(link).status_code == 404
    assert client.post(link, data={"password": "Cloudy-day-9"}).status_code == 404
    assert client.post("/sign-in", data={"email": "alice@example.org", "password": "Cloudy-day-8"}).status_code == 302


@pytest.mark.parametrize("token", ["x", "%00", "a" * 3000, "..", "%ff"])
def test_links_nobody_sent_lead_nowhere(stranger: FlaskClient, token: str) -> None:
    for room in ("reset", "new-address"):
        assert stranger.get(f"/{room}/{token}").status_code in {401, 404}
        assert stranger.post(f"/{room}/{token}", data={"password": PASSWORD}).status_code in {401, 404}


def test_one_address_cannot_try_for_ever(app: ModuleType, alice: Person, stranger: FlaskClient) -> None:
    wanted = {"email": "alice@example.org", "password": "Wrong-day-7"}
    answers = [stranger.post("/sign-in", data=wanted).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    unknown = [stranger.post("/sign-in", data={**wanted, "email": "a@x.org"}).status_code for _ in range(11)]
    assert unknown == answers


def test_one_network_address_cannot_try_for_ever(
    app: ModuleType, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "REFUSAL_SECONDS", 0)
    answers = [
        stranger.post("/sign-in", data={"email": f"{number}@x.org", "password": "Wrong-day-7"}) for number in range(61)
    ]
    assert [each.status_code for each in answers] == [401] * 60 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 300
    elsewhere = app.server.test_client()
    answer = elsewhere.post(
        "/sign-in", data={"email": "1@x.org", "password": "x"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/register", "/verify", "/verify/resend", "/forgotten", "/reset/x", "/new-address/x", "/sign-in",
        "/sign-in/code",
    ],
)  # fmt: skip
def test_other_sites_cannot_post_for_somebody(stranger: FlaskClient, path: str) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert stranger.post(path, data=FORM, headers=headers).status_code == 403
