"""The work queue in PostgreSQL (procrastinate): how any room asks for work that the workers do later."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from data import settings
from data.errors import StorageUnavailable


def libpq_url(url: str) -> str:
    """Return a SQLAlchemy PostgreSQL URL in the form that psycopg itself understands."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@lru_cache(maxsize=1)
def _app() -> procrastinate.App:
    connector = procrastinate.SyncPsycopgConnector(
        conninfo=libpq_url(settings.get().postgres_url), min_size=0, max_size=2, timeout=5
    )
    app = procrastinate.App(connector=connector)
    app.open()
    return app


def defer(
    task: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_at: datetime | None = None,
    priority: int = 0,
) -> int | None:
    """Ask the workers to run a task by its name; returns the job's id.

    Of jobs with one `lock` a single one runs at a time; with a `queueing_lock` a second job is not queued while one
    waits, and None is returned. `schedule_at` is aware. Raises StorageUnavailable.
    """
    try:
        # Asked first, since a beat of seconds meets jobs that wait, and PostgreSQL logs each refusal as an error.
        if queueing_lock and _app().job_manager.list_jobs(queueing_lock=queueing_lock, status="todo"):
            return None
        deferrer = _app().configure_task(
            task, queue=queue, lock=lock, queueing_lock=queueing_lock, schedule_at=schedule_at, priority=priority
        )
        return deferrer.defer(**dict(arguments or {}))
    except AlreadyEnqueued:
        return None
    except ConnectorException as error:
        raise StorageUnavailable("the work queue in PostgreSQL does not answer") from error


def state(job_id: int) -> str:
    """Return the state of a job: todo, doing, succeeded, failed, cancelled or aborted."""
    try:
        return _app().job_manager.get_job_status(job_id).value
    except ConnectorException as error:
        raise StorageUnavailable("the work queue in PostgreSQL does not answer") from error


def cancel(lock: str) -> int:
    """Take back the jobs of a lock: those that wait never run, one that runs is asked to stop; returns how many."""
    try:
        manager = _app().job_manager
        found = [each for status in ("todo", "doing") for each in manager.list_jobs(lock=lock, status=status)]
        return sum(manager.cancel_job_by_id(each.id, abort=True) for each in found if each.id is not None)
    except ConnectorException as error:
        raise StorageUnavailable("the work queue in PostgreSQL does not answer") from error
