"""Monitor in a real browser: the day and its sums, the newest reading within one refresh, and every state between."""

import re
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from deploy.local.ports import wait_for
from solar.days import end_of_day, local_date, start_of_day
from solar.energy import daily_energy
from tests.browser.conftest import Visit
from tests.browser.scene import PASSWORD, ZONE, Home, home, reading, sunny

REFRESH = 40_000
CHART = "#monitor-chart-panel:not(.waiting) .main-svg"


def part(page: Page, name: str) -> object:
    """The visible one of a part's places."""
    return page.locator(f'[data-part="{name}"]:visible')


def ready(page: Page) -> Page:
    """Wait for the chart and the newest reading."""
    page.locator(CHART).first.wait_for()
    page.locator('[data-part="monitor-page"]:not(.waiting)').wait_for()
    return page


def tick(page: Page) -> None:
    """Let the page ask for the newest reading now, as it does on coming back, and not after up to ten seconds."""
    page.evaluate("window.dash_clientside.set_props('monitor-live-interval', { n_intervals: Date.now() })")


def x_range(page: Page) -> list[str]:
    return page.evaluate("document.querySelector('.js-plotly-plot').layout.xaxis.range.map(String)")


def zoom(page: Page) -> list[str]:
    box = page.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=5)
    page.mouse.up()
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)
    return x_range(page)


def await_colour(page: Page, wanted: str) -> None:
    """Wait until the sun of the chart has a colour; the content policy forbids Playwright's own waiting."""
    colour = "document.querySelector('.js-plotly-plot').data[0].line.color"
    assert wait_for(lambda: page.evaluate(colour) == wanted, 10)


@pytest.fixture
def villena(stores: dict[str, str]) -> Home:
    """A source with readings of yesterday and of today until now."""
    made, now = home(), datetime.now(UTC)
    today = start_of_day(local_date(now, ZONE), ZONE)
    made.send(*sunny(today - timedelta(days=1), now, minutes=10), reading(now - timedelta(seconds=5), 1000))
    return made


def test_the_newest_reading_moves_the_page_at_once(villena: Home, visit: Visit, complaints: list[str]) -> None:
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}"))
    expect(part(page, "solar-value")).to_have_text("1.00")
    expect(part(page, "badge")).to_contain_text(re.compile(r"Live · ?\d+ s ago"))
    page.evaluate("window.drawn = document.querySelector('.flow svg')")
    zoomed = zoom(page)
    # Not while a bucket of five minutes ends: then the chart is drawn anew, with the mean instead of the reading.
    page.wait_for_timeout(max(0, datetime.now(UTC).timestamp() % 300 - 270) and 35_000)
    villena.send(reading(datetime.now(UTC), 2345.6))
    expect(part(page, "solar-value")).to_have_text("2.35", timeout=REFRESH)
    expect(part(page, "tile-solar-now-value")).to_have_text("2.35")
    expect(part(page, "grid-note")).to_have_text("exporting")
    assert page.get_attribute("#monitor-flow-diagram", "aria-label") == (
        "Live flow: solar 2.35 kW, house 400 W, battery 300 W charging at 66 %, grid 1.65 kW exporting. "
        "Solar runs the house, charges the battery and exports the rest."
    )
    last = "document.querySelector('.js-plotly-plot').data.find(each => each.name === 'Solar').y.at(-1)"
    # The texts are put in before the chart is.
    assert wait_for(lambda: page.evaluate(last) == pytest.approx(2.346), 10)
    assert page.evaluate("window.drawn === document.querySelector('.flow svg')"), "the diagram must not be rebuilt"
    assert x_range(page) == zoomed, "the zoom must stay"
    assert complaints == []


