"""Keeps the processes of one installation running: starts them, merges their logs, restarts the killed, ends all."""

import os
import selectors
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.local import process
from deploy.local.claim import Claim
from deploy.local.console import Console
from deploy.local.errors import StartError
from deploy.local.process import Child

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# A child that ran this long was well: its next end counts as the first.
WELL_SECONDS = 60.0
SERVICES_END_SECONDS = 5.5
SERVERS_END_SECONDS = 3.0
LONGEST_LINE_BYTES = 16 * 1024


@dataclass(eq=False)
class Kept:
    """One child and how it fares."""

    child: Child
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = 0
    rest: bytes = b""
    last_lines: list[str] = field(default_factory=list)


class Supervisor:
    """All in one thread: a child must be forked by the thread that lives as long as the supervisor does."""

    def __init__(self, console: Console, claim: Claim) -> None:
        self._console, self._claim = console, claim
        self._kept: dict[str, Kept] = {}
        self._selector = selectors.DefaultSelector()
        self.is_stopping = False

    def start(self, child: Child) -> None:
        """Start a child and keep it running from now on."""
        self._kept[child.name] = Kept(child)
        self._launch(self._kept[child.name])

    def run_once(self, child: Child) -> None:
        """Run a child to its end; StartError with its last words when it fails."""
        self.start(child)
        self.finish(child)

    def finish(self, child: Child) -> None:
        """Wait for the end of a child that runs once; StartError with its last words when it fails."""
        kept = self._kept[child.name]
        while kept.running is not None and not self.is_stopping:
            self.step()
        if kept.failures and not self.is_stopping:
            raise StartError(kept.last_lines[-1] if kept.last_lines else f"{child.name} failed.")
        if not self.is_stopping:
            del self._kept[child.name]

    def wait_until(self, ready: Callable[[], bool], name: str, seconds: float) -> None:
        """Look after the children until `ready`; StartError when the child `name` does not get so far."""
        deadline = time.monotonic() + seconds
        while not self.is_stopping and not ready():
            kept = self._kept[name]
            if time.monotonic() > deadline or kept.failures > 2:
                last = kept.last_lines[-1] if kept.last_lines else "it said nothing"
                raise StartError(f"{name} did not start: {last}")
            self.step()

    def step(self, seconds: float = 0.1) -> None:
        """Pass on what the children say, notice the ended and restart those whose pause is over."""
        for key, _ in self._selector.select(seconds):
            self._read(key.data)
        for kept in list(self._kept.values()):
            if kept.running is not None and kept.running.poll() is not None:
                self._note_end(kept)
            elif kept.restart_at and time.monotonic() >= kept.restart_at and not self.is_stopping:
                self._launch(kept)

    def stop(self) -> None:
        """End every child: first those that use the servers, then the servers; by force what takes too long."""
        self.is_stopping = True
        self._end([each for each in self._kept.values() if not each.child.is_server], SERVICES_END_SECONDS)
        self._end([each for each in self._kept.values() if each.child.is_server], SERVERS_END_SECONDS)

    def _launch(self, kept: Kept) -> None:
        kept.running = process.start(kept.child, subprocess.PIPE)
        kept.started_at, kept.restart_at = time.monotonic(), 0.0
        assert kept.running.stdout is not None
        os.set_blocking(kept.running.stdout.fileno(), False)
        self._selector.register(kept.running.stdout, selectors.EVENT_READ, kept)
        self._note_children()

    def _read(self, kept: Kept) -> None:
        if kept.running is None or kept.running.stdout is None:
            return
        try:
            said = os.read(kept.running.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if not said:
            self._selector.unregister(kept.running.stdout)
            kept.running.stdout.close()
            kept.running.stdout = None
        *lines, kept.rest = (kept.rest + said).split(b"\n")
        if kept.rest and (not said or len(kept.rest) > LONGEST_LINE_BYTES):
            lines.append(kept.rest)
            kept.rest = b""
        for line in lines:
            self._show(kept, line)

    def _show(self, kept: Kept, line: bytes) -> None:
        text = kept.child.reading(line.decode(errors="replace").rstrip())
        if text:
            kept.last_lines = [*kept.last_lines[-4:], text]
            self._console.line(kept.child.name, text)

    def _note_end(self, kept: Kept) -> None:
        assert kept.running is not None
        code = kept.running.returncode
        # A child that was killed leaves its own children; they hold its port and its pipe.
        process.end_group(kept.running)
        self._read(kept)
        if kept.running.stdout is not None:
            self._selector.unregister(kept.running.stdout)
            kept.running.stdout.close()
        kept.running = None
        self._note_children()
        if self.is_stopping or (code == 0 and (kept.child.may_finish or kept.child.runs_once)):
            return
        kept.failures = 1 if time.monotonic() - kept.started_at > WELL_SECONDS else kept.failures + 1
        if kept.child.runs_once:
            return
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (kept.failures - 1), LONGEST_PAUSE_SECONDS)
        kept.restart_at = time.monotonic() + pause
        self._console.line(kept.child.name, f"ended ({_how(code)}); it is started again in {pause:g} s")

    def _note_children(self) -> None:
        self._claim.note_children([each.running.pid for each in self._kept.values() if each.running is not None])

    def _end(self, group: list[Kept], seconds: float) -> None:
        for kept in group:
            if kept.running is not None:
                process.ask_to_end(kept.running, kept.child)
        deadline = time.monotonic() + seconds
        while any(kept.running is not None for kept in group) and time.monotonic() < deadline:
            self.step(0.05)
        for kept in group:
            if kept.running is not None:
                self._console.line(kept.child.name, "did not end in time and was killed")
                process.end_now(kept.running)
                kept.running = None


def _how(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
