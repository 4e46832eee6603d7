"""Prices against a real PostgreSQL: nothing past changes unseen, and no instant has two prices."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from data import postgres
from data import prices as stored_prices
from services.errors import Invalid, NotFound
from services.people import accounts
from services.people.viewer import Viewer
from services.returns import prices
from services.returns import results as returns
from tests.storage.returns_data import NOW, make_source, steady, store_days, store_hours

DAYS = steady(date(2026, 6, 1), 20, produced=10.0, consumed=8.0, imported=3.0, exported=5.0)
D = Decimal


@pytest.fixture
def owner(stores: dict[str, str]) -> Viewer:
    made = accounts.create_user("owner@example.org", "Sunny-roof-2026", "A", "B")
    return Viewer(made.id, "A B", made.email)


@pytest.fixture
def source_id(owner: Viewer) -> str:
    made = make_source(owner)
    store_days(made, DAYS)
    return made


def put(owner: Viewer, source_id: str, start: str, price: str, **more: object) -> prices.Proposal:
    proposal = prices.put(owner, source_id, {"effectiveFrom": start, "pricePerKwh": price, **more}, NOW)
    prices.keep(proposal)
    return proposal


def starts(owner: Viewer, source_id: str) -> list[date]:
    return [each.starts_on for each in prices.price_list(owner, source_id).prices]


def test_a_price_of_the_future_changes_no_past_day(owner: Viewer, source_id: str) -> None:
    put(owner, source_id, "2026-06-01", "0.30")
    proposal = put(owner, source_id, "2026-07-01", "0.40")
    assert proposal.past is not None
    assert proposal.past.days == ()
    assert returns.results(owner, source_id, NOW).measured.savings == D("0.30") * 5 * 20


def test_a_price_of_the_past_says_what_it_changes_before_it_is_kept(owner: Viewer, source_id: str) -> None:
    put(owner, source_id, "2026-06-01", "0.30")
    values = {"effectiveFrom": "2026-06-11", "pricePerKwh": "0.40", "exportPricePerKwh": "0.08"}
    proposal = prices.put(owner, source_id, values, NOW)
    assert proposal.past is not None
    assert (len(proposal.past.days), proposal.past.days[0]) == (10, date(2026, 6, 11))
    assert (proposal.past.savings_before, proposal.past.savings_after) == (D("15.0"), D("24.0"))
    assert returns.results(owner, source_id, NOW).measured.savings == D("30.0")
    prices.keep(proposal)
    assert returns.results(owner, source_id, NOW).measured.savings == D("39.0")


def test_a_proposal_is_refused_once_prices_changed(owner: Viewer, source_id: str) -> None:
    old = prices.put(owner, source_id, {"effectiveFrom": "2026-06-05", "pricePerKwh": "0.5"}, NOW)
    put(owner, source_id, "2026-06-01", "0.30")
    with pytest.raises(Invalid, match="changed meanwhile"):
        prices.keep(old)
    assert starts(owner, source_id) == [date(2026, 6, 1)]


def test_no_instant_has_two_prices(owner: Viewer, source_id: str) -> None:
    put(owner, source_id, "2026-06-01", "0.30")
    for same in ("2026-06-01", "2026-05-31T22:00:00Z", "2026-06-01T00:00"):
        with pytest.raises(Invalid) as raised:
            put(owner, source_id, same, "0.31")
        assert "already a price" in raised.value.errors["effectiveFrom"]
    # Two at once cannot both get past the table.
    row = {"effective_from": datetime(2026, 5, 31, 22, tzinfo=UTC), "price_per_kwh": D(1)}
    with pytest.raises(IntegrityError), postgres.session() as session:
        stored_prices.add(session, prices.put(owner, source_id, {
            "effectiveFrom": "2026-06-03", "pricePerKwh": "1"}, NOW).source.id, [row])


def test_two_prices_on_one_date_are_listed_and_the_later_holds(owner: Viewer, source_id: str) -> None:
    put(owner, source_id, "2026-06-01", "0.30")
    put(owner, source_id, "2026-06-10", "0.35")
    put(owner, source_id, "2026-06-10T15:30", "0.40")
    newest, overtaken, _ = prices.price_list(owner, source_id).prices
    assert (newest.first_date, newest.last_date, newest.entry.price_per_kwh) == (date(2026, 6, 10), None, D("0.40"))
    assert (overtaken.starts_on, overtaken.first_date) == (date(2026, 6, 10), None)
    assert returns.results(owner, source_id, NOW).measured.savings == 9 * 5 * D("0.30") + 11 * 5 * D("0.40")


def test_changing_and_deleting_go_through_proposals_too(owner: Viewer, source_id: str) -> None:
    put(owner, source_id, "2026-06-01", "0.30", standingCharge="12.50", standingPeriod="year")
    price = prices.price_list(owner, source_id).prices[0]
    assert (price.entry.standing_charge, price.entry.standing_period) == (D("12.50"), "year")
    values = {"effectiveFrom": "2026-06-02", "pricePerKwh": "-0.05"}
    changed = prices.put(owner, source_id, values, NOW, price_id=price.id)
    assert changed.past is not None
    assert changed.past.newly_unpriced == 1
    prices.keep(changed)
    assert returns.results(owner, source_id, NOW).measured.savings == 19 * 5 * D("-0.05")
    gone = prices.drop(owner, source_id, price.id, NOW)
    assert gone.past is not None
    assert gone.past.newly_unpriced == 19
    prices.keep(gone)
    assert prices.price_list(owner, source_id).prices == ()
    with pytest.raises(NotFound):
        prices.drop(owner, source_id, price.id, NOW)


def test_what_is_wrong_is_said_at_its_field(owner: Viewer, source_id: str) -> None:
    with pytest.raises(Invalid) as raised:
        put(owner, source_id, "soon", "cheap", holidayCountry="XX", standingPeriod="week")
    assert raised.value.errors.keys() == {"effectiveFrom", "pricePerKwh", "holidayCountry", "standingPeriod"}
    assert "a number" in raised.value.errors["pricePerKwh"]


def test_a_file_is_taken_whole_or_not_at_all(owner: Viewer, source_id: str) -> None:
    text = "from;price;export\n2026-06-01;0,30;0,08\n2026-06-11;0,40;\n"
    proposal = prices.take_history(owner, source_id, text, NOW)
    assert proposal.past is not None
    assert proposal.past.newly_priced == 20
    assert prices.price_list(owner, source_id).prices == ()
    prices.keep(proposal)
    assert starts(owner, source_id) == [date(2026, 6, 11), date(2026, 6, 1)]
    with pytest.raises(Invalid) as raised:
        prices.take_history(owner, source_id, text + "2026-07-01;0,5;0,1\n", NOW)
    assert raised.value.errors.keys() == {"line 2", "line 3"}


def test_hourly_prices_replace_what_they_overlap(owner: Viewer, source_id: str) -> None:
    start = datetime(2026, 6, 9, 22, tzinfo=UTC)
    store_hours(source_id, [
        (start + timedelta(hours=n), {"produced": 1.0, "consumed": 0.8, "imported": 0.3, "exported": 0.5})
        for n in range(24)
    ])
    put(owner, source_id, "2026-06-10", "0.10", hourly=True)
    assert date(2026, 6, 10) in returns.results(owner, source_id, NOW).measured.unpriced_days
    rows = [{"start": (start + timedelta(hours=n)).isoformat(), "end": (start + timedelta(hours=n + 1)).isoformat(),
             "price": "0.20", "exportPrice": "0.05"} for n in range(24)]
    proposal = prices.take_hour_values(owner, source_id, rows, NOW)
    assert proposal.past is not None
    assert (proposal.past.days, proposal.past.newly_priced) == ((date(2026, 6, 10),), 1)
    prices.keep(proposal)
    result = returns.results(owner, source_id, NOW).measured
    assert result.savings == pytest.approx(D("0.3") * 12 + D("0.05") * 12)
    listed = prices.price_list(owner, source_id)
    assert (listed.hours, listed.hours_from) == (24, start)
    quarter = {"start": "2026-06-10T10:15:00Z", "end": "2026-06-10T10:30:00Z", "price": "0.9"}
    prices.keep(prices.take_hour_values(owner, source_id, [quarter], NOW))
    assert prices.price_list(owner, source_id).hours == 24
    # Three quarters of an hour have no price any more, so the day has none.
    assert date(2026, 6, 10) in returns.results(owner, source_id, NOW).measured.unpriced_days


def test_hourly_prices_at_fault_are_refused(owner: Viewer, source_id: str) -> None:
    for row, sentence in (
        ({"start": "2026-06-10T10:00", "end": "2026-06-10T11:00Z", "price": 1}, "start must be"),
        ({"start": "2026-06-10T10:00Z", "end": "2026-06-10T09:00Z", "price": 1}, "end must be after"),
        ({"start": "2026-06-10T10:00Z", "end": "2026-06-10T11:00Z", "price": "x"}, "price must be a number"),
    ):
        with pytest.raises(Invalid, match=sentence):
            prices.take_hour_values(owner, source_id, [row], NOW)
    with pytest.raises(Invalid, match="at least one"):
        prices.take_hour_values(owner, source_id, [], NOW)


def test_a_holiday_calendar_changes_the_days_it_names(owner: Viewer, source_id: str) -> None:
    start = datetime(2026, 6, 3, 22, tzinfo=UTC)
    store_hours(source_id, [
        (start + timedelta(hours=n), {"produced": 1.0, "consumed": 0.8, "imported": 0.3, "exported": 0.5})
        for n in range(48)
    ])
    cheap = {"name": "rest", "from": "00:00", "to": "00:00", "pricePerKwh": "0.10", "days": ["weekend", "holiday"]}
    put(owner, source_id, "2026-06-01", "0.30", windows=[cheap])
    price = prices.price_list(owner, source_id).prices[0]
    # Corpus Christi, Thursday 4 June 2026, is a holiday in Bavaria and none in Berlin.
    values = {"effectiveFrom": "2026-06-01", "pricePerKwh": "0.30", "windows": [cheap], "holidayCountry": "DE"}
    for region, days in (("BE", ()), ("BY", (date(2026, 6, 4),))):
        proposal = prices.put(owner, source_id, {**values, "holidayRegion": region}, NOW, price_id=price.id)
        assert proposal.past is not None
        assert proposal.past.days == days
    prices.keep(proposal)
    listed = prices.price_list(owner, source_id)
    assert (listed.holiday_country, listed.holiday_region) == ("DE", "BY")


def test_others_may_neither_look_nor_change(owner: Viewer, source_id: str) -> None:
    other = Viewer(accounts.create_user("b@example.org", "Sunny-roof-2026", "B", "B").id, "B", "b@example.org")
    values = {"effectiveFrom": "2026-06-01", "pricePerKwh": "0.3"}
    for act in (
        lambda: prices.price_list(other, source_id),
        lambda: prices.put(other, source_id, values, NOW),
        lambda: prices.take_history(other, source_id, "from,price\n2026-06-01,1", NOW),
        lambda: prices.take_hours(other, source_id, "start,price\n2026-06-01,1", NOW),
        lambda: prices.take_hour_values(other, source_id, [], NOW),
        lambda: prices.drop(other, source_id, "x", NOW),
    ):
        with pytest.raises(NotFound):
            act()
