"""The listener against a real Mosquitto: acknowledged is durable, whoever is stopped or killed, and stored once."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from data import arrivals, mongo, readings
from deploy.local.ports import wait_for
from jobs import listener as jobs_listener
from jobs.tasks import broker as tasks
from services.ingestion import entering as ingest
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from solar import normalise
from tests import servers
from tests.mqtt import Device, Mosquitto, Restartable, listener, restartable_mongo
from tests.storage.test_mosquitto import run_at_once

START = datetime(2026, 6, 21, 12, tzinfo=UTC)


class Site:
    """Mosquitto, a MongoDB that may go away, and one source with its device."""

    def __init__(self, broker: Mosquitto, mongod: Restartable, told: dict[str, str], folder: Path) -> None:
        self.broker, self.mongod, self.settings, self.folder = broker, mongod, told, folder
        owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
        values = {"name": "Roof", "connection_type": 0, "time_zone": "UTC"}
        made = sources.create_source(owner.id, values, datetime.now(UTC))
        self.source_id, self.key = str(made.record.id), made.secret

    def device(self, **options: Any) -> Device:
        return Device(self.broker.port, f"src-{self.source_id}", self.key, **options)

    def stored(self) -> list[float]:
        found = mongo.database()[readings.COLLECTION].find({"sunSourceId": self.source_id}).sort("timestamp", 1)
        return [each["solarPower"] for each in found]

    def has(self, number: int) -> bool:
        return readings.count(mongo.database(), self.source_id) == number


def body(number: int, padding: int = 0) -> str:
    stamp = (START + timedelta(seconds=number)).isoformat()
    return json.dumps({"timestamp": stamp, "solarPower": number, **({"note": "x" * padding} if padding else {})})


def send(device: Device, first: int, end: int) -> None:
    for sent in [device.publish(body(number), waits=False) for number in range(first, end)]:
        sent.wait_for_publish(30)


@pytest.fixture
def group() -> str:
    """The listeners' group; most tests have one listener with a session of its own."""
    return "none"


@pytest.fixture
def site(stores: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str) -> Iterator[Site]:
    broker = Mosquitto(tmp_path / "broker", group=group)
    url, mongod = restartable_mongo(tmp_path)
    mongod.start()
    broker.start()
    told = {**stores, **broker.settings, "AMPRA_MONGO_URL": url}
    servers.migrate(told)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    servers.forget_settings()
    CACHE.forget()
    run_at_once(monkeypatch)
    try:
        tasks.reconcile()
        yield Site(broker, mongod, told, tmp_path)
    finally:
        monkeypatch.undo()
        servers.forget_settings()
        broker.stop()
        mongod.stop()


