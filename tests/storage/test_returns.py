"""Returns through the services: equal to a second calculation, clear where something is odd, never old ones as new."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import UUID

import pytest

from data import mongo, postgres, sources
from data.rollups import FIVE_MINUTES
from services.errors import Invalid, NotFound
from services.people import accounts
from services.people.viewer import Viewer
from services.returns import energies as returns_energies
from services.returns import prices
from services.returns import replays as returns_replays
from services.returns import results as returns
from services.returns import sums as returns_sums
from services.returns import terms as returns_terms
from services.returns.basis import CACHE
from services.sources import groups
from solar.days import start_of_day
from solar.returns import interval_parts
from tests.storage import telemetry_data as made
from tests.storage.returns_data import (
    CHANNELS,
    DAILY,
    NOW,
    ZONE,
    Kwh,
    make_source,
    measured_years,
    seasonal,
    steady,
    store_days,
    store_hours,
)

D = Decimal
FLAT = (("2025-06-01", "0.30", "0.08"),)
DAYS = seasonal(date(2025, 6, 1), 385)


@pytest.fixture
def owner(stores: dict[str, str]) -> Viewer:
    made = accounts.create_user("owner@example.org", "Sunny-roof-2026", "A", "B")
    return Viewer(made.id, "A B", made.email)


def set_prices(owner: Viewer, source_id: str, entries: Any, now: datetime = NOW) -> None:
    for start, buy, sell in entries:
        values = {"effectiveFrom": start, "pricePerKwh": buy, "exportPricePerKwh": sell}
        prices.keep(prices.put(owner, source_id, values, now))


def independent(
    rows: list[tuple[date, Kwh]], entries: list[tuple[date, str, str | None]], cost: str, upkeep: str,
    one_off: list[tuple[date, str]], installed: date, as_of: date,
) -> dict[str, Fraction | date]:  # fmt: skip
    """Section 3 of the formulas, day by day, in exact fractions and without any of the code under test."""
    saved_on: dict[date, Fraction] = {}
    for day, kwh in rows:
        holding = [(buy, sell) for start, buy, sell in entries if start <= day <= as_of]
        if holding:
            buy, sell = holding[-1]
            own = Fraction(str(kwh["consumed"])) - Fraction(str(kwh["imported"]))
            saved_on[day] = own * Fraction(buy) + Fraction(str(kwh["exported"])) * Fraction(sell or "0")
    day, saved, due, reached = min(installed, rows[0][0]), Fraction(0), Fraction(0), None
    first = day
    while day <= as_of:
        due += Fraction(upkeep) / ((date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days)
        saved += saved_on.get(day, Fraction(0))
        spent = Fraction(cost) + sum((Fraction(amount) for at, amount in one_off if at <= day), Fraction(0))
        reached = day if reached is None and saved - due >= spent else reached
        day += timedelta(days=1)
    average = saved * Fraction("365.25") / len(saved_on) - Fraction(upkeep)
    last = first + timedelta(days=ceil(spent / (average / Fraction("365.25"))) - 1)
    return {
        "savings": saved, "maintenance": due, "net": saved - due, "roi_percent": (saved - due) / spent * 100,
        "progress_percent": saved / (spent + due) * 100, "average_yearly_net": average,
        "simple_payback_years": spent / average, "payback_date": reached or last,
    }  # fmt: skip


def assert_equal(found: returns.Returns, wanted: dict[str, Fraction | date]) -> None:
    for name, want in wanted.items():
        got = getattr(found.measured, name)
        if isinstance(want, Fraction):
            assert abs(Fraction(got) - want) < Fraction(1, 10**15), (name, got, float(want))
        else:
            assert got == want, name


@pytest.mark.parametrize("kind", ["made up", "measured"])
def test_five_years_equal_an_independent_calculation(owner: Viewer, kind: str) -> None:
    if kind == "measured" and not DAILY.exists():
        pytest.skip(f"no measured data at {DAILY}")
    zone, as_of = "America/Los_Angeles", date(2025, 3, 31)
    rows = measured_years() if kind == "measured" else seasonal(date(2020, 5, 1), 1796)
    source_id = make_source(
        owner, currency="USD", time_zone=zone, system_cost=D("15317.55"), maintenance_cost_per_year=D("149.99"),
        installation_date=start_of_day(date(2020, 4, 15), zone),
    )  # fmt: skip
    store_days(source_id, rows, zone)
    now = start_of_day(as_of + timedelta(days=1), zone) + timedelta(hours=9)
    # Clocks change on the second and third date; the third starts in the evening, which is the next day in UTC.
    entries = [
        ("2020-06-01", "0.2251", "0.07"), ("2021-03-14", "0.2689", "0.065"),
        ("2022-11-07T03:30:00+00:00", "0.3144", None), ("2023-10-01", "-0.01", "0.0431"),
        ("2023-10-09", "0.3577", "0.0431"),
    ]  # fmt: skip
    dates = [date(2020, 6, 1), date(2021, 3, 14), date(2022, 11, 6), date(2023, 10, 1), date(2023, 10, 9)]
    set_prices(owner, source_id, entries, now)
    one_off = [(date(2021, 2, 1), "-2600"), (date(2023, 10, 10), "842.13"), (date(2026, 1, 1), "5000")]
    costs = [{"date": day.isoformat(), "amount": amount, "note": "x"} for day, amount in one_off]
    returns_terms.save_costs(owner, source_id, costs, now)
    held = [(day, buy, sell) for day, (_, buy, sell) in zip(dates, entries, strict=True)]
    found = returns.results(owner, source_id, now)
    wanted = independent(rows, held, "15317.55", "149.99", one_off, date(2020, 4, 15), as_of)
    assert_equal(found, wanted)
    assert len(found.measured.unpriced_days) == 31
    assert found.outlook.result is not None
    assert found.outlook.bands.keys() >= {"npv", "irr"}


def test_what_is_kept_is_new_whenever_something_changed(owner: Viewer) -> None:
    source_id = make_source(owner)
    store_days(source_id, DAYS)
    set_prices(owner, source_id, FLAT)
    first = returns.results(owner, source_id, NOW)
    assert returns.results(owner, source_id, NOW).basis is first.basis
    # An assumption: the days are not valued again, the model is.
    tried = returns.results(owner, source_id, NOW, trial={"years": 10})
    assert tried.basis is first.basis
    assert tried.measured is first.measured
    assert tried.outlook.result != first.outlook.result
    # A cost that is tried.
    assert returns.results(owner, source_id, NOW, trial={"systemCost": "1"}).measured.put_in == 1
    # Energy that moved from one day to the next: sums stay, days do not.
    pairs = zip(DAYS[:2], (1, -1), strict=True)
    moved = [(day, {**kwh, "exported": kwh["exported"] + shift}) for (day, kwh), shift in pairs]
    store_days(source_id, moved)
    second = returns.results(owner, source_id, NOW)
    assert second.basis is not first.basis
    assert second.basis.values[0].exported_kwh == D(str(DAYS[0][1]["exported"] + 1))
    # A price.
    set_prices(owner, source_id, [("2026-06-20", "0.50", None)])
    assert returns.results(owner, source_id, NOW).measured.savings != second.measured.savings
    # The next day begins.
    assert returns.results(owner, source_id, NOW + timedelta(days=1)).measured.as_of == date(2026, 6, 21)


def test_terms_are_saved_per_source_and_checked(owner: Viewer) -> None:
    source_id, other_id = make_source(owner), make_source(owner)
    values = {"years": 20, "importPriceEscalation": "0.035", "co2KgPerKwh": "0.38", "systemCost": "9000.50",
              "maintenanceCostPerYear": ""}
    returns_terms.save_terms(owner, source_id, values)
    saved = returns.saved_terms(owner, source_id)
    assert (saved.plant.system_cost, saved.plant.maintenance_cost_per_year) == (D("9000.50"), None)
    assert (saved.assumptions.years, saved.assumptions.import_price_escalation) == (20, D("0.035"))
    assert returns.saved_terms(owner, other_id).assumptions.years == 25
    assert returns.results(owner, source_id, NOW).changed == ("years", "import_price_escalation", "co2_kg_per_kwh")
    with pytest.raises(Invalid) as raised:
        returns_terms.save_terms(owner, source_id, {"years": 0, "inflation": "9", "systemCost": "-1"})
    assert raised.value.errors.keys() == {"years", "inflation", "systemCost"}
    rows = [{"date": "2025-07-01", "amount": "-500", "note": "Grant"}]
    returns_terms.save_costs(owner, source_id, rows, NOW, replacements=[{"year": 12, "cost": "1500"}])
    found = returns.results(owner, source_id, NOW)
    assert found.measured.put_in == D("8500.50")
    assert [(each.year, each.cost) for each in found.terms.assumptions.replacements] == [(12, D(1500))]
    assert found.terms.assumptions.years == 20
    for row, field in (({"date": "x", "amount": 1}, "date"), ({"date": "2025-01-01", "amount": "much"}, "amount")):
        with pytest.raises(Invalid, match=f"cost 1: {field}"):
            returns_terms.save_costs(owner, source_id, [row], NOW)
    with pytest.raises(Invalid, match="not in the future"):
        returns_terms.save_costs(owner, source_id, [], NOW, installation_date=date(2027, 1, 1))
    assert len(returns.results(owner, source_id, NOW).plant.one_off_costs) == 1


@pytest.mark.parametrize(("currency", "price", "savings"), [("JPY", "31.5", "15750.0"), ("KWD", "0.0125", "6.2500")])
def test_other_currencies(owner: Viewer, currency: str, price: str, savings: str) -> None:
    source_id = make_source(owner, currency=currency)
    store_days(source_id, steady(date(2025, 6, 1), 100, produced=10.0, consumed=8.0, imported=3.0, exported=5.0))
    set_prices(owner, source_id, [("2025-06-01", price, None)])
    assert returns.results(owner, source_id, NOW).measured.savings == D(savings)


def test_odd_sources_have_reasons(owner: Viewer) -> None:
    empty = returns.results(owner, make_source(owner, system_cost=None), NOW)
    assert empty.measured.savings is None
    assert empty.measured.reasons["roi_percent"] == "no-system-cost"
    assert empty.outlook.no_model == "no-days"
    free = make_source(owner, system_cost=D(0))
    store_days(free, DAYS)
    assert returns.results(owner, free, NOW).outlook.no_model == "no-price"
    set_prices(owner, free, FLAT)
    found = returns.results(owner, free, NOW)
    assert found.measured.savings is not None
    assert found.measured.reasons["roi_percent"] == "no-system-cost"
    # Installed in the future: the account begins with the first day that has energy.
    later = make_source(owner)
    store_days(later, DAYS)
    set_prices(owner, later, FLAT)
    early = returns.results(owner, later, start_of_day(date(2025, 7, 1), "Europe/Berlin"))
    assert (early.measured.account_start, early.measured.priced_days) == (date(2025, 6, 1), 30)


def test_sums_are_by_currency_and_by_group(owner: Viewer) -> None:
    group = groups.create_group(owner.account_id, "Home")
    for currency, count in (("EUR", 10), ("EUR", 20), ("KWD", 5)):
        source_id = make_source(owner, currency=currency)
        store_days(source_id, steady(date(2025, 6, 1), count, produced=10.0, consumed=8.0, imported=3.0, exported=5.0))
        set_prices(owner, source_id, FLAT)
    with postgres.session() as session:
        sources.update_columns(session, UUID(source_id), {"power_group_id": group.id})
    whole = returns_sums.sums(owner, NOW)
    euro, dinar = whole.totals
    assert (euro.currency, euro.sources, euro.savings) == ("EUR", 2, 30 * D("1.90"))
    assert (dinar.currency, dinar.savings) == ("KWD", 5 * D("1.90"))
    of_group = returns_sums.sums(owner, NOW, group_id=str(group.id))
    assert (of_group.totals, [each.group for each in of_group.sources]) == ((dinar,), ["Home"])
    # In no time one source is counted at least, and another call goes on from there.
    CACHE.forget()
    counted = [returns_sums.sums(owner, NOW, seconds=0) for _ in range(3)]
    assert [(len(each.sources), each.left) for each in counted] == [(1, 2), (2, 1), (3, 0)]
    assert counted[-1].totals == whole.totals
    stranger = Viewer(accounts.create_user("b@example.org", "Sunny-roof-2026", "B", "B").id, "B", "b@example.org")
    assert returns_sums.sums(stranger, NOW).totals == ()
    with pytest.raises(NotFound):
        returns_sums.sums(stranger, NOW, group_id=str(group.id))


def test_another_contract_over_the_same_twelve_months(owner: Viewer) -> None:
    source_id = make_source(owner)
    store_days(source_id, steady(date(2025, 6, 1), 400, produced=10.0, consumed=8.0, imported=3.0, exported=5.0))
    set_prices(owner, source_id, FLAT)
    other = {"pricePerKwh": "0.25", "exportPricePerKwh": "0.06", "standingCharge": "10", "standingPeriod": "month"}
    found = returns_replays.compare(owner, source_id, other, NOW)
    assert found.by_day
    assert (found.own.start_date, found.own.end_date) == (date(2025, 6, 21), date(2026, 6, 21))
    assert found.own.total == 365 * (3 * D("0.30") - 5 * D("0.08"))
    assert found.other.total.quantize(D("0.000001")) == 365 * (3 * D("0.25") - 5 * D("0.06")) + 120
    with pytest.raises(Invalid) as raised:
        returns_replays.compare(owner, source_id, {"pricePerKwh": ""}, NOW)
    assert raised.value.errors.keys() == {"pricePerKwh"}


def test_a_contract_by_the_clock_needs_energies_within_the_day(owner: Viewer) -> None:
    source_id = make_source(owner)
    first = start_of_day(date(2026, 6, 10), "Europe/Berlin")
    store_hours(source_id, [(first + timedelta(hours=n), {"imported": 0.5, "exported": 0.25}) for n in range(24)])
    store_days(source_id, steady(date(2026, 6, 10), 1, produced=10.0, consumed=8.0, imported=12.0, exported=6.0))
    set_prices(owner, source_id, FLAT)
    night = {"name": "night", "from": "22:00", "to": "06:00", "pricePerKwh": "0.10"}
    found = returns_replays.compare(owner, source_id, {"pricePerKwh": "0.40", "windows": [night]}, NOW)
    assert not found.by_day
    assert found.own.import_cost == D("3.6")
    assert found.other.import_cost == 8 * D("0.05") + 16 * D("0.2")
    assert found.other.measured_share == D(1) / 365


def test_the_battery_is_replayed_from_five_minutes(owner: Viewer) -> None:
    source_id = make_source(owner)
    set_prices(owner, source_id, FLAT)
    start = start_of_day(date(2026, 6, 10), "Europe/Berlin")
    sunny: Kwh = {"produced": 0.4, "consumed": 0.1, "imported": 0.0, "exported": 0.1}
    dark: Kwh = {"produced": 0.0, "consumed": 0.1, "imported": 0.0, "exported": 0.0}
    assert returns_replays.battery(owner, source_id, NOW) is None
    rows = [(start + timedelta(minutes=5 * n), sunny if n < 12 else dark) for n in range(36)]
    store_hours(source_id, rows, FIVE_MINUTES)
    store_days(source_id, steady(date(2026, 6, 10), 1, **dict.fromkeys(CHANNELS, 1.0)))
    found = returns_replays.battery(owner, source_id, NOW)
    assert found is not None
    # Without it 24 dark intervals are bought, and 12 times 0.2 kWh more are sold.
    assert found.contribution == pytest.approx(24 * D("0.1") * D("0.30") - 12 * D("0.2") * D("0.08"))
    assert returns_replays.battery(owner, source_id, NOW) is found


def test_others_may_not_look(owner: Viewer) -> None:
    source_id = make_source(owner)
    other = Viewer(accounts.create_user("b@example.org", "Sunny-roof-2026", "B", "B").id, "B", "b@example.org")
    for act in (
        lambda: returns.results(other, source_id, NOW),
        lambda: returns.saved_terms(other, source_id),
        lambda: returns_terms.save_terms(other, source_id, {}),
        lambda: returns_terms.save_costs(other, source_id, [], NOW),
        lambda: returns_replays.battery(other, source_id, NOW),
        lambda: returns_replays.compare(other, source_id, {}, NOW),
    ):
        with pytest.raises(NotFound):
            act()
    assert mongo.database()["rollups_1d"].count_documents({}) == 0


def test_readings_become_money_through_the_real_roll_ups(owner: Viewer) -> None:
    source_id = make_source(owner, installed_capacity_watts=8000.0, has_battery=True)
    start, end = start_of_day(date(2026, 6, 8), ZONE), start_of_day(date(2026, 6, 12), ZONE)
    made.write(made.documents(source_id, made.home(start, end, timedelta(minutes=2))))
    made.roll(source_id)
    night = {"name": "night", "from": "22:00", "to": "06:00", "pricePerKwh": "0.20"}
    values = {"effectiveFrom": "2026-06-01", "pricePerKwh": "0.30", "exportPricePerKwh": "0.08", "windows": [night]}
    prices.keep(prices.put(owner, source_id, values, NOW))
    found = returns.results(owner, source_id, NOW)
    assert found.measured.priced_days == 4
    day = found.basis.values[1]
    assert day.basis == "avoided-import"
    assert [part.label for part in day.parts] == ["night", "", "night"]
    assert day.measured_share == 1
    # Five minutes give the same as the hours that were used.
    fine = returns_energies.intervals(found.source, day.date, day.date, returns_energies.FINE)
    again = interval_parts(fine, found.basis.tariff, day.date, day.date)[day.date]
    assert sum(part.self_use_savings for part in again.parts) == pytest.approx(day.self_use_savings, rel=D("1e-9"))
    battery = returns_replays.battery(owner, source_id, NOW)
    assert battery is not None
    assert battery.measured > timedelta(days=3, hours=23)
