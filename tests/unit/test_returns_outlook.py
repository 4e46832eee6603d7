"""The outlook: an average year, today's prices, bands without chance, and the balance continued from today."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import NormalDist, stdev

import numpy as np
import pytest

from solar.days import start_of_day
from solar.returns import (
    Assumptions,
    DayEnergy,
    DayValue,
    Measured,
    ModelInput,
    OneOffCost,
    Outlook,
    Plant,
    Replacement,
    assumptions_to_json,
    changed_from_default,
    day_values,
    ground,
    interval_parts,
    measured,
    modelled,
    outlook,
    read_assumptions,
)
from solar.returns.bands import SLICES, Band, Spread, band, bands, scenarios, spread
from solar.returns.yearly import annual_energy, todays_prices, yearly_prices
from solar.tariffs import HourlyPrice, IntervalEnergies, PriceEntry, Tariff, Window

D = Decimal
BERLIN = "Europe/Berlin"
AS_OF = date(2025, 12, 31)
PLANT = Plant("EUR", D(9000), D(100), date(2023, 1, 1))


def days(first: date, last: date, kwh_by_year: dict[int, str]) -> list[DayEnergy]:
    found = []
    while first <= last:
        made = D(kwh_by_year[first.year])
        found.append(DayEnergy(first, {"produced": made, "exported": made / 4}))
        first += timedelta(days=1)
    return found


YEARS = {2023: "10", 2024: "12", 2025: "11"}
TARIFF = Tariff(tuple(PriceEntry(date(year, 1, 1), D(price), D("0.08")) for year, price in (
    (2022, "0.28"), (2023, "0.40"), (2024, "0.32"), (2025, "0.30"))), BERLIN)  # fmt: skip


def values(kwh_by_year: dict[int, str] = YEARS, tariff: Tariff = TARIFF) -> tuple[DayValue, ...]:
    return day_values(days(date(2023, 1, 1), AS_OF, kwh_by_year), tariff)


def view(
    plant: Plant = PLANT, assumptions: Assumptions | None = None, tariff: Tariff = TARIFF
) -> tuple[Measured, Outlook]:
    valued = values(tariff=tariff)
    result = measured(plant, valued, AS_OF)
    return result, outlook(plant, result, ground(valued, tariff, AS_OF), assumptions or Assumptions())


def test_the_average_year_is_that_of_whole_years_back_from_today() -> None:
    found = annual_energy(values(), AS_OF)
    assert found is not None
    assert [(year.first_date, year.last_date, year.days) for year in found.years] == [
        (date(2023, 1, 2), date(2024, 1, 1), 365),
        (date(2024, 1, 2), date(2024, 12, 31), 365),
        (date(2025, 1, 1), date(2025, 12, 31), 365),
    ]
    assert abs(found.average.production_kwh - (D(3650 + 2 + 4380 + 4015) / 365 * D("365.25") / 3)) < D("1e-15")
    assert abs(found.average.exported_kwh - found.average.production_kwh / 4) < D("1e-15")


def test_less_than_a_year_is_scaled_and_says_so() -> None:
    some = day_values(days(date(2025, 6, 1), date(2025, 6, 10), {2025: "20"}), TARIFF)
    found = annual_energy(some, date(2025, 6, 10))
    assert found is not None
    assert (found.years, found.average.days) == ((), 10)
    assert found.average.production_kwh == D(20) * D("365.25")
    assert annual_energy([], AS_OF) is None


def test_a_year_with_a_long_gap_is_no_whole_year() -> None:
    gap = [day for day in days(date(2023, 1, 1), AS_OF, YEARS) if not date(2024, 3, 1) <= day.date < date(2024, 4, 15)]
    found = annual_energy(day_values(gap, TARIFF), AS_OF)
    assert found is not None
    assert [year.last_date for year in found.years] == [date(2024, 1, 1), date(2025, 12, 31)]


def test_todays_prices_are_those_of_the_entry_that_holds() -> None:
    found = todays_prices(values(), TARIFF, AS_OF)
    assert found is not None
    assert (found.import_price, found.export_price, found.averaged) == (D("0.30"), D("0.08"), False)
    assert todays_prices([], Tariff((), BERLIN), AS_OF) is None


def test_varying_prices_are_what_the_energy_earned() -> None:
    noon = Window("noon", time(10), time(14), D("0.10"), D("0.02"))
    tariff = Tariff((PriceEntry(date(2025, 1, 1), D("0.40"), D("0.08"), (noon,)),), BERLIN)
    day = date(2025, 12, 31)
    rows = [
        (
            start_of_day(day, BERLIN) + timedelta(hours=hour),
            start_of_day(day, BERLIN) + timedelta(hours=hour + 1),
            {"produced": kwh, "exported": kwh / 4},
        )
        for hour, kwh in ((9, 1.0), (12, 3.0))
    ]
    energy = [DayEnergy(day, {"produced": D(4), "exported": D(1)})]
    parts = interval_parts(IntervalEnergies.of_rows(rows), tariff, day, day)
    found = todays_prices(day_values(energy, tariff, parts), tariff, day)
    assert found is not None
    assert (found.import_price, found.export_price, found.averaged) == (D("0.175"), D("0.035"), True)
    assert todays_prices([], tariff, day) is None


def test_yearly_prices_average_whole_priced_years() -> None:
    # Years of 365 days back from 31 December 2025; the leap day of 2024 shifts the older ones by a day.
    assert [round(price, 10) for price, _ in yearly_prices(TARIFF, AS_OF)] == [
        round((364 * D("0.28") + D("0.40")) / 365, 10),
        round((364 * D("0.40") + D("0.32")) / 365, 10),
        D("0.32"),
        D("0.30"),
    ]
    assert yearly_prices(Tariff((), BERLIN), AS_OF) == ()
    start = datetime(2025, 1, 1, tzinfo=UTC) - timedelta(hours=1)
    hours = tuple(
        HourlyPrice(start + timedelta(hours=n), start + timedelta(hours=n + 1), D(n % 24) / 100) for n in range(8760)
    )
    hourly = Tariff((PriceEntry(date(2025, 1, 1), D("0.1"), None, hourly=True),), BERLIN, hours)
    ((price, _),) = yearly_prices(hourly, AS_OF)
    assert abs(price - D("0.215")) < D("0.0001")


def test_the_slices_are_middles_of_seven_parts_of_a_normal_distribution() -> None:
    wanted = [NormalDist().inv_cdf((n + 0.5) / 7) for n in range(7)]
    assert [float(z) for z in SLICES] == pytest.approx(wanted)


def test_percentiles_interpolate_and_no_value_counts_as_largest() -> None:
    numbers: Sequence[Decimal | None] = [D(n) for n in range(10, -1, -1)]
    assert band(numbers) == Band(D("0.6"), D("9.4"))
    assert band([D(1), D(2)]) == Band(D(1), D(2))
    assert band([D(1), None]) == Band(D(1), None)
    assert band([D(1)] * 9 + [None, None]) == Band(D(1), None)
    assert band([None, None]) == Band(None, None)
    assert band([]) == Band(None, None)


def test_the_spread_is_that_of_years_and_prices() -> None:
    _, found = view()
    assert found.spread is not None and found.energy is not None
    worth = [float(year.self_used_kwh * D("0.30") + year.exported_kwh * D("0.08")) for year in found.energy.years]
    assert float(found.spread.energy or 0) == pytest.approx(stdev(worth) / (sum(worth) / 3))
    assert (found.spread.years, found.spread.price_years) == (3, 4)
    assert found.spread.import_price is not None and found.spread.import_price > D("0.05")
    assert found.spread.export_price == 0


def test_scenarios_centre_on_the_model_and_widen_with_the_spread() -> None:
    given = ModelInput("EUR", 20, D(9000), D(4000), D(3000), D(1000), D("0.3"), D("0.08"))
    narrow, wide = (
        scenarios(given, replace(spread([], [], D(1), D(1)), energy=D(deviation), years=3))
        for deviation in ("0.02", "0.08")
    )
    assert len(narrow) == len(wide) == 7
    for variants in (narrow, wide):
        mean = sum(each.annual_production_kwh for each in variants) / 7
        assert abs(mean - 4000) < D("1e-9")
    assert wide[0].annual_self_used_kwh < narrow[0].annual_self_used_kwh < 3000
    both = scenarios(given, replace(spread([], [], D(1), D(1)), energy=D("0.05"), import_price=D("0.1"), years=3))
    assert len(both) == 49
    assert scenarios(replace(given, years=0), spread([], [], D(1), D(1))) == []


def test_bands_hold_the_central_figure_and_are_the_same_every_time() -> None:
    _, found = view()
    assert found.result is not None and found.result.npv is not None
    low, high = found.bands["npv"].p10, found.bands["npv"].p90
    assert low is not None and high is not None
    assert low < found.result.npv < high
    assert len(found.cumulative) == 25
    assert all(each.p10 is not None and each.p90 is not None and each.p10 < each.p90 for each in found.cumulative)
    assert view()[1] == found


def test_without_any_spread_there_is_no_band() -> None:
    flat = Tariff((PriceEntry(date(2025, 6, 1), D("0.30"), D("0.08")),), BERLIN)
    some = day_values(days(date(2025, 6, 1), AS_OF, YEARS), flat)
    result = measured(PLANT, some, AS_OF)
    found = outlook(PLANT, result, ground(some, flat, AS_OF), Assumptions())
    assert found.spread is not None and found.spread.is_known is False
    assert (found.bands, found.cumulative) == ({}, ())
    assert found.projection is not None
    assert found.projection.payback_date is not None
    assert (found.projection.earliest, found.projection.latest) == (None, None)


def test_the_model_starts_with_the_money_put_in_and_todays_prices() -> None:
    plant = replace(PLANT, one_off_costs=(OneOffCost(date(2024, 1, 1), D(-1500)),))
    _, found = view(plant)
    assert found.given is not None and found.result is not None
    assert found.given.system_cost == 7500
    assert found.result == modelled(found.given)


def test_the_projection_goes_on_from_the_measured_balance() -> None:
    assumptions = Assumptions(years=10, replacements=(Replacement(5, D(400)),), degradation=D(0), inflation=D(0),
                              import_price_escalation=D(0))  # fmt: skip
    result, found = view(assumptions=assumptions)
    assert found.projection is not None and found.given is not None
    points = found.projection.points
    assert points[0][0:2] == (AS_OF, result.account[-1].balance)
    # The plant is two whole years old, so eight of ten are left and the part of year five is due in year three.
    assert len(points) == 9
    steps = [after[1] - before[1] for before, after in pairwise(points)]
    assert [round(steps[0] - step) for step in steps] == [0, 0, 400, 0, 0, 0, 0, 0]
    assert points[1][0] == date(2026, 12, 31)


def test_what_is_paid_back_needs_no_payback_date() -> None:
    _, found = view(replace(PLANT, system_cost=D(100)))
    assert found.projection is not None
    assert (found.projection.payback_date, found.projection.earliest, found.projection.latest) == (None, None, None)


@pytest.mark.parametrize(
    ("plant", "tariff", "reason"), [(PLANT, Tariff((), BERLIN), "no-price"), (Plant("EUR"), TARIFF, None)]
)
def test_without_price_or_cost_the_outlook_says_why(plant: Plant, tariff: Tariff, reason: str | None) -> None:
    _, found = view(plant, tariff=tariff)
    assert found.no_model == reason
    if reason is None:
        assert found.result is not None and found.result.reasons["npv"] == "no-system-cost"
        assert (found.projection, found.bands) == (None, {})
    nothing = ground([], TARIFF, AS_OF)
    assert outlook(plant, measured(plant, [], AS_OF), nothing, Assumptions()).no_model == "no-days"


def test_assumptions_survive_their_json_and_name_their_faults() -> None:
    chosen = Assumptions(
        30, D("0.004"), D("0.03"), replacements=(Replacement(12, D("1500.50")),), co2_kg_per_kwh=D("0.4")
    )
    assert read_assumptions(assumptions_to_json(chosen)) == (chosen, {})
    assert changed_from_default(chosen) == (
        "years", "degradation", "import_price_escalation", "replacements", "co2_kg_per_kwh",
    )  # fmt: skip
    assert read_assumptions({}) == (Assumptions(), {})
    wrong = {
        "years": "2.5",
        "degradation": "0.5",
        "inflation": "much",
        "realDiscountRate": "",
        "replacements": [{"year": 0, "cost": "1"}],
        "co2KgPerKwh": "-1",
        "other": "ignored",
    }
    read, errors = read_assumptions(wrong)
    assert read == Assumptions()
    assert set(errors) == {"years", "degradation", "inflation", "replacements", "co2KgPerKwh"}
    assert "between 0 and 20 % a year" in errors["degradation"]
    assert read_assumptions({"years": 51})[1] and read_assumptions({"replacements": "x"})[1]
    assert read_assumptions({"replacements": [{"year": 3, "cost": "-5"}]})[1]["replacements"].endswith("negative.")


@pytest.mark.parametrize(("energy", "price"), [("0.06", None), (None, "0.09"), ("0.06", "0.09")])
def test_bands_agree_with_twenty_thousand_random_futures(energy: str | None, price: str | None) -> None:
    """Years drawn at random and prices that wander, seeded, against the forty-nine scenarios."""
    years, measured_years = 25, 4
    given = ModelInput(
        "EUR", years, D(9000), D(5000), D(3000), D(2000), D("0.30"), D("0.08"),
        degradation=D("0.005"), import_price_escalation=D("0.02"), inflation=D("0.02"), real_discount_rate=D("0.03"),
        maintenance_cost_per_year=D(100),
    )  # fmt: skip
    known = Spread(energy and D(energy), price and D(price), None, measured_years, 6)
    found = bands([modelled(variant) for variant in scenarios(given, known)])["npv"]
    assert found.p10 is not None and found.p90 is not None

    chance = np.random.default_rng(8)
    s, p, t = float(energy or 0), float(price or 0), np.arange(years)
    level = (
        1 + s * chance.standard_normal((20_000, 1)) / measured_years**0.5 + s * chance.standard_normal((20_000, years))
    )
    walk = np.cumsum(np.hstack([np.zeros((20_000, 1)), p * chance.standard_normal((20_000, years - 1))]), axis=1)
    value = 3000 * 0.30 * 1.02**t * np.exp(walk) + 2000 * 0.08
    flows = level * 0.995**t * value - 100 * 1.02**t
    worth = flows @ (1 / (1.03 * 1.02) ** (t + 1)) - 9000
    random_low, random_high = np.percentile(worth, [10, 90])
    assert (float(found.p10), float(found.p90)) == pytest.approx(
        (random_low, random_high), abs=0.05 * (random_high - random_low)
    )
