"""Measured returns where prices, dates, costs and currencies are awkward."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, getcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solar.money import display
from solar.returns import DayEnergy, Measured, OneOffCost, Plant, day_energies, day_values, measured
from solar.tariffs import PriceEntry, Tariff

D = Decimal
BERLIN = "Europe/Berlin"


def day(text: str, **kwh: str) -> DayEnergy:
    return DayEnergy(date.fromisoformat(text), {channel: D(value) for channel, value in kwh.items()})


def price(start: str, buy: str, sell: str | None = None) -> PriceEntry:
    when = date.fromisoformat(start) if len(start) == 10 else datetime.fromisoformat(start)
    return PriceEntry(when, D(buy), None if sell is None else D(sell))


def result_of(
    plant: Plant, days: Sequence[DayEnergy], prices: Sequence[PriceEntry], as_of: str, zone: str = BERLIN
) -> Measured:
    return measured(plant, day_values(days, Tariff(tuple(prices), zone)), date.fromisoformat(as_of))


def test_a_price_from_the_middle_of_a_spring_day_holds_for_all_its_23_hours() -> None:
    days = [day(f"2025-03-{n}", produced="10", exported="0") for n in (29, 30, 31)]
    prices = [price("2025-01-01", "0.30"), price("2025-03-30T15:00:00+02:00", "0.50")]
    result = result_of(Plant("EUR", D(1000)), days, prices, "2025-03-31")
    assert [value.savings for value in result.values] == [D("3.0"), D("5.0"), D("5.0")]
    assert result.values[1].entry == prices[1]


def test_a_price_a_minute_before_local_midnight_holds_for_the_day_that_ends() -> None:
    days = [day("2025-10-25", produced="10", exported="0"), day("2025-10-26", produced="10", exported="0")]
    prices = [price("2025-01-01", "0.30"), price("2025-10-25T21:59:00+00:00", "0.40")]
    result = result_of(Plant("EUR", D(1000)), days, prices, "2025-10-26")
    assert [value.savings for value in result.values] == [D("4.0"), D("4.0")]


def test_days_before_the_first_price_are_listed_and_in_no_sum() -> None:
    days = [day(f"2025-05-0{n}", produced="10", exported="4") for n in (1, 2, 3)]
    result = result_of(Plant("EUR", D(1000)), days, [price("2025-05-03", "0.30", "0.08")], "2025-05-03")
    assert result.unpriced_days == (date(2025, 5, 1), date(2025, 5, 2))
    assert result.savings == D("2.12")
    assert result.priced_days == 1
    assert result.account_start == date(2025, 5, 1)


def test_a_new_price_leaves_past_days_as_they_were() -> None:
    days = [day(f"2025-05-0{n}", produced="10", exported="4") for n in (1, 2, 3)]
    before = result_of(Plant("EUR"), days, [price("2025-01-01", "0.30")], "2025-05-02")
    after = result_of(Plant("EUR"), days, [price("2025-01-01", "0.30"), price("2025-05-03", "9")], "2025-05-02")
    assert before.savings == after.savings


def test_negative_prices_cost() -> None:
    days = [day("2025-05-01", produced="10", exported="4")]
    result = result_of(Plant("EUR", D(1000)), days, [price("2025-05-01", "-0.10", "-0.05")], "2025-05-01")
    assert result.savings == D("-0.80")
    assert result.payback_status == "never"
    assert result.reasons == {"simple_payback_years": "never", "payback_date": "never"}


@pytest.mark.parametrize(
    ("currency", "shown"), [("JPY", "1229"), ("KWD", "1228.500"), ("EUR", "1228.50"), ("CLF", "1228.5000")]
)
def test_nothing_is_rounded_but_the_display(currency: str, shown: str) -> None:
    days = [day("2025-05-01", produced="39", exported="0")]
    result = result_of(Plant(currency, D(10**6)), days, [price("2025-05-01", "31.5")], "2025-05-01")
    assert result.savings == D("1228.5")
    assert display(result.savings, currency) == shown


@pytest.mark.parametrize(
    "plant",
    [Plant("EUR"), Plant("EUR", D(0)), Plant("EUR", D(100), None, None, (OneOffCost(date(2025, 5, 1), D(-100)),))],
)
def test_without_money_put_in_savings_stay_and_the_rest_has_its_reason(plant: Plant) -> None:
    result = result_of(plant, [day("2025-05-01", produced="10")], [price("2025-05-01", "0.30")], "2025-05-01")
    assert result.savings == result.net == D("3.0")
    assert (result.roi_percent, result.progress_percent, result.payback_date) == (None, None, None)
    assert set(result.reasons.values()) == {"no-system-cost"}
    assert "savings" not in result.reasons


def test_without_a_cost_and_without_a_price_each_figure_has_its_own_reason() -> None:
    result = result_of(Plant("EUR"), [day("2025-05-01", produced="10")], [], "2025-05-01")
    assert result.reasons == {
        "savings": "no-priced-days",
        "net": "no-priced-days",
        "average_yearly_net": "no-priced-days",
        "roi_percent": "no-system-cost",
        "progress_percent": "no-system-cost",
        "simple_payback_years": "no-system-cost",
        "payback_status": "no-system-cost",
        "payback_date": "no-system-cost",
    }
    assert result.maintenance == 0


def test_a_future_installation_has_no_account_and_costs_nothing_yet() -> None:
    plant = Plant("EUR", D(1000), D(365), date(2026, 1, 1))
    result = result_of(plant, [], [price("2025-01-01", "0.30")], "2025-06-30")
    assert (result.maintenance, result.account, result.savings) == (D(0), (), None)
    assert set(result.reasons.values()) == {"no-priced-days"}


def test_days_before_a_future_installation_date_start_the_account() -> None:
    plant = Plant("EUR", D(1000), D(365), date(2026, 1, 1))
    days = [day("2025-06-29", produced="1", exported="0")]
    result = result_of(plant, days, [price("2025-01-01", "0.30")], "2025-06-30")
    assert result.account_start == date(2025, 6, 29)
    assert result.maintenance == 2


def test_an_unpriced_day_starts_the_account_and_costs_maintenance() -> None:
    plant = Plant("EUR", D(1000), D(365))
    days = [day("2025-06-01", produced="1"), day("2025-06-10", produced="1")]
    result = result_of(plant, days, [price("2025-06-05", "0.30")], "2025-06-10")
    assert result.maintenance == 10


def test_each_basis_in_its_order_and_the_upper_bound() -> None:
    days = [
        day("2025-05-01", produced="10", consumed="8", imported="3", exported="1"),
        day("2025-05-02", produced="10", consumed="8", exported="12"),
        day("2025-05-03", produced="10", imported="3"),
        day("2025-05-04", consumed="8", imported="9"),
        day("2025-05-05", consumed="8", exported="1"),
    ]
    result = result_of(Plant("EUR", D(1000)), days, [price("2025-01-01", "1", "0.1")], "2025-05-05")
    assert [(value.basis, value.self_used_kwh, value.exported_kwh) for value in result.values] == [
        ("avoided-import", D(5), D(1)),
        ("production-export", D(0), D(12)),
        ("production-only", D(10), D(0)),
        ("avoided-import", D(-1), D(0)),
        (None, None, None),
    ]
    assert result.basis_days == {"avoided-import": 2, "production-export": 1, "production-only": 1}
    assert result.upper_bound is True
    assert result.savings == D("15.3")
    assert result.priced_days == 4


def test_an_unpriced_day_without_a_split_makes_no_upper_bound() -> None:
    days = [day("2025-05-01", produced="10"), day("2025-05-02", produced="10", exported="1")]
    result = result_of(Plant("EUR", D(1000)), days, [price("2025-05-02", "1")], "2025-05-02")
    assert result.upper_bound is False


def test_days_after_as_of_are_ignored() -> None:
    days = [day(f"2025-05-0{n}", produced="10") for n in (1, 2, 3)]
    result = result_of(Plant("EUR", D(1000)), days, [price("2025-01-01", "1")], "2025-05-02")
    assert (result.priced_days, result.savings) == (2, D(20))
    nothing = result_of(Plant("EUR", D(1000)), days, [price("2025-01-01", "1")], "2025-04-30")
    assert nothing.reasons["savings"] == "no-priced-days"


def test_a_full_year_of_maintenance_costs_exactly_the_yearly_sum() -> None:
    plant = Plant("EUR", D(1000), D("100.01"), date(2023, 7, 1))
    result = result_of(plant, [], [], "2024-12-31")
    assert result.maintenance == D("100.01") * 184 / 365 + D("100.01")


def test_a_later_cost_does_not_undo_a_payback_that_was_reached() -> None:
    plant = Plant("EUR", D(20), None, None, (OneOffCost(date(2025, 5, 3), D(500)),))
    days = [day(f"2025-05-0{n}", produced="10") for n in (1, 2, 3)]
    result = result_of(plant, days, [price("2025-01-01", "1")], "2025-05-03")
    assert (result.payback_status, result.payback_date) == ("reached", date(2025, 5, 2))
    assert result.put_in == D(520)


def test_a_grant_on_a_day_without_data_can_reach_it() -> None:
    plant = Plant("EUR", D(20), None, None, (OneOffCost(date(2025, 5, 3), D(-10)),))
    result = result_of(plant, [day("2025-05-01", produced="10")], [price("2025-01-01", "1")], "2025-05-04")
    assert (result.payback_status, result.payback_date) == ("reached", date(2025, 5, 3))


def test_reached_stays_while_the_average_says_never() -> None:
    days = [day("2025-05-01", produced="15"), *(day(f"2025-05-{n:02d}", produced="0") for n in range(2, 12))]
    result = result_of(Plant("EUR", D(5), D(3650)), days, [price("2025-01-01", "1")], "2025-05-11")
    assert (result.payback_status, result.payback_date) == ("reached", date(2025, 5, 1))
    assert result.simple_payback_years is None
    assert result.reasons == {"simple_payback_years": "never"}


@pytest.mark.parametrize(("cost", "status"), [("36525", "projected"), ("36525.01", "beyond-100-years")])
def test_a_hundred_years_is_the_limit(cost: str, status: str) -> None:
    result = result_of(
        Plant("EUR", D(cost)), [day("2025-05-01", produced="1")], [price("2025-01-01", "1")], "2025-05-01"
    )
    assert result.payback_status == status
    assert result.reasons.get("payback_date") == (None if status == "projected" else status)
    assert result.simple_payback_years is not None


def test_whole_numbers_of_days_stay_whole() -> None:
    days = [day(f"2025-05-0{n}", produced="1") for n in range(1, 8)]
    result = result_of(Plant("EUR", D(700)), days, [price("2025-01-01", "0.1")], "2025-05-07")
    assert result.payback_date == date(2025, 5, 1) + timedelta(days=6999)


def test_a_date_may_not_come_twice_and_maintenance_may_not_be_negative() -> None:
    with pytest.raises(ValueError, match="2025-05-01 comes twice"):
        day_values([day("2025-05-01"), day("2025-05-01")], Tariff((), BERLIN))
    with pytest.raises(ValueError, match="maintenanceCostPerYear"):
        result_of(Plant("EUR", D(1), D(-1)), [], [], "2025-05-01")


def test_energies_enter_as_the_text_of_their_float() -> None:
    rows = [
        (date(2025, 5, 2), "produced", 0.1),
        (date(2025, 5, 1), "produced", 20),
        (date(2025, 5, 2), "exported", 0.0),
    ]
    assert day_energies(rows) == [
        DayEnergy(date(2025, 5, 1), {"produced": D("20.0")}),
        DayEnergy(date(2025, 5, 2), {"produced": D("0.1"), "exported": D("0.0")}),
    ]


def test_a_careless_context_of_the_caller_changes_nothing() -> None:
    days = [day("2025-05-01", produced="1.23456789", exported="0.11111111")]
    prices = [price("2025-01-01", "0.3141592653", "0.08")]
    before = result_of(Plant("EUR", D(7), D(3)), days, prices, "2025-05-01")
    getcontext().prec, kept = 4, getcontext().prec
    try:
        assert result_of(Plant("EUR", D(7), D(3)), days, prices, "2025-05-01") == before
    finally:
        getcontext().prec = kept


KWH = st.decimals(min_value=0, max_value=100, places=3)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(KWH, KWH, KWH, KWH), min_size=2, max_size=30),
    st.integers(min_value=1, max_value=29),
    st.lists(st.decimals(min_value=-1, max_value=1, places=4), min_size=1, max_size=4),
)
def test_savings_add_up_over_any_split_of_days(
    energies: list[tuple[Decimal, ...]], cut: int, prices: list[Decimal]
) -> None:
    start = date(2025, 3, 15)
    names = ("produced", "consumed", "imported", "exported")
    days = [
        DayEnergy(start + timedelta(days=n), dict(zip(names, values, strict=True))) for n, values in enumerate(energies)
    ]
    entries = tuple(PriceEntry(start + timedelta(days=7 * n), price) for n, price in enumerate(prices))
    as_of = start + timedelta(days=40)
    tariff = Tariff(entries, BERLIN)
    parts = [
        measured(Plant("EUR"), day_values(each, tariff), as_of).savings or D(0) for each in (days[:cut], days[cut:])
    ]
    assert measured(Plant("EUR"), day_values(days, tariff), as_of).savings == sum(parts)
