"""Shared pages in a browser: figures, tabs, revocation, a wall screen for a while, and the owner's page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from services.people.viewer import Viewer
from services.sharing import links
from tests import servers
from tests.browser.conftest import Visit
from tests.browser.scene import Home, home, reading, sunny

ALL_ON = links.SwitchRecord(True, True, True, True, True)
REFRESHES = 60


def _owner(made: Home) -> Viewer:
    account_id = str(servers.fetch("SELECT id FROM users WHERE email = %s", made.email)[0][0])
    return Viewer(account_id, "Lucia Alba", made.email)


def _shared(**more: Any) -> tuple[Home, Viewer, str]:
    made, now = home(), datetime.now(UTC)
    owner = _owner(made)
    made.send(*sunny(now - timedelta(hours=6), now, 10), reading(now, 3000.0))
    links.keep_switches(owner, made.source_id, ALL_ON, now)
    url = links.make(owner, "source", made.source_id, {"name": "Wall", "views": links.VIEWS, **more}, now).url
    return made, owner, f"/shared/{url.rsplit('/', 1)[1]}"


def _drawn(page: Page, figure: str) -> Any:
    return page.locator(f"[data-figure={figure}] .main-svg").first


def test_a_stranger_sees_the_figures_and_nothing_else(visit: Visit, complaints: list[str]) -> None:
    _, _, path = _shared(town="Near Alicante")
    page = visit(None, path, viewport={"width": 360, "height": 740})
    expect(_drawn(page, "day")).to_be_visible()
    expect(page.locator("[data-part=tile-solar-now-value]")).not_to_have_text("–")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Month").click()
    expect(_drawn(page, "month")).to_be_visible()
    page.get_by_role("link", name="Returns").click()
    expect(page.get_by_text("Nothing to count yet")).to_be_visible()
    assert complaints == []


def test_a_revoked_link_closes_open_pages_within_one_refresh(visit: Visit) -> None:
    made, owner, path = _shared()
    page = visit(None, path)
    expect(_drawn(page, "day")).to_be_visible()
    link = links.listed(owner, "source", made.source_id)[0]
    links.revoke(owner, "source", made.source_id, str(link.id), datetime.now(UTC))
    # One refresh is ten seconds; the rest is for a busy machine to load the page that says so.
    expect(page.get_by_role("heading", name="This page is not here")).to_be_visible(timeout=14_000)


def test_a_wall_screen_holds_its_memory(visit: Visit, complaints: list[str]) -> None:
    _, _, path = _shared()
    page = visit(None, f"{path}?kiosk=1")
    expect(_drawn(page, "day")).to_be_visible()
    before = heap_after(page, REFRESHES // 4)
    after = heap_after(page, REFRESHES)
    assert after / before < 1.15, (before, after)
    assert complaints == []


def heap_after(page: Page, refreshes: int) -> float:
    """Bytes of the heap after so many refreshes, each with a new chart and a turn of the views, and a collection."""
    page.evaluate(
        """async (count) => {
            for (let at = 0; at < count; at += 1) {
                await window.ampraShared.refresh();
                await window.ampraShared.load(window.ampraShared.shown());
                await window.ampraShared.turn();
            }
        }""",
        refreshes,
    )
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = float(session.send("Runtime.getHeapUsage")["usedSize"])
    session.detach()
    return used


def test_an_owner_switches_on_and_makes_a_link(visit: Visit, complaints: list[str]) -> None:
    made = home()
    page = visit(made.email, f"/source/{made.source_id}?tab=sharing")
    page.get_by_label("Show this source by links").check(force=True)
    page.get_by_role("switch", name="Monitor").check(force=True)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.get_by_text("New link").click()
    page.locator("#sharing-name-input").fill("Neighbour")
    page.get_by_role("button", name="Make the link").click()
    url = page.locator(".link-made .copy-text").first.text_content() or ""
    expect(page.get_by_text("never opened")).to_be_visible()
    page.goto(url)
    expect(page.get_by_role("heading", name="No readings yet")).to_be_visible()
    assert complaints == []
