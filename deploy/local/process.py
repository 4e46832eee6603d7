"""Child processes that never outlive their parent: how one is started, and how it is ended."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.local.account import Account, become

PR_SET_PDEATHSIG = 1

# Other systems cannot tie a child to its parent; there the next start ends what a killed supervisor left.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    """A process to run: its command, and the signal that asks it to end in good order."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # What the kernel sends when the parent was killed: a process of ours may end at any moment, a database rather not.
    death_signal: signal.Signals = signal.SIGKILL
    account: Account | None = None
    # What the merged log shows of one line of this child; nothing for "".
    reading: Callable[[str], str] = str
    # Whether the child may end by itself, its work done.
    may_finish: bool = False
    # Whether it is never started again, whatever its end.
    runs_once: bool = False
    # A server of the others ends after them.
    is_server: bool = False


def start(child: Child, output: int | IO[bytes] | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start `child` in a process group of its own, its stdout and stderr going to `output`.

    Call it from the main thread: the kernel sends the death signal when the *thread* that forked ends.
    """
    parent = os.getpid()

    def prepare() -> None:
        if child.account is not None:
            become(child.account)
        # After the change of user, which would clear it.
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(child.death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(
        child.command, env=dict(child.environment) or None, cwd=child.directory, stdin=subprocess.DEVNULL,
        stdout=output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=prepare,
    )


def ask_to_end(process: subprocess.Popen[bytes], child: Child) -> None:
    """Send `child` its stop signal, if it still runs."""
    if process.poll() is None:
        process.send_signal(child.stop_signal)


def end_now(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole process group and reap the child."""
    end_group(process)
    process.wait()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child's process group: a child killed by others cannot end its own children."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def stop(process: subprocess.Popen[bytes], child: Child, seconds: float = 8) -> None:
    """End `child` in good order, or by force when it takes longer than `seconds`."""
    ask_to_end(process, child)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        end_now(process)
