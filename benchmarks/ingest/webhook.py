"""Readings by webhook on two gunicorn workers: single ones in many requests, and a thousand in one."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from benchmarks.ingest.stage import Stage
from data import mongo, readings
from deploy.local.ports import free_port, wait_for
from tests.mqtt import Server

SINGLE_CONNECTIONS, BATCH_CONNECTIONS = 32, 4


@dataclass(frozen=True)
class Web:
    """The web server under measurement."""

    port: int
    stage: Stage

    def send(self, connections: int, size: int, seconds: float) -> dict[str, float]:
        """Send requests of `size` readings for some seconds; returns requests, readings and delays."""
        mongo.database()[readings.COLLECTION].delete_many({})
        command = ("benchmarks.ingest.callers", str(self.port), str(connections), str(size), str(seconds))
        log = self.stage.folder / f"callers-{size}.log"
        sources = self.stage.folder / "sources.txt"
        sources.write_text("".join(f"{each.id} {each.secret}\n" for each in self.stage.sources))
        callers = Server("callers", (sys.executable, "-m", *command, str(sources)), {}, log)
        callers.start()
        callers.process.wait()
        said = dict(line.split() for line in callers.said().splitlines())
        figures = {name: float(value) for name, value in said.items()}
        stored = mongo.database()[readings.COLLECTION].count_documents({})
        if stored != figures["requests"] * size:
            raise RuntimeError(f"{figures['requests'] * size:.0f} readings were taken, {stored} stored")
        return figures


@contextmanager
def web(stage: Stage) -> Iterator[Web]:
    """Two gunicorn workers as they run everywhere."""
    port = free_port()
    told = {**stage.settings, "AMPRA_PORT": str(port), "WEB_CONCURRENCY": "2"}
    command = (sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "app:server")
    server = Server("web", command, told, stage.folder / "web.log")
    server.start()
    try:
        if not wait_for(lambda: _answers(port), 60):
            raise RuntimeError(f"the web server did not start:\n{server.said()}")
        time.sleep(2)
        yield Web(port, stage)
    finally:
        server.stop()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


