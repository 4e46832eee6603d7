"""Every page of the app opens for somebody who may see it, fits a phone, and nothing serious is said by axe-core."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import updating as rollups
from services.sources import groups
from services.sources import making as sources
from tests.browser.conftest import Visit
from tests.browser.scene import PASSWORD, ZONE, Home, reading, sunny
from tests.browser.test_accounts import keep, narrow_enough
from tests.servers import PROJECT

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# AG Grid brings these itself: its header and rows come and go with what is in view.
OF_THE_GRID = {"aria-required-children", "scrollable-region-focusable"}
EMAIL = "oscar@example.org"
_PLACE = re.compile(r"\bpath(?:_template)?=\"([^\"]*)\"")
TABS = {
    "/settings": ("profile", "security", "preferences", "tokens", "data"),
    "/source/<source_id>": ("general", "connection", "location", "economics", "sharing", "data", "danger"),
}


def serious(page: Page) -> list[str]:
    """What axe-core finds that keeps somebody from using the page, but for what is still waited for."""
    page.evaluate(f"{AXE}; 0")
    found = page.evaluate("axe.run({ exclude: [['.waiting']] }, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found["violations"] if each["impact"] in {"serious", "critical"}
        for node in each["nodes"][:1] if not (each["id"] in OF_THE_GRID and 'class="ag-' in node["html"])
    ]


def templates() -> list[str]:
    """The addresses of all pages, as their files register them."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((PROJECT / "pages").glob("[a-z]*.py"))]
    return [found for text in texts if "register_page(" in text for found in _PLACE.findall(text)]


@pytest.fixture(scope="module")
def places(kept_stores: dict[str, str]) -> list[str]:
    """The addresses of all pages for an Overseer with a source that reports and a group."""
    owner = accounts.create_user(EMAIL, PASSWORD, "Oscar", "", roles=("Overseer",), is_email_verified=True)
    now = datetime.now(UTC)
    row = {"name": "Villena home", "connection_type": 0, "installed_capacity_watts": 5500.0, "time_zone": ZONE}
    source_id = str(sources.create_source(owner.id, row, now).record.id)
    Home(EMAIL, source_id).send(*sunny(now - timedelta(days=1), now, minutes=15), reading(now, 1000))
    rollups.refresh_source(source_id, now)
    group_id = groups.create_group(Viewer(owner.id, "Oscar", EMAIL).account_id, "Hill").id
    known = {"source_id": source_id, "group_id": str(group_id)}
    found = []
    for template in templates():
        address = re.sub(r"<(\w+)>", lambda name: known[name[1]], template)
        found += [f"{address}?tab={tab}" for tab in TABS.get(template, ())] or [address]
    return found


# In parts, so that what is wrong with one page does not hide the next.
@pytest.mark.parametrize("part", range(3))
def test_every_page_opens_fits_and_can_be_used(
    look: Visit, places: list[str], complaints: list[str], part: int
) -> None:
    page = look(EMAIL, "/settings")
    wrong = {}
    for place in places[part::3]:
        page.goto(place)
        expect(page.locator("h1").last, place).to_be_visible()
        page.wait_for_load_state("networkidle")
        wrong[place] = serious(page)
        keep(page, place.strip("/").replace("/", "-").replace("?tab=", "-"))
        narrow_enough(page)
    assert {place: found for place, found in wrong.items() if found} == {}
    assert complaints == []
