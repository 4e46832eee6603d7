"""The outlook of a source: its model with bands, and how the measured balance goes on from today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from solar.money import exact
from solar.returns.account import Plant
from solar.returns.assumptions import Assumptions
from solar.returns.bands import Band, Spread, band, bands, cumulative_bands, scenarios, spread
from solar.returns.days import DayValue
from solar.returns.measured import DAYS_A_YEAR, Measured
from solar.returns.modelled import ModelInput, Modelled, ModelYear, Replacement, crossings, model_years, modelled
from solar.returns.yearly import AnnualEnergy, TodaysPrices, annual_energy, todays_prices, yearly_prices
from solar.tariffs import Tariff

NoModel = Literal["no-days", "no-price"]


@dataclass(frozen=True, slots=True)
class Projection:
    """The measured balance continued from `as_of`: (date, balance, band) at as_of and after each further year.

    payback_date is where the central path first reaches 0 within the plant's remaining life; payback the band of that
    date, earliest and latest. Dates are None where the path does not get there.
    """

    points: tuple[tuple[date, Decimal, Band], ...]
    payback_date: date | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Modelled figures with what they rest on. result None: no_model says why. bands empty: nothing varied yet."""

    assumptions: Assumptions
    no_model: NoModel | None
    given: ModelInput | None
    result: Modelled | None
    energy: AnnualEnergy | None
    prices: TodaysPrices | None
    spread: Spread | None
    bands: Mapping[str, Band]
    cumulative: tuple[Band, ...]
    projection: Projection | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the days and prices say about a year, independent of assumptions: compute once, keep while they change."""

    energy: AnnualEnergy | None
    prices: TodaysPrices | None
    spread: Spread | None


def ground(values: Sequence[DayValue], tariff: Tariff, as_of: date) -> Ground:
    """Find average year, today's prices and spread from measured days and the price history."""
    energy, prices = annual_energy(values, as_of), todays_prices(values, tariff, as_of)
    if energy is None or prices is None:
        return Ground(energy, prices, None)
    yearly = yearly_prices(tariff, as_of)
    return Ground(energy, prices, spread(energy.years, yearly, prices.import_price, prices.export_price))


def outlook(plant: Plant, result: Measured, known: Ground, assumptions: Assumptions) -> Outlook:
    """Model a plant from its measured result and stated assumptions.

    The model starts with the money put in so far at year 0 and today's prices in year 1; the projection starts with
    the measured balance of today and lasts for what is left of the assumed life.
    """
    if known.energy is None or known.prices is None or known.spread is None:
        reason: NoModel = "no-days" if known.energy is None else "no-price"
        return Outlook(assumptions, reason, None, None, known.energy, known.prices, None, {}, (), None)
    given = model_input(plant, assumptions, known.energy, known.prices, result.put_in)
    known_spread = given.system_cost is not None and known.spread.is_known
    variants = [modelled(each) for each in scenarios(given, known.spread)] if known_spread else []
    return Outlook(
        assumptions,
        None,
        given,
        modelled(given),
        known.energy,
        known.prices,
        known.spread,
        bands(variants) if variants else {},
        cumulative_bands([each.years for each in variants]),
        projection(plant, result, given, known.spread),
    )


def model_input(
    plant: Plant, assumptions: Assumptions, energy: AnnualEnergy, prices: TodaysPrices, put_in: Decimal | None
) -> ModelInput:
    """Gather the inputs of the model; put_in None leaves the model without a system cost."""
    return ModelInput(
        currency=plant.currency,
        years=assumptions.years,
        system_cost=put_in,
        annual_production_kwh=energy.average.production_kwh,
        annual_self_used_kwh=energy.average.self_used_kwh,
        annual_exported_kwh=energy.average.exported_kwh,
        import_price=prices.import_price,
        export_price=prices.export_price,
        degradation=assumptions.degradation,
        import_price_escalation=assumptions.import_price_escalation,
        export_price_escalation=assumptions.export_price_escalation,
        inflation=assumptions.inflation,
        maintenance_cost_per_year=plant.maintenance,
        replacements=assumptions.replacements,
        real_discount_rate=assumptions.real_discount_rate,
    )


def projection(plant: Plant, result: Measured, given: ModelInput, known: Spread) -> Projection | None:
    """Continue the measured balance; None without a balance (no system cost, no day in the account)."""
    balance = result.account[-1].balance if result.account else None
    start = plant.installation_date or result.account_start
    if balance is None or start is None or given.system_cost is None:
        return None
    age = max(0, int((result.as_of - start).days / DAYS_A_YEAR))
    ahead = replace(
        given,
        years=max(0, given.years - age),
        replacements=tuple(Replacement(each.year - age, each.cost) for each in given.replacements),
    )
    with exact():
        central = model_years(ahead, -balance)
        paths = [model_years(each, -balance) for each in scenarios(ahead, known)] if known.is_known else []
        fan = cumulative_bands(paths) if paths else [Band(None, None) for _ in central]
        points = [(result.as_of, balance, Band(balance, balance))]
        points += [
            (_after(result.as_of, Decimal(year.year)), year.cumulative, each)
            for year, each in zip(central, fan, strict=True)
        ]
        crossed = band([_payback(balance, path) for path in paths])
        paid_back = (_payback(balance, central), crossed.p10, crossed.p90)
        return Projection(
            tuple(points), *(None if years is None else _after(result.as_of, years) for years in paid_back)
        )


def _payback(balance: Decimal, years: Sequence[ModelYear]) -> Decimal | None:
    return next(iter(crossings(balance, [year.cash_flow for year in years])), None)


def _after(day: date, years: Decimal) -> date:
    return day + timedelta(days=int((years * DAYS_A_YEAR).to_integral_value(ROUND_HALF_EVEN)))
