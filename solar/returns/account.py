"""The account of a plant day by day: money put in, maintenance and savings up to each local date."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from solar.returns.days import ZERO, DayValue

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OneOffCost:
    """Money put in on a local date beside the purchase: repairs and extensions; grants and refunds are negative."""

    date: date
    amount: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plant:
    """What a source cost. Amounts in its currency; None is not known (maintenance then counts as 0)."""

    currency: str
    system_cost: Decimal | None = None
    maintenance_cost_per_year: Decimal | None = None
    installation_date: date | None = None
    one_off_costs: tuple[OneOffCost, ...] = ()

    @property
    def maintenance(self) -> Decimal:
        """Yearly maintenance, 0 where none is given."""
        return self.maintenance_cost_per_year or ZERO

    def put_in(self, day: date) -> Decimal | None:
        """Return C(D), the money put in up to a local date; None without a system cost."""
        if self.system_cost is None:
            return None
        return self.system_cost + sum((cost.amount for cost in self.one_off_costs if cost.date <= day), ZERO)


@dataclass(frozen=True, slots=True)
class AccountDay:
    """One local day of the account with sums through that day; `put_in` None without a system cost."""

    date: date
    savings: Decimal
    maintenance: Decimal
    put_in: Decimal | None

    @property
    def balance(self) -> Decimal | None:
        """Money returned less money put in; paid back from 0 on."""
        return None if self.put_in is None else self.savings - self.maintenance - self.put_in


def account_start(plant: Plant, values: Sequence[DayValue]) -> date | None:
    """Return the earlier of the installation date and the first day with a value, priced or not."""
    first_value = next((value.date for value in values if value.basis is not None), None)
    known = [day for day in (plant.installation_date, first_value) if day is not None]
    return min(known, default=None)


def year_length(year: int) -> int:
    """Return 365 or 366."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def maintenance_by_year(per_year: Decimal, start: date, end: date) -> Iterator[tuple[int, int, Decimal]]:
    """Yield (calendar year, its days in the account, maintenance) for the account from start to end, both included."""
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
        days, length = (last - first).days + 1, year_length(year)
        # A full year costs exactly the yearly sum, without the rounding of a division.
        yield year, days, per_year if days == length else per_year * days / length


def account(plant: Plant, values: Iterable[DayValue], start: date | None, as_of: date) -> tuple[AccountDay, ...]:
    """Write the account from its first day to as_of, both included; empty where it has not begun."""
    if start is None or start > as_of:
        return ()
    saved = {value.date: value.savings for value in values if value.savings is not None}
    costs: dict[date, Decimal] = {}
    for cost in plant.one_off_costs:
        costs[cost.date] = costs.get(cost.date, ZERO) + cost.amount
    days = []
    savings, put_in = ZERO, plant.put_in(start - ONE_DAY)
    for day, maintenance in _maintenance(plant.maintenance, start, as_of):
        savings += saved.get(day, ZERO)
        if put_in is not None:
            put_in += costs.get(day, ZERO)
        days.append(AccountDay(day, savings, maintenance, put_in))
    return tuple(days)


def _maintenance(per_year: Decimal, start: date, end: date) -> Iterator[tuple[date, Decimal]]:
    closed = ZERO
    for year, days, maintenance in maintenance_by_year(per_year, start, end):
        first, length = max(start, date(year, 1, 1)), year_length(year)
        for number in range(days):
            due = maintenance if number + 1 == days else per_year * (number + 1) / length
            yield first + timedelta(days=number), closed + due
        closed += maintenance
