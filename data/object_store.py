"""The object store of images and other files, by key: a local folder, or anything that speaks S3."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from data import settings
from data.errors import StorageUnavailable

_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_./")
_AWAY = "the object store does not answer"


@lru_cache(maxsize=1)
def _store() -> tuple[Any, str]:
    """The file system and the path below which all keys are; made on first use."""
    # Only here: only pages with pictures need it.
    import fsspec

    given = settings.get()
    if not given.storage_url:
        return fsspec.filesystem("file", auto_mkdir=True), str(given.var / "files")
    return place(given.storage_url)


def place(address: str) -> tuple[Any, str]:
    """Return the file system and the path of a URL that begins with file:// or s3://."""
    import fsspec

    url = urlsplit(address)
    if url.scheme == "file":
        return fsspec.filesystem("file", auto_mkdir=True), str(Path(url.path))
    # s3://KEY:SECRET@BUCKET/PREFIX?endpoint=https://host:port&region=name; without a key, AWS's usual places are asked.
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    options: dict[str, Any] = {"client_kwargs": {}, "use_listings_cache": False}
    if url.username:
        options |= {"key": unquote(url.username), "secret": unquote(url.password or "")}
    if "endpoint" in asked:
        options["endpoint_url"] = asked["endpoint"]
    if "region" in asked:
        options["client_kwargs"]["region_name"] = asked["region"]
    return fsspec.filesystem("s3", **options), f"{url.hostname}{url.path}".rstrip("/")


def put(key: str, content: bytes) -> None:
    """Keep a file, whole or not at all; raises StorageUnavailable."""
    files, path = _at(key)
    try:
        if "file" in files.protocol:
            _put_locally(Path(path), content)
        else:
            files.pipe_file(path, content)
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error


def get(key: str) -> bytes | None:
    """Return a file, None where there is none; raises StorageUnavailable."""
    files, path = _at(key)
    try:
        return bytes(files.cat_file(path))
    except FileNotFoundError:
        return None
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error


def list_keys(prefix: str = "") -> list[str]:
    """Return the keys that begin with a prefix that is empty or ends with a slash; raises StorageUnavailable."""
    if prefix and not prefix.endswith("/"):
        raise ValueError("prefix: must end with a slash")
    files, base = _store()
    try:
        found = files.find(f"{base}/{prefix}".rstrip("/"))
    except FileNotFoundError:
        return []
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error
    begin = base.strip("/") + "/"
    names = [str(each).strip("/").removeprefix(begin) for each in found]
    # What is being written lies beside its place under a name with a dot.
    return sorted(each for each in names if not each.rpartition("/")[2].startswith("."))


def remove_below(prefix: str, *, but: str | None = None) -> int:
    """Remove all files whose keys begin with a prefix that ends with a slash; returns how many there were."""
    if not prefix.endswith("/"):
        raise ValueError("prefix: must end with a slash")
    files, path = _at(prefix.rstrip("/"))
    kept = None if but is None else _at(but)[1]
    try:
        found = [each for each in files.find(path) if each != kept and each != f"/{kept}"]
        for each in found:
            files.rm_file(each)
    except FileNotFoundError:
        return 0
    except Exception as error:
        raise StorageUnavailable(_AWAY) from error
    return len(found)


def _put_locally(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_bytes(content)
    scratch.replace(path)


def _at(key: str) -> tuple[Any, str]:
    """The file system and the whole path of a key; ValueError for a key that could lead elsewhere."""
    if not key or set(key) - _CHARACTERS or ".." in key or key.startswith("/"):
        raise ValueError("key: must consist of small letters, digits, - _ . and /")
    files, base = _store()
    return files, f"{base}/{key}"
