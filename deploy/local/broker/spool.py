"""The queue on disk between devices and listeners: a message is on it before its sender hears so, until it is done."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

LARGEST_SPOOL_BYTES = 512 * 1024 * 1024
_INSERT = "INSERT INTO messages (topic, body, is_retained) VALUES (?, ?, ?)"
_DELETE = "DELETE FROM messages WHERE number = ? RETURNING length(body)"
Answer = TypeVar("Answer")


class SpoolFull(Exception):
    """The queue cannot take more just now; the sender must keep its message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A published message; `number` grows with every message and is never used twice."""

    number: int
    topic: str
    body: bytes
    is_retained: bool


class Spool:
    """One SQLite file, used by one thread; whatever arrives during a commit shares the next one."""

    def __init__(self, path: Path, largest_bytes: int = LARGEST_SPOOL_BYTES) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self._path = path
        self._largest_bytes = largest_bytes
        self._coming: list[tuple[tuple[str, bytes, bool], asyncio.Future[None]]] = []
        self._done: list[int] = []
        self._work = asyncio.Event()
        self.arrived = asyncio.Event()
        self.bytes_held = 0

    async def open(self) -> None:
        """Open the file, or make it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        await self._run(self._open)

    def append(self, topic: str, body: bytes, is_retained: bool) -> asyncio.Future[None]:
        """Queue a message; the future is done when it is on the disk, and fails with SpoolFull when it cannot be."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.bytes_held + len(body) > self._largest_bytes:
            kept.set_exception(SpoolFull("the listener is too far behind"))
            return kept
        self._coming.append(((topic, body, is_retained), kept))
        self._work.set()
        return kept

    def remove(self, message_numbers: Iterable[int]) -> None:
        """Forget messages that are done; should this be lost, they are only delivered once more."""
        self._done.extend(message_numbers)
        self._work.set()

    async def after(self, number: int, count: int) -> list[Message]:
        """Up to `count` messages later than `number`, in the order they came."""
        return await self._run(lambda: self._read("number > ? ORDER BY number LIMIT ?", (number, count)))

    async def at(self, numbers: list[int]) -> list[Message]:
        """The messages with these numbers that are still there, in order."""
        marks = ",".join("?" * len(numbers))
        return await self._run(lambda: self._read(f"number IN ({marks}) ORDER BY number", tuple(numbers)))

    async def keep_committing(self) -> None:
        """Write what comes and delete what is done, until cancelled."""
        while True:
            await self._work.wait()
            self._work.clear()
            await self._commit()

    async def close(self) -> None:
        """Write what is left and close the file."""
        await self._commit()
        await self._run(lambda: self._connection.close())
        self._thread.shutdown()

    async def _commit(self) -> None:
        coming, self._coming = self._coming, []
        done, self._done = self._done, []
        if not coming and not done:
            return
        try:
            self.bytes_held += await self._run(lambda: self._write([row for row, _ in coming], done))
        except sqlite3.Error as error:
            self._done = done + self._done
            for _, kept in coming:
                _settle(kept, SpoolFull(str(error)))
            return
        for _, kept in coming:
            _settle(kept, None)
        if coming:
            self.arrived.set()

    async def _run(self, call: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _open(self) -> None:
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        # FULL: what a device was told is kept survives a power cut, not only a kill.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, "
            "body BLOB NOT NULL, is_retained INTEGER NOT NULL)"
        )
        (self.bytes_held,) = self._connection.execute("SELECT coalesce(sum(length(body)), 0) FROM messages").fetchone()

    def _write(self, rows: list[tuple[str, bytes, bool]], done: list[int]) -> int:
        """Add and delete in one transaction; returns by how many bytes the queue grew."""
        grown = sum(len(body) for _, body, _ in rows)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(_INSERT, rows)
            for number in done:
                gone = self._connection.execute(_DELETE, (number,))
                grown -= sum(length for (length,) in gone.fetchall())
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return grown

    def _read(self, where: str, values: tuple[int, ...]) -> list[Message]:
        rows = self._connection.execute(f"SELECT number, topic, body, is_retained FROM messages WHERE {where}", values)  # nosec B608
        return [Message(number, topic, body, bool(is_retained)) for number, topic, body, is_retained in rows]


def _settle(kept: asyncio.Future[None], error: Exception | None) -> None:
    # The sender may have gone meanwhile, which cancelled its future.
    if kept.done():
        return
    if error is None:
        kept.set_result(None)
    else:
        kept.set_exception(error)
