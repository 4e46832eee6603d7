"""Bringing a backup back into an empty system, and proving that all of it is there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import IO, Any

from data import mongo, object_store
from data.backup import collections, tables
from data.backup.tables import Table
from services import housekeeping, sealing
from services.backups import archive
from services.backups.archive import Contents, Damaged
from services.backups.making import KIND, PROBE, own_files

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


class Refused(Exception):
    """A restore cannot be; the message is one sentence that says why and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows, documents and files there are."""

    rows: int
    documents: int
    files: int


def totals(contents: Contents) -> Totals:
    """Return the totals of an archive."""
    return Totals(*(sum(contents.counts(kind).values()) for kind in ("postgres", "mongo", "files")))


def check(opened: Opener, known_steps: tuple[str, ...], *, with_other_key: bool = False) -> Contents:
    """Read a whole backup and look at the target, and return what is to come.

    `known_steps` are the steps of the schema that this Ampra knows, in order. Raises Damaged and Refused.
    """
    with opened() as source:
        contents = archive.verify(source)
    head = contents.head
    if head.get("kind") != KIND:
        raise Refused("This is the archive of one source or user: bring it in with `python -m deploy.move import`.")
    if head["schema"] not in known_steps:
        raise Refused(
            f"The backup has schema {head['schema']} and this Ampra knows up to {known_steps[-1]}: "
            "install the version of Ampra that made the backup, or a newer one."
        )
    if not with_other_key:
        _require_key(head)
    require_empty()
    with tables.snapshot() as connection:
        present = tables.revision(connection)
    if present not in (None, head["schema"]):
        raise Refused(
            f"The databases have schema {present} and the backup {head['schema']}: restore into new databases without "
            "tables; they are brought up to the newest schema afterwards."
        )
    return contents


def _require_key(head: Mapping[str, Any]) -> None:
    try:
        is_same = sealing.unseal(head["probe"]) == PROBE
    except sealing.CannotUnseal:
        is_same = False
    if not is_same:
        raise Refused(
            "AMPRA_SEALING_KEY is not the one of the backup, so webhook secrets and second factors could not be "
            "opened: set the old key (several are separated by commas), or restore with --other-sealing-key and make "
            "them anew."
        )


def require_empty() -> None:
    """Raise Refused where the target holds anything."""
    with tables.snapshot() as connection:
        rows = tables.filled(connection)
    found = rows | collections.counts(mongo.database())
    if files := len(own_files()):
        found["files"] = files
    if found:
        most = ", ".join(f"{count} in {name}" for name, count in sorted(found.items(), key=lambda each: -each[1])[:3])
        raise Refused(f"A backup is restored into an empty system, and this one is not empty ({most}).")


def load(opened: Opener, contents: Contents) -> Totals:
    """Load a checked backup into databases that have its schema, and compare; returns what is there now.

    Raises Damaged where a total is not what the manifest says. Rows count all or not at all; documents and files that
    were loaded before a failure stay, and the target must be emptied before the next attempt.
    """
    columns: Mapping[str, Any] = contents.head["tables"]
    with opened() as source, tables.writing() as connection:
        tables.remove_seeded(connection)
        for part, entries in _by_part(source):
            kind, _, name = part.partition("/")
            if kind == "postgres":
                tables.copy_in(connection, Table(name, tuple(columns[name])), entries)
            elif kind == "mongo":
                for batch in entries:
                    collections.write(mongo.database(), name, batch)
            elif kind == "files":
                object_store.put(name, b"".join(entries))
        tables.go_on_counting(connection)
        _compare(contents, "postgres", tables.filled(connection) | tables.counts(connection, sorted(tables.SEEDED)))
        _compare(contents, "mongo", collections.counts(mongo.database()))
        _compare(contents, "files", dict.fromkeys(own_files(), 1))
        deleted = contents.notes["sources_deleted_meanwhile"]
        tables.remove_rows(connection, "sun_sources", deleted)
    return totals(contents)


def settle(contents: Contents) -> int:
    """Mark what must be rolled up again, and remove what belongs to sources that are not there; returns the marks."""
    marked = collections.mark_unsettled(mongo.database(), datetime.fromisoformat(contents.head["begun_at"]))
    housekeeping.sweep_orphans()
    return marked


def _by_part(source: IO[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    for part, entries in groupby(archive.parts(source), key=lambda each: each[0]):
        yield part, (content for _, content in entries)


def _compare(contents: Contents, kind: str, found: Mapping[str, int]) -> None:
    wanted = contents.counts(kind)
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name, 0) != found.get(name, 0))
    if wrong:
        said = ", ".join(f"{name}: {found.get(name, 0)} instead of {wanted.get(name, 0)}" for name in wrong[:3])
        raise Damaged(f"not everything arrived ({said}); nothing of PostgreSQL was kept")
