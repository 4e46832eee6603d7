"""How many queries the databases have answered so far, as their servers count them."""

import time
from dataclasses import dataclass

import psycopg

from data import mongo, settings

_COMMANDS = ("find", "aggregate", "count", "findAndModify", "update", "insert", "delete", "distinct")


@dataclass(frozen=True, slots=True)
class Counts:
    """Transactions and commands since the servers started, at a time in seconds."""

    at: float
    postgres: int
    mongo: int


def now() -> Counts:
    """Return the counts of this moment."""
    with psycopg.connect(settings.get().postgres_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    status = mongo.database().client.admin.command("serverStatus")
    commands = status["metrics"]["commands"]
    return Counts(
        time.monotonic(), int(row[0]) if row else 0, sum(int(commands[each]["total"]) for each in _COMMANDS)
    )
