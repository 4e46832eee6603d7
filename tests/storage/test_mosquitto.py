"""A real Mosquitto kept in step by the tasks: who gets in, what each may do, and how soon that ends."""

import datetime as dt
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from data import mongo, readings, settings
from deploy.local.ports import wait_for
from jobs.dynsec import BrokerAway, DynamicSecurity
from jobs.tasks import broker as tasks
from services import sealing
from services.ingestion import broker_sync, credentials
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from tests import servers
from tests.mqtt import Device, Mosquitto, Server, listener

NOT_GRANTED = 0x80


class House:
    """Mosquitto with an owner's sources, whose deferred tasks are run at once."""

    def __init__(self, broker: Mosquitto, stores: dict[str, str]) -> None:
        self.broker, self.settings = broker, {**stores, **broker.settings}
        self.owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")

    def source(self) -> tuple[UUID, str]:
        values = {"name": "Roof", "connection_type": 0, "time_zone": "UTC"}
        made = sources.create_source(self.owner.id, values, now())
        return made.record.id, made.secret

    def device(self, source_id: UUID, key: str, **options: Any) -> Device:
        return Device(self.broker.port, f"src-{source_id}", key, **options)

    def sql(self, statement: str, *values: object) -> None:
        servers.run_sql(self.settings["AMPRA_POSTGRES_URL"], statement, *values)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is deferred runs here and now, with the arguments that the queue would have kept."""
    known: dict[str, Callable[..., None]] = {"broker:set_key": tasks.set_key, "broker:follow": tasks.follow}
    monkeypatch.setattr(
        broker_sync.queue, "defer", lambda name, arguments, **_: known[name](**arguments)
    )


@pytest.fixture
def house(stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    yield from _house(stores, Mosquitto(tmp_path / "broker"), monkeypatch)


def _house(stores: dict[str, str], broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    broker.start()
    for name, value in broker.settings.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    CACHE.forget()
    run_at_once(monkeypatch)
    try:
        tasks.reconcile()
        yield House(broker, stores)
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
        broker.stop()


def test_a_new_source_may_publish_below_its_own_topic_and_is_heard(house: House, tmp_path: Path) -> None:
    source_id, key = house.source()
    with listener(house.settings, tmp_path):
        device = house.device(source_id, key)
        device.publish('{"timestamp": "2026-06-21T12:00:00Z", "solarPower": 4200}')
        assert wait_for(lambda: readings.count(mongo.database(), str(source_id)) == 1, 10)


def test_wrong_keys_other_names_and_strangers_are_refused(house: House) -> None:
    (one, one_key), (two, _) = house.source(), house.source()
    assert house.device(one, one_key).code == "Success"
    assert house.device(one, secrets.token_hex(32)).code == "Not authorized"
    assert house.device(two, one_key).code == "Not authorized"
    assert house.device(one, one_key, client_id="another").code == "Not authorized"
    assert Device(house.broker.port, "nobody", "nothing").code == "Not authorized"


def test_a_foreign_topic_goes_nowhere(house: House, tmp_path: Path) -> None:
    (one, one_key), (two, _) = house.source(), house.source()
    device = house.device(one, one_key)
    body = '{"timestamp": "2026-06-21T12:00:00Z", "solarPower": 1}'
    with listener(house.settings, tmp_path):
        for topic in (f"ampra/sources/{two}/data", f"ampra/sources/{one}", "elsewhere", "$CONTROL/dynamic-security/v1"):
            device.publish(body, topic)
        device.publish(body)
        assert wait_for(lambda: readings.count(mongo.database(), str(one)) == 1, 10)
    assert readings.count(mongo.database(), str(two)) == 0


def test_a_source_may_not_subscribe(house: House) -> None:
    source_id, key = house.source()
    device = house.device(source_id, key)
    for topic in ("#", "ampra/sources/#", device.topic, "$share/ampra/ampra/sources/#", "$SYS/#"):
        assert device.subscribe(topic) == NOT_GRANTED


def test_a_rotated_key_ends_the_old_one_at_once_and_the_new_one_works(house: House) -> None:
    source_id, old = house.source()
    device = house.device(source_id, old)
    new = credentials.rotate(source_id, "mqtt", now())
    assert device.is_gone.wait(5)
    assert house.device(source_id, old).code == "Not authorized"
    assert house.device(source_id, new).code == "Success"
    assert not credentials.verify_mqtt_key(str(source_id), old, now())


def test_a_key_that_was_replaced_meanwhile_is_not_set_again(house: House) -> None:
    source_id, old = house.source()
    new = credentials.rotate(source_id, "mqtt", now())
    tasks.set_key(str(source_id), sealing.seal(old))
    assert house.device(source_id, old).code == "Not authorized"
    assert house.device(source_id, new).code == "Success"


def test_revocation_ends_the_open_connection_within_five_seconds(house: House) -> None:
    source_id, key = house.source()
    device = house.device(source_id, key)
    began = time.monotonic()
    credentials.revoke(source_id, "mqtt", now())
    assert device.is_gone.wait(5)
    assert time.monotonic() - began < 5
    assert house.device(source_id, key).code == "Not authorized"
    assert house.device(source_id, credentials.rotate(source_id, "mqtt", now())).code == "Success"


def test_a_switched_off_source_stops_and_comes_back_with_its_key(house: House) -> None:
    source_id, key = house.source()
    device = house.device(source_id, key)
    house.sql("UPDATE sun_sources SET is_active = false WHERE id = %s", source_id)
    broker_sync.access_changed(source_id)
    assert device.is_gone.wait(5)
    assert house.device(source_id, key).code == "Not authorized"
    house.sql("UPDATE sun_sources SET is_active = true WHERE id = %s", source_id)
    broker_sync.access_changed(source_id)
    assert house.device(source_id, key).code == "Success"


def test_a_deleted_source_stops_and_leaves_no_account(house: House) -> None:
    source_id, key = house.source()
    device = house.device(source_id, key)
    house.sql("DELETE FROM sun_sources WHERE id = %s", source_id)
    broker_sync.access_changed(source_id)
    assert device.is_gone.wait(5)
    with DynamicSecurity(house.broker.settings["AMPRA_MQTT_ADMIN_URL"]) as admin:
        names = admin.insist({"command": "listRoles"})["data"]["roles"]
        assert f"src-{source_id}" not in str(names)
        assert f"src-{source_id}" not in str(admin.insist({"command": "listClients"})["data"]["clients"])


def test_reconciling_puts_right_what_a_lost_task_left(house: House) -> None:
    (gone, gone_key), (off, off_key), (on, on_key) = house.source(), house.source(), house.source()
    devices = [house.device(gone, gone_key), house.device(off, off_key), house.device(on, on_key)]
    house.sql("DELETE FROM sun_sources WHERE id = %s", gone)
    house.sql("UPDATE sun_sources SET is_active = false WHERE id = %s", off)
    tasks.reconcile()
    assert devices[0].is_gone.wait(5)
    assert devices[1].is_gone.wait(5)
    assert not devices[2].is_gone.is_set()


def test_a_restarted_broker_knows_its_accounts(house: House) -> None:
    source_id, key = house.source()
    house.broker.stop()
    house.broker.start()
    assert house.device(source_id, key).code == "Success"


def test_a_broker_that_is_away_makes_the_task_fail_so_that_it_is_tried_again(house: House) -> None:
    house.broker.stop()
    with pytest.raises(BrokerAway):
        tasks.reconcile()


def test_nothing_is_deferred_where_the_broker_asks_us(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    deferred: list[str] = []
    monkeypatch.setattr(broker_sync.queue, "defer", lambda name, *_, **__: deferred.append(name))
    broker_sync.key_made(UUID(int=1), "k")
    broker_sync.access_changed(UUID(int=1))
    assert deferred == []


def test_over_tls_with_a_certificate_of_ones_own(
    stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates = _certificates(tmp_path / "certificates")
    for house in _house(stores, Mosquitto(tmp_path / "broker", certificates=certificates), monkeypatch):
        source_id, key = house.source()
        with listener(house.settings, tmp_path):
            device = house.device(source_id, key, ca_file=certificates / "ca.crt")
            device.publish('{"timestamp": "2026-06-21T12:00:00Z", "solarPower": 4200}')
            assert wait_for(partial(_is_stored, source_id), 10)


def _is_stored(source_id: UUID) -> bool:
    return readings.count(mongo.database(), str(source_id)) == 1


def _certificates(folder: Path) -> Path:
    """A certificate authority of a test, and the broker's certificate from it."""
    folder.mkdir()
    for arguments in (
        ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA", "-keyout", "ca.key",
         "-out", "ca.crt"),
        ("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", "broker.key", "-out", "broker.csr"),
        ("x509", "-req", "-in", "broker.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
         "-copy_extensions", "copy", "-out", "broker.crt"),
    ):
        subprocess.run(("openssl", *arguments), cwd=folder, check=True, capture_output=True)
    return folder


def test_the_real_worker_makes_and_bars_accounts_within_five_seconds(
    stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    for name, value in broker.settings.items():
        monkeypatch.setenv(name, value)
    servers.forget_settings()
    told = {**stores, **broker.settings}
    worker = Server("worker", (sys.executable, "-m", "jobs.worker"), told, tmp_path / "worker.log")
    worker.start()
    try:
        assert wait_for(lambda: "ready for" in worker.said(), 60), worker.said()
        house = House(broker, stores)
        source_id, key = house.source()
        assert wait_for(lambda: house.device(source_id, key).code == "Success", 10), worker.said()
        device = house.device(source_id, key)
        credentials.revoke(source_id, "mqtt", now())
        assert device.is_gone.wait(5)
        assert key not in worker.said()
        assert key not in _queued(stores["AMPRA_POSTGRES_URL"])
    finally:
        worker.stop()
        monkeypatch.undo()
        servers.forget_settings()
        broker.stop()


def _queued(url: str) -> str:
    """Everything that the queue has kept of its jobs."""
    with psycopg.connect(url) as connection:
        return str(connection.execute("SELECT args FROM procrastinate_jobs").fetchall())
