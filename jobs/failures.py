"""Why work failed: kept in a sentence for admins, without secrets or anybody's data; the worker's log has the rest."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import procrastinate
from procrastinate.worker import Worker

from data.errors import StorageUnavailable
from services import background

log = logging.getLogger("worker")
_HOUSE = Path(__file__).parent.parent
# Errors of these rooms say in words of ours what is the matter; those of libraries may quote what they were given.
_ROOMS = frozenset({"data", "jobs", "services", "solar"})


async def keep(
    call_next: Callable[[], Awaitable[Any]], context: procrastinate.JobContext, _worker: Worker
) -> Any:
    """Run a job; where it fails, keep why (a middleware of the queue)."""
    try:
        return await call_next()
    except Exception as error:
        if context.job.id is not None:
            await asyncio.to_thread(_note, context.job.id, sentence_of(error))
        raise


def sentence_of(error: Exception) -> str:
    """Return why work failed: an error of ours in its own words, any other by its kind and place."""
    if type(error).__module__.split(".")[0] in _ROOMS and str(error):
        words = " ".join(str(error).split())
        return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
    inside = [each for each in traceback.extract_tb(error.__traceback__) if _room_of(each.filename) in _ROOMS]
    if not inside:
        return f"{type(error).__name__}."
    last = inside[-1]
    return f"{type(error).__name__} in {Path(last.filename).relative_to(_HOUSE)}, line {last.lineno}."


def _room_of(filename: str) -> str:
    path = Path(filename)
    return path.relative_to(_HOUSE).parts[0] if path.is_relative_to(_HOUSE) else ""


def _note(job_id: int, sentence: str) -> None:
    try:
        background.note_failure(job_id, sentence, datetime.now(UTC))
    except StorageUnavailable as error:
        log.warning("why job %d failed could not be kept (%s)", job_id, error)