def test_the_day_shown_is_the_day_of_the_readings(stores: dict[str, str], visit: Visit) -> None:
    # The day on which clocks went forward: 23 hours.
    day, made = date(2026, 3, 29), home()
    start, end = start_of_day(day, ZONE), end_of_day(day, ZONE)
    readings = list(sunny(start, end))
    made.send(*readings)
    page = ready(visit(made.email, f"/monitor/{made.source_id}?date={day}"))
    frame = pd.DataFrame(readings).set_index("timestamp")
    frame.index = pd.to_datetime(frame.index, utc=True)
    rows = daily_energy(frame, time_zone=ZONE, installed_capacity_watts=5500.0)
    produced = next(row.kwh for row in rows if row.date == day and row.channel == "produced")
    expect(page.locator(".tile.figure", has_text="Produced")).to_contain_text(f"{produced:.1f}kWh")
    drawn = page.evaluate(
        "(({x, y}) => [x, y])(document.querySelector('.js-plotly-plot').data.find(each => each.name === 'Solar'))"
    )
    assert len(drawn[0]) == 23 * 12
    assert drawn[1] == pytest.approx([each["solarPower"] / 1000 for each in readings], abs=0.0006)
    expect(page.locator("#monitor-day-picker")).to_have_text("Sunday, 29 March 2026")


def test_a_past_day_is_in_the_address_and_now_stays_now(villena: Home, visit: Visit, complaints: list[str]) -> None:
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}"))
    yesterday = local_date(datetime.now(UTC), ZONE) - timedelta(days=1)
    expect(page.locator("#monitor-forward-button")).to_be_disabled()
    page.click("#monitor-back-button")
    expect(page.locator("#monitor-day-picker")).to_contain_text(f"{yesterday.day} {yesterday:%B %Y}")
    assert page.url.endswith(f"?date={yesterday}")
    page.evaluate("window.drawn = document.querySelector('.js-plotly-plot').data[0].y")
    villena.send(reading(datetime.now(UTC), 2345.6))
    tick(page)
    expect(part(page, "solar-value")).to_have_text("2.35", timeout=REFRESH)
    assert page.evaluate("window.drawn === document.querySelector('.js-plotly-plot').data[0].y")
    page.reload()
    expect(page.locator("#monitor-day-picker")).to_contain_text(f"{yesterday.day} {yesterday:%B %Y}")
    page.click("#monitor-today-button")
    expect(page.locator("#monitor-forward-button")).to_be_disabled()
    assert "date=" not in page.url
    page.go_back()
    expect(page.locator("#monitor-day-picker")).to_contain_text(f"{yesterday.day} {yesterday:%B %Y}")
    assert complaints == []


def test_a_source_without_readings_says_how_to_connect_and_fills_itself(stores: dict[str, str], visit: Visit) -> None:
    made = home()
    page = ready(visit(made.email, f"/monitor/{made.source_id}"))
    expect(page.locator("h2", has_text="No readings yet")).to_be_visible()
    expect(page.locator("code", has_text=f"ampra/sources/{made.source_id}/data")).to_be_visible()
    expect(part(page, "tile-solar-now-value")).to_have_text("–")
    made.send(reading(datetime.now(UTC), 823))
    tick(page)
    expect(part(page, "tile-solar-now-value")).to_have_text("823", timeout=REFRESH)
    expect(page.locator("h2", has_text="No readings yet")).to_be_hidden()


def test_a_silent_source_is_grey_with_its_age(stores: dict[str, str], visit: Visit) -> None:
    made, last = home(), datetime.now(UTC) - timedelta(hours=2, minutes=43)
    made.send(reading(last, 823))
    page = ready(visit(made.email, f"/monitor/{made.source_id}"))
    expect(page.locator("h2", has_text="No readings since")).to_contain_text("for 2 h 43 min")
    expect(part(page, "badge")).to_contain_text(re.compile("Offline · ?2 h 43 min ago"))
    expect(part(page, "tile-solar-now-value")).to_have_text("–")
    expect(part(page, "tile-solar-now-note-1")).to_contain_text("last 823 W at")
    expect(page.locator(".flow-line.flowing:visible")).to_have_count(0)


def test_light_and_dark_are_followed_and_remembered(villena: Home, visit: Visit) -> None:
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}", color_scheme="dark"))
    html = page.locator("html")
    expect(html).to_have_attribute("data-mantine-color-scheme", "dark")
    await_colour(page, "#FFB938")
    zoomed = zoom(page)
    page.click('.shell-header [data-scheme="toggle"]')
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    await_colour(page, "#D97E00")
    assert x_range(page) == zoomed
    page.reload()
    expect(html).to_have_attribute("data-mantine-color-scheme", "light")
    ready(page)
    await_colour(page, "#D97E00")


