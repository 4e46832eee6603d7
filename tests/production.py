"""The processes of the Procfile, any number of each, with servers named by URL and secrets read from files."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from data.settings import DEFINITIONS
from deploy.local.ports import free_port, wait_for
from tests.mqtt import Server
from tests.servers import PROJECT

START_SECONDS = 90


def commands() -> dict[str, tuple[str, ...]]:
    """The command of each process, as the Procfile has it."""
    lines = [line for line in (PROJECT / "Procfile").read_text().splitlines() if line and not line.startswith("#")]
    return {name: tuple(shlex.split(command)) for name, command in (line.split(": ", 1) for line in lines)}


class Production:
    """An installation as it runs with servers of its own."""

    def __init__(self, settings: Mapping[str, str], folder: Path, **copies: int) -> None:
        """Prepare `copies` of each process (web=2, worker=1 ...) with the settings, whose secrets go into files."""
        self.folder, self._commands = folder, commands()
        self._secrets = folder / "secrets"
        self._secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.environment = self._with_files(settings)
        self.processes: dict[str, Server] = {}
        self.ports: list[int] = []
        for name, number in copies.items():
            for copy in range(1, number + 1):
                self.processes[f"{name}-{copy}"] = self._server(name, copy)

    def _with_files(self, settings: Mapping[str, str]) -> dict[str, str]:
        secret = {each.variable for each in DEFINITIONS.values() if each.is_secret}
        told = {name: value for name, value in settings.items() if name not in secret}
        for name in secret & settings.keys():
            file = self._secrets / name.removeprefix("AMPRA_").lower()
            file.touch(mode=0o600)
            file.write_text(settings[name] + "\n")
            told[f"{name}_FILE"] = str(file)
        # As an activated virtual environment has it, so that the commands are the Procfile's own.
        return {**told, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def _server(self, name: str, copy: int) -> Server:
        told = dict(self.environment)
        if name == "web":
            self.ports.append(free_port())
            told["AMPRA_PORT"] = str(self.ports[-1])
        if name == "listener":
            told["AMPRA_LISTENER_NAME"] = f"ampra-listener-{copy}"
        return Server(f"{name}-{copy}", self._commands[name], told, self.folder / f"{name}-{copy}.log")

    def migrate(self) -> None:
        """Run what runs once and first; the first Overseer too, where the settings name one."""
        once = [self._commands["migrate"]]
        if "AMPRA_ADMIN_EMAIL" in self.environment:
            once.append(("python", "-m", "deploy.overseer"))
        for command in once:
            subprocess.run(
                command, cwd=PROJECT, env={**_clean(), **self.environment}, check=True, capture_output=True, text=True
            )

    @property
    def urls(self) -> list[str]:
        """Where each web server answers."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def start(self) -> None:
        """Start everything and wait until every web server says that it is ready."""
        for each in self.processes.values():
            each.start()
        for url in self.urls:
            assert wait_for(lambda url=url: is_ready(url), START_SECONDS), self.said()

    def stop(self) -> None:
        """End everything, web last to answer until then."""
        for each in reversed(self.processes.values()):
            each.stop()

    def said(self) -> str:
        """The last words of every process."""
        begun = {name: each for name, each in self.processes.items() if each.log.exists()}
        return "\n".join(f"== {name}\n{each.said()[-1500:]}" for name, each in begun.items())


@contextmanager
def production(settings: Mapping[str, str], folder: Path, **copies: int) -> Iterator[Production]:
    """An installation that runs for the block."""
    running = Production(settings, folder, **copies)
    running.migrate()
    try:
        running.start()
        yield running
    finally:
        running.stop()


def is_ready(url: str) -> bool:
    """Whether a web server answers and finds both databases."""
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("AMPRA_")}
