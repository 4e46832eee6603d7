"""How the whole of Ampra is: stores, processes, the queue, what came in lately, and room on the disk."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data import postgres, queue_history, schedule, settings
from data.errors import StorageUnavailable
from services import access, health
from services.background import SILENT_AFTER
from services.people import permissions
from services.people.viewer import Viewer

# The queue's library writes a heartbeat every ten seconds.
_WORKER_SILENT_AFTER = timedelta(seconds=60)
_MANY_DUE, _LITTLE_SPACE = 500, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the system: whether it is well, and a sentence on it."""

    name: str
    is_well: bool
    sentence: str


def parts(viewer: Viewer, now: datetime) -> list[Part]:
    """Return every part; one that does not answer is not well, and the others are said all the same."""
    access.require(viewer, permissions.SYSTEM_READ)
    found = [_store(name, is_well) for name, is_well in health.stores().items()]
    try:
        found += _background(now)
    except StorageUnavailable:
        found.append(Part("Background work", False, "unknown: PostgreSQL does not answer"))
    return [*found, _mail(), _disk(settings.get().var)]


def _store(name: str, is_well: bool) -> Part:
    known = {"postgres": "PostgreSQL", "mongo": "MongoDB"}
    return Part(known.get(name, name), is_well, "answers" if is_well else "does not answer")


def _background(now: datetime) -> list[Part]:
    with postgres.session() as session:
        beats, queue = schedule.list_all(session), queue_history.state(session)
    noted = max((each.noted_at for each in beats), default=None)
    alive = sum(now - each <= _WORKER_SILENT_AFTER for each in queue.workers)
    return [
        Part("Scheduler", noted is not None and now - noted <= SILENT_AFTER, _heard(noted, now)),
        Part("Workers", alive > 0, f"{alive} running"),
        Part("Queue", queue.due < _MANY_DUE, f"{queue.due} due, {queue.running} being done"),
    ]


def _heard(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "was never heard"
    return f"heard {max(0, round((now - at).total_seconds()))} s ago"


def _mail() -> Part:
    is_set = bool(settings.get().smtp_url)
    return Part("Mail", is_set, "a mail server is set" if is_set else "AMPRA_SMTP_URL is not set: no mail goes out")


def _disk(folder: Path) -> Part:
    there = folder if folder.exists() else Path()
    free = shutil.disk_usage(there).free
    return Part("Disk", free > _LITTLE_SPACE, f"{free / 1e9:.1f} GB free where Ampra keeps its files")

