"""One supervisor for one `var` folder: the lock that says so, what it runs, and the end of what a killed one left."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from deploy.local.errors import StartError

LEFTOVER_SECONDS = 4


class Claim:
    """The right to run in one folder, held until the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take the claim; StartError when a running supervisor holds it."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._children, self._running = folder / "children.json", folder / "environment.json"
        # "r+" needs the file and "w" would empty the other's: append does neither.
        self._lock = (folder / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            raise StartError(f"Ampra already runs here ({self._lock.read().strip()}): stop it first.") from None
        self._running.unlink(missing_ok=True)

    def announce(self, address: str, environment: Mapping[str, str]) -> None:
        """Say who runs here and where, and leave the settings for commands that talk to this installation."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(f"process {os.getpid()}, {address}")
        self._lock.flush()
        ours = {name: value for name, value in environment.items() if name.startswith("AMPRA_")}
        scratch = self._running.with_suffix(".new")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(ours, file)
        scratch.rename(self._running)

    def note_children(self, numbers: list[int]) -> None:
        """Keep which processes run, so that the next start finds what a kill of this one might leave."""
        children = [[number, _started(number)] for number in numbers]
        scratch = self._children.with_suffix(".new")
        scratch.write_text(json.dumps(children))
        scratch.rename(self._children)

    def end_leftovers(self) -> None:
        """End the processes of a supervisor that was killed: most are ending by themselves already."""
        left = [each for number, started in self._noted() if (each := _process(number, started))]
        _, alive = psutil.wait_procs(left, timeout=LEFTOVER_SECONDS)
        for each in alive:
            # Without ceremony: all of them, the databases too, can be killed at any moment without losing anything.
            each.kill()
        psutil.wait_procs(alive, timeout=1)

    def release(self) -> None:
        """Give the claim back after an orderly end."""
        self._running.unlink(missing_ok=True)
        self._children.unlink(missing_ok=True)
        self._lock.close()

    def _noted(self) -> list[Any]:
        try:
            return list(json.loads(self._children.read_text()))
        except (FileNotFoundError, ValueError):
            return []


def running_environment(folder: Path) -> dict[str, str]:
    """The settings of the installation that runs in this `var` folder; StartError when none runs."""
    try:
        return dict(json.loads((folder / "run" / "environment.json").read_text()))
    except FileNotFoundError:
        raise StartError(f"No Ampra runs in {folder}: start it with `make run`.") from None


def _started(number: int) -> float | None:
    try:
        return psutil.Process(number).create_time()
    except psutil.NoSuchProcess:
        return None


def _process(number: int, started: float | None) -> psutil.Process | None:
    # The same number may be another program's by now; never one that began at the same instant.
    try:
        process = psutil.Process(number)
        return process if started is not None and abs(process.create_time() - started) < 0.1 else None
    except psutil.NoSuchProcess:
        return None