def test_a_phone_scrolls_only_down_and_reaches_every_page(
    villena: Home, visit: Visit, complaints: list[str]
) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}", **phone))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    controls = (".nav.bottom .nav-link", ".range-bar button:enabled", ".why-button", ".icon-button.tool",
                "#shell-source-picker", "#shell-account-button")
    for name in controls:
        for control in page.locator(f"{name}:visible").all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 43.5 and box["width"] >= 43.5, (name, box)
    chart = page.locator(".js-plotly-plot").bounding_box()
    assert chart is not None
    assert chart["height"] >= 240
    expect(page.locator(".nav.side")).to_be_hidden()
    for link in page.locator(".nav.bottom .nav-link:visible").all():
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360, box
    page.click(".nav.bottom button.nav-link")
    page.locator(".mantine-Menu-dropdown .nav-link", has_text="Groups").click()
    page.wait_for_url("**/groups")
    assert complaints == []


@pytest.mark.parametrize(("wish", "moving"), [("no-preference", "flow-on"), ("reduce", "none")])
def test_nothing_moves_for_those_who_do_not_want_it(villena: Home, visit: Visit, wish: str, moving: str) -> None:
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}", reduced_motion=wish))
    assert page.locator(".flow-line.flowing").count() > 0
    running = "getComputedStyle(document.querySelector('.flow-line.flowing .flow-dashes')).animationName"
    assert page.evaluate(running) == moving


def test_a_lost_session_leads_to_sign_in_and_back(villena: Home, visit: Visit) -> None:
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}"))
    page.context.clear_cookies()
    tick(page)
    page.wait_for_url("**/sign-in?next=**", timeout=REFRESH)
    page.fill("#email", villena.email)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    ready(page)
    assert villena.source_id in page.url


def test_a_server_that_does_not_answer_is_said_so_until_it_does(villena: Home, visit: Visit) -> None:
    page = ready(visit(villena.email, f"/monitor/{villena.source_id}"))
    page.route("**/_dash-update-component*", lambda route: route.abort())
    tick(page)
    expect(page.locator(".outage")).to_be_visible(timeout=REFRESH)
    page.unroute("**/_dash-update-component*")
    villena.send(reading(datetime.now(UTC), 777))
    tick(page)
    expect(page.locator(".outage")).to_be_hidden(timeout=REFRESH)
    expect(part(page, "solar-value")).to_have_text("777", timeout=REFRESH)


def test_strangers_see_nothing_of_a_source(villena: Home, visit: Visit) -> None:
    other = home("bob@example.org", name="Elsewhere")
    page = visit(other.email, "/settings")
    page.clock.install()
    page.goto(f"/monitor/{villena.source_id}")
    expect(page.locator("h2", has_text="This source is not here")).to_be_visible(timeout=REFRESH)
    expect(page.locator(".now, .chart-card, .range-bar").locator("visible=true")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # It will not come either: nothing is asked any more, however long one waits.
    page.clock.run_for(30_000)
    page.wait_for_timeout(300)
    assert asked == []
    page.click("text=To all sources")
    expect(page.locator(".source-card", has_text="Elsewhere")).to_be_visible()


def test_the_way_from_sign_in_and_between_pages(villena: Home, visit: Visit, complaints: list[str]) -> None:
    page = visit(villena.email)
    page.locator(".source-card", has_text="Villena home").click()
    ready(page)
    expect(page.locator("#shell-source-picker")).to_have_value("Villena home")
    page.click(".nav.side .nav-link:has-text('Overview')")
    expect(page.locator("h1", has_text="Now")).to_be_visible()
    page.click(".nav.side .nav-link:has-text('Monitor')")
    ready(page)
    assert page.url.endswith(villena.source_id)
    page.click("#shell-source-picker")
    page.get_by_role("option", name="All sources").click()
    expect(page.locator("h1", has_text="Now")).to_be_visible()
    page.click("#shell-account-button")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    assert complaints == []


def test_wrong_passwords_are_told_without_telling_more(stores: dict[str, str], visit: Visit) -> None:
    page = visit(None, "/sign-in")
    page.fill("#email", "nobody@example.org")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_have_text("That e-mail and password do not match. Please try again.")
    expect(page.locator("#email")).to_have_value("nobody@example.org")
