"""The faults of a soak, and when each comes; what this machine cannot do honestly is left out and named."""

import shutil
import struct
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.soak import full_disk

DOWN_SECONDS = 30.0
CLOCK_SECONDS = 60.0
# What failed within so many seconds after a fault is the fault's.
RECOVERY_SECONDS = 45.0
_CLOCK_FILE, _CLOCK_SOURCE = "clock", Path(__file__).parent / "clock.c"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong, and for how long; `end` puts it right."""

    name: str
    begin: Callable[[Any], None]
    end: Callable[[Any], None] | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Planned:
    """A fault and its second of the run."""

    at: float
    fault: Fault


def faults() -> list[Fault]:
    """Return every fault that can be made here, in turn."""
    found = [Fault(f"{name} is killed", _kill(name)) for name in ("web-1", "scheduler-1", "worker-1", "listener-1")]
    for name in ("mongo", "postgres", "mosquitto", "mail"):
        found.append(Fault(f"{name} is stopped for {DOWN_SECONDS:g} s", _stop(name), _start(name), DOWN_SECONDS))
    if shutil.which("cc") is not None:
        found.append(Fault("the clock jumps an hour ahead, and back", _turn(3600), _turn(0), CLOCK_SECONDS))
        found.append(Fault("the clock jumps an hour back, and ahead", _turn(-3600), _turn(0), CLOCK_SECONDS))
    if full_disk.is_possible():
        found.append(Fault(f"MongoDB's disk is full for {DOWN_SECONDS:g} s", _fill, _clear, DOWN_SECONDS))
    return found


def not_tried() -> list[str]:
    """Return what could not be tried on this machine, each with its reason."""
    missing = []
    if shutil.which("cc") is None:
        missing.append("clock jumps (there is no C compiler for benchmarks/soak/clock.c)")
    if not full_disk.is_possible():
        missing.append("a full disk (`unshare` may not mount one here)")
    return missing


def planned(some: Sequence[Fault], seconds: float) -> list[Planned]:
    """Spread faults over a run, with calm at its begin and end."""
    first, last = seconds * 0.1, seconds * 0.85
    step = (last - first) / max(1, len(some))
    return [Planned(first + number * step, fault) for number, fault in enumerate(some)]


def clock_environment(folder: Path) -> dict[str, str]:
    """Return what lets a file say how far ahead the clock of our processes is; nothing without a C compiler."""
    if shutil.which("cc") is None:
        return {}
    library = folder / "clock.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(_CLOCK_SOURCE)], check=True)
    _set_clock(folder, 0)
    return {"LD_PRELOAD": str(library), "SOAK_CLOCK_FILE": str(folder / _CLOCK_FILE)}


def _set_clock(folder: Path, seconds: int) -> None:
    # Written in place: the processes have the file mapped.
    with (folder / _CLOCK_FILE).open("r+b" if (folder / _CLOCK_FILE).exists() else "wb") as file:
        file.write(struct.pack("=q", seconds))


def _kill(name: str) -> Callable[[Any], None]:
    return lambda here: here.running.processes[name].process.kill()


def _stop(name: str) -> Callable[[Any], None]:
    return lambda here: here.servers[name].stop()


def _start(name: str) -> Callable[[Any], None]:
    return lambda here: here.servers[name].start()


def _turn(seconds: int) -> Callable[[Any], None]:
    return lambda here: _set_clock(here.folder, seconds)


def _fill(here: Any) -> None:
    here.servers["mongo"].fill()


def _clear(here: Any) -> None:
    here.servers["mongo"].clear()
