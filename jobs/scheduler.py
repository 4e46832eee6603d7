"""The clock: one active scheduler, others standing by on a PostgreSQL lock; it only defers work."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from data import locks, queue
from data.errors import StorageUnavailable
from jobs import heartbeat, process
from services import background, simulation
from services.backups import keeping
from services.ingestion import broker_sync
from services.rollups import shards

log = logging.getLogger("scheduler")
CHECK_SECONDS = 2.0
STAND_BY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Beat:
    """Work that is deferred again and again: its full name, when, and with which arguments."""

    task: str
    trigger: BaseTrigger
    is_needed: Callable[[], bool] = lambda: True
    work: Callable[[], list[dict[str, Any]]] = lambda: [{}]


def _due_shards() -> list[dict[str, Any]]:
    return [{"shard": each} for each in shards.due_shards(datetime.now(UTC))]


def _due_simulations() -> list[dict[str, Any]]:
    return [{}] if simulation.is_any_running() else []


BEATS = (
    Beat("accounts:sweep", CronTrigger(hour=3, minute=5, timezone="UTC")),
    # When the night's other work is done.
    Beat("backups:make", CronTrigger(hour=4, minute=10, timezone="UTC"), keeping.is_wanted),
    Beat("broker:reconcile", IntervalTrigger(seconds=30), broker_sync.is_needed),
    # Soon after the weather has come, a source's past was brought, or it is one o'clock where it stands.
    Beat("forecasts:plan", IntervalTrigger(seconds=60)),
    Beat("housekeeping:forget_runs", CronTrigger(hour=3, minute=50, timezone="UTC")),
    Beat("housekeeping:rescue_jobs", IntervalTrigger(seconds=30)),
    Beat("housekeeping:sweep", CronTrigger(hour=3, minute=20, timezone="UTC")),
    Beat("imports:forget_old", CronTrigger(hour=3, minute=35, timezone="UTC")),
    Beat("retention:all_sources", CronTrigger(hour=2, minute=40, timezone="UTC")),
    Beat("simulations:step", IntervalTrigger(seconds=10), work=_due_simulations),
    Beat("rollups:refresh", IntervalTrigger(seconds=5), work=_due_shards),
    # Not on the hour, when everybody asks the weather service.
    Beat("weather:fill_archive", CronTrigger(hour=1, minute=37, timezone="UTC")),
    Beat("weather:refresh_all", CronTrigger(hour="*/6", minute=17, timezone="UTC")),
)


def _defer(beat: Beat) -> None:
    try:
        for arguments in beat.work():
            name = " ".join([beat.task, *(str(value) for value in arguments.values())])
            queue.defer(beat.task, arguments, queueing_lock=name)
    except StorageUnavailable as error:
        log.warning("could not defer %s (%s); the next beat tries again", beat.task, error)


def _tick(stopping: threading.Event, lock: locks.Lock) -> None:
    """Run the clock for as long as this process holds the lock."""
    clock = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": 3600})
    beats = [beat for beat in BEATS if beat.is_needed()]
    for beat in beats:
        clock.add_job(_defer, beat.trigger, args=[beat], id=beat.task, max_instances=1)
    clock.start()
    log.info("this scheduler is the active one, with %d beats", len(beats))
    while not stopping.wait(CHECK_SECONDS) and lock.is_held():
        heartbeat.beat()
        _talk(clock, beats)
    clock.shutdown(wait=False)
    if not stopping.is_set():
        log.warning("lost the scheduler's lock; standing by")


def _talk(clock: BackgroundScheduler, beats: Sequence[Beat]) -> None:
    """Say what comes next, and defer at once what an admin asked for."""
    next_runs = {each.id: each.next_run_time for each in clock.get_jobs()}
    try:
        background.note_beats(
            [(each.task, str(each.trigger), next_runs.get(each.task)) for each in beats], datetime.now(UTC)
        )
        for task in background.take_asked():
            for beat in (each for each in beats if each.task == task):
                _defer(beat)
    except StorageUnavailable as error:
        log.warning("PostgreSQL does not answer (%s); trying again", error)


def main() -> None:
    """Run one scheduler until SIGTERM or SIGINT."""
    stopping = threading.Event()

    def stop(*_: Any) -> None:
        stopping.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    while not stopping.is_set():
        heartbeat.beat()
        try:
            with locks.try_hold("scheduler") as lock:
                if lock is not None:
                    _tick(stopping, lock)
        except StorageUnavailable as error:
            log.warning("PostgreSQL does not answer (%s); trying again", error)
        stopping.wait(STAND_BY_SECONDS)


if __name__ == "__main__":
    process.run(main)
