"""Tasks that keep the queue and the stores tidy."""

import logging
from datetime import UTC, datetime

import procrastinate

from services import background, housekeeping

log = logging.getLogger("housekeeping")
tasks = procrastinate.Blueprint()


@tasks.task(name="rescue_jobs", pass_context=True)
async def rescue_jobs(context: procrastinate.JobContext) -> None:
    """Give the jobs of a worker that died back to the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        log.warning("taking up again what a lost worker left: %s %s", job.task_name, job.task_kwargs)
        await manager.retry_job(job)


@tasks.task(name="forget_runs", retry=3)
def forget_runs() -> None:
    """Remove the queue's rows of work that ended long ago."""
    log.info("forgot %d runs", background.forget_old_runs(datetime.now(UTC)))


@tasks.task(name="sweep", retry=3)
def sweep() -> None:
    """Remove what belongs to sources that no longer exist, where a removal was interrupted."""
    removed = housekeeping.sweep_orphans()
    if removed:
        log.info("removed what was left of %d deleted sources", removed)
