"""The work queue: deferred by name from any room, run by a worker, one waiting job per queueing lock."""

import asyncio

from data import queue
from jobs.queue import TASKS, make_app


def _run_waiting_jobs() -> None:
    async def work() -> None:
        app = make_app()
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(work())


def test_a_worker_runs_what_was_deferred_by_name(stores: dict[str, str]) -> None:
    number = queue.defer("housekeeping:sweep", queueing_lock="sweep")
    assert number is not None
    assert queue.defer("housekeeping:sweep", queueing_lock="sweep") is None
    _run_waiting_jobs()
    assert queue.state(number) == "succeeded"
    assert queue.defer("housekeeping:sweep", queueing_lock="sweep") is not None


def test_every_beat_of_the_clock_names_a_task(migrated: dict[str, str]) -> None:
    from jobs.scheduler import BEATS

    known = set(make_app().tasks)
    assert {beat.task for beat in BEATS} <= known
    assert set(TASKS) <= {name.partition(":")[0] for name in known}
