"""Making a backup while everything runs: what it holds is whole, and what comes meanwhile is in it whole or not at all.

PostgreSQL is read in one snapshot. MongoDB is read after it, document by document, each of which is whole; readings
before what is made of them, so that a restore can make again what changed meanwhile (`notes`). Files are listed twice.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from data import mongo, object_store, settings
from data.backup import collections, places, tables
from data.errors import StorageUnavailable
from services import sealing
from services.backups.archive import Contents, Piece, Writer

log = logging.getLogger(__name__)
KIND = "backup"
# Opened by a restore to tell whether its sealing key is the one of the backup.
PROBE = "ampra"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup: its name at its place, and what it holds."""

    name: str
    contents: Contents


def make(now: datetime) -> Made:
    """Make a backup at the place of the settings; raises StorageUnavailable, and then leaves nothing there."""
    name = f"ampra-{now:%Y%m%dT%H%M%S}Z{places.SUFFIX}"
    with places.writing(name) as target:
        contents = write(target)
    log.info("made the backup %s", places.shown(name))
    return Made(name, contents)


def forget_old() -> int:
    """Remove the oldest backups beyond the number that the settings keep; returns how many."""
    kept = places.list_all()
    old = kept[: max(0, len(kept) - max(1, settings.get().backup_keep))]
    for each in old:
        places.remove(each.name)
    return len(old)


def write(target: IO[bytes]) -> Contents:
    """Write a backup of everything to a stream; raises StorageUnavailable."""
    with ExitStack() as reading:
        connection = reading.enter_context(tables.snapshot())
        wanted = tables.all_tables(connection)
        with Writer(target, _head(connection, wanted)) as archive:
            files = _Files(archive)
            # Before the rows that name them, and again below: what was new or removed meanwhile is in one of the two.
            files.add_new()
            for each in wanted:
                archive.add(f"postgres/{each.name}", lines(tables.copy_out(connection, each)))
            sources = tables.ids(connection, "sun_sources")
            # The snapshot is not needed any more, and PostgreSQL cannot tidy up beneath it.
            reading.close()
            for name in collections.names(mongo.database()):
                archive.add(f"mongo/{name}", documents(name))
            files.add_new()
            with tables.snapshot() as later:
                deleted = sorted(sources - tables.ids(later, "sun_sources"))
            return archive.finish({"sources_deleted_meanwhile": deleted})


def _head(connection: tables.Connection, wanted: Sequence[tables.Table]) -> dict[str, Any]:
    step = tables.revision(connection)
    if step is None:
        raise StorageUnavailable("the database has no schema yet; run `python -m migrations` first")
    return {
        "kind": KIND, "begun_at": tables.now(connection).isoformat(), "schema": step,
        "postgres": tables.version(connection), "mongo": collections.version(mongo.database()),
        "tables": {each.name: each.columns for each in wanted}, "probe": sealing.seal(PROBE),
    }  # fmt: skip


def lines(pieces: Iterator[bytes]) -> Iterator[Piece]:
    """Return pieces of COPY text, each with the rows that end in it."""
    return ((piece, piece.count(b"\n")) for piece in pieces)


def documents(name: str, wanted: Mapping[str, Any] | None = None) -> Iterator[Piece]:
    """Return the batches of a collection, or of some of its documents, each with its number of documents."""
    batches = collections.read(mongo.database(), name, wanted)
    return ((batch, sum(1 for _ in collections.split(batch))) for batch in batches)


def own_files() -> list[str]:
    """Return the keys of all files but those of backups."""
    return [each for each in object_store.list_keys() if not each.startswith(f"{places.FOLDER}/")]


class _Files:
    """The files of the object store, each once."""

    def __init__(self, archive: Writer) -> None:
        self._archive, self._known = archive, set[str]()

    def add_new(self) -> None:
        """Add the files that are not in the archive yet; one that is removed meanwhile is left out."""
        for key in own_files():
            if key in self._known:
                continue
            # A name that Ampra does not give is nothing of Ampra's.
            with suppress(ValueError):
                content = object_store.get(key)
                if content is not None:
                    self._known.add(key)
                    self._archive.add(f"files/{key}", [(content, 1)])
