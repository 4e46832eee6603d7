"""The weather page in a real browser: days, charts, refreshing with its progress, and its words where things lack."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data import postgres, settings_store
from data.settings_store import SettingType
from deploy.local.ports import wait_for
from services.ingestion import history
from services.weather import archive as weather_archive
from services.weather import refresh as weather_refresh
from solar.days import local_date
from solar.simulation import SiteSpec, simulate
from tests.browser.conftest import Visit
from tests.browser.scene import Home, home
from tests.storage.telemetry_data import roll
from tests.storage.weather_scene import Scene, weather_scene

ZONE = "Europe/Berlin"
PLACE = {"latitude": 49.79, "longitude": 9.95, "time_zone": ZONE}
DAYS = 40
# Where pictures go for whoever wants to look at them.
SHOTS = os.environ.get("AMPRA_SHOTS")


@pytest.fixture
def scene(migrated: dict[str, str]) -> Iterator[Scene]:
    with weather_scene() as made:
        made.now = datetime.now(UTC)
        yield made


@pytest.fixture(scope="module")
def grown(kept_stores: dict[str, str]) -> Home:
    """A plant with its weather and production, for all tests that only look."""
    with weather_scene() as scene:
        scene.now = datetime.now(UTC)
        return plant(scene)


def plant(scene: Scene) -> Home:
    """A home with weather, and weeks of production under the same sky of which two days were spoilt."""
    start = scene.now.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    made = home(**PLACE, installation_date=start)
    weather_refresh.refresh_source(scene.client, made.source_id, scene.now)
    weather_archive.fill(scene.client, made.source_id, scene.pauses.append)
    spec = SiteSpec(49.79, 9.95, ZONE, 30, 180, 5.5, 5.0, 5.4, 2.5, 3000, 5)
    frame = simulate(spec, start, scene.now, timedelta(minutes=15))
    frame = frame[["solarPower", "loadPower", "gridPower", "batteryPower", "faultCodes"]]
    age = (scene.now - frame.index) / timedelta(days=1)
    broken = (age > 20.2) & (age < 21.4)
    frame.loc[broken, "solarPower"] = 0.0
    frame["faultCodes"] = [["F31"] if each else [] for each in broken]
    history.store_history(made.source_id, frame, scene.now)
    roll(made.source_id)
    return made


def shot(page: Page, name: str) -> None:
    """Keep a picture, if pictures are wanted."""
    if SHOTS:
        page.wait_for_timeout(700)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def drawn(page: Page) -> None:
    """Wait until days and charts are there."""
    expect(page.locator(".weather-day:not(.waiting)")).to_have_count(8)
    for name in ("hours", "yield"):
        expect(page.locator(f"#weather-{name}-chart .main-svg").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_days_and_charts_fit_every_screen(
    look: Visit, grown: Home, complaints: list[str], scheme: str
) -> None:
    page = look(grown.email, f"/weather/{grown.source_id}", color_scheme=scheme)
    drawn(page)
    first = page.locator(".weather-day").first
    for words in ("Today", "kWh/m²", "MJ/m²", "UV", "Rain"):
        expect(first).to_contain_text(words)
    expect(page.locator("#weather-place-text")).to_contain_text("49.79° N, 9.95° E · forecast of")
    expect(page.locator("#weather-yield-text")).to_contain_text("r² 0.")
    expect(page.locator("#weather-foot-slot")).to_contain_text(re.compile(r"History: .* \d+ days"))
    expect(page.locator("#weather-foot-slot")).to_contain_text("Simulated weather")
    expect(page.locator("#weather-yield-chart")).to_contain_text("fault F31")
    for width in (1280, 800, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert wait_for(lambda wide=width: page.evaluate("document.documentElement.scrollWidth") <= wide, 5), width
        shot(page, f"weather-{width}-{scheme}")
    assert complaints == []


def test_tables_tell_the_same_by_keyboard(look: Visit, grown: Home) -> None:
    page = look(grown.email, f"/weather/{grown.source_id}")
    drawn(page)
    summary = page.get_by_text("Production as a table")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Radiation against production")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="fault F31").first).to_be_visible()


def test_monitors_day_has_the_sun_and_the_weather(
    look: Visit, grown: Home, complaints: list[str]
) -> None:
    yesterday = local_date(datetime.now(UTC), ZONE) - timedelta(days=1)
    page = look(grown.email, f"/monitor/{grown.source_id}?date={yesterday}")
    chart = page.locator("#monitor-day-chart")
    expect(chart).to_contain_text(re.compile(r"sunrise \d\d:\d\d"))
    expect(chart).to_contain_text(re.compile(r"sunset \d\d:\d\d"))
    expect(page.locator(".weather-strip-part")).to_have_count(8)
    expect(page.locator(".weather-strip")).to_contain_text("00:00 to 03:00")
    ratio = page.locator(".tile.figure", has_text="Performance ratio")
    expect(ratio).to_contain_text(re.compile(r"\d+\s?%"))
    ratio.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("kWh/m² measured on the horizontal")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 360, "height": 900})
    assert wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 360, 5)
    shot(page, "monitor-weather-360")
    assert complaints == []


def test_temperatures_are_in_the_readers_unit(look: Visit, grown: Home) -> None:
    page = look(grown.email, f"/weather/{grown.source_id}")
    drawn(page)
    celsius = int(page.locator(".weather-max").first.inner_text().rstrip("°").replace("−", "-"))
    with postgres.session() as session:
        owner = weather_refresh.weather_sources.sources.by_ids(session, [grown.source_id])[0].user_id
        settings_store.put(session, owner, SettingType.TEMPERATURE_UNIT, "1")
    page.reload()
    drawn(page)
    fahrenheit = int(page.locator(".weather-max").first.inner_text().rstrip("°").replace("−", "-"))
    assert abs(fahrenheit - (celsius * 9 / 5 + 32)) <= 1.0
    expect(page.locator("#weather-hours-chart")).to_contain_text("Temperature, °F")


def test_refresh_now_shows_its_progress_and_then_the_new_forecast(look: Visit, grown: Home, scene: Scene) -> None:
    with postgres.session() as session:
        weather_refresh.weather_sources.job_progress.put(
            session, "weather", [grown.source_id], "done", scene.now - timedelta(hours=1)
        )
    page = look(grown.email, f"/weather/{grown.source_id}")
    drawn(page)
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_role("progressbar", name="Refreshing the forecast")).to_be_visible()
    expect(page.get_by_role("button", name="Refresh now")).to_be_disabled()
    # The work is on the server: a reload shows it again.
    page.reload()
    expect(page.get_by_role("progressbar", name="Refreshing the forecast")).to_be_visible()
    shot(page, "weather-progress")
    scene.now = datetime.now(UTC)
    weather_refresh.refresh_source(scene.client, grown.source_id, scene.now)
    expect(page.get_by_role("progressbar", name="Refreshing the forecast")).to_be_hidden()
    expect(page.get_by_role("button", name="Refresh now")).to_be_enabled()
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_text("less than 2 minutes ago")).to_be_visible()


def test_a_failure_keeps_the_last_good_weather_with_its_age(look: Visit, grown: Home, scene: Scene) -> None:
    with postgres.session() as session:
        weather_refresh.weather_sources.job_progress.put(
            session, "weather", [grown.source_id], "failed", scene.now,
            message="The weather service answered 503 (no reason given).",
        )
    page = look(grown.email, f"/weather/{grown.source_id}")
    drawn(page)
    warning = page.get_by_role("status").filter(has_text="could not be refreshed")
    expect(warning).to_contain_text("The weather service answered 503")
    expect(warning).to_contain_text(re.compile(r"What you see is the forecast of .* old\. It is tried again by"))
    shot(page, "weather-failure")


def test_somebody_elses_weather_is_not_shown(look: Visit, grown: Home) -> None:
    page = look(home("bob@example.org").email, f"/weather/{grown.source_id}")
    expect(page.get_by_text("This does not exist, or it is not yours.").first).to_be_visible()
    expect(page.locator(".weather-day:not(.waiting)")).to_have_count(0)


def test_a_source_without_a_place_says_what_to_do(visit: Visit, stores: dict[str, str]) -> None:
    made = home()
    page = visit(made.email, f"/weather/{made.source_id}")
    link = page.get_by_role("link", name="Enter the place")
    expect(link).to_have_attribute("href", f"/source/{made.source_id}?tab=location")
    expect(page.get_by_role("button", name="Refresh now")).to_be_disabled()
    expect(page.locator("#weather-charts-slot")).to_be_hidden()
    shot(page, "weather-no-place")
