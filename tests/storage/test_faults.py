"""Kills during a replay: nothing acknowledged to the device is lost, nothing is stored twice, all comes back."""

import csv
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymongo
import pytest

from deploy.local.claim import running_environment
from deploy.local.ports import wait_for
from tests.installation import Installation
from tests.servers import PROJECT

READINGS = 4500
VICTIMS = ("jobs.listener", "mongod", "gunicorn", "jobs.worker", "jobs.listener", "deploy.local.broker", "bin/postgres")
MAKE_SOURCE = """
from datetime import UTC, datetime
from services.people import accounts
from services.sources import making as sources
owner = accounts.create_user("alice@example.org", "Sunshine2024", "Alice", "Example")
values = {"name": "Replayed", "connection_type": 0, "time_zone": "Europe/Madrid", "installed_capacity_watts": 5000}
made = sources.create_source(owner.id, values, datetime.now(UTC))
print(made.record.id, made.secret)
"""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A recorded site of our own making: a reading a minute, until an hour ago."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.json").write_text(json.dumps({"timezone": "Europe/Madrid"}))
    first = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=READINGS + 60)
    with gzip.open(folder / "telemetry.csv.gz", "wt", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["timestamp", "solarPower", "stateOfCharge"])
        for number in range(READINGS):
            at = first + timedelta(minutes=number)
            rows.writerow([at.strftime("%Y-%m-%dT%H:%M:%SZ"), number % 5000, "" if number % 3 else number % 100])
    return folder


def settings_of(installation: Installation) -> dict[str, str]:
    """The environment of a command that talks to the installation."""
    return {**os.environ, **running_environment(installation.var)}


def make_source(installation: Installation) -> tuple[str, str]:
    """A source in the installation: its id and MQTT key."""
    made = subprocess.run([sys.executable, "-c", MAKE_SOURCE], cwd=PROJECT, env=settings_of(installation),
                          capture_output=True, text=True, check=True)
    source_id, key = made.stdout.split()
    return source_id, key


def test_nothing_acknowledged_is_lost_whoever_is_killed(installation: Installation, site: Path) -> None:
    source_id, key = make_source(installation)
    command = [sys.executable, "-m", "deploy.local.replay", str(site), "--source", source_id, "--speed", "10000"]
    replay = subprocess.Popen(command, cwd=PROJECT, env={**settings_of(installation), "AMPRA_SOURCE_KEY": key},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for victim in VICTIMS:
        time.sleep(2)
        assert replay.poll() is None, replay.communicate()[0]
        killed = installation.child(victim)
        killed.kill()
        assert installation.comes_back(killed.pid, victim), installation.said()[-3000:]
    said, _ = replay.communicate(timeout=240)
    assert replay.returncode == 0, said
    assert f"{READINGS} sent, {READINGS} acknowledged" in said

    mongo = settings_of(installation)["AMPRA_MONGO_URL"]
    with pymongo.MongoClient[dict[str, object]](mongo) as client:
        stored = client.get_default_database()["normalized_sun_source_data"]

        def is_complete() -> bool:
            try:
                return stored.count_documents({"sunSourceId": source_id}) == READINGS
            except pymongo.errors.PyMongoError:
                return False
        assert wait_for(is_complete, 60), installation.said()[-3000:]
        assert len(stored.distinct("timestamp", {"sunSourceId": source_id})) == READINGS
        assert stored.count_documents({"sunSourceId": source_id, "stateOfCharge": {"$exists": True}}) == READINGS / 3
