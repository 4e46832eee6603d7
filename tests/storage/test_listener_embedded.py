"""The whole way in with the embedded broker: device, broker, our HTTP edge, listener and both stores, nothing faked."""

import secrets
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from werkzeug.serving import make_server

from data import mongo, readings, settings
from deploy.local.ports import accepts, free_port, wait_for
from services.ingestion import credentials
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from tests import servers
from tests.mqtt import Device, Restartable, Server, listener, restartable_postgres
from web.server import create_server

NOT_GRANTED = 0x80
REFUSED = {"Not authorized", "Bad user name or password"}


class Site:
    """The embedded broker, the edge it asks, a listener, and sources of one owner."""

    def __init__(self, port: int, database: Restartable, told: dict[str, str]) -> None:
        self.port, self.database, self.settings = port, database, told
        self.owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")

    def source(self) -> tuple[UUID, str]:
        values = {"name": "Roof", "connection_type": 0, "time_zone": "UTC"}
        made = sources.create_source(self.owner.id, values, now())
        return made.record.id, made.secret

    def device(self, source_id: UUID, key: str, client_id: str | None = None) -> Device:
        return Device(self.port, f"src-{source_id}", key, client_id=client_id)

    def sql(self, statement: str, *values: object) -> None:
        servers.run_sql(self.settings["AMPRA_POSTGRES_URL"], statement, *values)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def site(migrated: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests of this file: each has sources of its own."""
    folder = tmp_path_factory.mktemp("site")
    port, web_port, password = free_port(), free_port(), secrets.token_urlsafe(24)
    url, database = restartable_postgres(folder)
    database.start()
    told = {
        **migrated, "AMPRA_POSTGRES_URL": url, "AMPRA_MQTT_SHARED_GROUP": "none", "AMPRA_VAR": str(folder / "var"),
        "AMPRA_MQTT_URL": f"mqtt://ampra-listener:{password}@127.0.0.1:{port}",
    }
    servers.migrate(told)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        yield from _running(port, web_port, told, database, folder)
    servers.forget_settings()
    database.stop()


def _running(
    port: int, web_port: int, told: dict[str, str], database: Restartable, folder: Path
) -> Iterator[Site]:
    servers.forget_settings()
    CACHE.forget()
    edge = make_server("127.0.0.1", web_port, create_server(settings.get()), threaded=True)
    threading.Thread(target=edge.serve_forever, daemon=True).start()
    command = ("deploy.local.broker", "--host", "127.0.0.1", "--port", str(port), "--web", f"http://127.0.0.1:{web_port}")
    broker = Server("broker", (sys.executable, "-m", *command), told, folder / "broker.log")
    broker.start()
    try:
        assert wait_for(lambda: accepts("127.0.0.1", port), 15), broker.said()
        with listener(told, folder):
            yield Site(port, database, told)
    finally:
        broker.stop()
        edge.shutdown()


def body(second: int) -> str:
    return f'{{"timestamp": "2026-06-21T12:00:{second:02d}Z", "solarPower": 4200}}'


def stored(source_id: UUID) -> int:
    return readings.count(mongo.database(), str(source_id))


def test_a_reading_comes_all_the_way(site: Site) -> None:
    source_id, key = site.source()
    site.device(source_id, key).publish(body(1))
    assert wait_for(lambda: stored(source_id) == 1, 10)


def test_another_s_key_an_own_client_id_and_wrong_keys_are_refused(site: Site) -> None:
    (one, one_key), (two, _) = site.source(), site.source()
    assert site.device(two, one_key).code in REFUSED
    assert site.device(one, one_key, client_id="another").code in REFUSED
    assert site.device(one, secrets.token_hex(32)).code in REFUSED


def test_a_foreign_topic_and_a_subscription_are_refused(site: Site) -> None:
    (one, one_key), (two, _) = site.source(), site.source()
    device = site.device(one, one_key)
    assert device.subscribe("ampra/sources/#") == NOT_GRANTED
    device.publish(body(1), f"ampra/sources/{two}/data")
    device.publish(body(2))
    assert wait_for(lambda: stored(one) == 1, 10)
    assert stored(two) == 0


def test_both_keys_hold_for_a_day_and_then_the_new_one(site: Site) -> None:
    source_id, old = site.source()
    new = credentials.rotate(source_id, "mqtt", now())
    assert site.device(source_id, old).code == "Success"
    assert site.device(source_id, new).code == "Success"
    site.sql("UPDATE source_credentials SET expires_at = now() WHERE expires_at IS NOT NULL")
    time.sleep(3)
    assert site.device(source_id, old).code in REFUSED
    assert site.device(source_id, new).code == "Success"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE source_credentials SET revoked_at = now() WHERE sun_source_id = %s",
        "UPDATE sun_sources SET is_active = false WHERE id = %s",
        "DELETE FROM sun_sources WHERE id = %s",
    ],
    ids=["revoked", "switched off", "deleted"],
)
def test_a_source_stops_within_five_seconds_on_its_open_connection(site: Site, statement: str) -> None:
    source_id, key = site.source()
    device = site.device(source_id, key)
    time.sleep(3.5)
    assert not device.is_gone.is_set()
    # Behind the back of the process that the broker asks, as another web process would do it.
    site.sql(statement, source_id)
    assert device.is_gone.wait(5)
    assert site.device(source_id, key).code in REFUSED


def test_known_sources_go_on_while_postgresql_is_away_and_unknown_ones_wait(site: Site) -> None:
    (known, known_key), (unknown, unknown_key) = site.source(), site.source()
    device, other = site.device(known, known_key), site.device(unknown, unknown_key)
    device.publish(body(0))
    assert wait_for(lambda: stored(known) == 1, 10)
    site.database.stop()
    # Long enough for every cached answer to be asked for anew.
    time.sleep(8)
    assert not device.is_gone.is_set()
    other.publish(body(1))
    for second in range(1, 6):
        device.publish(body(second))
    assert wait_for(lambda: stored(known) == 6, 15)
    assert site.device(known, known_key).code == "Success"
    assert site.device(known, "0" * 64).code != "Success"
    assert stored(unknown) == 0
    site.database.start()
    assert wait_for(lambda: stored(unknown) == 1, 15)
