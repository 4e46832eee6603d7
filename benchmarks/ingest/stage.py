"""Servers of their own for a measurement of ingestion: PostgreSQL, MongoDB, Mosquitto, and sources with their keys."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data import settings
from jobs.tasks import broker as broker_tasks
from services import sealing
from services.ingestion import credentials
from services.people import accounts
from services.sources import making as sources
from tests import servers
from tests.mqtt import Mosquitto, Restartable, restartable_mongo, restartable_postgres


@dataclass(frozen=True)
class Installation:
    """One source: its id, MQTT key and webhook secret."""

    id: str
    key: str
    secret: str


@dataclass(frozen=True)
class Stage:
    """What runs, the settings that name it, and the sources."""

    folder: Path
    settings: dict[str, str]
    broker: Mosquitto
    postgres: Restartable
    mongod: Restartable
    sources: list[Installation]


@contextmanager
def stage(number_of_sources: int) -> Iterator[Stage]:
    """Start everything in a temporary folder; this process's settings point at it meanwhile."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ampra-benchmark-")))
        folder.chmod(0o755)
        postgres_url, postgres = restartable_postgres(folder)
        mongo_url, mongod = restartable_mongo(folder)
        broker = Mosquitto(folder / "broker")
        for each in (postgres, mongod, broker):
            stack.callback(each.stop)
            each.start()
        told = {
            **servers.environment(postgres_url, mongo_url, folder), **broker.settings,
            "AMPRA_WEBHOOK_LIMIT_PER_MINUTE": "1000000",
        }
        servers.migrate(told)
        _use(told)
        yield Stage(folder, told, broker, postgres, mongod, _sources(number_of_sources))


def _use(told: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("AMPRA_")]:
        del os.environ[name]
    os.environ.update(told)
    servers.forget_settings()
    settings.get()


def _sources(number: int) -> list[Installation]:
    broker_tasks.reconcile()
    owner, now = accounts.create_user("owner@example.org", "Sunny-day-7", "", ""), datetime.now(UTC)
    made = []
    for count in range(number):
        values = {
            "name": f"Roof {count}", "connection_type": 0, "installed_capacity_watts": 8000.0,
            "time_zone": "Europe/Berlin",
        }
        source = sources.create_source(owner.id, values, now)
        broker_tasks.set_key(str(source.record.id), sealing.seal(source.secret))
        secret = credentials.rotate(source.record.id, "webhook", now)
        made.append(Installation(str(source.record.id), source.secret, secret))
    return made
