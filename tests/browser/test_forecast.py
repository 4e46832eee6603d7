"""The forecast page in a real browser: empty, at work, stopped, drawn on every screen, and its line on Monitor."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from data import forecasts, mongo
from data.forecasts import Issue
from deploy.local.ports import wait_for
from services.forecast import progress
from solar.days import local_date, start_of_day
from tests.browser.conftest import Visit
from tests.browser.scene import ZONE, Home, home, sunny
from tests.unit.test_forecast_page import daily, half_hours, row

SHOTS = os.environ.get("AMPRA_SHOTS")


@pytest.fixture(scope="module")
def grown(kept_stores: dict[str, str]) -> Home:
    """A home with readings of today, a forecast, a model and scores, for all tests that only look."""
    now, made = datetime.now(UTC), home()
    today = local_date(now, ZONE)
    start = start_of_day(today, ZONE)
    made.send(*sunny(max(start, now - timedelta(hours=3)), now))
    frame = half_hours().set_axis(pd.date_range(start, periods=8 * 48, freq="30min", name="timestamp"))
    sums = daily().set_axis([(today + timedelta(days=each)).isoformat() for each in range(8)])
    methods = {"solarPower": ["weather: mix"] * 8, "loadPower": ["mix"] * 8}
    issue = Issue(now, today.isoformat(), ZONE, frame, sums, methods, {}, [1.0] * 8, now, now)
    forecasts.put(mongo.database(), made.source_id, issue)
    forecasts.put_model(mongo.database(), made.source_id, {
        "trainedAt": now, "triedAt": now, "trainingSeconds": 4.2, "dataUsed": {"solarPower": 200.0}, "weatherDays": 190,
        "versions": {"pvlib": "1"}, "features": ["calendar", "clear sky", "irradiance"], "notes": {}, "mae": 210.0,
        "rmse": 400.0, "r2": 0.9, "skill": 0.2, "modelVersion": 1, "reasons": {},
        "scoreboard": {"scoredAt": now, "days": 60, "issues": 31,
                       "fields": {"solarPower": [row(each) for each in range(1, 9)], "loadPower": [row(1)]}},
    })
    return made


def shot(page: Page, name: str) -> None:
    """Keep a picture, if pictures are wanted."""
    if SHOTS:
        page.wait_for_timeout(700)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def drawn(page: Page) -> None:
    for name in ("days", "energy"):
        expect(page.locator(f"#forecast-{name}-chart .main-svg").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forecast_fits_every_screen(look: Visit, grown: Home, complaints: list[str], scheme: str) -> None:
    page = look(grown.email, f"/forecast/{grown.source_id}", color_scheme=scheme)
    drawn(page)
    expect(page.locator("#forecast-issue-text")).to_contain_text(re.compile(r"Issued \d\d:\d\d, for eight days"))
    expect(page.locator("#forecast-today-body")).to_contain_text("Best time for big loads")
    expect(page.locator("#forecast-model-body")).to_contain_text("weather and physics, weighted by its back-test")
    expect(page.get_by_role("table", name="Scores of solar power by day ahead").get_by_role("row")).to_have_count(9)
    for width in (1280, 800, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert wait_for(lambda wide=width: page.evaluate("document.documentElement.scrollWidth") <= wide, 5), width
        shot(page, f"forecast-{width}-{scheme}")
    assert complaints == []


def test_monitors_day_has_the_forecast_dashed_and_its_tiles(look: Visit, grown: Home, complaints: list[str]) -> None:
    page = look(grown.email, f"/monitor/{grown.source_id}")
    expect(page.locator("#monitor-chart-subtitle")).to_have_text("5-minute means, forecast dashed")
    expect(page.locator(".tile.figure", has_text="Expected today")).to_contain_text("30.0kWh")
    expect(page.locator(".tile.figure", has_text="Left today")).to_contain_text("kWh")
    shot(page, "monitor-forecast")
    assert complaints == []


def test_training_is_seen_after_a_reload_and_can_be_stopped(visit: Visit, stores: dict[str, str]) -> None:
    made = home()
    page = visit(made.email, f"/forecast/{made.source_id}")
    expect(page.get_by_text("No forecast yet.", exact=True)).to_be_visible()
    shot(page, "forecast-empty")
    page.get_by_role("button", name="Train").click()
    bar = page.get_by_role("progressbar", name="Training")
    expect(bar).to_be_visible()
    expect(page.get_by_role("button", name="Forecast now")).to_be_disabled()
    # The work is on the server: a reload shows it again, and how far it is.
    progress.note(progress.TRAINING, made.source_id, "running", datetime.now(UTC), stage="Solar power", percent=42)
    page.reload()
    expect(bar).to_have_attribute("aria-valuenow", "42")
    expect(page.locator("#forecast-works-slot")).to_contain_text("Solar power")
    shot(page, "forecast-progress")
    progress.note(progress.TRAINING, made.source_id, "waiting", datetime.now(UTC), stage="Waiting for a free worker")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped before it was done")).to_be_visible()
    expect(page.get_by_role("button", name="Train")).to_be_enabled()


def test_somebody_elses_forecast_is_not_shown(look: Visit, grown: Home) -> None:
    page = look(home("bob@example.org").email, f"/forecast/{grown.source_id}")
    expect(page.get_by_text("This does not exist, or it is not yours.").first).to_be_visible()
