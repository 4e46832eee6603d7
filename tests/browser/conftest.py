"""A real browser before the real web server, with what it complained of."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from deploy.local.ports import free_port, wait_for
from tests.browser.scene import PASSWORD
from tests.servers import PROJECT

CHROMIUM = Path("/usr/bin/chromium")
START_SECONDS = 40

# Opens the address of a page for somebody: (email, path, options of the browser context) -> page.
Visit = Callable[..., Page]


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/sign-in", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def web_server(environment: dict[str, str], log: Path) -> Iterator[str]:
    """A web server with these settings; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {"PATH": "/usr/bin:/bin", "WEB_CONCURRENCY": "1", **environment,
                "AMPRA_PORT": str(port), "AMPRA_WEB_URL": address}
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "app:server"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=settings, stdout=output, stderr=output)
        try:
            assert wait_for(lambda: _answers(address), START_SECONDS), log.read_text(errors="replace")[-3000:]
            yield address
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def address(migrated: dict[str, str], servers_folder: Path) -> Iterator[str]:
    """Where the web server of this run answers."""
    with web_server(migrated, servers_folder / "web.log") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the console of the browser was told, and what should stay empty."""
    return []


@pytest.fixture
def visit(browser: Browser, address: str, stores: dict[str, str], complaints: list[str]) -> Iterator[Visit]:
    """Sign in and open a page."""
    opened = []

    def _visit(email: str | None, path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        if email is not None:
            page.fill("#email", email)
            page.fill("#password", PASSWORD)
            page.click("button[type=submit]")
        return page

    yield _visit
    for context in opened:
        context.close()
