"""Tasks about accounts: what is left of a deleted one, and of sessions and links whose time is over."""

import logging
from datetime import UTC, datetime

import procrastinate

from services.people import removal as account_removal
from services.people import tidying as account_tidying

log = logging.getLogger("accounts")
tasks = procrastinate.Blueprint()


@tasks.task(name="erase", retry=procrastinate.RetryStrategy(max_attempts=100, exponential_wait=2))
def erase(user_id: str) -> None:
    """Remove an account with everything it owns; tried again until it is gone."""
    log.info("removed account %s with %d sources", user_id, account_removal.erase(user_id, datetime.now(UTC)))


@tasks.task(name="sweep", retry=3)
def sweep() -> None:
    """Remove sessions and links that ended long ago, and go on with deletions that were interrupted."""
    removed = account_tidying.tidy(datetime.now(UTC))
    waiting = account_removal.sweep()
    if removed or waiting:
        log.info("removed %d old sessions and links; %d accounts wait to be deleted", removed, waiting)
