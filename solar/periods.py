"""Periods of local days as people speak of them: a day, a week, a month, a year, all of it, or any two dates."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["day", "week", "month", "year", "all", "custom"]
Step = Literal["day", "month", "year"]
Comparison = Literal["none", "previous", "year"]
KINDS: tuple[Kind, ...] = ("day", "week", "month", "year", "all", "custom")
COMPARISONS: tuple[Comparison, ...] = ("none", "previous", "year")

_ONE_DAY = timedelta(days=1)
# Bars stay wide enough for a finger on a phone.
_MOST_DAY_BARS = 62
_MOST_MONTH_BARS = 36


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `first` to `last`, both included."""

    kind: Kind
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"last: {self.last} is before the first day, {self.first}")

    @property
    def length(self) -> int:
        """How many calendar days there are."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> Step:
        """What one bar of it stands for."""
        if self.length <= _MOST_DAY_BARS:
            return "day"
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return "month" if months <= _MOST_MONTH_BARS else "year"

    def contains(self, day: date) -> bool:
        """Tell whether a day is within."""
        return self.first <= day <= self.last


def period_around(kind: Kind, day: date) -> Period:
    """Return the day, the week from Monday on, the month or the year that a day lies in; ValueError for other kinds."""
    if kind == "day":
        return Period(kind, day, day)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(days=6))
    if kind == "month":
        return Period(kind, day.replace(day=1), _end_of_month(day))
    if kind == "year":
        return Period(kind, date(day.year, 1, 1), date(day.year, 12, 31))
    raise ValueError(f"kind: {kind} is none that a day alone chooses")


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def bars_of(period: Period) -> list[Period]:
    """Return what the bars of a period stand for, in order; months and years at its ends are cut to it."""
    bars, first = [], period.first
    while first <= period.last:
        whole = period_around(period.step, first)
        last = min(whole.last, period.last)
        bars.append(Period(period.step, first, last))
        first = last + _ONE_DAY
    return bars


def counterpart(day: date, period: Period, comparison: Comparison) -> date | None:
    """Return the day that a day of a period is compared with, None where there is none (29 February, the 31st)."""
    try:
        if comparison == "year" or (comparison == "previous" and period.kind == "year"):
            return day.replace(year=day.year - 1)
        if comparison == "none" or period.kind == "all":
            return None
        if period.kind == "month":
            before = period.first - _ONE_DAY
            return day.replace(year=before.year, month=before.month)
        return day - timedelta(days=period.length)
    except ValueError:
        return None


def counterparts(days: Sequence[date], period: Period, comparison: Comparison) -> dict[date, date]:
    """Return those days of a period that have a counterpart, with it."""
    found = {day: counterpart(day, period, comparison) for day in days}
    return {day: other for day, other in found.items() if other is not None}
