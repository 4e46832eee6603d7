"""The connection to MongoDB: one client per process, made on first use, whose acknowledged writes are durable."""

from functools import lru_cache
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from data import settings
from data.errors import StorageUnavailable, mapped_mongo_errors

DATABASE = "ampradb"
SELECTION_MILLISECONDS = 3_000
_operation_seconds: int | None = None


def client_for(url: str, operation_seconds: int | None = None) -> MongoClient[dict[str, Any]]:
    """Return a new client; it acknowledges a write when a majority of the servers have it in their journal.

    With `operation_seconds` each of its operations gives up after so long. Not by `timeoutMS`: that would also try
    them again for so long while no server answers at all, which must be known within seconds.
    """
    return MongoClient(
        url,
        appname="ampra",
        tz_aware=True,
        uuidRepresentation="standard",
        w="majority",
        journal=True,
        wTimeoutMS=10_000,
        serverSelectionTimeoutMS=SELECTION_MILLISECONDS,
        connectTimeoutMS=SELECTION_MILLISECONDS,
        socketTimeoutMS=None if operation_seconds is None else operation_seconds * 1000,
    )


@lru_cache(maxsize=1)
def database() -> Database[dict[str, Any]]:
    """Return Ampra's database on this process's client: the one that the URL names, else `ampradb`."""
    return client_for(settings.get().mongo_url, _operation_seconds).get_default_database(DATABASE)


def limit_operations(seconds: int) -> None:
    """Have every operation of this process give up after so long, as web does; before the first use of the database."""
    global _operation_seconds
    _operation_seconds = seconds


def answers() -> bool:
    """Return whether MongoDB answers just now."""
    try:
        with mapped_mongo_errors():
            database().command("ping")
    except StorageUnavailable:
        return False
    return True
