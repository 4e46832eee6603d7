"""The worker: runs deferred tasks from the PostgreSQL queue until told to stop."""

import asyncio
import logging

import procrastinate

from data import queue, settings
from jobs import process
from jobs.tasks import housekeeping, sources

log = logging.getLogger("worker")
STOP_SECONDS = 8.0
CONCURRENCY = 2


def make_app() -> procrastinate.App:
    """Return the queue with every task of `jobs.tasks` registered."""
    connector = procrastinate.PsycopgConnector(
        conninfo=queue.libpq_url(settings.get().postgres_url), min_size=1, max_size=4
    )
    app = procrastinate.App(connector=connector)
    app.add_tasks_from(housekeeping.tasks, namespace="housekeeping")
    app.add_tasks_from(sources.tasks, namespace="sources")
    return app


async def _work(app: procrastinate.App) -> None:
    async with app.open_async():
        log.info("ready for %d tasks at once", CONCURRENCY)
        await app.run_worker_async(
            concurrency=CONCURRENCY, shutdown_graceful_timeout=STOP_SECONDS, name="ampra-worker"
        )


def main() -> None:
    """Run one worker until SIGTERM or SIGINT."""
    asyncio.run(_work(make_app()))


if __name__ == "__main__":
    process.run(main)
