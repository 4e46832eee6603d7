"""Backups at their place: made every night, listed, opened, and removed when newer ones are enough."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from data import settings
from data.backup import places
from data.backup.places import Kept
from services.backups import archive, making
from services.backups.archive import Contents
from services.backups.making import Made

LATEST = "latest"


def is_wanted() -> bool:
    """Return whether backups are made at all."""
    return settings.get().backup_keep > 0


def make(now: datetime) -> Made:
    """Make a backup and remove those beyond the number that is kept; raises StorageUnavailable."""
    made = making.make(now)
    making.forget_old()
    return made


def make_file(path: Path) -> Contents:
    """Make a backup as a local file; raises StorageUnavailable."""
    with places.writing_file(path) as target:
        return making.write(target)


def list_all() -> list[Kept]:
    """Return the backups of the place, oldest first."""
    return places.list_all()


def place_of(name: str) -> str:
    """Return where a backup lies, in words."""
    return places.shown(name)


def opened(wanted: str) -> AbstractContextManager[IO[bytes]]:
    """Give a backup to read: a local file, else one of the place by its name, `latest` for the newest of all.

    Raises FileNotFoundError with a sentence.
    """
    if Path(wanted).is_file():
        return Path(wanted).open("rb")
    return _of_place(wanted)


@contextmanager
def _of_place(wanted: str) -> Iterator[IO[bytes]]:
    names = [each.name for each in places.list_all()]
    name = names[-1] if wanted == LATEST and names else wanted
    if name not in names:
        raise FileNotFoundError(f"there is neither a file {wanted} nor a backup of this name at {places.shown('')}")
    with places.reading(name) as source:
        yield source


def verify(wanted: str) -> Contents:
    """Read a whole backup and prove it; raises Damaged and FileNotFoundError."""
    with opened(wanted) as source:
        return archive.verify(source)
