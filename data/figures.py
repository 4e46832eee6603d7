"""Figures of the stores as a whole, for those who look after an installation: sizes, connections, what came in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.database import Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from data.errors import mapped_mongo_errors

Document = dict[str, Any]
OUTCOMES = ("stored", "merged", "duplicate", "refused", "dead")
_POSTGRES = """
    SELECT pg_database_size(current_database()),
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
        (SELECT count(*) FROM sun_sources WHERE is_active)
"""
_OLDEST_DUE = """
    SELECT min(coalesce(jobs.scheduled_at, events.at)) FROM procrastinate_jobs AS jobs
    JOIN procrastinate_events AS events ON events.job_id = jobs.id AND events.type = 'deferred'
    WHERE jobs.status = 'todo' AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
"""


@dataclass(frozen=True, slots=True)
class PostgresFigures:
    """Size of the database in bytes, its connections, active sources, and since when the oldest due job waits."""

    size: int
    connections: int
    active_sources: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class MongoFigures:
    """Documents; bytes of them, of their files and of the indexes; when the newest reading came; marks of roll-ups that
    wait."""

    documents: int
    data_size: int
    storage_size: int
    index_size: int
    newest_received_at: datetime | None
    marks: int


def postgres_figures(session: Session) -> PostgresFigures:
    """Return the figures of PostgreSQL."""
    size, connections, sources = session.execute(text(_POSTGRES)).one()
    return PostgresFigures(size, connections, sources, session.execute(text(_OLDEST_DUE)).scalar_one())


def mongo_figures(database: Database[Document]) -> MongoFigures:
    """Return the figures of MongoDB."""
    with mapped_mongo_errors():
        stats = database.command("dbStats")
        newest = database["latest_readings"].find_one({}, {"receivedAt": 1}, sort=[("receivedAt", -1)])
        return MongoFigures(
            documents=int(stats["objects"]), data_size=int(stats["dataSize"]), storage_size=int(stats["storageSize"]),
            index_size=int(stats["indexSize"]), newest_received_at=None if newest is None else newest["receivedAt"],
            marks=database["rollup_marks"].estimated_document_count(),
        )  # fmt: skip


def readings_in(database: Database[Document], hour: datetime) -> dict[str, int]:
    """Return how many readings of all sources came in the UTC hour that begins at `hour`, by outcome (OUTCOMES)."""
    sums: Document = {name: {"$sum": f"${name}"} for name in OUTCOMES}
    wanted: list[Document] = [{"$match": {"hour": hour}}, {"$group": {"_id": None, **sums}}]
    with mapped_mongo_errors():
        found = list(database["ingest_counts"].aggregate(wanted))
    return {name: int(found[0][name]) if found else 0 for name in OUTCOMES}
