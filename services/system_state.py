"""How the whole of Ampra is, in sentences: stores, servers, what came in, background work, and room on the disk."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data import settings
from services import access, system_facts
from services.background import SILENT_AFTER
from services.people import permissions
from services.people.viewer import Viewer
from services.system_facts import Facts, MongoFacts, PostgresFacts

# The queue's library writes a heartbeat every ten seconds.
WORKER_SILENT_AFTER = timedelta(seconds=60)
# A beat that is so late was not made: the clock stands.
BEAT_LATE_AFTER = timedelta(minutes=2)
# With active sources something comes in by then, unless all of them sleep at night.
QUIET_AFTER = timedelta(hours=18)
_MANY_DUE, _LITTLE_SPACE = 500, 1_000_000_000
_SERVERS = {"mqtt": "MQTT broker", "mail": "Mail", "files": "Object store"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the system: whether it is well, and a sentence on it."""

    name: str
    is_well: bool
    sentence: str


def parts(viewer: Viewer, now: datetime) -> list[Part]:
    """Return every part; one that does not answer is not well, and the others are said all the same."""
    access.require(viewer, permissions.SYSTEM_READ)
    return parts_of(system_facts.gather(now))


def parts_of(facts: Facts) -> list[Part]:
    """Say the facts in sentences."""
    found = [_store("PostgreSQL", facts.postgres is not None), _store("MongoDB", facts.mongo is not None)]
    found += _servers(facts.servers)
    if facts.mongo is not None:
        found.append(_readings(facts.mongo, facts.at, facts.postgres))
    if facts.postgres is None:
        found.append(Part("Background work", False, "unknown: PostgreSQL does not answer"))
    else:
        found += _background(facts.postgres, facts.at)
    return [*found, _disk(settings.get().var)]


def _store(name: str, is_well: bool) -> Part:
    return Part(name, is_well, "answers" if is_well else "does not answer")


def _servers(servers: dict[str, bool]) -> Iterator[Part]:
    if "mail" not in servers:
        yield Part("Mail", False, "AMPRA_SMTP_URL is not set: no mail goes out")
    for name, is_well in servers.items():
        yield _store(_SERVERS[name], is_well)


def _readings(mongo: MongoFacts, now: datetime, postgres: PostgresFacts | None) -> Part:
    newest, hour = mongo.figures.newest_received_at, mongo.last_hour
    counted = f"{hour['stored']:,} stored and {hour['dead']:,} not understood in the last full hour"
    if newest is None:
        return Part("Readings", True, "none has come in yet")
    are_active = postgres is None or postgres.figures.active_sources > 0
    is_well = not are_active or now - newest <= QUIET_AFTER
    return Part("Readings", is_well, f"the newest came {_ago(newest, now)}; {counted}")


def _background(postgres: PostgresFacts, now: datetime) -> list[Part]:
    noted = max((each.noted_at for each in postgres.beats), default=None)
    alive = sum(now - each <= WORKER_SILENT_AFTER for each in postgres.queue.workers)
    return [
        Part("Scheduler", noted is not None and now - noted <= SILENT_AFTER,
             "was never heard" if noted is None else f"heard {_ago(noted, now)}"),
        Part("Workers", alive > 0, f"{alive} running"),
        _queue(postgres, now),
        _jobs(postgres, now),
    ]  # fmt: skip


def _queue(postgres: PostgresFacts, now: datetime) -> Part:
    queue, oldest = postgres.queue, postgres.figures.oldest_due_at
    waits = "" if oldest is None else f"; the oldest has waited since {_ago(oldest, now)}"
    return Part("Queue", queue.due < _MANY_DUE, f"{queue.due} due, {queue.running} being done{waits}")


def _jobs(postgres: PostgresFacts, now: datetime) -> Part:
    late = [each.task for each in postgres.beats if each.next_run_at and now - each.next_run_at > BEAT_LATE_AFTER]
    failed = [f"{each.task} ({each.failed})" for each in postgres.tasks if each.failed]
    words = [f"late: {', '.join(late)}"] * bool(late) + [f"failed in 24 hours: {', '.join(failed)}"] * bool(failed)
    return Part("Jobs", not words, "; ".join(words) or "none late, none failed in 24 hours")


def _ago(at: datetime, now: datetime) -> str:
    return f"{max(0, round((now - at).total_seconds())):,} s ago"


def _disk(folder: Path) -> Part:
    there = folder if folder.exists() else Path()
    free = shutil.disk_usage(there).free
    return Part("Disk", free > _LITTLE_SPACE, f"{free / 1e9:.1f} GB free where Ampra keeps its files")
