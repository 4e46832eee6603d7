"""The returns page in a real browser: what it shows, what an assumption changes at once, and how prices are changed."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.people import accounts, preferences
from services.people.viewer import Viewer
from services.returns import prices
from services.returns import results as returns
from solar.days import local_date, start_of_day
from tests import servers
from tests.browser.conftest import Visit
from tests.browser.scene import PASSWORD
from tests.storage.returns_data import make_source, seasonal, store_days

EMAIL, ZONE = "lucia@example.org", "Europe/Madrid"
YEARS = 3


def lucia() -> Viewer:
    """An owner."""
    made = accounts.create_user(EMAIL, PASSWORD, "Lucia", "Alba", is_email_verified=True)
    return Viewer(made.id, "Lucia Alba", EMAIL)


def today() -> date:
    """The local day of the source just now."""
    return local_date(datetime.now(UTC), ZONE)


def a_home(owner: Viewer, *, with_prices: bool = True) -> str:
    """A home that produced for three years and had its first price eleven days late."""
    first = today() - timedelta(days=365 * YEARS + 40)
    source_id = make_source(
        owner, name="Villena home", time_zone=ZONE, system_cost=Decimal(8950), maintenance_cost_per_year=Decimal(60),
        installation_date=start_of_day(first, ZONE),
    )
    store_days(source_id, seasonal(first, (today() - first).days), ZONE)
    if with_prices:
        text = "from,price,export\n" + "".join(
            f"{first + timedelta(days=after)},{buy},{sell}\n"
            for after, buy, sell in ((11, "0.262", "0.080"), (380, "0.298", "0.070"), (800, "0.284", "0.060"))
        )
        prices.keep(prices.take_history(owner, source_id, text, datetime.now(UTC)))
    return source_id


def shown(page: Page) -> None:
    """Wait until the result is there."""
    expect(page.locator("#returns-head-tiles .ring-words")).to_be_visible()
    expect(page.locator("#returns-payback-panel")).not_to_have_class(re.compile("waiting"))
    expect(page.locator("#returns-payback-chart .main-svg").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_as_it_looks(
    visit: Visit, complaints: list[str], tmp_path: Path, width: int, scheme: str
) -> None:
    source_id = a_home(lucia())
    page = visit(EMAIL, f"/returns/{source_id}", viewport={"width": width, "height": 900}, color_scheme=scheme)
    shown(page)
    expect(page.locator("#returns-prices-panel")).not_to_have_class(re.compile("waiting"))
    expect(page.get_by_text("11 days have no price:")).to_be_visible()
    page.wait_for_timeout(600)
    page.screenshot(path=str(tmp_path / f"returns-{width}-{scheme}.png"), full_page=True)
    # Nothing scrolls sideways.
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert complaints == []


def test_an_assumption_takes_effect_at_once_and_is_saved(visit: Visit, complaints: list[str]) -> None:
    owner = lucia()
    source_id = a_home(owner)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    head = page.locator("#returns-head-tiles")
    before = head.inner_text()
    life = page.get_by_label("Life", exact=True)
    expect(life).to_have_value("25")
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()
    life.fill("12")
    expect(head).to_contain_text("12 years at 3 % real")
    assert head.inner_text() != before
    expect(page.locator("#returns-changed-text")).to_have_text("Changed from default: life")
    assert returns.saved_terms(owner, source_id).assumptions.years == 25
    # Nonsense is said at its field, and the result stays.
    life.fill("99")
    expect(page.get_by_text("must be a whole number from 1 to 50.")).to_be_visible()
    expect(head).to_contain_text("12 years at 3 % real")
    life.fill("12")
    expect(page.get_by_text("must be a whole number")).to_have_count(0)
    save.click()
    expect(save).to_be_disabled()
    assert returns.saved_terms(owner, source_id).assumptions.years == 12
    page.reload()
    shown(page)
    expect(page.get_by_label("Life", exact=True)).to_have_value("12")
    page.get_by_role("button", name="Reset").click()
    expect(head).to_contain_text("25 years at 3 % real")
    assert complaints == []


def test_what_was_typed_last_is_saved_however_quick_one_is(visit: Visit, complaints: list[str]) -> None:
    owner = lucia()
    source_id = a_home(owner)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    expect(page.get_by_label("Life", exact=True)).to_have_value("25")
    page.get_by_text("More assumptions").click()
    page.get_by_label("Life", exact=True).fill("14")
    page.get_by_label("CO₂ factor").fill("0.4")
    # Without a moment in between: the save takes what the fields hold.
    page.evaluate("document.getElementById('returns-save-button').click()")
    expect(page.locator("#returns-further-tiles")).to_contain_text("at 0.4 kg per kWh produced")
    expect(page.locator("#returns-head-tiles")).to_contain_text("14 years at 3 % real")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    saved = returns.saved_terms(owner, source_id).assumptions
    assert (saved.years, saved.co2_kg_per_kwh) == (14, Decimal("0.4"))
    assert complaints == []


def test_a_price_from_the_middle_of_a_day_of_23_hours_says_what_holds(visit: Visit, complaints: list[str]) -> None:
    owner = lucia()
    source_id = make_source(owner, name="Spring", time_zone=ZONE)
    store_days(source_id, seasonal(date(2026, 3, 20), 20), ZONE)
    text = "from,price\n2026-03-22,-0.05\n2026-03-29T13:30:00+02:00,0.31\n"
    prices.keep(prices.take_history(owner, source_id, text, datetime.now(UTC)))
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    expect(page.get_by_text("2 days have no price:")).to_be_visible()
    listed = page.locator("#returns-prices-table")
    expect(listed).to_contain_text("given for 13:30: holds for the whole day")
    expect(listed).to_contain_text("−0.05")
    page.get_by_role("textbox", name="Month").click()
    page.get_by_role("option", name="March 2026").click()
    rows = page.locator("#returns-days-table tbody tr")
    expect(rows.filter(has_text="21 Mar 2026")).to_contain_text("no price")
    expect(rows.filter(has_text="28 Mar 2026")).to_contain_text("−0.05")
    # The day on which the clock is put forward is priced whole, from its midnight on.
    expect(rows.filter(has_text="29 Mar 2026 (23 h)")).to_contain_text("0.31")
    assert complaints == []


def test_money_is_written_as_its_reader_writes_numbers(visit: Visit, complaints: list[str]) -> None:
    owner = lucia()
    source_id = a_home(owner)
    preferences.change(owner.account_id, preferences.SettingType.NUMBER_FORMAT, "1")
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    saved = page.locator("#returns-head-tiles .saved-card .number")
    expect(saved.first).to_have_text(re.compile(r"^\d[\d\u202f]*,\d\d$"))
    expect(page.locator("#returns-prices-table")).to_contain_text("0,284")
    page.get_by_label("Price rise").fill("2,5")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    assert returns.saved_terms(owner, source_id).assumptions.import_price_escalation == Decimal("0.025")
    assert complaints == []


def test_sums_of_all_sources_keep_currencies_apart(visit: Visit, complaints: list[str], tmp_path: Path) -> None:
    owner = lucia()
    a_home(owner)
    yen = make_source(owner, name="Tokyo", time_zone=ZONE, currency="JPY", system_cost=Decimal(900000))
    store_days(yen, seasonal(today() - timedelta(days=60), 60), ZONE)
    prices.keep(prices.put(owner, yen, {"effectiveFrom": "2020-01-01", "pricePerKwh": "31"}, datetime.now(UTC)))
    make_source(owner, name="New", time_zone=ZONE)
    page = visit(EMAIL, "/returns")
    expect(page.locator(".currency-card")).to_have_count(2)
    expect(page.locator(".currency-card").first).to_contain_text("In EUR, €")
    expect(page.locator(".currency-card").first).to_contain_text("of 1 of 2")
    expect(page.locator(".currency-card").last).to_contain_text("In JPY, ¥")
    expect(page.locator(".ag-center-cols-container .ag-row")).to_have_count(3)
    page.screenshot(path=str(tmp_path / "returns-sums.png"), full_page=True)
    page.get_by_role("link", name="Tokyo").click()
    page.wait_for_url(f"**/returns/{yen}")
    shown(page)
    page.get_by_role("link", name="All sources").click()
    page.wait_for_url("**/returns")
    assert complaints == []


def test_a_price_of_the_past_is_kept_only_after_it_was_shown(visit: Visit, complaints: list[str]) -> None:
    owner = lucia()
    source_id = a_home(owner)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    page.get_by_role("button", name=re.compile("^Set a price from")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Buy", exact=True).fill("0.25")
    keep = dialog.locator("#returns-editor-save")
    keep.click()
    expect(dialog.get_by_text("11 past days change:")).to_be_visible()
    expect(dialog.get_by_text("Days that get a price")).to_be_visible()
    assert len(prices.price_list(owner, source_id).prices) == 3
    # What is changed after it was shown is shown again first.
    dialog.get_by_label("Buy", exact=True).fill("0.26")
    keep.click()
    expect(keep).to_have_text("Change 11 past days")
    assert len(prices.price_list(owner, source_id).prices) == 3
    keep.click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("11 days have no price:")).to_have_count(0)
    listed = prices.price_list(owner, source_id).prices
    assert (len(listed), listed[-1].entry.price_per_kwh) == (4, Decimal("0.26"))
    # A price that clashes is refused in words.
    page.get_by_role("button", name=re.compile("^Change the price from")).first.click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_text("past days change:")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_have_count(0)
    assert len(prices.price_list(owner, source_id).prices) == 3
    assert complaints == []


def test_windows_and_holidays_are_edited(visit: Visit, complaints: list[str], tmp_path: Path) -> None:
    owner = lucia()
    source_id = a_home(owner)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    page.get_by_role("button", name="Add price").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Buy", exact=True).fill("0.31")
    dialog.get_by_role("button", name="Add a price by time").click()
    window = dialog.get_by_role("group", name="Other price by time")
    window.get_by_label("Name").fill("night")
    window.get_by_label("From", exact=True).fill("25:00")
    window.get_by_label("To", exact=True).fill("06:00")
    window.get_by_label("Buy").fill("0.12")
    dialog.locator("#returns-editor-save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("from must be a time like 22:00")
    page.screenshot(path=str(tmp_path / "returns-editor.png"))
    window.get_by_label("From", exact=True).fill("22:00")
    dialog.locator("#returns-editor-save").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("night 0.12")).to_be_visible()
    entry = prices.price_list(owner, source_id).prices[0].entry
    assert [(each.name, each.price_per_kwh) for each in entry.windows] == [("night", Decimal("0.12"))]
    assert complaints == []


def test_prices_come_from_a_file(visit: Visit, complaints: list[str], tmp_path: Path) -> None:
    owner = lucia()
    source_id = a_home(owner, with_prices=False)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    expect(page.get_by_text("No price yet.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text("from;price\n2023-01-01;0,30\nsoon;0,31\n")
    good.write_text("from;price;export\n2023-01-01;0,30;0,08\n2025-01-01;0,33;0,07\n")
    upload = dialog.locator("input[type=file]")
    upload.set_input_files(bad)
    expect(dialog.get_by_role("alert")).to_contain_text("line 3")
    keep = dialog.locator("#returns-import-save")
    expect(keep).to_be_disabled()
    upload.set_input_files(good)
    expect(dialog.get_by_text("2 prices, none at fault")).to_be_visible()
    expect(keep).to_have_text(re.compile(r"Import, and change \d+ past days"))
    keep.click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("No price yet.", exact=True)).to_have_count(0)
    assert len(prices.price_list(owner, source_id).prices) == 2
    assert complaints == []


def test_costs_are_edited_and_count_at_once(visit: Visit, complaints: list[str]) -> None:
    owner = lucia()
    source_id = a_home(owner)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    page.get_by_role("button", name="One-off costs").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add a cost").click()
    dialog.get_by_label("Amount").fill("-950")
    dialog.get_by_label("What for").fill("Grant")
    dialog.locator("#returns-costs-save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("date must be a date")
    dialog.get_by_role("button", name="Date", exact=True).click()
    page.locator(".mantine-DatePickerInput-day:not([data-outside]), .mantine-Day-day").first.click()
    dialog.locator("#returns-costs-save").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#returns-head-tiles")).to_contain_text("of 8\u202f000.00\u00a0€ put in")
    saved = returns.saved_terms(owner, source_id).plant.one_off_costs
    assert [(each.amount, each.note) for each in saved] == [(Decimal(-950), "Grant")]
    assert complaints == []


def test_every_number_leads_to_what_is_behind_it(visit: Visit, complaints: list[str], tmp_path: Path) -> None:
    source_id = a_home(lucia())
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    page.get_by_role("button", name="Why this number: Net present value").click()
    body = page.locator("#returns-why-body")
    expect(body).to_contain_text("NPV = sum of cash flow of year t")
    expect(body).to_contain_text("Nominal discount rate")
    page.get_by_role("button", name="Why this number: Saved so far").click()
    body.locator("summary", has_text="By price version").click()
    expect(body).to_contain_text("3 of 3")
    page.locator("#returns-months-chart .bars .point").first.click(force=True)
    expect(page.locator("#returns-days-table tbody tr").first).to_be_visible()
    assert page.locator("#returns-days-table tbody tr").count() >= 8
    page.locator("#returns-contract-buy").fill("0.25")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#returns-contract-body")).to_contain_text("The other contract would have been")
    page.wait_for_timeout(400)
    page.screenshot(path=str(tmp_path / "returns-behind.png"), full_page=True)
    assert complaints == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("no data", "No whole day yet."), ("no prices", "No price yet."), ("no cost", "No system cost yet."),
        ("zero cost", "0.00\u00a0€ was put in."), ("yen", "¥"), ("dinar", "KWD"), ("future", "that is still to come"),
    ],
)
def test_what_is_missing_or_odd_is_said(
    visit: Visit, complaints: list[str], tmp_path: Path, kind: str, words: str
) -> None:
    owner = lucia()
    values = {"no cost": {"system_cost": None}, "zero cost": {"system_cost": Decimal(0)}, "yen": {"currency": "JPY"},
              "dinar": {"currency": "KWD"}}.get(kind, {})
    source_id = make_source(owner, name="Odd one", time_zone=ZONE, **values)
    if kind != "no data":
        store_days(source_id, seasonal(today() - timedelta(days=60), 60), ZONE)
    if kind not in ("no data", "no prices"):
        entry = {"effectiveFrom": "2020-01-01", "pricePerKwh": "-0.0125" if kind == "dinar" else "0.3"}
        prices.keep(prices.put(owner, source_id, entry, datetime.now(UTC)))
    if kind == "future":
        later = "UPDATE sun_sources SET installation_date = now() + interval '1 year'"
        servers.run_sql(os.environ["AMPRA_POSTGRES_URL"], later)
    page = visit(EMAIL, f"/returns/{source_id}")
    shown(page)
    expect(page.locator(".returns-page").get_by_text(words).first).to_be_visible()
    if kind == "dinar":
        # Three minor units, and a price below nothing makes a loss.
        expect(page.locator("#returns-head-tiles")).to_contain_text(re.compile(r"−\d+\.\d{3}"))
    if kind == "yen":
        expect(page.locator("#returns-head-tiles .saved-card .number")).to_have_text(re.compile(r"^\d[\d\u202f]*$"))
    page.screenshot(path=str(tmp_path / f"returns-{kind.replace(' ', '-')}.png"), full_page=True)
    assert complaints == []


def test_somebody_elses_returns_are_not_shown(visit: Visit) -> None:
    source_id = a_home(lucia())
    accounts.create_user("pablo@example.org", PASSWORD, "Pablo", "Ruiz", is_email_verified=True)
    page = visit("pablo@example.org", f"/returns/{source_id}")
    expect(page.get_by_text("This does not exist, or it is not yours.")).to_be_visible()
    assert "Villena" not in page.content()
