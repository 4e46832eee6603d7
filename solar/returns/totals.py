"""Sums over many sources, one for each currency, and CO2 avoided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from solar.money import exact
from solar.returns.days import ZERO, DayValue
from solar.returns.measured import Measured


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Measured money of the sources of one currency. A source without a figure is in `without_savings` (or without a
    cost in `without_cost`), never counted as 0. roi_percent is over the sources that have both, else None.
    """

    currency: str
    sources: int
    savings: Decimal
    maintenance: Decimal
    net: Decimal
    put_in: Decimal
    without_savings: int
    without_cost: int
    roi_percent: Decimal | None
    upper_bound: bool


@dataclass(frozen=True, slots=True)
class Co2:
    """CO2 avoided in kg by `produced_kwh` of `days` days; None with the reason `no-factor` or `missing-channel`."""

    kilograms: Decimal | None
    produced_kwh: Decimal
    days: int
    factor: Decimal | None
    reason: Literal["no-factor", "missing-channel"] | None


def totals_by_currency(results: Iterable[Measured]) -> tuple[CurrencyTotal, ...]:
    """Add measured results within each currency, in alphabetical order; currencies are never mixed."""
    groups: dict[str, list[Measured]] = {}
    for result in results:
        groups.setdefault(result.currency, []).append(result)
    with exact():
        return tuple(_total(currency, groups[currency]) for currency in sorted(groups))


def co2_avoided(values: Iterable[DayValue], factor: Decimal | None) -> Co2:
    """Multiply the energy of all days with production by a factor in kg per kWh (formulas, section 2); 0 is valid.

    Exported energy counts too, and the energy to build the plant is neglected; what shows it must say so.
    """
    produced = [value.energies["produced"] for value in values if "produced" in value.energies]
    with exact():
        energy = sum(produced, ZERO)
        if not produced:
            return Co2(None, energy, 0, factor, "missing-channel")
        if factor is None:
            return Co2(None, energy, len(produced), None, "no-factor")
        return Co2(energy * factor, energy, len(produced), factor, None)


def _total(currency: str, results: Sequence[Measured]) -> CurrencyTotal:
    saved = [result for result in results if result.savings is not None and result.net is not None]
    bought = [result for result in results if result.put_in is not None]
    both = [result for result in saved if result.put_in is not None]
    put_in = sum((result.put_in or ZERO for result in both), ZERO)
    net = sum((result.net or ZERO for result in both), ZERO)
    return CurrencyTotal(
        currency=currency,
        sources=len(results),
        savings=sum((result.savings or ZERO for result in saved), ZERO),
        maintenance=sum((result.maintenance for result in saved), ZERO),
        net=sum((result.net or ZERO for result in saved), ZERO),
        put_in=sum((result.put_in or ZERO for result in bought), ZERO),
        without_savings=len(results) - len(saved),
        without_cost=len(results) - len(bought),
        roi_percent=net / put_in * 100 if put_in > 0 else None,
        upper_bound=any(result.upper_bound for result in saved),
    )
