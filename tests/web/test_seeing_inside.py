"""What an installation tells of itself: health, readiness, figures, and a log that keeps no secret."""

import io
import json
import logging
from collections.abc import Iterator
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from data import settings
from services import background, logs
from services.people import api_tokens
from services.sources import making as sources
from tests import servers
from tests.web.conftest import PASSWORD, Person, sign_in

TOKEN = "monitoring-token-of-the-tests-0123456789"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
SOURCE = {"name": "Roof", "connection_type": 1, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Madrid"}


@pytest.fixture
def monitored(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings with a monitoring token, and the log as JSON."""
    monkeypatch.setenv("AMPRA_MONITORING_TOKEN", TOKEN)
    monkeypatch.setenv("AMPRA_LOG_FORMAT", "json")
    settings.get.cache_clear()
    yield
    monkeypatch.undo()
    settings.get.cache_clear()


@pytest.fixture
def written(monitored: None) -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as it would be written."""
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    logs.configure(stream)
    yield stream
    root.handlers, root.level = before


def test_strangers_learn_whether_it_is_ready_and_no_more(stranger: FlaskClient) -> None:
    assert stranger.get("/healthz").get_json() == {"status": "ok"}
    assert stranger.get("/readyz").get_json() == {"status": "ok"}


def test_without_a_token_set_nobody_reads_figures(stranger: FlaskClient) -> None:
    assert stranger.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    assert stranger.get("/readyz", headers={"Authorization": "Bearer "}).get_json() == {"status": "ok"}


def test_who_has_the_token_reads_every_part(monitored: None, stranger: FlaskClient) -> None:
    answer = stranger.get("/readyz", headers=SHOWN).get_json()
    found = {each["name"]: each for each in answer["parts"]}
    assert answer["status"] == "ok"
    assert found["PostgreSQL"]["well"] is found["MongoDB"]["well"] is True
    assert (found["Scheduler"]["well"], found["Scheduler"]["says"]) == (False, "was never heard")
    assert found["Readings"]["says"] == "none has come in yet"


def test_figures_are_those_of_what_happened(monitored: None, alice: Person, stranger: FlaskClient) -> None:
    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
    source = str(sources.create_source(alice.account.id, SOURCE, servers.now()).record.id)
    token = api_tokens.make(alice.account.id, "script", "write", 7, servers.now())
    sent = stranger.post(
        f"/api/v1/sources/{source}/readings", json={"solarPower": 1}, headers={"Authorization": f"Bearer {token}"}
    )
    assert sent.status_code == 200
    background.note_beats([("accounts:sweep", "daily", None)], servers.now())
    answer = stranger.get("/metrics", headers=SHOWN)
    assert answer.mimetype == "text/plain"
    found = {
        (each.name, *each.labels.values()): each.value
        for family in text_string_to_metric_families(answer.text) for each in family.samples
    }  # fmt: skip
    assert found["ampra_up", "postgres"] == found["ampra_up", "mongo"] == 1
    hours = [found[name, "stored"] for name in ("ampra_readings_this_hour", "ampra_readings_last_hour")]
    assert sum(hours) == 1
    assert 0 <= found["ampra_newest_reading_age_seconds",] < 60
    assert found["ampra_active_sources",] == 1
    assert found["ampra_http_requests_total", "api.add_readings", "POST", "200"] >= 1
    assert found["ampra_http_request_seconds_count", "api.add_readings"] >= 1
    assert found["ampra_queue_due",] >= 0
    assert found["ampra_scheduler_silent_seconds", "accounts:sweep"] < 60
    assert found["ampra_postgres_bytes",] > 1e6
    assert found["ampra_mongo_bytes", "indexes"] > 0
    assert source not in answer.text


def test_every_answer_has_an_id_of_its_own(stranger: FlaskClient) -> None:
    first, second = (stranger.get("/sign-in", headers={"X-Request-ID": "chosen-by-a-stranger"}) for _ in range(2))
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert "chosen" not in first.headers["X-Request-ID"]


def test_a_proxy_s_id_is_kept(monkeypatch: pytest.MonkeyPatch, stranger: FlaskClient) -> None:
    monkeypatch.setenv("AMPRA_TRUSTED_PROXIES", "1")
    settings.get.cache_clear()
    kept, refused = (stranger.get("/healthz", headers={"X-Request-ID": each}) for each in ("of-the-proxy-1", "a b"))
    assert kept.headers["X-Request-ID"] == "of-the-proxy-1"
    assert refused.headers["X-Request-ID"] != "a b\u00e4"
    monkeypatch.undo()
    settings.get.cache_clear()


def test_a_walk_leaves_no_secret_in_the_log(
    written: io.StringIO, app: ModuleType, stranger: FlaskClient, stores: dict[str, str]
) -> None:
    person = sign_in(app, "walker@example.org")
    made = sources.create_source(person.account.id, SOURCE, servers.now())
    token = api_tokens.make(person.account.id, "script", "write", 7, servers.now())
    stranger.post("/sign-in", data={"email": "walker@example.org", "password": "Wrong-secret-77"})
    stranger.post("/forgotten", data={"email": "walker@example.org"})
    stranger.get("/reset?token=code-from-a-mail-1234567")
    stranger.get("/register?invitation=invitation-1234567")
    stranger.get("/api/v1/sources", headers={"Authorization": f"Bearer {token}"})
    stranger.get("/api/v1/sources", headers={"Authorization": "Bearer ampra_wrong-token-1234567"})
    stranger.post(f"/api/webhook/sunsource/{made.record.id}", json={"key": made.secret, "solarPower": 1})
    person.client.get("/_dash-layout")
    _log_what_libraries_might(stores)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert len(lines) > 8
    assert all({"at", "level", "logger", "message"} <= line.keys() for line in lines)
    assert len({line["request"] for line in lines if line["logger"] == "request"}) > 8
    cookie = person.client.get_cookie("ampra_session")
    assert cookie is not None
    secrets = [stores[name] for name in stores if name.endswith(("_KEY", "_TOKEN", "_URL"))]
    secrets += [PASSWORD, "Wrong-secret-77", "code-from-a-mail-1234567", "invitation-1234567", "wrong-token-1234567"]
    secrets += [token, made.secret, cookie.value, TOKEN]
    for secret in secrets:
        assert secret not in written.getvalue(), secret[:4]
    assert written.getvalue().count(logs.HIDDEN) > 4


def _log_what_libraries_might(stores: dict[str, str]) -> None:
    log = logging.getLogger("library")
    log.warning("connecting to %s", stores["AMPRA_POSTGRES_URL"])
    log.warning("refused %s", {"password": PASSWORD, "X": stores["AMPRA_SEALING_KEY"]})
    log.warning("Authorization: Bearer %s", TOKEN)
    try:
        raise ValueError(f"cannot reach {stores['AMPRA_MONGO_URL']}")
    except ValueError:
        log.exception("failed")
