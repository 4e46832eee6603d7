"""Explains the figures of the returns: formulas with their terms, price versions, months and days behind them."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dash import html

from components.amounts import (
    calculated_price,
    energy_words,
    full_date,
    money_words,
    percent,
    price,
    rate,
    short_date,
    stretch_words,
)
from components.quantities import MISSING, clock, grouped, localised
from components.returns_why import Why, details, table, why_body
from pages import _returns_view as view
from services.returns.results import Returns
from solar.days import length_of_day
from solar.returns import REASONS, DayValue, Explanation, by_month, by_price_version, explain_measured, explain_modelled

LABELS = {
    "savings": "Saved so far", "net": "Net", "maintenance": "Upkeep to date", "roi_percent": "Return",
    "progress_percent": "Progress", "average_yearly_net": "Average year", "simple_payback_years": "Payback, years",
    "payback_date": "Payback date, measured average", "npv": "Net present value", "irr": "Rate of return (IRR)",
    "payback_years": "Payback, modelled", "payback_final_years": "Payback after replacements",
    "discounted_payback_years": "Discounted payback", "lcoe_real": "LCOE, real", "lcoe_nominal": "LCOE, nominal",
    "total_return": "Total return", "total_return_percent": "Total return, %", "co2": "CO₂ avoided",
}
_BASIS = {
    "avoided-import": "self-used = used − bought", "production-export": "self-used = produced − exported",
    "production-only": "all production counts as self-used: an upper bound",
}
# Figures that are sums over days.
_BY_DAY = frozenset({"savings", "net", "roi_percent", "progress_percent", "average_yearly_net", "payback_date"})
_PROJECTION = (
    "The tile and the chart show the modelled date instead: the measured balance of the last day, continued with the "
    "modelled years (prices that rise, panels that age, replacements), interpolated to where it reaches 0."
)
_NO_MODEL = {"no-days": "No day has energy yet.", "no-price": "There is no price today."}


def why(found: Returns, name: str) -> Any:
    """Return the explanation of a figure."""
    if name == "co2":
        return why_body(_co2(found))
    explained = {**explain_measured(found.measured), **explain_modelled(found.outlook)}.get(name)
    if explained is None:
        missing = _NO_MODEL[found.outlook.no_model or "no-days"]
        return html.P(f"{LABELS.get(name, 'This figure')}: {missing}", className="dim")
    currency = found.plant.currency
    terms = [(term.label, written(term.value, term.unit, currency)) for term in explained.terms]
    body = why_body(_why(explained, terms, currency))
    more = [html.P(_PROJECTION, className="dim small")] if name == "payback_date" and found.outlook.projection else []
    return html.Div([body, *more, _versions(found)]) if name in _BY_DAY else body


def _why(explained: Explanation, terms: Sequence[tuple[str, str]], currency: str) -> Why:
    reason = REASONS.get(explained.reason or "", "")
    if explained.value is None and not reason:
        reason = REASONS["no-priced-days"]
    value = written(explained.value, explained.unit, currency)
    shown = reason if value == MISSING else ""
    return Why(LABELS[explained.figure], value, explained.formula, terms, explained.note, shown)


def written(value: Any, unit: str, currency: str) -> str:
    """Write a term or figure in its unit."""
    if value is None:
        return MISSING
    if isinstance(value, date):
        return full_date(value)
    if not isinstance(value, Decimal):
        return f"{value} {unit}" if unit in ("days", "years") else str(value)
    if unit == "money":
        return money_words(value, currency)
    if unit == "price":
        return str(calculated_price(value, currency))
    if unit == "kWh":
        return energy_words(value)
    if unit == "fraction":
        return str(rate(value, 2))
    return str(percent(value)) if unit == "percent" else f"{localised(f'{value:.1f}')} {unit}"


def _co2(found: Returns) -> Why:
    co2 = found.co2
    kilograms = MISSING if co2.kilograms is None else f"{grouped(f'{co2.kilograms:.1f}')} kg"
    factor = MISSING if co2.factor is None else f"{price(co2.factor)} kg per kWh"
    note = "Exported energy counts too: it displaces other energy in the grid. Building the plant is not taken off."
    terms = [("Produced", energy_words(co2.produced_kwh)), ("Days", str(co2.days)), ("Factor", factor)]
    missing = REASONS.get(co2.reason or "", "")
    return Why(LABELS["co2"], kilograms, "CO₂ avoided = produced × factor", terms, note, missing)


def _versions(found: Returns) -> Any:
    currency = found.plant.currency
    rows = [
        [
            f"{each.number} of {each.of}", f"{short_date(each.first_date)} to {short_date(each.last_date)}",
            price(each.entry.price_per_kwh) + (" varies" if each.entry.varies_within_day else ""),
            str(each.sums.days), energy_words(each.sums.self_used_kwh), energy_words(each.sums.exported_kwh),
            money_words(each.sums.savings, currency),
        ]
        for each in by_price_version(found.measured.values)
    ]
    heads = ("Price version", "Used", "Buy", "Days", "Self-used", "Exported", "Saved")
    return details("By price version", table(heads, rows, "Savings by price version", numbers_from=2))


def month_choices(found: Returns) -> list[dict[str, str]]:
    """Return the months that have a day with a value, newest first, as choices."""
    months = [date(each.year, each.month, 1) for each in by_month(found.measured.values)]
    return [{"value": f"{each:%Y-%m}", "label": f"{each:%B %Y}"} for each in reversed(months)]


def days_table(found: Returns, month: str) -> Any:
    """Return every day of a month (YYYY-MM) with its energies, prices and what it saved."""
    days = [each for each in found.measured.values if f"{each.date:%Y-%m}" == month]
    if not days:
        return html.P("No day of this month has energy.", className="dim")
    heads = ("Day", "Self-used", "Exported", "Buy", "Sell", "Saved", "How")
    rows = [_day_row(each, found.plant.currency, found.source.time_zone) for each in days]
    return table(heads, rows, f"Days of {month}")


def _day_row(day: DayValue, currency: str, time_zone: str) -> list[Any]:
    named = _named(day.date, time_zone)
    if day.basis is None:
        return [named, *[MISSING] * 5, "not enough was measured"]
    flows = [energy_words(day.self_used_kwh or Decimal(0)), energy_words(day.exported_kwh or Decimal(0))]
    if day.unpriced:
        return [named, *flows, MISSING, MISSING, MISSING, REASONS[day.unpriced]]
    how = _BASIS[day.basis]
    prices: list[Any] = ["varies", "varies"]
    if not day.parts and day.entry is not None:
        prices = [price(day.entry.price_per_kwh), price(day.entry.export_price_per_kwh or Decimal(0))]
    cell = details(f"{len(day.parts)} prices", _parts(day, currency, time_zone)) if day.parts else how
    return [named, *flows, *prices, money_words(day.savings, currency), cell]


def _named(day: date, time_zone: str) -> str:
    """The day, and how long it is where the clock is changed."""
    hours = length_of_day(day, time_zone) / timedelta(hours=1)
    return short_date(day) if hours == 24 else f"{short_date(day)} ({hours:g} h)"


def _parts(day: DayValue, currency: str, time_zone: str) -> Any:
    rows = [
        [
            f"{clock(part.start, time_zone)} to {clock(part.end, time_zone)}", energy_words(part.self_used_kwh),
            price(part.price_per_kwh), money_words(part.self_use_savings + part.export_savings, currency),
        ]
        for part in day.parts
    ]
    return table(("Time", "Self-used", "Buy", "Saved"), rows, "Prices of the day")


def gap_rows(found: Returns) -> Any:
    """Return the days that no sum holds: those without a price and those without energy, with their shares."""
    gaps = found.gaps
    rows = [[stretch_words(each.first_date, each.last_date), str(each.days), REASONS[each.reason or "no-price"]]
            for each in gaps.unpriced]
    rows += [[stretch_words(each.first_date, each.last_date), str(each.days), "Nothing, or not enough, was measured."]
             for each in gaps.missing]
    words = view.joined(
        f"{percent((gaps.unpriced_share or Decimal(0)) * 100)} of the energy has no price" if gaps.unpriced else "",
        f"{percent((gaps.missing_share or Decimal(0)) * 100)} of the days have no energy" if gaps.missing else "",
    )
    head = html.P(words, className="dim small")
    return html.Div([head, table(("Days", "How many", "Why"), rows, "Days that are in no sum")])
