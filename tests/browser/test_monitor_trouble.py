"""Monitor and Overview in trouble and for everybody: a database that goes away, two tabs, and what axe-core finds."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from deploy.local import mongo, process
from deploy.local.ports import free_port, wait_for
from services.rollups import updating as rollups
from tests import servers
from tests.browser.conftest import Visit
from tests.browser.scene import PASSWORD, Home, home, reading, sunny
from tests.browser.test_every_page import serious
from tests.browser.test_monitor import REFRESH, part, ready, tick
from tests.servers import PROJECT
from tests.web_server import web_server

SEND = """
import sys
from datetime import UTC, datetime
from tests.browser.scene import Home, reading
Home("", sys.argv[1]).send(reading(datetime.now(UTC), float(sys.argv[2])))
"""


class Database:
    """A MongoDB of one test, which may be stopped and started again with what it held."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        password = secrets.token_hex(24)
        self.url = mongo.url(self.port, password)
        self._child = mongo.prepare(folder / "mongo", self.port, password)
        self._log = (folder / "mongo.log").open("wb")
        self._running: Any = None

    def start(self) -> None:
        self._running = process.start(self._child, self._log)
        assert wait_for(lambda: mongo.is_ready(self.port), 30)

    def stop(self) -> None:
        process.stop(self._running, self._child)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A running MongoDB of this test's own."""
    made = Database(tmp_path)
    made.start()
    yield made
    made.stop()


def test_a_stopped_database_is_told_and_the_page_recovers_by_itself(
    stores: dict[str, str], database: Database, browser: Browser, tmp_path: Path
) -> None:
    settings = {**stores, "AMPRA_MONGO_URL": database.url}
    servers.migrate(settings)
    made = home()

    def send(solar: float) -> None:
        command = [sys.executable, "-c", SEND, made.source_id, str(solar)]
        environment = {**os.environ, **settings}
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, timeout=60)

    send(1234)
    with web_server(settings, tmp_path / "web.log") as address:
        context = browser.new_context(base_url=address, reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"/monitor/{made.source_id}")
        page.fill("#email", made.email)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        ready(page)
        expect(part(page, "solar-value")).to_have_text("1.23")
        database.stop()
        expect(page.get_by_text("Waiting for the database").first).to_be_visible(timeout=30_000)
        expect(part(page, "solar-value")).to_have_text("1.23")
        database.start()
        send(777)
        expect(part(page, "solar-value")).to_have_text("777", timeout=40_000)
        context.close()


@pytest.fixture
def villena(stores: dict[str, str]) -> Home:
    """A source with readings of two days until now, one of them with a warning."""
    made, now = home(), datetime.now(UTC)
    hot = {**reading(now, 1000), "warningCodes": ["OverTemperature"]}
    made.send(*sunny(now - timedelta(days=2), now, minutes=15), hot)
    assert rollups.refresh_source(made.source_id, now)
    return made


def test_two_tabs_show_two_times_and_both_follow(villena: Home, visit: Visit, complaints: list[str]) -> None:
    today = ready(visit(villena.email, f"/monitor/{villena.source_id}"))
    week = today.context.new_page()
    week.goto(f"/monitor/{villena.source_id}?range=week")
    ready(week)
    expect(today.locator("#monitor-chart-title")).to_have_text("Power")
    expect(week.locator("#monitor-chart-title")).to_have_text("Energy per day")
    villena.send(reading(datetime.now(UTC), 2345.6))
    expect(week.locator('[data-part="badge"]')).to_contain_text("Live", timeout=REFRESH)
    week.locator(".range-kinds label", has_text="Day").first.click()
    for page in (today, week):
        tick(page)
        expect(part(page, "solar-value")).to_have_text("2.35", timeout=REFRESH)
    assert complaints == []


def test_two_people_at_once_see_their_own(villena: Home, visit: Visit, complaints: list[str]) -> None:
    barn = home("bob@example.org", name="Barn")
    barn.send(reading(datetime.now(UTC), 500))
    hers = ready(visit(villena.email, f"/monitor/{villena.source_id}"))
    his = ready(visit(barn.email, f"/monitor/{barn.source_id}"))
    villena.send(reading(datetime.now(UTC), 2345.6))
    for page, watts in ((hers, "2.35"), (his, "500")):
        tick(page)
        expect(part(page, "solar-value")).to_have_text(watts, timeout=REFRESH)
    expect(his.locator("#shell-source-picker")).to_have_value("Barn")
    his.goto(f"/monitor/{villena.source_id}")
    expect(his.locator("h2", has_text="This source is not here")).to_be_visible(timeout=REFRESH)
    assert complaints == []


SLEEP = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_a_sleeping_laptop_asks_nothing_and_is_up_to_date_on_waking(
    villena: Home, visit: Visit, complaints: list[str]
) -> None:
    page = visit(villena.email, "/settings")
    page.clock.install()
    page.goto(f"/monitor/{villena.source_id}")
    ready(page)
    page.wait_for_load_state("networkidle")
    page.evaluate(SLEEP, True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert asked == []
    villena.send(reading(datetime.now(UTC), 2345.6))
    page.evaluate(SLEEP, False)
    expect(part(page, "solar-value")).to_have_text("2.35", timeout=REFRESH)
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(villena: Home, visit: Visit, scheme: str) -> None:
    page = visit(villena.email, f"/monitor/{villena.source_id}", color_scheme=scheme)
    ready(page)
    expect(page.locator("#monitor-quality-facts .strip")).to_be_visible(timeout=REFRESH)
    assert serious(page) == []
    page.goto(f"/monitor/{villena.source_id}?range=month&compare=previous")
    ready(page)
    page.locator("#monitor-table-button").click()
    expect(page.locator("#monitor-chart-table table")).to_be_visible(timeout=REFRESH)
    assert serious(page) == []
    page.get_by_role("button", name="Why this number: Produced").last.click()
    expect(page.get_by_role("dialog")).to_contain_text("Days used", timeout=REFRESH)
    # Until it has faded in, its text is as pale as the fading makes it.
    expect(page.get_by_role("dialog")).to_have_css("opacity", "1")
    assert serious(page) == []
    page.goto("/")
    expect(page.locator(".fleet-card")).to_be_visible(timeout=REFRESH)
    assert serious(page) == []
