"""P10 to P90 of the model, from how measured years and yearly prices differed. No random numbers: the same data give
the same band. The method is explained in docs/decisions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from solar.money import exact
from solar.returns.days import ZERO
from solar.returns.modelled import ONE, ModelInput, Modelled, ModelYear
from solar.returns.yearly import YearEnergy

# Middles of seven equally likely slices of the standard normal distribution: its percentiles 1/14, 3/14 ... 13/14.
_UPPER = ("0.3661063568005697", "0.7916386077433746", "1.4652337926855223")
SLICES = tuple(sorted([Decimal(0), *(Decimal(sign + z) for z in _UPPER for sign in ("", "-"))]))
LOW, HALF, HIGH = Decimal("0.1"), Decimal("0.5"), Decimal("0.9")
FIGURES = (
    "npv",
    "irr",
    "payback_years",
    "discounted_payback_years",
    "lcoe_real",
    "lcoe_nominal",
    "total_return",
    "total_return_percent",
)


@dataclass(frozen=True, slots=True)
class Spread:
    """How much measured years and prices differed: relative standard deviation of a year's worth at today's prices,
    and standard deviation of the yearly logarithmic price changes. None where fewer than two years (three prices) or
    no positive values are known.
    """

    energy: Decimal | None
    import_price: Decimal | None
    export_price: Decimal | None
    years: int
    price_years: int

    @property
    def is_known(self) -> bool:
        """Whether anything varies at all, so that a band says more than the central figure."""
        return any((self.energy, self.import_price, self.export_price))


@dataclass(frozen=True, slots=True)
class Band:
    """The 10th and 90th percentile by value. None: no value in that scenario (beyond the horizon counts as largest)."""

    p10: Decimal | None
    p90: Decimal | None


def spread(
    years: Sequence[YearEnergy], prices: Sequence[tuple[Decimal, Decimal]], import_price: Decimal, export_price: Decimal
) -> Spread:
    """Measure the spread of whole years (valued at today's prices) and of yearly (import, export) prices."""
    with exact():
        worth = [year.self_used_kwh * import_price + year.exported_kwh * export_price for year in years]
        mean = sum(worth, ZERO) / len(worth) if worth else ZERO
        deviation = _deviation(worth)
        return Spread(
            energy=deviation / mean if deviation is not None and mean > 0 else None,
            import_price=_change_deviation([buy for buy, _ in prices]),
            export_price=_change_deviation([sell for _, sell in prices]),
            years=len(years),
            price_years=len(prices),
        )


def scenarios(given: ModelInput, known: Spread) -> list[ModelInput]:
    """Return equally likely variants of a model: each slice of energy with each slice of the price path.

    The energy of all years is scaled by 1 + z s sqrt(1/n + 1/N): the mean of N future years, seen from n measured ones.
    Price escalations become (1 + e) exp(z k s) - 1. Prices are taken to wander: each year's logarithmic change deviates
    by s. A steady deviation of k s = s sqrt(2 (2N - 1) / (3N (N - 1))) gives the mean logarithmic price of the N years
    the variance it has on such a walk.
    """
    if given.years < 1:
        return []
    with exact():
        horizon = Decimal(given.years)
        steady = (2 * (2 * horizon - 1) / (3 * horizon * (horizon - 1))).sqrt() if horizon > 1 else ZERO
        energy = known.energy and known.energy * (ONE / max(known.years, 1) + ONE / horizon).sqrt()
        buy = known.import_price and known.import_price * steady
        sell = known.export_price and known.export_price * steady
        by_energy = [_scaled(given, max(ZERO, ONE + z * energy)) for z in SLICES] if energy else [given]
        if not buy and not sell:
            return by_energy
        return [_repriced(variant, z * (buy or ZERO), z * (sell or ZERO)) for variant in by_energy for z in SLICES]


def bands(results: Sequence[Modelled]) -> Mapping[str, Band]:
    """Return the band of each figure over scenario results; a figure without system cost or energy has no band."""
    with exact():
        return {name: band([getattr(result, name) for result in results]) for name in FIGURES}


def cumulative_bands(paths: Sequence[Sequence[ModelYear]]) -> tuple[Band, ...]:
    """Return the band of the cumulative cash flow at the end of each year 1..N over the years of scenarios."""
    with exact():
        columns = zip(*([year.cumulative for year in path] for path in paths), strict=True)
        return tuple(band(list(column)) for column in columns)


def band(values: Sequence[Decimal | None]) -> Band:
    """Take the percentiles of equally likely values; a missing value sorts last.

    Sorted, value k of n stands for its slice and lies at the share (k + 1/2) / n (Hazen); linear in between.
    """
    ordered = sorted(values, key=lambda value: (value is None, value or ZERO))
    return Band(_quantile(ordered, LOW), _quantile(ordered, HIGH))


def _quantile(ordered: Sequence[Decimal | None], share: Decimal) -> Decimal | None:
    if not ordered:
        return None
    position = min(max(share * len(ordered) - HALF, ZERO), Decimal(len(ordered) - 1))
    lower, part = int(position), position % 1
    low = ordered[lower]
    if not part or low is None:
        return low
    high = ordered[lower + 1]
    return None if high is None else low + (high - low) * part


def _scaled(given: ModelInput, factor: Decimal) -> ModelInput:
    return replace(
        given,
        annual_production_kwh=given.annual_production_kwh * factor,
        annual_self_used_kwh=given.annual_self_used_kwh * factor,
        annual_exported_kwh=given.annual_exported_kwh * factor,
    )


def _repriced(given: ModelInput, buy: Decimal, sell: Decimal) -> ModelInput:
    return replace(
        given,
        import_price_escalation=(ONE + given.import_price_escalation) * buy.exp() - ONE,
        export_price_escalation=(ONE + given.export_price_escalation) * sell.exp() - ONE,
    )


def _deviation(values: Sequence[Decimal]) -> Decimal | None:
    if len(values) < 2:
        return None
    mean = sum(values, ZERO) / len(values)
    return (sum(((value - mean) ** 2 for value in values), ZERO) / (len(values) - 1)).sqrt()


def _change_deviation(prices: Sequence[Decimal]) -> Decimal | None:
    if any(price <= 0 for price in prices):
        return None
    return _deviation([(after / before).ln() for before, after in pairwise(prices)])
