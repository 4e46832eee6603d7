"""A worker's side of `jobs.forecaster`: starts it when there is work, listens to it, stops it, ends it when idle."""

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

IDLE_SECONDS = 20.0
LOOK_SECONDS = 0.5
_HOUSE = Path(__file__).parent.parent


class Ended(Exception):
    """The process of the forecast ended before its work was done."""


class Stopped(Exception):
    """The work was stopped because somebody asked for that."""


class TooLong(Exception):
    """The work took longer than it may."""


class Failed(Exception):
    """The work failed; the message is a sentence."""


class Forecaster:
    """At most one process, kept for the next request for a while: its libraries take seconds to load."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "jobs.forecaster")) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._one = threading.Lock()
        self._idle: threading.Timer | None = None

    def run(
        self, request: dict[str, Any], tell: Callable[[int, str], None], is_stopped: Callable[[], bool],
        seconds: float,
    ) -> str | None:
        """Have a request worked on; returns what was refused. Raises Stopped, TooLong, Ended and Failed."""
        with self._one:
            if self._idle is not None:
                self._idle.cancel()
            process = self._started()
            try:
                return self._follow(process, request, tell, is_stopped, time.monotonic() + seconds)
            except BaseException as error:
                if not isinstance(error, Failed):
                    self._kill()
                raise
            finally:
                self._idle = threading.Timer(IDLE_SECONDS, self._close_idle)
                self._idle.daemon = True
                self._idle.start()

    def close(self) -> None:
        """End the process."""
        with self._one:
            self._kill()

    @property
    def pid(self) -> int | None:
        """The process that works, or waits to."""
        return None if self._process is None else self._process.pid

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._rest = b""
            # One thread for the sums: cores are for the other processes.
            told = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                self._command, cwd=_HOUSE, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        return self._process

    def _follow(
        self, process: "subprocess.Popen[bytes]", request: dict[str, Any], tell: Callable[[int, str], None],
        is_stopped: Callable[[], bool], deadline: float,
    ) -> str | None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except OSError as error:
            raise Ended("the process of the forecast does not listen") from error
        while True:
            for said in self._heard(process):
                if "failed" in said:
                    raise Failed(said["failed"])
                if said.get("done"):
                    refused: str | None = said["refused"]
                    return refused
                tell(said["percent"], said["stage"])
            if is_stopped():
                raise Stopped("somebody stopped it")
            if time.monotonic() > deadline:
                raise TooLong("it took longer than it may and was ended")

    def _heard(self, process: "subprocess.Popen[bytes]") -> list[dict[str, Any]]:
        """What the process said within a moment."""
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(LOOK_SECONDS):
                return []
        read = os.read(process.stdout.fileno(), 65536)
        if not read:
            raise Ended("the process of the forecast ended before it was done")
        *lines, self._rest = (self._rest + read).split(b"\n")
        return [json.loads(each) for each in lines]

    def _close_idle(self) -> None:
        if self._one.acquire(blocking=False):
            try:
                self._kill()
            finally:
                self._one.release()

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                # What was still to be written to a process that is gone is of no interest.
                with suppress(OSError):
                    pipe.close()
