"""Readings through Mosquitto and the listener: how many a second, and how soon each can be queried."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.ingest.messages import milliseconds_now
from benchmarks.ingest.stage import Stage
from data import mongo, readings
from deploy.local.ports import wait_for
from tests.mqtt import listener
from tests.servers import PROJECT

WINDOW = 4000
WARM_UP_SECONDS = 3.0
SAMPLE_SECONDS = 0.02
PATIENCE_SECONDS = 30.0


@dataclass
class Publisher:
    """The devices' process."""

    process: subprocess.Popen[str]
    sent: int = 0
    acknowledged: int = 0
    cpu_milliseconds: int = 0

    def told_stored(self, number: int) -> None:
        """Tell it how many readings are stored."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{number}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            # It has sent everything and is gone.
            return

    def wait(self) -> None:
        """Wait for its end; then `sent` and `acknowledged` are known."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            name, number = line.split()
            setattr(self, name, int(number))
        if self.process.wait():
            raise RuntimeError("the publisher failed")


def start_publisher(stage: Stage, rate: float, seconds: float) -> Publisher:
    """Start the devices; `rate` 0 sends as fast as readings are stored."""
    command = (sys.executable, "-m", "benchmarks.ingest.publisher", str(stage.broker.port), str(rate), str(seconds),
               str(WINDOW))
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write("".join(f"{each.id} {each.key}\n" for each in stage.sources) + "\n")
    process.stdin.flush()
    return Publisher(process)


class Sampler(threading.Thread):
    """Looks for new readings every few milliseconds: when each can be queried, and how many there are."""

    def __init__(self, publisher: Publisher) -> None:
        super().__init__(daemon=True)
        self._publisher = publisher
        self._last: Any = None
        self.seen: list[tuple[float, int]] = []
        self.delays: list[int] = []
        self.is_over = False

    def run(self) -> None:
        """Look until told that it is over."""
        stored = 0
        while not self.is_over:
            # In the order of their making, which is that of the one listener that makes them.
            after = {} if self._last is None else {"_id": {"$gt": self._last}}
            found = list(mongo.database()[readings.COLLECTION].find(after, {"timestamp": 1}).sort("_id", 1))
            now = milliseconds_now()
            if found:
                stored, self._last = stored + len(found), found[-1]["_id"]
                self.delays += [now - int(each["timestamp"].timestamp() * 1000) for each in found]
                self._publisher.told_stored(stored)
            self.seen.append((time.monotonic(), stored))
            time.sleep(SAMPLE_SECONDS)


@contextmanager
def one_listener(stage: Stage) -> Iterator[psutil.Process]:
    """A listener; gives its process."""
    with listener(stage.settings, stage.folder) as running:
        yield psutil.Process(running.process.pid)


def measure(stage: Stage, rate: float, seconds: float) -> dict[str, float]:
    """Send for some seconds and return the figures: readings/s once it runs, delays in seconds, CPU per reading."""
    mongo.database()[readings.COLLECTION].delete_many({})
    with one_listener(stage) as listening:
        publisher = start_publisher(stage, rate, seconds)
        sampler = Sampler(publisher)
        sampler.start()
        servers = [psutil.Process(each) for each in (stage.broker.process.pid, stage.mongod.pid)]
        before, wall = [_seconds_of(each) for each in (listening, *servers)], time.monotonic()
        publisher.wait()
        wait_for(lambda: sampler.seen[-1][1] >= publisher.sent, PATIENCE_SECONDS)
        used = [_seconds_of(each) - start for each, start in zip((listening, *servers), before, strict=True)]
        sampler.is_over = True
        sampler.join()
    stored = mongo.database()[readings.COLLECTION].count_documents({})
    if stored != publisher.sent:
        raise RuntimeError(f"{publisher.sent} sent, {stored} stored")
    delays = sorted(sampler.delays)
    return {
        "readings_per_second": _rate(sampler.seen, wall + WARM_UP_SECONDS, wall + seconds),
        "p50_seconds": delays[len(delays) // 2] / 1000,
        "p99_seconds": delays[int(len(delays) * 0.99)] / 1000,
        "listener_cpu_microseconds_per_reading": used[0] / stored * 1e6,
        "cpu_microseconds_per_reading": (sum(used) + publisher.cpu_milliseconds / 1000) / stored * 1e6,
        "readings": stored,
    }


def _seconds_of(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def _rate(seen: Sequence[tuple[float, int]], start: float, end: float) -> float:
    within = [each for each in seen if start <= each[0] <= end]
    return (within[-1][1] - within[0][1]) / (within[-1][0] - within[0][0])
