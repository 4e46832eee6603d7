"""Periods: which days they hold, what their bars are, and what they are compared with."""

from datetime import date

import pytest

from solar.periods import Period, bars_of, counterpart, counterparts, period_around


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("day", date(2024, 2, 29), date(2024, 2, 29)),
        ("week", date(2024, 2, 26), date(2024, 3, 3)),
        ("month", date(2024, 2, 1), date(2024, 2, 29)),
        ("year", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_day_chooses_its_period(kind: str, first: date, last: date) -> None:
    period = period_around(kind, date(2024, 2, 29))  # type: ignore[arg-type]
    assert (period.first, period.last) == (first, last)
    assert period.contains(date(2024, 2, 29))


def test_other_kinds_need_both_ends() -> None:
    with pytest.raises(ValueError, match="kind"):
        period_around("all", date(2024, 2, 29))
    with pytest.raises(ValueError, match="last"):
        Period("custom", date(2024, 2, 2), date(2024, 2, 1))


def test_bars_are_days_months_or_years_by_the_length() -> None:
    month = period_around("month", date(2026, 6, 21))
    assert [(bar.kind, bar.first.day) for bar in bars_of(month)] == [("day", day) for day in range(1, 31)]
    some = bars_of(Period("custom", date(2025, 11, 20), date(2026, 2, 3)))
    assert [(bar.kind, bar.first, bar.last) for bar in some] == [
        ("month", date(2025, 11, 20), date(2025, 11, 30)),
        ("month", date(2025, 12, 1), date(2025, 12, 31)),
        ("month", date(2026, 1, 1), date(2026, 1, 31)),
        ("month", date(2026, 2, 1), date(2026, 2, 3)),
    ]
    ages = bars_of(Period("all", date(2020, 5, 1), date(2026, 3, 31)))
    assert [bar.kind for bar in ages] == ["year"] * 7
    assert (ages[0].first, ages[-1].last) == (date(2020, 5, 1), date(2026, 3, 31))


def test_the_bars_of_a_period_are_the_whole_of_it() -> None:
    for period in (period_around("year", date(2024, 5, 5)), Period("custom", date(2024, 1, 31), date(2024, 3, 1))):
        assert sum(bar.length for bar in bars_of(period)) == period.length


@pytest.mark.parametrize(
    ("kind", "day", "previous", "year"),
    [
        ("day", date(2026, 3, 1), date(2026, 2, 28), date(2025, 3, 1)),
        ("week", date(2026, 3, 1), date(2026, 2, 22), date(2025, 3, 1)),
        ("month", date(2026, 3, 31), None, date(2025, 3, 31)),
        ("month", date(2026, 1, 15), date(2025, 12, 15), date(2025, 1, 15)),
        ("year", date(2024, 2, 29), None, None),
    ],
)
def test_days_are_compared_with_their_like(kind: str, day: date, previous: date | None, year: date | None) -> None:
    period = period_around(kind, day)  # type: ignore[arg-type]
    assert counterpart(day, period, "previous") == previous
    assert counterpart(day, period, "year") == year
    assert counterpart(day, period, "none") is None


def test_a_custom_period_follows_upon_the_one_before() -> None:
    period = Period("custom", date(2026, 3, 10), date(2026, 3, 19))
    assert counterparts([period.first, period.last], period, "previous") == {
        date(2026, 3, 10): date(2026, 2, 28), date(2026, 3, 19): date(2026, 3, 9),
    }
    assert counterparts([period.first], Period("all", period.first, period.last), "previous") == {}
