"""One soak as it goes: devices, viewers, what is looked at meanwhile, and the faults at their times."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import psycopg
import pymongo
from pymongo.errors import PyMongoError

from benchmarks.soak.chaos import RECOVERY_SECONDS, Planned
from benchmarks.soak.stage import PASSWORD, Stage
from data import readings
from tests import servers
from tests.servers import PROJECT

EVERY_SECONDS = 10.0
SAMPLE_SECONDS = 0.2
MEMORY_SECONDS = 5.0
FORECAST_SECONDS = 300.0
PATIENCE_SECONDS = 180.0
Document = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """A time in which a fault explains what fails; seconds since 1970."""

    name: str
    start: float
    end: float


class Run:
    """Everything that is measured; `go` does it."""

    def __init__(self, stage: Stage, viewers: int, seconds: float, plan: Sequence[Planned]) -> None:
        self.stage, self.viewers, self.seconds, self.plan = stage, viewers, seconds, list(plan)
        client = pymongo.MongoClient[Document](
            stage.told["AMPRA_MONGO_URL"], serverSelectionTimeoutMS=300, tz_aware=True, timeoutMS=20_000
        )
        self._readings = client.get_default_database()[readings.COLLECTION]
        self._past = self._readings.count_documents({})
        newest = self._readings.find_one({}, {"_id": 1}, sort=[("_id", -1)])
        self._last: Any = newest["_id"] if newest else None
        self.lags: list[tuple[float, float]] = []
        # Process name -> (seconds of the run, MB).
        self.memory: dict[str, list[tuple[float, float]]] = {}
        self.windows: list[Window] = []
        self.sent = self.acknowledged = self.stored = self.twice = 0
        self.catching_up_seconds = 0.0
        self.seen: dict[str, Any] = {"delays": [], "news": 0, "failures": []}
        self._next_memory = self._next_forecast = 0.0
        self.began_at = time.time()

    def go(self) -> None:
        """Run for the seconds, then wait until everything sent is stored."""
        devices, viewers = self._devices(), self._people()
        try:
            self._go_on(devices, viewers)
        finally:
            for each in (devices, viewers):
                each.kill()

    def _go_on(self, devices: subprocess.Popen[str], viewers: subprocess.Popen[str]) -> None:
        self.began_at, began = time.time(), time.monotonic()
        waiting = list(self.plan)
        ending: list[tuple[float, Planned]] = []
        while (passed := time.monotonic() - began) < self.seconds or devices.poll() is None or viewers.poll() is None:
            if waiting and passed >= waiting[0].at:
                ending.append(self._begin(waiting.pop(0), began))
            for due, planned in [each for each in ending if passed >= each[0]]:
                self._finish(planned)
                ending.remove((due, planned))
            self._look(passed)
            time.sleep(SAMPLE_SECONDS)
            if passed > self.seconds + PATIENCE_SECONDS:
                break
        self._take(devices, viewers)
        stopped = time.monotonic()
        while self._count() < self.sent and time.monotonic() - stopped < PATIENCE_SECONDS:
            self._look(time.monotonic() - began)
            time.sleep(1)
        self.stored, self.catching_up_seconds = self._count(), round(time.monotonic() - stopped, 1)
        self.twice = self._count_twice()

    def is_explained(self, at: float) -> bool:
        """Whether a fault explains what failed at an instant (seconds since 1970)."""
        # While the clock is turned, logs tell its time.
        turned = [Window(each.name, each.start + by, each.end + by)
                  for each in self.windows if "clock" in each.name for by in (-3600, 3600)]  # fmt: skip
        return any(each.start <= at <= each.end for each in (*self.windows, *turned))

    def _begin(self, planned: Planned, began: float) -> tuple[float, Planned]:
        fault, now = planned.fault, time.time()
        print(f"{time.monotonic() - began:7.1f} s  {fault.name}", flush=True)
        self.windows.append(Window(fault.name, now - 1, now + fault.seconds + RECOVERY_SECONDS))
        fault.begin(self.stage)
        return time.monotonic() - began + fault.seconds, planned

    def _finish(self, planned: Planned) -> None:
        if planned.fault.end is not None:
            planned.fault.end(self.stage)

    def _look(self, passed: float) -> None:
        self.stage.look_after()
        with suppress(PyMongoError):
            self._sample()
        if passed >= self._next_memory:
            self._next_memory = passed + MEMORY_SECONDS
            self._note_memory(passed)
        if passed >= self._next_forecast:
            self._next_forecast = passed + FORECAST_SECONDS
            self._ask_for_forecasts()

    def _sample(self) -> None:
        """Note how long new readings took from their publication until a query finds them.

        By the order of the one listener that makes them; of the first moment after it was killed some are left out.
        """
        wanted = {} if self._last is None else {"_id": {"$gt": self._last}}
        found = list(self._readings.find(wanted, {"timestamp": 1}).sort("_id", 1))
        now = time.time()
        if found:
            self._last = found[-1]["_id"]
            self.lags += [(now, now - each["timestamp"].timestamp()) for each in found]

    def _note_memory(self, passed: float) -> None:
        for name, pid in self.stage.pids().items():
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                family = [process, *process.children(recursive=True)]
                # What processes share counts once.
                megabytes = sum(each.memory_full_info().pss for each in family) / 1e6
                self.memory.setdefault(name, []).append((passed, megabytes))

    def _ask_for_forecasts(self) -> None:
        """Ask the clock for what trains and forecasts, as an admin would; nothing where this build has none."""
        asked = "UPDATE schedule_beats SET run_asked_at = now() WHERE starts_with(task, 'forecast')"
        with suppress(psycopg.Error):
            servers.run_sql(self.stage.told["AMPRA_POSTGRES_URL"], asked)

    def _count(self) -> int:
        try:
            return self._readings.count_documents({}) - self._past
        except PyMongoError:
            return -1

    def _count_twice(self) -> int:
        """Count instants of a source that are stored more than once, not trusting the index that forbids it."""
        recent = {"timestamp": {"$gte": datetime.now(UTC) - timedelta(seconds=self.seconds + 600)}}
        key = {"source": "$sunSourceId", "at": "$timestamp"}
        steps = [{"$match": recent}, {"$group": {"_id": key, "times": {"$sum": 1}}}, {"$match": {"times": {"$gt": 1}}}]
        return len(list(self._readings.aggregate(steps)))

    def _devices(self) -> subprocess.Popen[str]:
        rate = len(self.stage.sources) / EVERY_SECONDS
        told = "".join(f"{source_id} {key}\n" for source_id, key in self.stage.sources) + "\n"
        command = ("benchmarks.ingest.publisher", str(self.stage.broker_port), str(rate), str(self.seconds), "0")
        return _started(command, told)

    def _people(self) -> subprocess.Popen[str]:
        told = "".join(f"{email} {each}\n" for owned in zip(*(p[1][:5] for p in self.stage.people), strict=False)
                       for (email, _), each in zip(self.stage.people, owned, strict=True))  # fmt: skip
        command = ("benchmarks.soak.viewers", self.stage.web_url, PASSWORD, str(self.viewers), str(self.seconds))
        return _started(command, told, closes=True)

    def _take(self, devices: subprocess.Popen[str], viewers: subprocess.Popen[str]) -> None:
        for line in devices.communicate(timeout=60)[0].splitlines():
            name, number = line.split()
            if name in ("sent", "acknowledged"):
                setattr(self, name, int(number))
        lines = viewers.communicate(timeout=60)[0].splitlines()
        self.seen = json.loads(lines[-1]) if lines else self.seen | {"failures": [(time.time(), "the viewers ended")]}


def _started(command: Sequence[str], told: str, *, closes: bool = False) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert started.stdin is not None
    started.stdin.write(told)
    started.stdin.flush()
    if closes:
        started.stdin.close()
        started.stdin = None
    return started
