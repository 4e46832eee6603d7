"""Almost five measured years of a house with battery, against a calculation written from the formulas in fractions.

The data lie in ../shared/data/powerwall_daily where they are present. A made-up series of the same shape always runs.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest

from solar.money import display
from solar.returns import OneOffCost, Plant, day_energies, day_values, gaps, measured
from solar.tariffs import PriceEntry, Tariff
from solar.tariffs.checks import read_price, read_start

DAILY = Path(__file__).parents[3] / "shared" / "data" / "powerwall_daily" / "daily.csv"
ZONE = "America/Los_Angeles"
Row = tuple[date, str, str, str, str]

# (from, import price, export price) by local date; the third starts in the evening of a local day that is the next
# day in UTC, and the price of a day is that of its newest local date.
PRICES = (
    ("2020-06-01", "0.2251", "0.07"),
    ("2021-03-14", "0.2689", "0.065"),
    ("2022-11-07T03:30:00+00:00", "0.3144", None),
    ("2023-10-01", "-0.01", "0.0431"),
    ("2023-10-09", "0.3577", "0.0431"),
)
PRICE_DATES = (date(2020, 6, 1), date(2021, 3, 14), date(2022, 11, 6), date(2023, 10, 1), date(2023, 10, 9))
UPKEEP = "149.99"
ONE_OFF = ((date(2021, 2, 1), "-2600"), (date(2023, 10, 10), "842.13"), (date(2026, 1, 1), "5000"))
INSTALLED, AS_OF = date(2020, 4, 15), date(2025, 3, 31)


def measured_rows() -> Iterator[Row]:
    with DAILY.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield date.fromisoformat(row["date"]), row["solar"], row["home"], row["fromGrid"], row["toGrid"]


def made_up_rows() -> Iterator[Row]:
    for n in range(1796):
        season = abs(183 - n % 366) / 183
        solar, home = 10 + 45 * (1 - season) + n % 11, 20 + 12 * season + n % 7
        grid, out = max(0.0, home - solar * 0.6) + n % 3, max(0.0, solar * 0.5 - 8)
        yield date(2020, 5, 1) + timedelta(days=n), *(f"{value:.1f}" for value in (solar, home, grid, out))


def independent(rows: list[Row], cost: str) -> dict[str, Fraction | date | int | str]:
    """Section 3 of the formulas, day by day, in exact fractions."""
    savings, paid = {}, {}
    for day, _, home, grid, out in rows:
        running = [number for number, start in enumerate(PRICE_DATES) if start <= day]
        if running:
            _, buy, sell = PRICES[running[-1]]
            paid[day] = True
            savings[day] = (Fraction(home) - Fraction(grid)) * Fraction(buy) + Fraction(out) * Fraction(sell or "0")
    account_day, saved, due, reached = INSTALLED, Fraction(0), Fraction(0), None
    while account_day <= AS_OF:
        in_year = (date(account_day.year + 1, 1, 1) - date(account_day.year, 1, 1)).days
        due += Fraction(UPKEEP) / in_year
        saved += savings.get(account_day, Fraction(0))
        spent = Fraction(cost) + sum((Fraction(amount) for day, amount in ONE_OFF if day <= account_day), Fraction(0))
        if reached is None and saved - due >= spent:
            reached = account_day
        account_day += timedelta(days=1)
    spent = Fraction(cost) + sum((Fraction(amount) for day, amount in ONE_OFF if day <= AS_OF), Fraction(0))
    average = saved * Fraction("365.25") / len(paid) - Fraction(UPKEEP)
    last = INSTALLED + timedelta(days=ceil(spent / (average / Fraction("365.25"))) - 1)
    return {
        "savings": saved,
        "maintenance": due,
        "net": saved - due,
        "roi_percent": (saved - due) / spent * 100,
        "progress_percent": saved / (spent + due) * 100,
        "average_yearly_net": average,
        "simple_payback_years": spent / average,
        "payback_status": "projected" if reached is None else "reached",
        "payback_date": reached or last,
        "priced_days": len(paid),
    }


@pytest.fixture(params=["measured", "made up"])
def rows(request: pytest.FixtureRequest) -> list[Row]:
    if request.param == "made up":
        return list(made_up_rows())
    if not DAILY.exists():
        pytest.skip(f"no measured data at {DAILY}")
    return list(measured_rows())


@pytest.mark.parametrize(("cost", "status"), [("15317.55", "projected"), ("3000", "reached")])
def test_five_years_equal_an_independent_calculation(rows: list[Row], cost: str, status: str) -> None:
    entries = tuple(
        PriceEntry(
            read_start(start, "from"), read_price(buy, "buy"), None if sell is None else read_price(sell, "sell")
        )
        for start, buy, sell in PRICES
    )
    costs = tuple(OneOffCost(day, read_price(amount, "amount")) for day, amount in ONE_OFF)
    plant = Plant("USD", read_price(cost, "cost"), read_price(UPKEEP, "upkeep"), INSTALLED, costs)
    names = ("produced", "consumed", "imported", "exported")
    energies = day_energies(
        (row[0], name, float(value)) for row in rows for name, value in zip(names, row[1:], strict=True)
    )
    result = measured(plant, day_values(energies, Tariff(entries[::-1], ZONE)), AS_OF)
    for name, want in independent(rows, cost).items():
        got = getattr(result, name)
        if isinstance(want, Fraction):
            assert abs(Fraction(got) - want) <= Fraction(1, 10**20) * max(1, abs(want)), name
            assert display(got, "USD") == display(read_price(f"{float(want):.6f}", name), "USD")
        else:
            assert got == want, name
    assert result.payback_status == status
    assert len(result.unpriced_days) == 31
    assert gaps(result).missing[0].first_date == INSTALLED
