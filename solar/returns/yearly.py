"""What measured days say about a year: energies of whole years, today's prices, and how both varied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from solar.days import dates
from solar.money import exact
from solar.returns.days import ZERO, DayValue
from solar.returns.measured import DAYS_A_YEAR
from solar.tariffs import Tariff

BLOCK_DAYS = 365
# A block of 365 days counts as a measured year with at most about five weeks without a value.
FEWEST_DAYS = 330


@dataclass(frozen=True, slots=True)
class YearEnergy:
    """Energies in kWh of a year of 365.25 days, scaled from `days` measured days between two local dates (included).

    production_kwh is 0 where production was not measured.
    """

    first_date: date
    last_date: date
    days: int
    production_kwh: Decimal
    self_used_kwh: Decimal
    exported_kwh: Decimal


@dataclass(frozen=True, slots=True)
class AnnualEnergy:
    """The energies of an average year. `years` are the whole measured years behind it, oldest first; without one it
    is scaled from fewer days and carries their season.
    """

    average: YearEnergy
    years: tuple[YearEnergy, ...]


@dataclass(frozen=True, slots=True)
class TodaysPrices:
    """Prices per kWh for the model; `averaged` where they are what the last year's energy earned at varying prices."""

    import_price: Decimal
    export_price: Decimal
    averaged: bool


def annual_energy(values: Sequence[DayValue], as_of: date) -> AnnualEnergy | None:
    """Average the whole years that end with as_of, or scale what there is; None without a day with a value."""
    with exact():
        valued = [value for value in values if value.basis is not None and value.date <= as_of]
        if not valued:
            return None
        blocks: dict[int, list[DayValue]] = {}
        for value in valued:
            blocks.setdefault((as_of - value.date).days // BLOCK_DAYS, []).append(value)
        whole = [blocks[number] for number in sorted(blocks, reverse=True) if len(blocks[number]) >= FEWEST_DAYS]
        if not whole:
            return AnnualEnergy(_year(valued), ())
        years = tuple(_year(block) for block in whole)
        return AnnualEnergy(_mean(years), years)


def todays_prices(values: Sequence[DayValue], tariff: Tariff, as_of: date) -> TodaysPrices | None:
    """Return the prices of the entry that holds on as_of; None before the first price.

    Where they vary within the day: what self-used and exported energy of the last 365 days under that entry were
    worth per kWh, and None where there is no such energy.
    """
    entry = tariff.entry_on(as_of)
    if entry is None:
        return None
    if not entry.varies_within_day:
        return TodaysPrices(entry.price_per_kwh, entry.export_price_per_kwh or ZERO, averaged=False)
    with exact():
        first = as_of - timedelta(days=BLOCK_DAYS - 1)
        recent = [each for each in values if each.is_priced and each.entry == entry and first <= each.date <= as_of]
        self_used = sum((each.self_used_kwh or ZERO for each in recent), ZERO)
        exported = sum((each.exported_kwh or ZERO for each in recent), ZERO)
        if self_used <= 0:
            return None
        saved = sum((each.self_use_savings or ZERO for each in recent), ZERO)
        earned = sum((each.export_savings or ZERO for each in recent), ZERO)
        return TodaysPrices(saved / self_used, earned / exported if exported > 0 else ZERO, averaged=True)


def yearly_prices(tariff: Tariff, as_of: date) -> tuple[tuple[Decimal, Decimal], ...]:
    """Average (import, export) price of each whole year of 365 days back from as_of, oldest first.

    A year counts when every day of it has an entry and at least 330 days have a price all day.
    """
    history = tariff.history()
    if not history:
        return ()
    years: list[tuple[Decimal, Decimal]] = []
    last = as_of
    with exact():
        while (first := last - timedelta(days=BLOCK_DAYS - 1)) >= history[0][0]:
            prices = [price for day in dates(first, last) if (price := _day_price(tariff, day)) is not None]
            if len(prices) < FEWEST_DAYS:
                break
            count = len(prices)
            years.append((sum((a for a, _ in prices), ZERO) / count, sum((b for _, b in prices), ZERO) / count))
            last = first - timedelta(days=1)
    return tuple(reversed(years))


def _day_price(tariff: Tariff, day: date) -> tuple[Decimal, Decimal] | None:
    entry = tariff.entry_on(day)
    if entry is None:
        return None
    if not entry.varies_within_day:
        return entry.price_per_kwh, entry.export_price_per_kwh or ZERO
    total = buy = sell = ZERO
    for piece in tariff.pieces(day):
        if piece.price_per_kwh is None or piece.export_price_per_kwh is None:
            return None
        minutes = Decimal((piece.end - piece.start) // timedelta(minutes=1))
        total += minutes
        buy += minutes * piece.price_per_kwh
        sell += minutes * piece.export_price_per_kwh
    return (buy / total, sell / total) if total else None


def _year(block: Sequence[DayValue]) -> YearEnergy:
    scale = DAYS_A_YEAR / len(block)
    produced = [value.energies["produced"] for value in block if "produced" in value.energies]
    production = sum(produced, ZERO) * DAYS_A_YEAR / len(produced) if produced else ZERO
    return YearEnergy(
        min(value.date for value in block),
        max(value.date for value in block),
        len(block),
        production,
        sum((value.self_used_kwh or ZERO for value in block), ZERO) * scale,
        sum((value.exported_kwh or ZERO for value in block), ZERO) * scale,
    )


def _mean(years: Sequence[YearEnergy]) -> YearEnergy:
    count = len(years)
    return YearEnergy(
        years[0].first_date,
        years[-1].last_date,
        sum(year.days for year in years),
        sum((year.production_kwh for year in years), ZERO) / count,
        sum((year.self_used_kwh for year in years), ZERO) / count,
        sum((year.exported_kwh for year in years), ZERO) / count,
    )
