"""Returns as measured: savings, maintenance, return and payback up to a day (formulas, section 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from solar.money import exact
from solar.returns.account import AccountDay, Plant, account, account_start
from solar.returns.days import BASES, ZERO, Basis, DayValue

PaybackStatus = Literal["reached", "projected", "never", "beyond-100-years"]
DAYS_A_YEAR = Decimal("365.25")
MOST_PAYBACK_DAYS = 36525
AGAINST_COST = ("roi_percent", "progress_percent", "simple_payback_years", "payback_status", "payback_date")


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured result through `as_of`. A figure that cannot be known is None, with its reason under its name.

    Nothing is rounded. values: the days through as_of. unpriced_days: days with a value but no price, ascending; they
    are in no sum. account: every day from account_start, for the curve.
    """

    currency: str
    as_of: date
    account_start: date | None
    put_in: Decimal | None
    savings: Decimal | None
    self_use_savings: Decimal | None
    export_savings: Decimal | None
    maintenance: Decimal
    net: Decimal | None
    roi_percent: Decimal | None
    progress_percent: Decimal | None
    average_yearly_net: Decimal | None
    simple_payback_years: Decimal | None
    payback_status: PaybackStatus | None
    payback_date: date | None
    priced_days: int
    unpriced_days: tuple[date, ...]
    basis_days: Mapping[Basis, int]
    upper_bound: bool
    reasons: Mapping[str, str]
    values: tuple[DayValue, ...]
    account: tuple[AccountDay, ...]


@dataclass(frozen=True, slots=True)
class _Payback:
    years: Decimal | None
    status: PaybackStatus | None
    date: date | None
    reasons: Mapping[str, str]


def measured(plant: Plant, values: Sequence[DayValue], as_of: date) -> Measured:
    """Sum the account of a plant through a local date.

    values: from `day_values`, in order of date; later days are ignored. Raises ValueError for negative maintenance.
    """
    if plant.maintenance < 0:
        raise ValueError("maintenanceCostPerYear must not be negative.")
    with exact():
        return _measured(plant, tuple(value for value in values if value.date <= as_of), as_of)


def _measured(plant: Plant, values: tuple[DayValue, ...], as_of: date) -> Measured:
    start = account_start(plant, values)
    days = account(plant, values, start, as_of)
    maintenance = days[-1].maintenance if days else ZERO
    priced = [value for value in values if value.is_priced]
    self_use = sum((value.self_use_savings for value in priced if value.self_use_savings is not None), ZERO)
    export = sum((value.export_savings for value in priced if value.export_savings is not None), ZERO)
    put_in = plant.put_in(as_of)
    savings = self_use + export
    net = savings - maintenance
    average = savings * DAYS_A_YEAR / len(priced) - plant.maintenance if priced else None
    payback = _payback(plant, put_in, savings, priced, days)
    known_cost = put_in if priced and put_in is not None and put_in > 0 else None
    return Measured(
        currency=plant.currency,
        as_of=as_of,
        account_start=start,
        put_in=put_in,
        savings=savings if priced else None,
        self_use_savings=self_use if priced else None,
        export_savings=export if priced else None,
        maintenance=maintenance,
        net=net if priced else None,
        roi_percent=known_cost and net / known_cost * 100,
        progress_percent=known_cost and savings / (known_cost + maintenance) * 100,
        average_yearly_net=average,
        simple_payback_years=payback.years,
        payback_status=payback.status,
        payback_date=payback.date,
        priced_days=len(priced),
        unpriced_days=tuple(value.date for value in values if value.unpriced),
        basis_days={basis: sum(value.basis == basis for value in priced) for basis in BASES},
        upper_bound=any(value.basis == "production-only" for value in priced),
        reasons=payback.reasons,
        values=values,
        account=days,
    )


def _payback(
    plant: Plant, put_in: Decimal | None, savings: Decimal, priced: Sequence[DayValue], days: Sequence[AccountDay]
) -> _Payback:
    reasons: dict[str, str] = {}
    if not priced:
        reasons = dict.fromkeys(("savings", "net", "average_yearly_net", *AGAINST_COST), "no-priced-days")
    if put_in is None or put_in <= 0:
        reasons |= dict.fromkeys(AGAINST_COST, "no-system-cost")
    if put_in is None or reasons:
        return _Payback(None, None, None, reasons)
    # The average net of a day, times priced days: one division at the end keeps whole numbers of days whole.
    earned = savings * DAYS_A_YEAR - plant.maintenance * len(priced)
    years = put_in * len(priced) / earned if earned > 0 else None
    if years is None:
        reasons["simple_payback_years"] = "never"
    reached = next((day.date for day in days if day.balance is not None and day.balance >= 0), None)
    if reached is not None:
        return _Payback(years, "reached", reached, reasons)
    if years is None:
        return _Payback(None, "never", None, reasons | {"payback_date": "never"})
    number = (put_in * len(priced) * DAYS_A_YEAR / earned).to_integral_value(ROUND_CEILING)
    if number > MOST_PAYBACK_DAYS:
        return _Payback(years, "beyond-100-years", None, reasons | {"payback_date": "beyond-100-years"})
    return _Payback(years, "projected", days[0].date + timedelta(days=int(number) - 1), reasons)
