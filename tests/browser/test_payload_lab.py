"""The payload lab in a real browser: a message mapped by hand with a live preview, saved, and a fault mended."""

import json
import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from data import mongo
from data import rereading as stored
from services.ingestion import entering as ingest
from solar import normalise
from tests.browser.conftest import Visit
from tests.browser.scene import Home, home
from tests.servers import fetch


def send(owner: Home, payload: object, at: datetime) -> None:
    message = normalise.Message("mqtt", "data", json.dumps(payload).encode(), at)
    ingest.accept([ingest.Delivery(owner.source_id, message)], at)


def open_lab(visit: Visit, owner: Home) -> Page:
    page = visit(owner.email, f"/source/{owner.source_id}?tab=data")
    page.wait_for_url("**/source/**")
    return page


def test_an_unmapped_value_is_mapped_by_hand(visit: Visit, complaints: list[str]) -> None:
    owner = home()
    send(owner, {"soc": 50, "Sonne": 3.2}, datetime.now(UTC))
    page = open_lab(visit, owner)
    expect(page.locator(".lab-counts")).to_contain_text("1 unmapped")
    row = page.locator(".map-row.unmapped")
    expect(row).to_contain_text("Sonne")
    row.get_by_label("Field of Sonne").fill("Solar power")
    page.get_by_role("option", name="Solar power (W)").click()
    row.get_by_label("Unit of Sonne").fill("kW")
    page.get_by_role("option", name="kW", exact=True).click()
    expect(page.locator(".lab-rows")).to_contain_text(re.compile(r"solarPower3.200 W"))
    page.get_by_role("button", name="Save mapping").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    expect(page.locator(".lab-rows")).to_contain_text(re.compile(r"solarPower3.200 W"))
    assert complaints == []


def test_a_pasted_message_is_tried_and_not_stored(visit: Visit, complaints: list[str]) -> None:
    owner = home()
    page = open_lab(visit, owner)
    page.get_by_text("Try a pasted message").click()
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text("Paste a message first")).to_be_visible()
    page.get_by_label("Message to try").fill('{"pv_power": 4570, "wifi": -61}')
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator(".lab-rows")).to_contain_text("solarPower")
    expect(page.locator(".map-row.unmapped")).to_contain_text("wifi")
    assert stored.newest(mongo.database(), owner.source_id, 5) == []
    assert complaints == []


def test_a_fault_of_the_balance_is_named_and_mended(visit: Visit, complaints: list[str]) -> None:
    owner, now = home(), datetime.now(UTC)
    for step in range(40):
        solar, load, battery = 60.0 * step, 400.0, 25.0 * step
        send(owner, {"timestamp": (now - timedelta(minutes=5 * (40 - step))).isoformat(), "pv_power": solar,
                     "load_power": load, "battery_power": -battery, "grid_power": load + battery - solar}, now)
    page = open_lab(visit, owner)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Likely: battery sign inverted")).to_be_visible()
    page.get_by_role("button", name="Put the mend into the mapping").click()
    expect(page.get_by_text("The mend is in the mapping")).to_be_visible()
    page.get_by_role("button", name="Save mapping").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


    ((mapping,),) = fetch("SELECT payload_mapping FROM sun_sources WHERE id::text = %s", owner.source_id)
    assert mapping == {"invert": ["batteryPower"]}
    assert complaints == []
