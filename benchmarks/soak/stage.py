"""What a soak runs: servers of its own, the processes of the Procfile before them, sources with keys, and people."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.soak import chaos, full_disk
from data import settings
from deploy.local.ports import accepts, free_port, wait_for
from jobs.dynsec import DynamicSecurity
from jobs.tasks import broker as broker_tasks
from services import simulating
from services.people import accounts
from services.sources import making as sources
from tests import servers
from tests.mqtt import Mosquitto, Restartable, Server, restartable_mongo, restartable_postgres
from tests.production import Production

PASSWORD = "Sunny-day-7"
SOURCES_EACH = 100
PAST_DAYS = 14
RESTART_SECONDS = 2.0


@dataclass
class Stage:
    """Everything that runs; `sources` are (id, key), `people` (address, ids of their sources)."""

    folder: Path
    told: Mapping[str, str]
    running: Production
    servers: Mapping[str, Any]
    sources: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[str, list[str]]] = field(default_factory=list)
    restarts: dict[str, int] = field(default_factory=dict)
    _ended_at: dict[str, float] = field(default_factory=dict)

    @property
    def web_url(self) -> str:
        return self.running.urls[0]

    @property
    def broker_port(self) -> int:
        return int(self.servers["mosquitto"].port)

    def look_after(self) -> None:
        """Start what has ended again, as a service manager does; call it from the main thread, often."""
        for name, each in self.running.processes.items():
            if each.process.poll() is None:
                continue
            ended_at = self._ended_at.setdefault(name, time.monotonic())
            if time.monotonic() - ended_at >= RESTART_SECONDS:
                del self._ended_at[name]
                self.restarts[name] = self.restarts.get(name, 0) + 1
                each.start()
        if isinstance(self.servers["mongo"], full_disk.SmallDisk):
            self.servers["mongo"].look_after()

    def pids(self) -> dict[str, int]:
        """The first process of everything that runs just now."""
        found = {name: each.process.pid for name, each in self.running.processes.items() if each.process.poll() is None}
        for name, server in self.servers.items():
            # A server that is stopped has none.
            pid = getattr(server, "pid", None) or getattr(getattr(server, "process", None), "pid", None)
            if pid is not None:
                found[name] = pid
        return found

    def keep_logs(self, folder: Path) -> None:
        """Copy every log into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.folder.rglob("*.log"):
            shutil.copy(file, folder / file.name)


@contextmanager
def stage(number: int, forecasts: int, *, is_shaken: bool) -> Iterator[Stage]:
    """Start everything in a temporary folder; this process's settings point at it meanwhile."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ampra-soak-")))
        folder.chmod(0o755)
        known, told = _servers(stack, folder, is_shaken)
        servers.migrate(told)
        _use(told)
        running = Production(told | (chaos.clock_environment(folder) if is_shaken else {}), folder,
                             web=1, scheduler=1, worker=1, listener=1)  # fmt: skip
        stack.callback(running.stop)
        here = Stage(folder, told, running, known)
        _people(here, number, forecasts)
        running.migrate()
        running.start()
        if not wait_for(lambda: "listening at" in running.processes["listener-1"].said(), 60):
            raise RuntimeError(running.said())
        yield here


def _servers(stack: ExitStack, folder: Path, is_shaken: bool) -> tuple[dict[str, Any], dict[str, str]]:
    postgres_url, postgres = restartable_postgres(folder)
    is_small = is_shaken and full_disk.is_possible()
    mongo_url, mongod = full_disk.small_mongo(folder) if is_small else restartable_mongo(folder)
    broker, mail_port, weather_port = Mosquitto(folder / "broker"), free_port(), free_port()
    mail = Program("deploy.local.mail", mail_port, folder, "--folder", str(folder / "mails"))
    weather = Program("deploy.local.weather", weather_port, folder)
    known: dict[str, Restartable | Server | full_disk.SmallDisk] = {
        "postgres": postgres, "mongo": mongod, "mosquitto": broker, "mail": mail, "weather": weather,
    }  # fmt: skip
    for each in known.values():
        stack.callback(each.stop)
        each.start()
    return known, {
        **servers.environment(postgres_url, mongo_url, folder), **broker.settings,
        "AMPRA_SMTP_URL": f"smtp://127.0.0.1:{mail_port}", "AMPRA_WEATHER_URL": f"http://127.0.0.1:{weather_port}",
        "AMPRA_LOG_FORMAT": "json", "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip


class Program(Server):
    """A server of ours that stands for somebody else's."""

    def __init__(self, module: str, port: int, folder: Path, *arguments: str) -> None:
        self._port = port
        command = (sys.executable, "-m", module, "--port", str(port), *arguments)
        super().__init__(module, command, {}, folder / f"{module.rpartition('.')[2]}.log")

    def start(self) -> None:
        super().start()
        if not wait_for(lambda: accepts("127.0.0.1", self._port), 30):
            raise RuntimeError(self.said())


def _use(told: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("AMPRA_")]:
        del os.environ[name]
    os.environ.update(told)
    servers.forget_settings()
    settings.get()


def _people(here: Stage, number: int, forecasts: int) -> None:
    """Make owners of 100 sources each, with keys at the broker; the first sources have a past."""
    broker_tasks.reconcile()
    now, began = datetime.now(UTC), time.monotonic()
    for begin in range(0, number, SOURCES_EACH):
        email = f"owner{begin}@example.org"
        owner = accounts.create_user(email, PASSWORD, "", "", is_email_verified=True)
        made = [_source(owner.id, count, now) for count in range(begin, min(begin + SOURCES_EACH, number))]
        _admit(made)
        here.sources += made
        here.people.append((email, [source_id for source_id, _ in made]))
    for source_id, _ in here.sources[:forecasts]:
        simulating.make_past(source_id, now - timedelta(days=PAST_DAYS), now - timedelta(minutes=1), now)
    # What waits in the queue was done here, with the broker told directly.
    done = "DELETE FROM procrastinate_jobs WHERE starts_with(task_name, 'broker:')"
    servers.run_sql(here.told["AMPRA_POSTGRES_URL"], done)
    print(f"{number} sources were made in {time.monotonic() - began:.0f} s", flush=True)


def _source(owner_id: str, count: int, now: datetime) -> tuple[str, str]:
    made = sources.create_source(owner_id, _values(count), now)
    return str(made.record.id), made.secret


def _admit(made: list[tuple[str, str]]) -> None:
    """Give sources their accounts at the broker as the worker would, over one connection."""
    commands: list[dict[str, Any]] = []
    for source_id, key in made:
        name = f"{broker_tasks.PREFIX}{source_id}"
        commands.append(dict(broker_tasks.role_of(source_id)))
        commands.append({"command": "createClient", "username": name, "clientid": name, "password": key,
                         "roles": [{"rolename": name}]})  # fmt: skip
    told = settings.get()
    with DynamicSecurity(told.mqtt_admin_url, told.mqtt_ca_file) as broker:
        for start in range(0, len(commands), 20):
            failed = [each for each in broker.run(*commands[start : start + 20]) if "error" in each]
            if failed:
                raise RuntimeError(f"the broker refuses: {failed[0]}")


def _values(count: int) -> dict[str, Any]:
    return {
        "name": f"Roof {count}", "connection_type": 0, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Madrid",
        "latitude": 40.0 + count % 40 / 10, "longitude": -3.0,
    }  # fmt: skip
