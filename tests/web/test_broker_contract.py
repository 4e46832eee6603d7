"""The contract with brokers that ask us, as EMQX sends it: explicit allow or deny, to nobody but the broker."""

import secrets
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from data import settings
from services.ingestion import credentials
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from tests import servers
from web.server import create_server


class Broker:
    """EMQX as docs/devices.md configures it, with one source's account."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
        values = {"name": "Roof", "connection_type": 0, "time_zone": "UTC"}
        made = sources.create_source(owner.id, values, datetime.now(UTC))
        self.id, self.key = made.record.id, made.secret
        self.user = f"src-{self.id}"

    def post(self, path: str, body: Any, token: str | None = None) -> Any:
        headers = {"X-Ampra-Internal-Token": settings.get().internal_token if token is None else token}
        return self.client.post(f"/api/mqtt/{path}", json=body, headers=headers)

    def connects(self, **changes: str) -> dict[str, Any]:
        answer = self.post("auth", {"clientid": self.user, "username": self.user, "password": self.key, **changes})
        assert answer.status_code == 200
        said: dict[str, Any] = answer.get_json()
        return said

    def may(self, action: str, topic: str, user: str | None = None) -> str:
        name = user or self.user
        answer = self.post("acl", {"clientid": name, "username": name, "action": action, "topic": topic})
        assert answer.status_code == 200
        return str(answer.get_json()["result"])


@pytest.fixture
def broker(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AMPRA_MQTT_URL", "mqtt://ampra-listener:its%20own@localhost:1883")
    settings.get.cache_clear()
    CACHE.forget()
    yield Broker(create_server(settings.get()).test_client())
    monkeypatch.undo()
    settings.get.cache_clear()


def test_a_source_connects_with_its_own_id_and_key_and_is_no_superuser(broker: Broker) -> None:
    assert broker.connects() == {"result": "allow", "is_superuser": False}


@pytest.mark.parametrize(
    "changes",
    [{"password": secrets.token_hex(32)}, {"password": ""}, {"clientid": "another"}, {"username": "src-"},
     {"username": "admin"}, {"username": ""}, {"username": "src-00000000-0000-4000-8000-000000000000"}],
    ids=str,
)
def test_everybody_else_is_denied_in_so_many_words(broker: Broker, changes: dict[str, str]) -> None:
    assert broker.connects(**changes)["result"] == "deny"


def test_another_source_s_key_is_denied(broker: Broker) -> None:
    owner = accounts.create_user("other@example.org", "Sunny-day-7", "", "")
    other = sources.create_source(owner.id, {"name": "R", "connection_type": 0, "time_zone": "UTC"}, datetime.now(UTC))
    assert broker.connects(password=other.secret)["result"] == "deny"


def test_the_listener_connects_with_the_password_of_its_url(broker: Broker) -> None:
    listener = {"clientid": "ampra-listener-2", "username": "ampra-listener"}
    assert broker.connects(**listener, password="its own")["result"] == "allow"
    assert broker.connects(**listener, password="another")["result"] == "deny"


@pytest.mark.parametrize(
    ("action", "topic", "result"),
    [
        ("publish", "ampra/sources/{id}/data", "allow"),
        ("publish", "ampra/sources/{id}/a/b/c", "allow"),
        ("publish", "ampra/sources/{id}", "deny"),
        ("publish", "ampra/sources/{id}/", "deny"),
        ("publish", "ampra/sources/{id}/#", "deny"),
        ("publish", "ampra/sources/00000000-0000-4000-8000-000000000000/data", "deny"),
        ("publish", "ampra/sources/{id}0/data", "deny"),
        ("publish", "$SYS/x", "deny"),
        ("subscribe", "ampra/sources/{id}/data", "deny"),
        ("subscribe", "ampra/sources/#", "deny"),
        ("subscribe", "#", "deny"),
        ("", "ampra/sources/{id}/data", "deny"),
    ],
)
def test_a_source_publishes_below_its_topic_and_does_nothing_else(
    broker: Broker, action: str, topic: str, result: str
) -> None:
    assert broker.may(action, topic.replace("{id}", str(broker.id))) == result


def test_the_listener_reads_what_sources_send_and_nothing_else(broker: Broker) -> None:
    assert broker.may("subscribe", "ampra/sources/#", "ampra-listener") == "allow"
    assert broker.may("subscribe", "$share/ampra/ampra/sources/#", "ampra-listener") == "allow"
    assert broker.may("subscribe", "#", "ampra-listener") == "deny"
    assert broker.may("publish", f"ampra/sources/{broker.id}/data", "ampra-listener") == "deny"
    assert broker.may("subscribe", "ampra/sources/#", "stranger") == "deny"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE sun_sources SET is_active = false", "UPDATE source_credentials SET revoked_at = now()",
     "DELETE FROM sun_sources"],
    ids=["switched off", "revoked", "deleted"],
)
def test_a_source_is_denied_within_five_seconds_connected_or_not(broker: Broker, statement: str) -> None:
    topic = f"ampra/sources/{broker.id}/data"
    assert (broker.connects()["result"], broker.may("publish", topic)) == ("allow", "allow")
    # Behind this process's back, as another would do it.
    servers.run_sql(settings.get().postgres_url, statement)
    time.sleep(5)
    assert (broker.connects()["result"], broker.may("publish", topic)) == ("deny", "deny")


def test_open_sessions_whose_key_was_revoked_are_named(broker: Broker) -> None:
    session = {"username": broker.user, "fingerprint": credentials.fingerprint(broker.key)}
    asked = {"sessions": [session, {"username": "src-unknown", "fingerprint": "x"}, "nonsense", {}]}
    assert broker.post("sessions", asked).get_json() == {"revoked": ["src-unknown"]}
    credentials.revoke(broker.id, "mqtt", datetime.now(UTC))
    assert broker.post("sessions", asked).get_json() == {"revoked": sorted([broker.user, "src-unknown"])}


@pytest.mark.parametrize("path", ["auth", "acl", "sessions"])
def test_nobody_without_the_broker_s_token_is_answered(broker: Broker, path: str) -> None:
    for token in ("", "wrong", "ö"):
        assert broker.post(path, {}, token).status_code == 401
    assert broker.client.post(f"/api/mqtt/{path}", json={}).status_code == 401


@pytest.mark.parametrize("body", [None, [], "text", 7, {"username": 7, "clientid": None, "password": {}}])
def test_nonsense_is_denied(broker: Broker, body: Any) -> None:
    assert broker.post("auth", body).get_json()["result"] == "deny"
    assert broker.post("acl", body).get_json()["result"] == "deny"
    assert broker.post("sessions", body).get_json() == {"revoked": []}
