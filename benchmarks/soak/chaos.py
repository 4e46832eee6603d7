"""The faults of a soak, and when each comes; what this machine cannot do honestly is left out and named."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.soak import full_disk

DOWN_SECONDS = 30.0
CLOCK_SECONDS = 60.0
# What failed within so many seconds after a fault is the fault's.
RECOVERY_SECONDS = 45.0
_CLOCK_FILE = "clock"


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
    if faketime_library() is not None:
        found.append(Fault("the clock jumps an hour ahead", _turn("+1h"), _turn("+0"), CLOCK_SECONDS))
        found.append(Fault("the clock jumps an hour back", _turn("-1h"), _turn("+0"), CLOCK_SECONDS))
    if full_disk.is_possible():
        found.append(Fault(f"MongoDB's disk is full for {DOWN_SECONDS:g} s", _fill, _clear, DOWN_SECONDS))
    return found


def not_tried() -> list[str]:
    """Return what could not be tried on this machine, each with its reason."""
    missing = []
    if faketime_library() is None:
        missing.append("clock jumps (libfaketime is not installed)")
    if not full_disk.is_possible():
        missing.append("a full disk (`unshare` may not mount one here)")
    return missing


def planned(some: Sequence[Fault], seconds: float) -> list[Planned]:
    """Spread faults over a run, with calm at its begin and end."""
    first, last = seconds * 0.1, seconds * 0.85
    step = (last - first) / max(1, len(some))
    return [Planned(first + number * step, fault) for number, fault in enumerate(some)]


def faketime_library() -> str | None:
    """Return the library that tells our processes another time, None where it is not installed."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return str(found[0]) if found else None


def clock_environment(folder: Path) -> dict[str, str]:
    """Return what lets a file say how far ahead the clock of our processes is; nothing without the library."""
    library = faketime_library()
    if library is None:
        return {}
    (folder / _CLOCK_FILE).write_text("+0")
    return {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(folder / _CLOCK_FILE), "FAKETIME_NO_CACHE": "1",
        # A jump of the wall clock leaves the monotonic one alone.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip


def _kill(name: str) -> Callable[[Any], None]:
    return lambda here: here.running.processes[name].process.kill()


def _stop(name: str) -> Callable[[Any], None]:
    return lambda here: here.servers[name].stop()


def _start(name: str) -> Callable[[Any], None]:
    return lambda here: here.servers[name].start()


def _turn(offset: str) -> Callable[[Any], None]:
    def done(here: Any) -> None:
        (here.folder / _CLOCK_FILE).write_text(offset)
        time.sleep(0.1)

    return done


def _fill(here: Any) -> None:
    here.servers["mongo"].fill()


def _clear(here: Any) -> None:
    here.servers["mongo"].clear()
