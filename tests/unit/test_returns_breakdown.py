"""Returns taken apart and added up: months, price versions, gaps, changes of the past, explanations, many sources."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

from solar.returns import (
    REASONS,
    Assumptions,
    DayEnergy,
    Measured,
    Plant,
    Stretch,
    by_month,
    by_price_version,
    co2_avoided,
    day_values,
    explain_measured,
    explain_modelled,
    gaps,
    ground,
    measured,
    outlook,
    past_change,
    totals_by_currency,
)
from solar.returns.days import DayValue
from solar.tariffs import PriceEntry, Tariff, Window

D = Decimal
FIRST = PriceEntry(date(2025, 1, 30), D("0.30"), D("0.08"))
SECOND = PriceEntry(date(2025, 2, 2), D("0.40"))
BERLIN = "Europe/Berlin"
AS_OF = date(2025, 2, 5)


def energies() -> list[DayEnergy]:
    """28 January to 4 February without 1 February; 10 kWh a day, of which 4 are exported."""
    days = [date(2025, 1, 28) + timedelta(days=n) for n in range(8)]
    return [DayEnergy(day, {"produced": D(10), "exported": D(4)}) for day in days if day != date(2025, 2, 1)]


def valued(*entries: PriceEntry) -> tuple[DayValue, ...]:
    return day_values(energies(), Tariff(entries or (FIRST, SECOND), BERLIN))


def result(currency: str = "EUR", cost: str | None = "100") -> Measured:
    return measured(Plant(currency, cost and D(cost), D(365)), valued(), AS_OF)


def test_months_add_up_to_the_savings() -> None:
    months = by_month(result().values)
    assert [(month.year, month.month, month.sums.days, month.unpriced_days) for month in months] == [
        (2025, 1, 2, 2),
        (2025, 2, 3, 0),
    ]
    assert months[0].sums.self_use_savings == D("3.60")
    assert months[0].sums.export_savings == D("0.64")
    assert sum(month.sums.savings for month in months) == result().savings


def test_price_versions_say_which_days_used_them() -> None:
    versions = by_price_version(result().values)
    assert [(each.number, each.of, each.first_date, each.last_date, each.sums.days) for each in versions] == [
        (1, 2, date(2025, 1, 30), date(2025, 1, 31), 2),
        (2, 2, date(2025, 2, 2), date(2025, 2, 4), 3),
    ]
    assert [each.entry for each in versions] == [FIRST, SECOND]
    assert versions[1].sums.savings == D("7.2")


def test_gaps_list_unpriced_and_missing_days_with_their_share() -> None:
    found = gaps(result())
    assert found.unpriced == (Stretch(date(2025, 1, 28), date(2025, 1, 29), "no-price"),)
    assert found.unpriced[0].days == 2
    assert found.unpriced_share == D(20) / D(70)
    assert found.missing == (Stretch(date(2025, 2, 1), date(2025, 2, 1)), Stretch(AS_OF, AS_OF))
    assert found.missing_share == D(2) / D(9)
    nothing = gaps(measured(Plant("EUR"), (), AS_OF))
    assert (nothing.unpriced, nothing.unpriced_share, nothing.missing_share) == ((), None, None)


def test_a_change_of_the_past_is_counted_before_it_is_kept() -> None:
    corrected = replace(FIRST, price_per_kwh=D("0.35"))
    earlier = PriceEntry(date(2025, 1, 29), D("0.20"))
    change = past_change(valued(), valued(earlier, corrected, SECOND))
    assert change.days == (date(2025, 1, 29), date(2025, 1, 30), date(2025, 1, 31))
    assert change.difference == D("0.60") + D("1.20")
    assert (change.newly_priced, change.newly_unpriced) == (1, 0)
    removed = past_change(valued(), valued(SECOND))
    assert (removed.newly_priced, removed.newly_unpriced, removed.difference) == (0, 2, D("-4.24"))
    assert past_change(valued(), valued(SECOND, FIRST)).days == ()


def test_each_measured_figure_explains_itself() -> None:
    found = explain_measured(result())
    saved = found["savings"]
    assert saved.value == result().savings
    assert [(term.label, term.value, term.unit) for term in saved.terms] == [
        ("Self-used", D(30), "kWh"),
        ("Exported", D(20), "kWh"),
        ("Saved by self-use", D("10.8"), "money"),
        ("Earned by export", D("0.64"), "money"),
    ]
    assert saved.note == "Rests on 5 priced days and 2 price versions, without 2 unpriced days."
    free = explain_measured(result(cost=None))
    assert free["roi_percent"].value is None
    assert REASONS[free["roi_percent"].reason or ""].startswith("No system cost")


def test_each_modelled_figure_explains_itself_and_every_reason_has_words() -> None:
    tariff = Tariff((FIRST, SECOND), BERLIN)
    view = outlook(Plant("EUR", D(100)), result(), ground(valued(), tariff, AS_OF), Assumptions())
    found = explain_modelled(view)
    assert view.result is not None
    assert {name: each.value for name, each in found.items()} == {name: getattr(view.result, name) for name in found}
    assert len(found) == 9
    assert "7 days, less than a year" in found["npv"].note
    for each in found.values():
        assert each.reason is None or each.reason in REASONS
    assert explain_modelled(outlook(Plant("EUR"), result(), ground((), tariff, AS_OF), Assumptions())) == {}


def test_currencies_are_never_mixed() -> None:
    results = [result("EUR"), result("JPY"), result("EUR", None), measured(Plant("EUR", D(50)), (), AS_OF)]
    euro, yen = totals_by_currency(results)
    assert (euro.currency, euro.sources, euro.without_savings, euro.without_cost) == ("EUR", 3, 1, 1)
    assert euro.savings == 2 * (result().savings or 0)
    assert euro.put_in == D(150)
    assert euro.roi_percent == result().roi_percent
    assert (yen.currency, yen.savings, yen.put_in) == ("JPY", result().savings, D(100))
    assert totals_by_currency([]) == ()


def test_co2_counts_all_production_by_a_stated_factor() -> None:
    assert co2_avoided(valued(), D("0.38")).kilograms == D("26.60")
    assert co2_avoided(valued(), D(0)).kilograms == 0
    assert (co2_avoided(valued(), None).kilograms, co2_avoided(valued(), None).reason) == (None, "no-factor")
    assert co2_avoided((), None).reason == "missing-channel"


def test_a_day_whose_price_varies_has_its_own_reason_in_the_gaps() -> None:
    night = Window("night", time(22), time(6), D(1))
    values = valued(FIRST, replace(SECOND, windows=(night,)))
    found = gaps(measured(Plant("EUR"), values, AS_OF))
    assert [stretch.reason for stretch in found.unpriced] == ["no-price", "no-intervals"]
