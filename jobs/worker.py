"""The worker: runs deferred tasks from the PostgreSQL queue until told to stop."""

import asyncio
import logging

import procrastinate

from jobs import heartbeat, process
from jobs.queue import make_app
from jobs.tasks.forecasts import FORECASTER
from services.forecast import planning
from services.ingestion import broker_sync
from services.mail import sending as mail

log = logging.getLogger("worker")
STOP_SECONDS = 8.0
CONCURRENCY = 2


async def _work(app: procrastinate.App) -> None:
    async with app.open_async():
        log.info("ready for %d tasks at once", CONCURRENCY)
        # Neither a revoked key nor somebody's code may wait behind forecasts.
        urgent = asyncio.create_task(app.run_worker_async(
            queues=[broker_sync.QUEUE, mail.QUEUE], concurrency=2, name="ampra-urgent-worker",
            install_signal_handlers=False, shutdown_graceful_timeout=STOP_SECONDS,
        ))
        # Forecasts take long and much memory: one at a time, and nothing else waits behind them. One that is stopped
        # is begun again by the next worker.
        patient = asyncio.create_task(app.run_worker_async(
            queues=[planning.QUEUE], concurrency=1, name="ampra-forecast-worker",
            install_signal_handlers=False, shutdown_graceful_timeout=0.2,
        ))
        alive = asyncio.create_task(_beat())
        await app.run_worker_async(
            queues=["default"], concurrency=CONCURRENCY, shutdown_graceful_timeout=STOP_SECONDS, name="ampra-worker"
        )
        for each in (urgent, patient, alive):
            each.cancel()
        await asyncio.gather(urgent, patient, alive, return_exceptions=True)
        FORECASTER.close()


async def _beat() -> None:
    while True:
        heartbeat.beat()
        await asyncio.sleep(heartbeat.PAUSE_SECONDS)


def main() -> None:
    """Run one worker until SIGTERM or SIGINT."""
    asyncio.run(_work(make_app()))


if __name__ == "__main__":
    process.run(main)
