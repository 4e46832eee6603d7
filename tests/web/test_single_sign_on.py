"""Signing in by a real OpenID Connect server: there, back, and everything that must be refused on the way."""

from collections.abc import Iterator
from types import ModuleType
from urllib.parse import urlsplit

import httpx
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.people import accounts
from tests import oidc_server, servers
from tests.oidc_server import Provider
from tests.web.conftest import PASSWORD, Person

DORA = {"sub": "dora-17", "email": "dora@example.org", "email_verified": True, "given_name": "Dora"}


@pytest.fixture
def provider(app: ModuleType, stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with oidc_server.running() as running:
        monkeypatch.setenv("AMPRA_OIDC_ISSUER", running.issuer)
        monkeypatch.setenv("AMPRA_OIDC_CLIENT_ID", running.client_id)
        monkeypatch.setenv("AMPRA_OIDC_CLIENT_SECRET", running.client_secret)
        monkeypatch.setenv("AMPRA_OIDC_NAME", "Sign in with the house")
        servers.forget_settings()
        running.person = dict(DORA)
        yield running
        monkeypatch.undo()
    servers.forget_settings()


def there(client: FlaskClient, target: str = "/") -> str:
    """Go to the other server, sign in there, and return the address it sends back to."""
    answer = client.get("/sign-in/oidc", query_string={"next": target})
    assert answer.status_code == 302, answer.text
    back = httpx.get(answer.location, follow_redirects=False)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def round_trip(client: FlaskClient, target: str = "/") -> TestResponse:
    return client.get(there(client, target), headers={"Sec-Fetch-Site": "cross-site"})


def test_somebody_new_gets_an_account_and_comes_again(provider: Provider, stranger: FlaskClient) -> None:
    answer = round_trip(stranger, "/monitor/x")
    assert (answer.status_code, answer.location) == (302, "/monitor/x")
    assert stranger.get("/_dash-layout").status_code == 200
    provider.person["email"] = "changed@example.org"
    stranger.post("/sign-out")
    round_trip(stranger)
    with_same = servers.fetch("SELECT count(*), max(email) FROM users")
    assert with_same == [(1, "dora@example.org")]


def test_the_form_offers_it_only_where_it_is_set(provider: Provider, stranger: FlaskClient) -> None:
    assert "Sign in with the house" in stranger.get("/sign-in").text


def test_without_the_setting_there_is_nothing(app: ModuleType, stranger: FlaskClient) -> None:
    assert "oidc" not in stranger.get("/sign-in").text
    assert stranger.get("/sign-in/oidc").status_code == 404
    assert stranger.get("/sign-in/oidc/callback").status_code == 404


def test_an_account_is_never_joined_by_its_address_alone(provider: Provider, stranger: FlaskClient) -> None:
    accounts.create_user("dora@example.org", PASSWORD, "", "", roles=("Overseer",), is_email_verified=True)
    answer = round_trip(stranger)
    assert answer.status_code == 403
    assert "connect it in the settings" in answer.text
    assert stranger.get("/_dash-layout").status_code == 401


def test_who_is_signed_in_connects_and_signs_in_by_it_afterwards(
    app: ModuleType, provider: Provider, alice: Person
) -> None:
    assert round_trip(alice.client).location == "/settings"
    client = app.server.test_client()
    assert round_trip(client).location == "/"
    assert servers.fetch("SELECT count(*) FROM users") == [(1,)]


def test_a_sign_in_belongs_to_one_account(provider: Provider, alice: Person, bob: Person) -> None:
    round_trip(alice.client)
    answer = round_trip(bob.client)
    assert answer.status_code == 403
    assert servers.fetch("SELECT user_id FROM user_logins") == [(alice.account.id,)]


@pytest.mark.parametrize("wrong", ["state", "nonce", "audience", "issuer", "expired", "signature", "denied"])
def test_what_the_other_server_gets_wrong_is_refused(provider: Provider, stranger: FlaskClient, wrong: str) -> None:
    provider.wrong = wrong
    assert round_trip(stranger).status_code == 401
    assert stranger.get("/_dash-layout").status_code == 401
    assert servers.fetch("SELECT count(*) FROM users") == [(0,)]


@pytest.mark.parametrize("name", ["one", "two"])
def test_new_keys_of_the_other_server_are_fetched(provider: Provider, stranger: FlaskClient, name: str) -> None:
    assert round_trip(stranger).status_code == 302
    provider.change_key(name)
    assert round_trip(stranger).status_code == 302
    assert stranger.get("/_dash-layout").status_code == 200


def test_an_answer_for_another_browser_is_refused(
    app: ModuleType, provider: Provider, stranger: FlaskClient
) -> None:
    address = there(stranger)
    other = app.server.test_client()
    assert other.get(address).location == "/sign-in"
    assert other.get("/_dash-layout").status_code == 401


@pytest.mark.parametrize("change", [{"email_verified": False}, {"email_verified": "true"}, {"email": "nothing"}])
def test_an_address_that_is_not_proved_makes_no_account(
    provider: Provider, stranger: FlaskClient, change: dict[str, object]
) -> None:
    provider.person.update(change)
    assert round_trip(stranger).status_code == 403
    assert servers.fetch("SELECT count(*) FROM users") == [(0,)]


def test_where_registration_is_closed_nobody_new_comes_in(
    provider: Provider, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPRA_REGISTRATION", "closed")
    servers.forget_settings()
    assert round_trip(stranger).status_code == 403


def test_it_never_leads_to_another_site(provider: Provider, stranger: FlaskClient) -> None:
    assert round_trip(stranger, "//evil.example").location == "/"


def test_a_server_that_is_away_is_said(
    provider: Provider, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPRA_OIDC_ISSUER", "http://127.0.0.1:9")
    servers.forget_settings()
    answer = stranger.get("/sign-in/oidc")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
