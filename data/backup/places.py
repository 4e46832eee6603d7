"""Where archives are kept: a folder or a bucket, each archive whole or not there at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from data import object_store, settings
from data.errors import StorageUnavailable

FOLDER = "backups"
SUFFIX = ".tar.gz"
_AWAY = "the place of the backups does not answer"


@dataclass(frozen=True, slots=True)
class Kept:
    """An archive that is kept: its name and how many bytes it has."""

    name: str
    size: int


def address() -> str:
    """Return the URL of the place: AMPRA_BACKUP_URL, else `backups` in the object store, or below AMPRA_VAR."""
    given = settings.get()
    if given.backup_url or not given.storage_url:
        return given.backup_url or f"file://{given.var / FOLDER}"
    store = urlsplit(given.storage_url)
    return store._replace(path=f"{store.path.rstrip('/')}/{FOLDER}").geturl()


def list_all() -> list[Kept]:
    """Return the archives, oldest first: their names are times; raises StorageUnavailable."""
    files, base = object_store.place(address())
    try:
        found = files.find(base, detail=True)
    except FileNotFoundError:
        return []
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error
    names = {str(path).rpartition("/")[2]: int(facts["size"]) for path, facts in found.items()}
    return [Kept(name, size) for name, size in sorted(names.items()) if name.endswith(SUFFIX) and name[0] != "."]


def remove(name: str) -> None:
    """Remove an archive; raises StorageUnavailable."""
    files, base = object_store.place(address())
    try:
        files.rm_file(f"{base}/{name}")
    except FileNotFoundError:
        return
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error


def shown(name: str) -> str:
    """Return where an archive lies, without the password of the place."""
    files, base = object_store.place(address())
    return f"{base}/{name}" if "file" in files.protocol else f"s3://{base}/{name}"


@contextmanager
def writing(name: str) -> Iterator[IO[bytes]]:
    """Give a file to write an archive to; it is there when the block ends well, and leaves nothing otherwise."""
    files, base = object_store.place(address())
    if "file" in files.protocol:
        with writing_file(Path(base) / name) as target:
            yield target
        return
    try:
        target = files.open(f"{base}/{name}", "wb")
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error
    try:
        yield target
        target.close()
    except BaseException:
        # An upload in parts is only there once it was closed.
        with suppress(Exception):
            target.discard()
        # Else it would be closed, and so made, when nobody holds it any more.
        target.closed = True
        raise


@contextmanager
def writing_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a local file to write, readable by its owner only; it takes its name when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{path.name}.part")
    scratch.unlink(missing_ok=True)
    scratch.touch(mode=0o600)
    try:
        with scratch.open("wb") as target:
            yield target
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def reading(name: str) -> Iterator[IO[bytes]]:
    """Give an archive of the place to read; raises FileNotFoundError and StorageUnavailable."""
    files, base = object_store.place(address())
    try:
        source: Any = files.open(f"{base}/{name}", "rb")
    except FileNotFoundError:
        raise
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error
    with source:
        yield source
