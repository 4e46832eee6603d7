"""The databases of the original Ampra, read and never written: EF Core's tables and camelCase documents."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import bson
import psycopg
from bson import ObjectId
from bson.decimal128 import Decimal128
from psycopg import sql
from psycopg.rows import dict_row
from pymongo.database import Database
from pymongo.errors import OperationFailure

from data import mongo
from data.backup.collections import write
from data.errors import StorageUnavailable, mapped_mongo_errors
from data.queue import libpq_url

Row = dict[str, Any]
Document = dict[str, Any]
_CONNECT_SECONDS = 5
# ASP.NET Identity's own name of the table of users, and the one that the original's description gives it.
_USERS = ("Users", "AspNetUsers")
_AT_ONCE = 2_000
_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_FIRST_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Original:
    """Both databases of one original installation; rows as they were at one instant."""

    connection: psycopg.Connection[Row]
    database: Database[Document]
    tables: frozenset[str]

    @property
    def users(self) -> str:
        """The name of the table of users."""
        return next((each for each in _USERS if each in self.tables), _USERS[0])


@contextmanager
def opened(postgres_url: str, mongo_url: str) -> Iterator[Original]:
    """Give the original's databases, read only; raises StorageUnavailable."""
    try:
        with (
            psycopg.connect(
                libpq_url(postgres_url), connect_timeout=_CONNECT_SECONDS, application_name="ampra-import",
                row_factory=dict_row,
            ) as connection,
            mongo.client_for(mongo_url) as client,
        ):  # fmt: skip
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            listed = connection.execute("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
            tables = frozenset(row["name"] for row in listed)
            yield Original(connection, client.get_default_database(mongo.DATABASE), tables)
    except psycopg.Error as error:
        raise StorageUnavailable(f"the original's PostgreSQL does not answer: {error}") from error
    except OperationFailure as error:
        raise StorageUnavailable(f"MongoDB refuses: {error.details or error}") from error


def rows(original: Original, table: str) -> list[Row]:
    """Return the rows of a table with its columns in snake_case; none where there is no such table."""
    if table not in original.tables:
        return []
    found = original.connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    return [{snake(name): value for name, value in row.items()} for row in found]


def snake(name: str) -> str:
    """Return `PowerGroupId` as `power_group_id`."""
    return _WORD.sub("_", name).lower()


def counts(original: Original, collection: str) -> dict[str, int]:
    """Return how many documents of a collection each source has, by its id in small letters."""
    stages = [{"$group": {"_id": "$sunSourceId", "count": {"$sum": 1}}}]
    found: dict[str, int] = {}
    with mapped_mongo_errors():
        for each in original.database[collection].aggregate(stages, allowDiskUse=True):
            name = str(each["_id"]).lower()
            found[name] = found.get(name, 0) + int(each["count"])
    return found


def documents(original: Original, collection: str, after: Any) -> Iterator[list[Document]]:
    """Yield the documents of a collection in the order of their ids, some thousand at a time, from an id on.

    The hour of ids before it comes once more: writers of one moment do not count in one order.
    """
    with mapped_mongo_errors():
        found = original.database[collection].find(_from(after)).sort("_id", 1).batch_size(_AT_ONCE)
        some: list[Document] = []
        for each in found:
            some.append(each)
            if len(some) == _AT_ONCE:
                yield some
                some = []
    if some:
        yield some


def _from(after: Any) -> Document:
    if not isinstance(after, ObjectId):
        return {} if after is None else {"_id": {"$gt": after}}
    seconds = max(0, int(after.generation_time.timestamp()) - _FIRST_HOUR)
    return {"_id": {"$gte": ObjectId(seconds.to_bytes(4, "big") + bytes(8))}}


def number(value: Any) -> float | None:
    """Return a stored number of any kind as a float; None where it is none, or not finite."""
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found - found == 0 else None


def place(database: Database[Document]) -> str:
    """Return a name of a database that stays the same however one signs in to it."""
    with mapped_mongo_errors():
        # The topology is known after a first answer.
        database.client.admin.command("ping")
    hosts = ",".join(f"{host}:{port}" for host, port in sorted(database.client.nodes, key=str))
    return f"{hosts}/{database.name}"


def reached(database: Database[Document], place: str, collection: str) -> Any:
    """Return the id of the last document of an original's collection that is known to be here, or None."""
    with mapped_mongo_errors():
        found = database["import_states"].find_one({"_id": f"{place} {collection}"})
    return found["after"] if found else None


def note_reached(database: Database[Document], place: str, collection: str, after: Any) -> None:
    """Note the id of the last document that is known to be here; only after it is stored."""
    with mapped_mongo_errors():
        change = {"$set": {"after": after}}
        database["import_states"].update_one({"_id": f"{place} {collection}"}, change, upsert=True)


def put_documents(database: Database[Document], collection: str, documents: Iterable[Document]) -> int:
    """Add documents that are not here yet, by their ids; returns how many were new."""
    joined = b"".join(map(bson.encode, documents))
    return write(database, collection, joined) if joined else 0
