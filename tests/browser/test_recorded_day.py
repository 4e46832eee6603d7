"""A recorded day, replayed over MQTT into a whole installation, is the day that Monitor shows."""

import csv
import gzip
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.claim import running_environment
from deploy.local.ports import wait_for
from solar.days import end_of_day, start_of_day
from tests.installation import Installation
from tests.servers import PROJECT

SITE = PROJECT.parent / "shared" / "data" / "sites" / "villena_home"
ZONE, DAY = "Europe/Madrid", date(2024, 6, 1)
EMAIL, PASSWORD = "lucia@example.org", "Sunny-day-7"
MAKE_HOME = f"""
from tests.browser import scene
print(scene.home({EMAIL!r}).source_id)
"""


def _python(installation: Installation, *arguments: str) -> str:
    environment = {**installation.environment, **running_environment(installation.var)}
    done = subprocess.run([sys.executable, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _recorded(folder: Path) -> list[float]:
    """The hourly means of the day in W, as the file has them."""
    start, end = start_of_day(DAY, ZONE), end_of_day(DAY, ZONE)
    with gzip.open(folder / "telemetry.csv.gz", "rt") as lines:
        rows = [(datetime.fromisoformat(row["timestamp"]).astimezone(UTC), row) for row in csv.DictReader(lines)]
    return [float(row["solarPower"]) for at, row in rows if start <= at < end]


def _open(browser: Browser, installation: Installation, source_id: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    page.goto(f"http://127.0.0.1:{installation.port}/monitor/{source_id}?date={DAY}")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.locator("#monitor-chart-panel:not(.waiting) .main-svg").first.wait_for()
    return page


def _shown_kwh(page: Page) -> float:
    tile = page.locator(".tile.figure", has_text="Produced")
    expect(tile).to_contain_text(re.compile(r"\d ?kWh"))
    return float(re.search(r"([\d.]+)\s*kWh", tile.inner_text()).group(1))


@pytest.mark.skipif(not SITE.exists(), reason=f"the measured site is not here: {SITE}")
def test_the_recorded_day_is_the_day_shown(installation: Installation, browser: Browser) -> None:
    source_id = _python(installation, "-c", MAKE_HOME).splitlines()[-1]
    said = _python(installation, "-m", "deploy.local.replay", str(SITE), "--source", source_id, "--day", str(DAY))
    recorded = _recorded(SITE)
    assert f"{len(recorded)} acknowledged" in said
    page = _open(browser, installation, source_id)
    assert wait_for(lambda: _has_arrived(page, len(recorded)), 30), "the replay has not arrived"
    assert _curve(page) == pytest.approx([each / 1000 for each in recorded], abs=0.0006)
    assert _shown_kwh(page) == pytest.approx(sum(recorded) / 1000, rel=0.005)


def _has_arrived(page: Page, count: int) -> bool:
    """A past day does not refresh by itself, and the listener may be a moment behind the broker."""
    if len(_curve(page)) == count:
        return True
    page.reload()
    page.locator("#monitor-chart-panel:not(.waiting) .main-svg").first.wait_for()
    return False


def _curve(page: Page) -> list[float]:
    solar = "document.querySelector('.js-plotly-plot').data.find(each => each.name === 'Solar')"
    return page.evaluate(f"({solar}?.y ?? []).filter(each => each !== null)")
