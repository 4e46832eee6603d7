"""The webhook over HTTP against real stores: every answer it gives, and that nothing false gets in."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from data import arrivals, mongo, readings, settings
from services.ingestion import credentials, webhooks
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from tests import servers
from web import webhook as edge
from web.server import create_server

VECTORS = sorted((Path(__file__).parent.parent / "vectors" / "webhooks").glob("*.json"))


@pytest.fixture
def client(stores: dict[str, str]) -> FlaskClient:
    """A client of the server, without what is drawn on pages."""
    CACHE.forget()
    return create_server(settings.get()).test_client()


class Device:
    """A source and its secret, and the three ways in which it may sign."""

    def __init__(self, client: FlaskClient, secret: str | None = None) -> None:
        owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
        values = {"name": "Roof", "connection_type": 1, "installed_capacity_watts": 8000.0, "time_zone": "UTC"}
        made = sources.create_source(owner.id, values, datetime.now(UTC))
        self.id, self.secret, self._client = made.record.id, secret or made.secret, client

    @property
    def path(self) -> str:
        return f"/api/webhook/sunsource/{self.id}"

    def simple(self, body: Any, *, secret: str | None = None, suffix: str = "", **options: Any) -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signature = hmac.new((secret or self.secret).encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Webhook-Secret": signature, **options.pop("headers", {})}
        options.setdefault("content_type", "application/json")
        return self._client.post(self.path + suffix, data=raw, headers=headers, **options)

    def standard(self, body: Any, *, message_id: str = "msg_1", at: datetime | None = None, secret: str | None = None,
                 sent: bytes | None = None) -> TestResponse:
        raw, seconds = json.dumps(body).encode(), str(int((at or datetime.now(UTC)).timestamp()))
        key = base64.b64decode(secret or self.secret)
        signature = base64.b64encode(hmac.digest(key, f"{message_id}.{seconds}.".encode() + raw, "sha256")).decode()
        headers = {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}
        return self._client.post(self.path, data=sent or raw, headers=headers, content_type="application/json")

    def stored(self) -> list[dict[str, Any]]:
        return list(mongo.database()[readings.COLLECTION].find({"sunSourceId": str(self.id)}).sort("timestamp", 1))

    def switch_off(self) -> None:
        servers.run_sql(settings.get().postgres_url, "UPDATE sun_sources SET is_active = false WHERE id = %s", self.id)
        CACHE.forget()


@pytest.fixture
def device(client: FlaskClient) -> Device:
    return Device(client)


def now_text(seconds_ago: float = 0) -> str:
    return (datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=seconds_ago)).isoformat()


def test_a_reading_is_stored_and_the_answer_says_so(device: Device) -> None:
    answer = device.simple({"timestamp": now_text(), "solarPower": 4200, "soc": 150})
    assert answer.status_code == 200
    said = answer.get_json()
    assert (said["result"], said["stored"], said["duplicate"], said["merged"]) == ("ok", 1, 0, 0)
    assert "stateOfCharge" in said["rejected"]
    (kept,) = device.stored()
    assert (kept["solarPower"], kept["metadata"]["transport"]) == (4200, "webhook")


def test_the_same_reading_again_is_a_duplicate(device: Device) -> None:
    body = {"timestamp": now_text(), "solarPower": 4200}
    device.simple(body)
    said = device.simple(body).get_json()
    assert (said["stored"], said["duplicate"]) == (0, 1)
    assert len(device.stored()) == 1


def test_an_array_of_old_buffered_readings_keeps_its_own_times(device: Device) -> None:
    body = [{"timestamp": now_text(86_400 * 3 - 60 * n), "solarPower": 1000 + n} for n in range(300)]
    assert device.simple(body).get_json()["stored"] == 300
    assert [each["solarPower"] for each in device.stored()] == [1000 + n for n in range(300)]
    assert device.simple(body).get_json()["duplicate"] == 300
    assert len(device.stored()) == 300


def test_an_array_of_which_one_is_wrong_says_what_was_not_understood(device: Device) -> None:
    body = [{"timestamp": now_text(60), "solarPower": 1}, {"timestamp": now_text(), "colour": "blue"}]
    said = device.simple(body).get_json()
    assert (said["stored"], len(said["notUnderstood"])) == (1, 1)
    assert len(arrivals.dead_letters(mongo.database(), str(device.id))) == 1


def test_a_form_is_read_with_the_topic_behind_the_address(device: Device) -> None:
    stamp = datetime.now(UTC) - timedelta(minutes=5)
    form = f"timestamp={stamp:%Y-%m-%dT%H:%M:%SZ}&solarPower=2500".encode()
    answer = device.simple(form, suffix="/addstatus", content_type="application/x-www-form-urlencoded")
    assert answer.get_json()["stored"] == 1
    assert device.stored()[0]["metadata"]["topic"] == "addstatus"


def test_the_body_key_is_taken_and_never_kept(device: Device, client: FlaskClient) -> None:
    answer = client.post(device.path, json={"key": device.secret, "timestamp": now_text(), "solarPower": 7})
    assert answer.get_json()["stored"] == 1
    assert device.secret not in str(device.stored())


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty-body"), (b"hello", "bad-body"), (b"42", "bad-body")])
def test_400_for_a_signed_body_that_is_no_message(device: Device, body: bytes, reason: str) -> None:
    answer = device.simple(body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, reason)
    assert len(arrivals.dead_letters(mongo.database(), str(device.id))) == 1


def test_401_for_a_tampered_body(device: Device) -> None:
    body = {"timestamp": now_text(), "solarPower": 1}
    answer = device.standard(body, sent=json.dumps({**body, "solarPower": 9}).encode())
    assert (answer.status_code, answer.get_json()["error"]) == (401, "bad-signature")
    assert device.stored() == []


def test_401_for_nobody_and_for_another_source_s_secret(device: Device, client: FlaskClient) -> None:
    assert client.post(device.path, json={"solarPower": 1}).status_code == 401
    other = credentials.make("webhook").plain
    assert device.simple({"solarPower": 1}, secret=other).status_code == 401
    assert client.post(device.path, json={"solarPower": 1, "key": other}).status_code == 401
    assert device.stored() == []


def test_a_replayed_request_changes_nothing(device: Device) -> None:
    body, at = {"solarPower": 4200}, datetime.now(UTC)
    assert device.standard(body, at=at).get_json()["stored"] == 1
    again = device.standard(body, at=at)
    assert (again.status_code, again.get_json()["result"]) == (200, "duplicate")
    assert len(device.stored()) == 1


def test_a_replay_after_its_five_minutes_is_refused(device: Device) -> None:
    answer = device.standard({"solarPower": 1}, at=datetime.now(UTC) - timedelta(seconds=302))
    assert (answer.status_code, answer.get_json()["error"]) == (401, "too-old")


def test_an_id_of_a_request_that_was_refused_may_be_used_again(device: Device) -> None:
    assert device.standard("no object").status_code == 400
    assert device.standard({"solarPower": 1}).get_json()["stored"] == 1


def test_a_request_that_another_process_is_taking_in_is_to_wait(device: Device) -> None:
    now = datetime.now(UTC)
    ids = webhooks._Ids(str(device.id), now)
    assert "msg_1" not in ids
    answer = device.standard({"solarPower": 1})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    ids.finish(is_accepted=False)
    assert device.standard({"solarPower": 1}).get_json()["stored"] == 1


def test_an_id_held_by_a_process_that_died_is_free_again(device: Device) -> None:
    assert "msg_1" not in webhooks._Ids(str(device.id), datetime.now(UTC) - timedelta(seconds=31))
    assert device.standard({"solarPower": 1}).get_json()["stored"] == 1


def test_404_for_a_source_that_does_not_exist(client: FlaskClient, device: Device) -> None:
    for name in ("00000000-0000-4000-8000-000000000000", "nonsense", "%00"):
        assert client.post(f"/api/webhook/sunsource/{name}", json={"solarPower": 1}).status_code == 404


def test_404_after_the_source_was_deleted(device: Device) -> None:
    assert device.simple({"solarPower": 1}).status_code == 200
    servers.run_sql(settings.get().postgres_url, "DELETE FROM sun_sources WHERE id = %s", device.id)
    time.sleep(5.1)
    assert device.simple({"solarPower": 1}).status_code == 404


def test_410_for_a_source_that_is_switched_off_but_401_for_strangers(device: Device, client: FlaskClient) -> None:
    device.switch_off()
    assert device.simple({"solarPower": 1}).status_code == 410
    assert client.post(device.path, json={"solarPower": 1}).status_code == 401
    assert device.stored() == []


def test_413_for_more_than_a_mebibyte(device: Device) -> None:
    assert device.simple(b'{"solarPower": 1}' + b" " * (1024 * 1024 - 17)).status_code == 200
    assert device.simple(b'{"solarPower": 1}' + b" " * (1024 * 1024 - 16)).status_code == 413
    assert device.simple(b" " * (9 * 1024 * 1024)).get_json()["error"] == "too-large"


def test_415_for_what_is_packed_or_no_data(device: Device) -> None:
    assert device.simple({"solarPower": 1}, headers={"Content-Encoding": "gzip"}).status_code == 415
    assert device.simple({"solarPower": 1}, content_type="multipart/form-data; boundary=x").status_code == 415
    assert device.simple({"solarPower": 1}, content_type="text/plain").status_code == 200


def test_429_with_retry_after_and_only_for_the_source_that_sends_too_much(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMPRA_WEBHOOK_LIMIT_PER_MINUTE", "5")
    settings.get.cache_clear()
    try:
        # Twelve, because a new minute may begin meanwhile.
        answers = [device.simple({"timestamp": now_text(n), "solarPower": 1}) for n in range(12)]
        assert [each.status_code for each in answers[:5]] == [200] * 5
        limited = next(each for each in answers if each.status_code == 429)
        assert 1 <= int(limited.headers["Retry-After"]) <= 60
        assert device.simple({"solarPower": 1}, secret="x" * 44).status_code == 401
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()


def test_the_old_secret_holds_for_a_day_after_a_rotation(device: Device) -> None:
    old, now = device.secret, datetime.now(UTC)
    new = credentials.rotate(UUID(str(device.id)), "webhook", now - timedelta(hours=23))
    assert device.simple({"timestamp": now_text(), "solarPower": 1}, secret=old).status_code == 200
    assert device.simple({"timestamp": now_text(), "solarPower": 1}, secret=new).status_code == 200
    assert device.standard({"solarPower": 1}, secret=old).status_code == 200


def test_the_old_secret_ends_after_that_day(device: Device) -> None:
    new = credentials.rotate(UUID(str(device.id)), "webhook", datetime.now(UTC) - timedelta(hours=24, seconds=1))
    assert device.simple({"solarPower": 1}).status_code == 401
    assert device.simple({"solarPower": 1}, secret=new).status_code == 200


def test_a_revoked_secret_ends_within_five_seconds_in_every_process(device: Device) -> None:
    assert device.simple({"solarPower": 1}).status_code == 200
    # Behind this process's back, as another process would.
    servers.run_sql(settings.get().postgres_url, "UPDATE source_credentials SET revoked_at = now()")
    time.sleep(5)
    assert device.simple({"solarPower": 1}).status_code == 401


def test_503_with_retry_after_while_mongodb_is_away(
    device: Device, servers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.mongo_server(servers_folder / "passing") as url:
        monkeypatch.setenv("AMPRA_MONGO_URL", url)
        servers.forget_settings()
        assert device.standard({"solarPower": 1}, message_id="before").status_code == 200
    try:
        answer = device.standard({"solarPower": 1}, message_id="meanwhile")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    finally:
        monkeypatch.undo()
        servers.forget_settings()
    assert device.standard({"solarPower": 1}, message_id="meanwhile").get_json()["stored"] == 1


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_shared_examples_get_their_answers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    device = Device(client, vector["secret"])
    monkeypatch.setattr(credentials, "webhook_secrets", lambda *_: [vector["secret"]])
    for asked in vector.get("requests", [vector]):
        now = datetime.fromisoformat(asked["now"])
        monkeypatch.setattr(edge, "_now", lambda now=now: now)
        body = "".join(text * times for text, times in asked["bodyParts"]) if "bodyParts" in asked else asked["body"]
        answer = client.post(device.path, data=body.encode(), headers=asked["headers"])
        expected, said = asked["expect"], answer.get_json()
        assert answer.status_code == expected["status"]
        assert said.get("error", said.get("result")) == expected["reason"]
        if "mustNotStore" in expected:
            kept = device.stored() + arrivals.dead_letters(mongo.database(), str(device.id))
            assert expected["mustNotStore"] not in str(kept)