def test_what_cannot_be_stored_stays_unacknowledged_and_comes_later(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        device = site.device()
        send(device, 0, 50)
        assert wait_for(lambda: site.has(50), 10)
        site.mongod.stop()
        send(device, 50, 100)
        assert wait_for(lambda: "cannot store just now" in running.said(), 15)
        # Even a listener that is killed now has nothing acknowledged that is not stored.
        running.kill()
        site.mongod.start()
        running.start()
        assert wait_for(lambda: site.has(100), 30)
    assert site.stored() == list(range(100))


def test_a_listener_waits_for_mongodb_and_goes_on_by_itself(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        site.mongod.stop()
        send(site.device(), 0, 50)
        assert wait_for(lambda: "cannot store just now" in running.said(), 15)
        site.mongod.start()
        assert wait_for(lambda: site.has(50), 30)


@pytest.mark.parametrize("group", ["none", "ampra"])
def test_a_killed_listener_loses_nothing_and_repeats_nothing(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        device = site.device()
        for start in range(0, 3000, 1000):
            sent = [device.publish(body(number), waits=False) for number in range(start, start + 1000)]
            time.sleep(0.3)
            running.kill()
            running.start()
            for each in sent:
                each.wait_for_publish(30)
        assert wait_for(lambda: site.has(3000), 40), len(site.stored())
    assert site.stored() == list(range(3000))


@pytest.mark.parametrize("group", ["ampra"])
def test_two_listeners_share_the_load_and_store_each_reading_once(site: Site) -> None:
    with ExitStack() as stack:
        first, second = [stack.enter_context(listener(site.settings, site.folder, name)) for name in ("one", "two")]
        cpu = [psutil.Process(each.process.pid) for each in (first, second)]
        before = [sum(each.cpu_times()[:2]) for each in cpu]
        send(site.device(), 0, 4000)
        assert wait_for(lambda: site.has(4000), 40), len(site.stored())
        used = [sum(each.cpu_times()[:2]) - start for each, start in zip(cpu, before, strict=True)]
    assert site.stored() == list(range(4000))
    # Round robin: neither did it alone.
    assert min(used) > 0.2 * max(used)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start, end = hour - timedelta(hours=1), hour + timedelta(hours=1)
    counts = arrivals.counts_between(mongo.database(), site.source_id, start, end)
    assert sum(each["stored"] for each in counts) == 4000


def test_sigterm_ends_it_soon_and_what_waits_is_there_for_the_next(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        device = site.device()
        sent = [device.publish(body(number), waits=False) for number in range(2000)]
        time.sleep(0.5)
        began = time.monotonic()
        running.stop()
        assert time.monotonic() - began < 6
        assert running.process.returncode == 0
        assert "stopped" in running.said()
        for each in sent:
            each.wait_for_publish(30)
        running.start()
        assert wait_for(lambda: site.has(2000), 40), len(site.stored())


def test_sigterm_ends_a_listener_that_waits_for_mongodb(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        site.mongod.stop()
        send(site.device(), 0, 5)
        assert wait_for(lambda: "cannot store just now" in running.said(), 15)
        running.stop()
        assert running.process.returncode == 0
        site.mongod.start()
        running.start()
        assert wait_for(lambda: site.has(5), 30)


def test_memory_stays_bounded_while_nothing_can_be_stored(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        device = site.device()
        send(device, 0, 10)
        assert wait_for(lambda: site.has(10), 10)
        listening = psutil.Process(running.process.pid)
        before = listening.memory_info().rss
        site.mongod.stop()
        # 200 MB come in, of which only what the inbox holds may be in memory.
        sent = [device.publish(body(number, 200_000), waits=False) for number in range(10, 1010)]
        for each in sent:
            each.wait_for_publish(60)
        time.sleep(2)
        assert listening.memory_info().rss - before < 120 * 1024 * 1024
        site.mongod.start()
        assert wait_for(lambda: site.has(1010), 90), len(site.stored())


def test_a_restarted_broker_keeps_what_comes_before_the_listener_is_back(site: Site) -> None:
    with listener(site.settings, site.folder) as running:
        send(site.device(), 0, 50)
        assert wait_for(lambda: site.has(50), 10)
        running.kill()
        send(site.device(), 50, 100)
        site.broker.stop()
        site.broker.start()
        send(site.device(), 100, 150)
        running.start()
        assert wait_for(lambda: site.has(150), 20), len(site.stored())


@pytest.mark.parametrize("group", ["none", "ampra"])
def test_a_listener_that_leaves_takes_what_waits_and_ends_its_session(site: Site) -> None:
    with listener(site.settings, site.folder, "parting") as running:
        running.stop()
    send(site.device(), 0, 100)
    leaving = run_leave(site, "parting")
    assert "taking what still waits" in leaving
    assert wait_for(lambda: site.has(100), 10)
    with listener(site.settings, site.folder, "staying"):
        send(site.device(), 100, 150)
        # Had a shared session been kept, half of these would wait for a listener that never comes.
        assert wait_for(lambda: site.has(150), 15)
    site.broker.stop()
    assert b"parting" not in (site.folder / "broker" / "mosquitto.db").read_bytes()


def run_leave(site: Site, name: str) -> str:
    environment = {**site.settings, "AMPRA_LISTENER_NAME": name, "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-m", "jobs.listener", "--leave"], env=environment, cwd=servers.PROJECT,
                          capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def test_a_mistake_of_ours_costs_one_message_and_not_the_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = ingest.accept

    def failing(deliveries: Any, now: datetime) -> Any:
        if any(b'"solarPower": 7,' in each.message.body or each.message.body.endswith(b" 7}") for each in deliveries):
            raise KeyError("a mistake")
        return accept(deliveries, now)

    monkeypatch.setattr(ingest, "accept", failing)
    deliveries = [
        ingest.Delivery(site.source_id, normalise.Message("mqtt", "data", body(number).encode(), datetime.now(UTC)))
        for number in range(20)
    ]
    receipts = jobs_listener._accept(deliveries)
    assert sum(each.stored for each in receipts) == 19
    (letter,) = arrivals.dead_letters(mongo.database(), site.source_id)
    assert "a mistake" in letter["reason"]
