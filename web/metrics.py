"""Figures for Prometheus at `/metrics`: requests as all web processes count them, and the facts of the installation."""

import hmac
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from data import settings
from services import system_facts
from services.system_facts import Facts, MongoFacts, PostgresFacts

blueprint = Blueprint("metrics", __name__)
# Several scrapers must not ask the databases more often than one does.
FACTS_SECONDS = 5.0
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# Whether gunicorn's processes count together is decided when the library is loaded.
_REGISTRY = CollectorRegistry()
_SHARED = "PROMETHEUS_MULTIPROC_DIR" in os.environ
_KEPT_IN = None if _SHARED else _REGISTRY
_REQUESTS = Counter(
    "ampra_http_requests", "Requests answered.", ("endpoint", "method", "status"), registry=_KEPT_IN
)
_SECONDS = Histogram(
    "ampra_http_request_seconds", "Seconds until an answer began.", ("endpoint",), buckets=_BUCKETS, registry=_KEPT_IN
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def note_request(endpoint: str | None, method: str, status: int, seconds: float) -> None:
    """Count one answer."""
    name = endpoint or "none"
    _REQUESTS.labels(name, method if method in _METHODS else "other", str(status)).inc()
    _SECONDS.labels(name).observe(seconds)


def shows_token() -> bool:
    """Return whether the request shows the token of those who may monitor."""
    wanted = settings.get().monitoring_token
    given = request.headers.get("Authorization", "")
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


@blueprint.get("/metrics")
def show() -> Any:
    """Answer with every figure in Prometheus's text format."""
    if not settings.get().monitoring_token:
        return jsonify(error="AMPRA_MONITORING_TOKEN is not set"), 404
    if not shows_token():
        return jsonify(error="this address is for whoever has the monitoring token"), 401
    registry = CollectorRegistry()
    registry.register(_FACTS)
    if _SHARED:
        multiprocess.MultiProcessCollector(registry)
        counted = b""
    else:
        counted = generate_latest(_REGISTRY)
    return Response(counted + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _FactsCollector(Collector):
    """The facts of the installation, asked at most every few seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Facts | None = None
        self._asked_at = 0.0

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if self._known is None or time.monotonic() - self._asked_at > FACTS_SECONDS:
                self._known, self._asked_at = system_facts.gather(datetime.now(UTC)), time.monotonic()
            known = self._known
        return _families(known)


_FACTS = _FactsCollector()


def _families(facts: Facts) -> Iterator[Metric]:
    answering = {"postgres": facts.postgres is not None, "mongo": facts.mongo is not None, **facts.servers}
    yield _gauges("ampra_up", "Whether a server answers.", "server", {name: int(up) for name, up in answering.items()})
    if facts.mongo is not None:
        yield from _of_mongo(facts.mongo, facts.at)
    if facts.postgres is not None:
        yield from _of_postgres(facts.postgres, facts.at)


def _of_mongo(known: MongoFacts, now: datetime) -> Iterator[Metric]:
    found = known.figures
    if found.newest_received_at is not None:
        age = _age(found.newest_received_at, now)
        yield _gauge("ampra_newest_reading_age_seconds", "Since a reading came in.", age)
    words = "Readings of all sources by what became of them, in "
    yield _gauges("ampra_readings_this_hour", f"{words}this UTC hour so far.", "outcome", known.this_hour)
    yield _gauges("ampra_readings_last_hour", f"{words}the last full UTC hour.", "outcome", known.last_hour)
    yield _gauge("ampra_rollup_marks", "Source days whose roll-ups wait.", found.marks)
    yield _gauge("ampra_mongo_documents", "Documents in MongoDB.", found.documents)
    sizes = {"data": found.data_size, "storage": found.storage_size, "indexes": found.index_size}
    yield _gauges("ampra_mongo_bytes", "Size of the database in MongoDB.", "part", sizes)


def _of_postgres(known: PostgresFacts, now: datetime) -> Iterator[Metric]:
    found, queue = known.figures, known.queue
    yield _gauge("ampra_postgres_bytes", "Size of the database in PostgreSQL.", found.size)
    yield _gauge("ampra_postgres_connections", "Connections to the database in PostgreSQL.", found.connections)
    yield _gauge("ampra_active_sources", "Sources that are switched on.", found.active_sources)
    yield _gauge("ampra_queue_due", "Jobs that could run now.", queue.due)
    yield _gauge("ampra_queue_running", "Jobs that run now.", queue.running)
    oldest = _age(found.oldest_due_at, now) if found.oldest_due_at is not None else 0.0
    yield _gauge("ampra_queue_oldest_due_seconds", "How long the oldest due job has waited.", oldest)
    heard = {str(number): _age(each, now) for number, each in enumerate(queue.workers)}
    yield _gauges("ampra_worker_silent_seconds", "Since a worker was heard.", "worker", heard)
    good, bad = ({each.task: getattr(each, state) for each in known.tasks} for state in ("succeeded", "failed"))
    yield _gauges("ampra_jobs_succeeded_24h", "Runs that succeeded in 24 hours.", "task", good)
    yield _gauges("ampra_jobs_failed_24h", "Runs that failed in 24 hours.", "task", bad)
    ages = {each.task: _age(each.last_success_at, now) for each in known.tasks if each.last_success_at is not None}
    yield _gauges("ampra_job_age_seconds", "Since a task last succeeded.", "task", ages)
    late = {each.task: _age(each.next_run_at, now) for each in known.beats if each.next_run_at is not None}
    yield _gauges("ampra_beat_late_seconds", "How late the clock's next beat is.", "task", late)
    noted = {each.task: _age(each.noted_at, now) for each in known.beats}
    yield _gauges("ampra_scheduler_silent_seconds", "Since the scheduler spoke of a beat.", "task", noted)


def _age(at: datetime, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds())


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _gauges(name: str, words: str, label: str, values: dict[str, Any]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
