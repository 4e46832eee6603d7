"""Two schedulers and two workers at once: one clock ticks at a time, and every job is done once."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from data import locks, queue
from jobs import scheduler
from jobs.queue import make_app
from tests import servers

TASK = "sources:remove_images"
MANY = 60
pytestmark = pytest.mark.usefixtures("stores")


class Clock:
    """A scheduler in a thread, as `jobs.scheduler` runs it: it stands by, and ticks while it holds the lock."""

    def __init__(self, active: list["Clock"]) -> None:
        self.stopping, self._active = threading.Event(), active
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while not self.stopping.is_set():
            with locks.try_hold("scheduler") as lock:
                if lock is not None:
                    self._active.append(self)
                    scheduler._tick(self.stopping, lock)
            self.stopping.wait(0.05)

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the clock asked for: one piece of work every tenth of a second, each another."""
    names: list[str] = []

    def work() -> list[dict[str, Any]]:
        names.append(str(uuid4()))
        return [{"kind": "source", "owner_id": names[-1]}]

    monkeypatch.setattr(scheduler, "BEATS", (scheduler.Beat(TASK, IntervalTrigger(seconds=0.1), work=work),))
    monkeypatch.setattr(scheduler, "CHECK_SECONDS", 0.05)
    return names


def work_at_once(workers: int) -> None:
    """Have so many workers, each with a loop and connections of its own, do all that waits."""
    async def work(name: str) -> None:
        app = make_app()
        async with app.open_async():
            await app.run_worker_async(wait=False, concurrency=2, install_signal_handlers=False, name=name)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda number: asyncio.run(work(f"worker-{number}")), range(workers)))


def runs() -> dict[str, tuple[int, int]]:
    """How often each job was begun and ended well, by what it was asked for."""
    rows = servers.fetch(
        "SELECT j.args->>'owner_id', count(*) FILTER (WHERE e.type = 'started'),"
        " count(*) FILTER (WHERE e.type = 'succeeded')"
        " FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id GROUP BY j.id"
    )
    assert len({row[0] for row in rows}) == len(rows)
    return {str(name): (int(str(begun)), int(str(ended))) for name, begun, ended in rows}


def test_of_two_clocks_one_ticks_and_the_other_takes_over(asked: list[str]) -> None:
    active: list[Clock] = []
    clocks = [Clock(active), Clock(active)]
    try:
        assert servers.wait_until(lambda: len(asked) >= 5)
        assert len(active) == 1
        active[0].stop()
        before = len(asked)
        assert servers.wait_until(lambda: len(asked) >= before + 5)
        assert len(active) == 2
        assert active[0] is not active[1]
    finally:
        for each in clocks:
            each.stop()
    # The last tick may still be at it.
    counted = "SELECT count(*) FROM procrastinate_jobs"
    assert servers.wait_until(lambda: servers.fetch(counted) == [(len(asked),)])
    work_at_once(2)
    assert runs() == dict.fromkeys(asked, (1, 1))


def test_two_workers_do_every_job_once() -> None:
    names = [str(uuid4()) for _ in range(MANY)]
    for each in names:
        queue.defer(TASK, {"kind": "source", "owner_id": each})
    work_at_once(2)
    assert runs() == dict.fromkeys(names, (1, 1))
