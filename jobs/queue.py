"""The queue as workers see it: every task of `jobs.tasks`, under the name it is deferred by."""

from functools import lru_cache

import procrastinate

from data import queue, settings
from jobs import failures
from jobs.tasks import (
    accounts,
    backups,
    broker,
    forecasts,
    housekeeping,
    imports,
    mail,
    retention,
    rollups,
    simulations,
    sources,
    weather,
)

TASKS = {
    "accounts": accounts.tasks,
    "backups": backups.tasks,
    "broker": broker.tasks,
    "forecasts": forecasts.tasks,
    "housekeeping": housekeeping.tasks,
    "imports": imports.tasks,
    "mail": mail.tasks,
    "retention": retention.tasks,
    "rollups": rollups.tasks,
    "simulations": simulations.tasks,
    "sources": sources.tasks,
    "weather": weather.tasks,
}


def make_app() -> procrastinate.App:
    """Return the queue with every task registered as `<subject>:<task>`."""
    connector = procrastinate.PsycopgConnector(
        conninfo=queue.libpq_url(settings.get().postgres_url), min_size=1, max_size=4
    )
    return _registered().with_connector(connector)


@lru_cache(maxsize=1)
def _registered() -> procrastinate.App:
    # Registering renames the tasks of a blueprint, so it is done once in a process; this connector is never opened.
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(), worker_defaults={"worker_middleware": [failures.keep]}
    )
    for subject, tasks in TASKS.items():
        app.add_tasks_from(tasks, namespace=subject)
    return app
