"""Every table of PostgreSQL as a stream of COPY text, read in one snapshot, and back in the order of their keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

import psycopg
from psycopg import sql

from data import settings
from data.errors import StorageUnavailable
from data.queue import libpq_url

Connection = psycopg.Connection[tuple[Any, ...]]
# What every start makes anew. Of the queue only what waits is kept: finished work is history, and workers are gone.
LEFT_OUT = frozenset({
    # Numbers of finished work would become those of new work.
    "alembic_version", "schedule_beats", "job_failures",
    "procrastinate_events", "procrastinate_workers", "procrastinate_periodic_defers",
})  # fmt: skip
QUEUE = "procrastinate_jobs"
# Rows that the migrations put there: a system with no others is empty.
SEEDED = frozenset({"roles", "role_claims"})
_CONNECT_SECONDS = 5
_COLUMNS = """
    SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' ORDER BY c.relname, a.attnum
"""
_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid
"""
_COUNTERS = """
    SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table and the columns that are kept of it."""

    name: str
    columns: tuple[str, ...]


@contextmanager
def snapshot() -> Iterator[Connection]:
    """Give a connection that sees PostgreSQL as it is at one instant and changes nothing; raises StorageUnavailable."""
    with _connected() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """Give a connection whose changes count together when the block ends well; raises StorageUnavailable."""
    with _connected() as connection:
        yield connection


@contextmanager
def _connected() -> Iterator[Connection]:
    url = libpq_url(settings.get().postgres_url)
    try:
        with psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, application_name="ampra-backup") as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"PostgreSQL does not answer: {error}") from error


def revision(connection: Connection) -> str | None:
    """Return the step of the schema, or None where there is no schema yet."""
    if not _value(connection, "SELECT to_regclass('public.alembic_version') IS NOT NULL"):
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


def version(connection: Connection) -> str:
    """Return the server's version in words."""
    return str(_value(connection, "SHOW server_version"))


def now(connection: Connection) -> datetime:
    """Return the instant of the snapshot, by the server's clock."""
    found: datetime = _value(connection, "SELECT now()")
    return found


def ids(connection: Connection, table: str) -> set[str]:
    """Return the ids of a table's rows as texts."""
    return {row[0] for row in connection.execute(sql.SQL("SELECT id::text FROM {}").format(sql.Identifier(table)))}


def all_tables(connection: Connection) -> list[Table]:
    """Return every table that is kept, those that others refer to before them."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS):
        if table not in LEFT_OUT:
            columns.setdefault(table, []).append(column)
    order = TopologicalSorter[str]({name: set() for name in columns})
    for table, other in connection.execute(_KEYS):
        if table in columns and other in columns:
            order.add(table, other)
    return [Table(name, tuple(columns[name])) for name in order.static_order()]


def copy_out(connection: Connection, table: Table, where: sql.Composable | None = None) -> Iterator[bytes]:
    """Yield a table's rows as COPY text, a line a row: line ends within values are escaped."""
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    if table.name == QUEUE:
        where, names = sql.SQL("status IN ('todo', 'doing')"), sql.SQL(", ").join(map(_waiting, table.columns))
    query = sql.SQL("COPY (SELECT {} FROM {} AS t WHERE {}) TO STDOUT").format(
        names, sql.Identifier(table.name), where or sql.SQL("true")
    )
    with connection.cursor().copy(query) as copy:
        yield from map(bytes, copy)


def _waiting(column: str) -> sql.Composable:
    """What was being done will have to be done: its worker is not in the backup."""
    fixed = {"status": "'todo'::procrastinate_job_status", "worker_id": "NULL", "abort_requested": "false"}
    # Two that wait may not share this lock, and one of them may be new beside one that is being done.
    fixed["queueing_lock"] = "CASE WHEN status = 'todo' THEN queueing_lock END"
    return sql.SQL(fixed[column]) if column in fixed else sql.Identifier(column)


def copy_in(connection: Connection, table: Table, pieces: Iterable[bytes]) -> int:
    """Add rows of COPY text to a table; returns how many."""
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    cursor = connection.cursor()
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)) as copy:
        for piece in pieces:
            copy.write(piece)
    return cursor.rowcount


def filled(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has that has any, beside those that the migrations put there."""
    tables = [each.name for each in all_tables(connection) if each.name not in SEEDED]
    return {name: count for name, count in counts(connection, tables).items() if count}


def counts(connection: Connection, tables: Sequence[str]) -> dict[str, int]:
    """Return how many rows some tables have."""
    query = sql.SQL("SELECT count(*) FROM {}")
    return {name: int(_value(connection, query.format(sql.Identifier(name)))) for name in tables}


def remove_seeded(connection: Connection) -> None:
    """Remove the rows that the migrations put there, before those of a backup come in their place."""
    for name in ("role_claims", "roles"):
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


def remove_rows(connection: Connection, table: str, row_ids: Iterable[str]) -> None:
    """Remove rows by their ids, with what belongs to them."""
    statement = sql.SQL("DELETE FROM {} WHERE id::text = ANY(%s)").format(sql.Identifier(table))
    connection.execute(statement, (list(row_ids),))


def go_on_counting(connection: Connection) -> None:
    """Let every counted column go on after its highest value."""
    for table, column, counter in connection.execute(_COUNTERS).fetchall():
        highest = sql.SQL("SELECT setval(%s, coalesce(max({}), 0) + 1, false) FROM {}")
        connection.execute(highest.format(sql.Identifier(column), sql.Identifier(table)), (counter,))


def _value(connection: Connection, query: Any, parameters: Mapping[str, Any] | None = None) -> Any:
    row = connection.execute(query, parameters).fetchone()
    return row[0] if row else None
