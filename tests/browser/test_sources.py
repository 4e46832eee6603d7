"""Sources and groups in a real browser: errors beside their field, warnings, bulk changes, pictures, and the end."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from deploy.local.ports import wait_for
from services.people.viewer import Viewer
from services.sources import changes as source_changes
from services.sources import groups
from tests import servers
from tests.browser.conftest import Visit
from tests.browser.scene import Home, home
from tests.servers import fetch


def viewer(owner: Home) -> Viewer:
    ((user_id,),) = fetch("SELECT user_id FROM sun_sources WHERE id::text = %s", owner.source_id)
    return Viewer(str(user_id), "", owner.email, frozenset({"User"}))


def opened(visit: Visit, owner: Home, path: str) -> Page:
    page = visit(owner.email, path)
    page.wait_for_url(f"**{path.split('?')[0]}**")
    return page


def column(owner: Home, name: str) -> object:
    ((value,),) = fetch(f"SELECT {name} FROM sun_sources WHERE id::text = %s", owner.source_id)
    return value


def test_errors_stand_beside_their_field_and_nothing_is_corrected(visit: Visit, complaints: list[str]) -> None:
    owner = home()
    page = opened(visit, owner, "/new-source")
    page.get_by_label("Latitude").fill("91.5")
    page.get_by_label("Installed capacity").fill("2000000")
    page.click("text=Create source")
    expect(page.locator(".mantine-InputWrapper-error")).to_have_count(3)
    for label, words in (("Name", "Must not be empty"), ("Latitude", "Must be a number from -90 to 90 degrees"),
                         ("Installed capacity", "Must be a number from 0 to 1,000,000 W")):
        field = page.locator(".mantine-InputWrapper-root", has=page.get_by_label(label))
        expect(field.locator(".mantine-InputWrapper-error")).to_have_text(words)
    assert page.get_by_label("Latitude").input_value() == "91.5"
    assert fetch("SELECT count(*) FROM sun_sources") == [(1,)]
    assert complaints == []


def test_a_new_place_proposes_its_zone_and_warns_of_the_days(visit: Visit, complaints: list[str]) -> None:
    owner = home(latitude=38.63, longitude=-0.86)
    page = opened(visit, owner, f"/source/{owner.source_id}?tab=location")
    expect(page.get_by_label("Latitude")).to_have_value("38.63")
    page.get_by_label("Latitude").fill("40.7")
    page.get_by_label("Longitude").fill("-74.0")
    page.get_by_role("button", name="Use America/New_York").click()
    expect(page.get_by_text("Every day will be accounted anew")).to_be_visible()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Saved; the days are being accounted anew")).to_be_visible()
    assert (column(owner, "time_zone"), column(owner, "latitude")) == ("America/New_York", 40.7)
    assert complaints == []


def test_sources_are_found_and_moved_in_bulk(visit: Visit, complaints: list[str]) -> None:
    owner = home()
    mine = viewer(owner)
    groups.create_group(mine.account_id, "Hill")
    for name in ("Barn", "Chapel"):
        source_changes.create(mine, {"name": name, "connection_type": 1}, datetime.now(UTC))
    page = opened(visit, owner, "/sources")
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(3)
    page.get_by_label("Search sources").fill("chap")
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(1)
    page.get_by_label("Search sources").fill("")
    page.locator(".ag-header-select-all input").check()
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.get_by_role("textbox", name="Move to group").click()
    page.get_by_role("option", name="Hill").click()
    expect(page.get_by_text("3 moved")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("3 switched off")).to_be_visible()
    assert fetch("SELECT count(power_group_id), bool_or(is_active) FROM sun_sources") == [(3, False)]
    assert complaints == []


def test_an_icon_is_brought_shown_and_refused(visit: Visit, complaints: list[str], tmp_path: Path) -> None:
    owner = home()
    page = opened(visit, owner, f"/source/{owner.source_id}")
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "orange").save(picture, "PNG")
    renamed = tmp_path / "innocent.png"
    renamed.write_bytes(b"MZ" + bytes(400))
    page.locator("#source-icon-upload input").set_input_files(str(renamed))
    expect(page.get_by_text("must be a PNG, JPEG or WebP picture")).to_be_visible()
    good = tmp_path / "roof.png"
    good.write_bytes(picture.getvalue())
    page.locator("#source-icon-upload input").set_input_files(str(good))
    expect(page.locator("#source-icon-picture img")).to_be_visible()
    width = "document.querySelector('#source-icon-picture img').naturalWidth"
    assert wait_for(lambda: page.evaluate(width) == 300, 10)
    assert complaints == []


def test_a_group_is_made_filled_and_deleted(visit: Visit, complaints: list[str]) -> None:
    owner = home()
    page = opened(visit, owner, "/groups")
    page.get_by_role("button", name="New group").click()
    page.get_by_role("button", name="Create group").click()
    expect(page.locator(".mantine-InputWrapper-error")).to_contain_text("must not be empty")
    page.get_by_label("Name").fill("Hill")
    page.get_by_role("button", name="Create group").click()
    page.wait_for_url("**/group/*")
    page.get_by_label("Sources", exact=True).first.click()
    page.get_by_role("option", name="Villena home").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save sources").click()
    expect(page.get_by_text("1 taken in, 0 taken out")).to_be_visible()
    expect(page.locator(".ranking")).to_contain_text("Villena home")
    page.get_by_role("button", name="Delete group").click()
    page.get_by_role("button", name="Delete the group").click()
    page.wait_for_url("**/groups")
    expect(page.get_by_text("No groups yet")).to_be_visible()
    assert column(owner, "power_group_id") is None
    assert complaints == []


def test_a_source_is_deleted_once_its_name_was_typed(visit: Visit, complaints: list[str]) -> None:
    owner = home()
    page = opened(visit, owner, f"/source/{owner.source_id}?tab=danger")
    page.get_by_label("Type the name").fill("villena home")
    page.get_by_role("button", name="Delete this source").click()
    expect(page.get_by_text("Type Villena home, exactly as it is written")).to_be_visible()
    page.get_by_label("Type the name").fill("Villena home")
    page.get_by_role("button", name="Delete this source").click()
    page.wait_for_url(re.compile("/sources$"))
    expect(page.get_by_text("No sources yet")).to_be_visible()
    assert fetch("SELECT count(*) FROM sun_sources") == [(0,)]
    assert complaints == []


def test_a_file_is_tried_and_then_brought_in(visit: Visit, complaints: list[str], tmp_path: Path) -> None:
    owner = home()
    page = opened(visit, owner, "/import-sources")
    file = tmp_path / "sources.csv"
    file.write_text("name,latitude,longitude\nBarn,91,2\nChapel,,\n")
    page.locator("#import-sources-file-upload input").set_input_files(str(file))
    expect(page.get_by_text("1 of 2 lines have faults")).to_be_visible()
    expect(page.locator("table")).to_contain_text("latitude: must be a number from -90 to 90 degrees")
    expect(page.get_by_role("button", name="Make these sources")).to_be_disabled()
    again = tmp_path / "mended.csv"
    again.write_text("name,latitude,longitude\nBarn,41,2\nChapel,,\n")
    page.locator("#import-sources-file-upload input").set_input_files(str(again))
    expect(page.get_by_text("2 sources can be made")).to_be_visible()
    assert fetch("SELECT count(*) FROM sun_sources") == [(1,)]
    page.get_by_role("button", name="Make these sources").click()
    expect(page.get_by_text("Waiting its turn")).to_be_visible()
    servers.work_off()
    expect(page.get_by_text("2 sources made")).to_be_visible()
    page.get_by_role("button", name="Show the credentials").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save credentials").click()
    assert Path(saved.value.path()).read_text().count("\n") == 3
    assert fetch("SELECT count(*) FROM sun_sources") == [(3,)]
    page.reload()
    expect(page.get_by_role("heading", name="File")).to_be_visible()
    expect(page.get_by_text("sources made")).to_have_count(0)
    assert complaints == []
