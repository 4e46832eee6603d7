"""The web server as gunicorn runs it, in a process of its own, for tests and measurements in a browser."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.local.ports import free_port, wait_for
from tests.servers import PROJECT

CHROMIUM = Path("/usr/bin/chromium")
START_SECONDS = 40


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/sign-in", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def web_server(environment: Mapping[str, str], log: Path, workers: int = 1) -> Iterator[str]:
    """A web server with these settings; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"PATH": "/usr/bin:/bin", "WEB_CONCURRENCY": str(workers), **environment,
                "AMPRA_PORT": str(port), "AMPRA_WEB_URL": address}
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "app:server"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=settings, stdout=output, stderr=output)
        try:
            if not wait_for(lambda: _answers(address), START_SECONDS):
                raise RuntimeError(f"the web server did not start:\n{log.read_text(errors='replace')[-3000:]}")
            yield address
        finally:
            process.terminate()
            process.wait(20)
