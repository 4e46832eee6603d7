"""Measured returns taken apart: by month, by price version, and the days that are missing or have no price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from solar.money import exact
from solar.returns.days import ZERO, DayValue, Unpriced
from solar.returns.measured import Measured
from solar.tariffs import PriceEntry

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sums:
    """Priced days added up: energies in kWh and what they saved."""

    days: int
    self_used_kwh: Decimal
    exported_kwh: Decimal
    self_use_savings: Decimal
    export_savings: Decimal

    @property
    def savings(self) -> Decimal:
        return self.self_use_savings + self.export_savings


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month with at least one day with a value; `unpriced_days` are in no sum."""

    year: int
    month: int
    sums: Sums
    unpriced_days: int


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """An entry of the price history (number of `of`, from 1) with the priced days that used it."""

    number: int
    of: int
    entry: PriceEntry
    first_date: date
    last_date: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring local dates, first to last included."""

    first_date: date
    last_date: date
    reason: Unpriced | None = None

    @property
    def days(self) -> int:
        return (self.last_date - self.first_date).days + 1


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the sums leave out. unpriced_share: the share of the energy of all days with a value; missing_share: the
    share of the days of the account that have no value. Both are fractions, None where there is nothing to share.
    """

    unpriced: tuple[Stretch, ...]
    unpriced_share: Decimal | None
    missing: tuple[Stretch, ...]
    missing_share: Decimal | None


def sums(values: Iterable[DayValue]) -> Sums:
    """Add up the priced days."""
    priced = [value for value in values if value.is_priced]
    with exact():
        return Sums(
            len(priced),
            sum((value.self_used_kwh or ZERO for value in priced), ZERO),
            sum((value.exported_kwh or ZERO for value in priced), ZERO),
            sum((value.self_use_savings or ZERO for value in priced), ZERO),
            sum((value.export_savings or ZERO for value in priced), ZERO),
        )


def by_month(values: Sequence[DayValue]) -> tuple[Month, ...]:
    """Add up each calendar month, in order."""
    valued = [value for value in values if value.basis is not None]
    months = []
    for (year, month), group in groupby(valued, key=lambda value: (value.date.year, value.date.month)):
        days = list(group)
        months.append(Month(year, month, sums(days), sum(day.unpriced is not None for day in days)))
    return tuple(months)


def by_price_version(values: Sequence[DayValue]) -> tuple[PriceVersion, ...]:
    """Add up the days of each price entry, in order of use."""
    priced = [value for value in values if value.is_priced and value.entry is not None]
    groups = [(entry, list(days)) for entry, days in groupby(priced, key=lambda value: value.entry)]
    return tuple(
        PriceVersion(number, len(groups), entry, days[0].date, days[-1].date, sums(days))
        for number, (entry, days) in enumerate(groups, start=1)
        if entry is not None
    )


def gaps(result: Measured) -> Gaps:
    """List the unpriced days and the days without a value, with the share they make."""
    unpriced = [(value.date, value.unpriced) for value in result.values if value.unpriced]
    valued = [value for value in result.values if value.basis is not None]
    known = {value.date for value in valued}
    missing = [(day.date, None) for day in result.account if day.date not in known]
    with exact():
        energy = sum((_energy(value) for value in valued), ZERO)
        left_out = sum((_energy(value) for value in valued if value.unpriced), ZERO)
        return Gaps(
            _stretches(unpriced),
            left_out / energy if energy else None,
            _stretches(missing),
            Decimal(len(missing)) / len(result.account) if result.account else None,
        )


def _energy(value: DayValue) -> Decimal:
    return value.energies.get("produced", abs(value.self_used_kwh or ZERO) + (value.exported_kwh or ZERO))


def _stretches(days: Iterable[tuple[date, Unpriced | None]]) -> tuple[Stretch, ...]:
    stretches: list[Stretch] = []
    for day, reason in days:
        last = stretches[-1] if stretches else None
        if last is not None and last.reason == reason and last.last_date + ONE_DAY == day:
            stretches[-1] = Stretch(last.first_date, day, reason)
        else:
            stretches.append(Stretch(day, day, reason))
    return tuple(stretches)
