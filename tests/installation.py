"""A whole installation for the tests: `python -m deploy.local` in a folder and on ports of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import psutil

from deploy.local.ports import free_port, wait_for
from tests.servers import PROJECT

READY_SECONDS = 150


def still_alive(family: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that run; one that has ended and waits for the first process of the machine to take note does not."""
    return [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


class Installation:
    """One `var` folder with its ports, and the supervisor that runs there."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.var, self.port, self.log = folder / "var", free_port(), folder / "log.txt"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AMPRA_")}
        self.environment = {
            **clean, "AMPRA_VAR": str(self.var), "AMPRA_PORT": str(self.port), "AMPRA_MQTT_PORT": str(free_port()),
            "AMPRA_DEMO": "0", **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "deploy.local"], cwd=PROJECT, env=self.environment,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def start(self) -> None:
        earlier = self.said().count("Ampra is ready") if self.log.exists() else 0
        self.process = self.launch()
        assert wait_for(lambda: self.said().count("Ampra is ready") > earlier or self.has_ended(), READY_SECONDS)
        assert not self.has_ended(), self.said()
        assert wait_for(self.shows_sign_in, 30)

    def refuses(self) -> str:
        """Start in vain; what was said."""
        done = subprocess.run([sys.executable, "-m", "deploy.local"], cwd=PROJECT, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert "Traceback" not in done.stdout + done.stderr
        assert done.stderr.count("\n") == 1
        return done.stderr

    def shows_sign_in(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/sign-in", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def family(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The supervisor's own child whose command line has these words."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        return next(each for each in children if all(word in " ".join(each.cmdline()) for word in words))

    def comes_back(self, killed: int, *words: str) -> bool:
        def is_back() -> bool:
            try:
                return self.child(*words).pid != killed
            except (StopIteration, psutil.NoSuchProcess):
                return False
        return wait_for(is_back, 20)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """End it as Ctrl-C does; how long that took."""
        if self.process is None or self.process.poll() is not None:
            return 0.0
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return time.monotonic() - began
