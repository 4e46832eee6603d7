"""Chromium as a visitor with a clock: pages opened with an empty or a full cache, and what they ask of the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from benchmarks.queries.datasets import PASSWORD
from deploy.local.ports import wait_for
from tests.web_server import CHROMIUM

PATIENCE_SECONDS, CALM_MILLISECONDS = 60, 300
# Looked at in every frame, so that the time is that of the picture; the content policy lets no other watching in.
CLOCK = """
(() => {
  const clock = window.ampraClock = { drawn: null, pressed: null, changed: null, before: null, open: 0, last: 0 };
  const ask = window.fetch;
  const note = (by) => Object.assign(clock, { open: clock.open + by, last: performance.now() });
  window.fetch = (...asked) => {
    note(1);
    return ask.apply(window, asked).finally(() => note(-1));
  };
  const CHART = "#monitor-chart-panel:not(.waiting) .js-plotly-plot";
  const ROWS = ".ag-center-cols-container .ag-row";
  const HEAD = "#returns-head-tiles";
  const looks = () => {
    const graph = document.querySelector(CHART);
    if (graph && graph.layout && graph.querySelector(".main-svg")) return graph.layout.uirevision || null;
    if (document.querySelector(ROWS)) return "rows";
    const head = document.querySelector(HEAD);
    return head && head.querySelector(".ring-words") ? head.textContent : null;
  };
  const frame = () => {
    const seen = looks();
    if (seen !== null && clock.drawn === null) clock.drawn = performance.now();
    if (clock.pressed !== null && clock.changed === null && seen !== null && seen !== clock.before) {
      clock.changed = performance.now();
    }
    requestAnimationFrame(frame);
  };
  const begin = () => Object.assign(clock, { pressed: performance.now(), changed: null, before: looks() });
  document.addEventListener("pointerdown", begin, true);
  document.addEventListener("input", begin, true);
  requestAnimationFrame(frame);
})();
"""


@dataclass(frozen=True)
class Asked:
    """One request of a page to a callback: what it sent, and what the answer took on the wire in bytes."""

    body: str
    bytes: int


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium."""
    if not CHROMIUM.exists():
        raise SystemExit(f"needs Chromium at {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()


class Window:
    """A browser before one server; who signed in once stays so in every window."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address, self._browser = address, browser
        self._kept: dict[str, Any] = {}
        self._open: BrowserContext | None = None

    def close(self) -> None:
        """Close what is open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def fresh(self, email: str) -> Page:
        """Return an empty page of somebody signed in, in a browser that has seen nothing yet."""
        if email not in self._kept:
            self._kept[email] = self._signed_in(email)
        self.close()
        self._open = self._context(self._kept[email])
        return self._open.new_page()

    def cookies(self, email: str) -> dict[str, str]:
        """Return the cookies of somebody signed in."""
        if email not in self._kept:
            self._kept[email] = self._signed_in(email)
        return {each["name"]: each["value"] for each in self._kept[email]["cookies"]}

    def _signed_in(self, email: str) -> Any:
        context = self._context(None)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.locator("#shell-account-button").wait_for(timeout=PATIENCE_SECONDS * 1000)
        kept = context.storage_state()
        context.close()
        return kept

    def _context(self, kept: Any) -> BrowserContext:
        context = self._browser.new_context(
            base_url=self.address, viewport={"width": 1280, "height": 900}, storage_state=kept
        )
        context.add_init_script(CLOCK)
        return context


def clock(page: Page, name: str) -> float:
    """Return a time of the page's clock in ms once it is there."""
    found: list[float] = []

    def is_there() -> bool:
        value = page.evaluate(f"window.ampraClock ? window.ampraClock.{name} : null")
        found[:] = [] if value is None else [float(value)]
        return bool(found)

    if not wait_for(is_there, PATIENCE_SECONDS):
        raise SystemExit(f"{page.url} was not {name} within {PATIENCE_SECONDS} s")
    return found[0]


def settled(page: Page) -> None:
    """Wait until the page asks for nothing more, so that the next measurement has the server for itself."""
    calm = f"window.ampraClock.open === 0 && performance.now() - window.ampraClock.last > {CALM_MILLISECONDS}"
    if not wait_for(lambda: bool(page.evaluate(calm)), PATIENCE_SECONDS):
        raise SystemExit(f"{page.url} asked on and on")


def listen(page: Page) -> list[Asked]:
    """Return a list that fills with what the page asks of callbacks."""
    asked: list[Asked] = []

    def note(request: Request) -> None:
        if "_dash-update-component" in request.url and request.post_data:
            sizes = request.sizes()
            taken = sizes["responseBodySize"] + sizes["responseHeadersSize"]
            asked.append(Asked(request.post_data, taken))

    page.on("requestfinished", note)
    return asked
