"""Locks that hold across processes and machines, kept by PostgreSQL for as long as their connection lives."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from data import settings
from data.errors import StorageUnavailable
from data.queue import libpq_url

_CONNECT_SECONDS = 5


class Lock:
    """A lock this process holds; it is lost with its connection."""

    def __init__(self, connection: psycopg.Connection[tuple[bool]]) -> None:
        self._connection = connection

    def is_held(self) -> bool:
        """Return whether the connection, and with it the lock, still lives."""
        try:
            self._connection.execute("SELECT true")
        except psycopg.Error:
            return False
        return True


@contextmanager
def try_hold(name: str) -> Iterator[Lock | None]:
    """Hold the lock of a name for the block, or give None where another process holds it; raises StorageUnavailable."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    try:
        connection = psycopg.connect(
            libpq_url(settings.get().postgres_url), autocommit=True, connect_timeout=_CONNECT_SECONDS
        )
    except psycopg.OperationalError as error:
        raise StorageUnavailable(f"PostgreSQL does not answer: {error}") from error
    with connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        if not row or not row[0]:
            yield None
            return
        try:
            yield Lock(connection)
        finally:
            _give_back(connection, key)


def _give_back(connection: psycopg.Connection[tuple[bool]], key: int) -> None:
    """Unlock at once: the server notices a closed connection only a moment later, and refuses others until then."""
    with suppress(psycopg.Error):
        connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
