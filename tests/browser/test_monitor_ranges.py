"""Ranges of Monitor in a real browser: what stands there equals the accounting of the same readings."""

import gzip
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from components.quantities import energy
from services.ingestion import history
from services.rollups import updating as rollups
from solar.days import end_of_day, start_of_day
from solar.energy import daily_energy
from solar.periods import Period, period_around
from tests.browser.conftest import Visit
from tests.browser.scene import ZONE, Home, home, sunny
from tests.browser.test_monitor import REFRESH, ready

SITES = Path(__file__).parents[3] / "shared" / "data" / "sites"
CHANNELS = (("produced", "Produced"), ("consumed", "Used"), ("imported", "Imported"), ("exported", "Exported"))


def measured(name: str, month: date) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The readings of a measured site in a month and the day around it, and what its source must be set to."""
    if not (SITES / name).is_dir():
        pytest.skip(f"the measured site ../shared/data/sites/{name} is not here")
    site = json.loads((SITES / name / "site.json").read_text(encoding="utf-8"))
    with gzip.open(SITES / name / "telemetry.csv.gz", "rt") as text:
        table = pd.read_csv(text, index_col="timestamp")
    table.index = pd.to_datetime(table.index, utc=True)
    period = period_around("month", month)
    start = start_of_day(period.first, site["timezone"]) - timedelta(days=1)
    end = end_of_day(period.last, site["timezone"]) + timedelta(days=1)
    table = table[(table.index >= start) & (table.index < end)]
    readings = [
        {"timestamp": stamp.isoformat(), **{name: value for name, value in row.items() if value == value}}
        for stamp, row in zip(table.index, table.to_dict("records"), strict=True)
    ]
    values = {"time_zone": site["timezone"], "installed_capacity_watts": site["installedCapacityWatts"]}
    return [each for each in readings if len(each) > 1], values


def sums(readings: list[dict[str, Any]], values: dict[str, Any], period: Period, has_battery: bool) -> dict[str, float]:
    """The energies of a period straight from the accounting."""
    frame = pd.DataFrame(readings).set_index("timestamp")
    frame.index = pd.to_datetime(frame.index, utc=True, format="ISO8601")
    rows = daily_energy(frame, has_battery=has_battery, **values)
    found: dict[str, float] = {}
    for row in rows:
        if period.contains(row.date):
            found[row.channel] = found.get(row.channel, 0.0) + row.kwh
    return found


def shown(page: Page, label: str) -> str:
    """The number and unit of a tile of the chosen time."""
    tile = page.locator(".tile.figure", has=page.locator(f".tile-head span:text-is('{label}')"))
    return tile.locator(".tile-number").inner_text().replace("\n", "").replace(" ", "")


def expect_totals(page: Page, expected: dict[str, float]) -> None:
    expect(page.locator(".tile.figure").first).to_be_visible(timeout=REFRESH)
    for channel, label in CHANNELS:
        if channel in expected:
            assert shown(page, label) == str(energy(expected[channel])).replace(" ", ""), label


def roll(made: Home) -> None:
    assert rollups.refresh_source(made.source_id, datetime.now(UTC) + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("name", "month"), [("villena_home", date(2024, 6, 1)), ("emhass_home", date(2024, 7, 1))]
)
def test_totals_of_a_measured_site_equal_the_accounting(
    stores: dict[str, str], visit: Visit, name: str, month: date
) -> None:
    readings, values = measured(name, month)
    has_battery = any("batteryPower" in each for each in readings)
    made = home(has_battery=has_battery, **values)
    for at in range(0, len(readings), 500):
        made.send(*readings[at : at + 500])
    roll(made)
    page = ready(visit(made.email, f"/monitor/{made.source_id}?range=month&date={month}"))
    period = period_around("month", month)
    expected = sums(readings, values, period, has_battery)
    assert expected["produced"] > 50
    expect_totals(page, expected)
    bars = page.evaluate(
        "document.querySelector('.js-plotly-plot').data.filter(each => each.type === 'bar' && each.y.some(y => y > 0))"
        ".map(each => Array.from(each.y).reduce((sum, y) => sum + (y || 0), 0)).reduce((sum, y) => sum + y, 0)"
    )
    assert bars == pytest.approx(expected["produced"], rel=1e-3)


def test_totals_of_a_week_in_which_clocks_change(stores: dict[str, str], visit: Visit, complaints: list[str]) -> None:
    made, day = home(), date(2026, 3, 29)
    week = period_around("week", day)
    readings = list(sunny(start_of_day(week.first, ZONE), end_of_day(week.last, ZONE), minutes=10))
    made.send(*readings)
    roll(made)
    page = ready(visit(made.email, f"/monitor/{made.source_id}?range=week&date={day}"))
    values = {"time_zone": ZONE, "installed_capacity_watts": 5500.0}
    expect_totals(page, sums(readings, values, week, has_battery=True))
    expect(page.locator("#monitor-range-title")).to_have_text("23 to 29 March 2026")
    # A click on its bar opens the day of 23 hours, and the totals are those of that day.
    page.locator(".chart .nsewdrag").first.scroll_into_view_if_needed()
    box = page.locator(".chart .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 6.4 / 7.2, box["y"] + box["height"] * 0.4)
    page.wait_for_timeout(500)
    page.mouse.click(box["x"] + box["width"] * 6.4 / 7.2, box["y"] + box["height"] * 0.45)
    expect(page.locator("#monitor-day-picker")).to_have_text("Sunday, 29 March 2026", timeout=REFRESH)
    assert page.url.endswith("?date=2026-03-29")
    one = sums(readings, values, Period("day", day, day), has_battery=True)
    expect(page.locator(".tile.figure", has_text="Produced")).to_contain_text(
        str(energy(one["produced"])).replace(" ", ""), timeout=REFRESH
    )
    page.go_back()
    expect(page.locator("#monitor-range-title")).to_have_text("23 to 29 March 2026", timeout=REFRESH)
    assert complaints == []


@pytest.fixture(scope="module")
def months(kept_stores: dict[str, str]) -> Home:
    """A source with hourly readings of two months of 2025 and of 2024, for tests that only look."""
    made = home()
    for year in (2024, 2025):
        start, end = start_of_day(date(year, 5, 1), ZONE), start_of_day(date(year, 7, 1), ZONE)
        frame = pd.DataFrame(sunny(start, end, minutes=60)).set_index("timestamp")
        frame.index = pd.to_datetime(frame.index, utc=True)
        history.store_history(made.source_id, frame, datetime.now(UTC))
    roll(made)
    return made


def test_the_bar_chooses_periods_and_the_address_keeps_them(
    months: Home, look: Visit, complaints: list[str]
) -> None:
    page = ready(look(months.email, f"/monitor/{months.source_id}?range=month&date=2025-06-10"))
    title = page.locator("#monitor-range-title")
    expect(title).to_have_text("June 2025")
    page.click("#monitor-back-button")
    expect(title).to_have_text("May 2025", timeout=REFRESH)
    assert page.url.endswith("?range=month&date=2025-05-10")
    page.locator(".range-kinds label", has_text="Year").first.click()
    expect(title).to_have_text("2025", timeout=REFRESH)
    page.locator(".range-kinds label", has_text="All").first.click()
    expect(title).to_contain_text("2024", timeout=REFRESH)
    expect(page.locator("#monitor-back-button")).to_be_disabled()
    page.go_back()
    expect(title).to_have_text("2025", timeout=REFRESH)
    page.goto(f"/monitor/{months.source_id}?range=custom&from=2025-05-05&to=2025-05-14&compare=year")
    ready(page)
    expect(page.locator("#monitor-span-picker")).to_contain_text("5 May 2025")
    expect(page.locator("#monitor-compared-text")).to_contain_text("10 days", timeout=REFRESH)
    ticks = "document.querySelector('.js-plotly-plot').layout.shapes.filter(each => each.type === 'line').length"
    assert page.evaluate(ticks) == 10
    assert complaints == []


def test_a_number_says_why_and_the_chart_is_a_table(months: Home, look: Visit, complaints: list[str]) -> None:
    page = ready(look(months.email, f"/monitor/{months.source_id}?range=month&date=2025-06-10"))
    page.get_by_role("button", name="Why this number: Self-consumption").last.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("(produced − exported) ÷ produced", timeout=REFRESH)
    expect(dialog).to_contain_text("30 of 30 days so far")
    expect(dialog).to_contain_text("from power over time")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Show as a table").focus()
    page.keyboard.press("Enter")
    rows = page.locator("#monitor-chart-table tbody tr")
    expect(rows).to_have_count(30, timeout=REFRESH)
    expect(rows.first).to_contain_text("Mon 30 June 2025")
    expect(page.locator("#monitor-chart-summary")).to_contain_text("Energy from Sun 1 June 2025 to Mon 30 June 2025")
    assert complaints == []


def test_what_is_shown_is_exported(months: Home, look: Visit) -> None:
    page = ready(look(months.email, f"/monitor/{months.source_id}?range=month&date=2025-06-10"))
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_text("Table as CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    dates = [line.split(",")[0] for line in lines if re.match(r"\d{4}-", line)]
    assert dates == [f"2025-06-{day:02d}" for day in range(1, 31)]
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as picture:
        page.get_by_text("Chart as PNG").click()
    assert Path(picture.value.path()).read_bytes().startswith(b"\x89PNG")


def test_faults_and_quality_are_told_in_words(stores: dict[str, str], visit: Visit, complaints: list[str]) -> None:
    made, now = home(), datetime.now(UTC)
    made.send(*sunny(now - timedelta(hours=6), now - timedelta(hours=3)))
    faulty = [{**each, "faultCodes": ["F23 insulation low"]} for each in sunny(now - timedelta(minutes=30), now)]
    made.send(*faulty, {**faulty[-1], "timestamp": now.isoformat(), "batteryTemperature": 655.0})
    roll(made)
    page = ready(visit(made.email, f"/monitor/{made.source_id}"))
    faults = page.locator("#monitor-faults-list")
    expect(faults).to_contain_text("Insulation of the panels is low", timeout=REFRESH)
    expect(faults).to_contain_text("Code F23 insulation low")
    expect(page.locator("#monitor-faults-badge")).to_have_text("1 open")
    quality = page.locator("#monitor-quality-facts")
    expect(quality).to_contain_text("Battery temperature", timeout=REFRESH)
    page.locator("button.detail-row", has_text="State of charge").click()
    expect(page.get_by_role("dialog")).to_contain_text("State of charge", timeout=REFRESH)
    assert complaints == []
