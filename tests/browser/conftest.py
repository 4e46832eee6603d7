"""A real browser before the real web server, with what it complained of.

What is dear is shared: the servers, the browser, its windows with what they have loaded, and one whole installation.
A window that is given back is empty again: no cookies, nothing remembered.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests import servers
from tests.browser.scene import PASSWORD
from tests.installation import Installation
from tests.web_server import CHROMIUM, web_server

# Opens the address of a page for somebody: (email, path, options of the browser context) -> page.
Visit = Callable[..., Page]
# Long, because machines that test do other things too; who is quick never waits for it.
PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)
# Without a graphics card, what moves takes a quarter of a core of each window; what must move asks for it.
_SCREEN = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
_FORGET = "try { localStorage.clear(); sessionStorage.clear() } catch (error) { /* a page without an address */ }"


class Windows:
    """Windows of one browser by their options, used again by later tests: loading everything anew takes seconds."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._free: dict[str, list[BrowserContext]] = {}
        self._used: list[tuple[str, BrowserContext]] = []

    def take(self, **options: Any) -> BrowserContext:
        """Return an empty window with some options that nobody else has."""
        given = {**_SCREEN, **options}
        key = json.dumps(given, sort_keys=True)
        free = self._free.setdefault(key, [])
        context = free.pop() if free else self._browser.new_context(base_url=self._address, **given)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        self._used.append((key, context))
        return context

    def give_back(self) -> None:
        """Empty all windows that were taken."""
        for key, context in self._used:
            try:
                context.unroute_all(behavior="ignoreErrors")
                for page in context.pages:
                    page.evaluate(_FORGET)
                    page.close()
                context.clear_cookies()
                self._free[key].append(context)
            except Error:
                context.close()
        self._used.clear()


@pytest.fixture(scope="session")
def address(migrated: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the web server of this run answers."""
    with web_server(migrated, tmp_path_factory.mktemp("web") / "web.log") as found:
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


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Everything that `make run` starts, with nothing in it at first; its tests have people of their own."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def windows(browser: Browser, address: str) -> Windows:
    """The windows of this run."""
    return Windows(browser, address)


@pytest.fixture
def complaints() -> list[str]:
    """What the console of the browser was told, and what should stay empty."""
    return []


@pytest.fixture(scope="module")
def kept_stores(migrated: dict[str, str]) -> dict[str, str]:
    """Both databases, emptied once for all tests of a module that only look; gives the settings."""
    servers.empty(migrated["AMPRA_POSTGRES_URL"], migrated["AMPRA_MONGO_URL"])
    return migrated


@pytest.fixture
def look(windows: Windows, address: str, complaints: list[str]) -> Iterator[Visit]:
    """Open a page for somebody, signed in, on what the stores hold."""

    def _look(email: str | None, path: str = "/", **options: object) -> Page:
        context = windows.take(**options)
        if email is not None:
            given = {"email": email, "password": PASSWORD}
            answer = context.request.post("/sign-in", form=given, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.ok and not answer.url.endswith("/sign-in"), answer.url
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield _look
    windows.give_back()


@pytest.fixture
def visit(stores: dict[str, str], look: Visit) -> Visit:
    """Open a page for somebody, signed in, on stores that this test fills."""
    return look
