"""Puts the returns of a source into the words, tiles and frames that the page shows."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import pandas as pd

from components.amounts import (
    calculated_price,
    full_date,
    money,
    money_words,
    percent,
    price,
    rate,
    short_date,
    symbol,
    whole_money,
)
from components.quantities import MISSING, Quantity, grouped, localised
from components.returns_tiles import Figure, Saved
from services.returns.results import Returns
from solar.money import decimal_of, plain
from solar.returns import REASONS, RULES, Band, by_month
from solar.tariffs import Tariff

# Assumptions that people enter in percent and that are kept as fractions.
PERCENTS = frozenset(rule.key for rule in RULES)
_MOST_POINTS = 800
_SHORTEST_OUTLOOK = timedelta(days=5 * 365)
_BEYOND_PAYBACK = timedelta(days=3 * 365)


def trial_of(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the form holds as `services.returns.results` takes it: percents as fractions, all as text."""
    given = {name: "" if value is None else str(value).strip() for name, value in (values or {}).items()}
    return {name: _fraction(text) if name in PERCENTS else text for name, text in given.items()}


def _fraction(text: str) -> str:
    try:
        return plain(decimal_of(text, "rate") / 100)
    except ValueError:
        # Not a number: the service says so at its field.
        return text


def form_values(found: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    """Return the values of the form's fields for terms by their JSON names; fractions become percents."""
    return [_shown(name, found.get(name)) for name in names]


def _shown(name: str, value: Any) -> Any:
    if value is None or value == "":
        return ""
    number = Decimal(str(value)) * (100 if name in PERCENTS else 1)
    text = plain(number.normalize())
    return float(text) if "." in text else int(text)


def because(reasons: Mapping[str, str], name: str) -> str:
    """Return why a figure has no value, as a sentence; nothing where it has one."""
    return REASONS.get(reasons.get(name, ""), "")


def joined(*words: str) -> str:
    """Join what is not empty by dots."""
    return " · ".join(filter(None, words))


def saved_of(found: Returns) -> Saved:
    """Return what was saved so far."""
    result, currency = found.measured, found.plant.currency
    put_in = "system cost not known"
    if result.put_in is not None:
        put_in = f"of {money_words(result.put_in, currency)} put in"
    share = priced_share(found)
    covered = f"{share} of days priced" if share else because(result.reasons, "savings")
    bound = "upper bound" if result.upper_bound else ""
    upkeep = f"after {money_words(result.maintenance, currency)} upkeep" if result.net is not None else ""
    return Saved(
        Figure("savings", "Saved so far", money(result.savings, currency), joined(put_in, covered, bound)),
        result.progress_percent,
        Figure("net", "Net", money(result.net, currency), upkeep),
        Figure("roi_percent", "Return", percent(result.roi_percent), because(result.reasons, "roi_percent")),
    )


def priced_share(found: Returns) -> str:
    """Return the share of the days with energy that have a price, in words; nothing before the first day."""
    valued = found.measured.priced_days + len(found.measured.unpriced_days)
    if not valued:
        return ""
    share = 100 * found.measured.priced_days / valued
    # 99.96 % priced is not all of it.
    return f"{min(share, 99.0) if 99 < share < 100 else share:.0f} %"


def head_figures(found: Returns) -> list[Figure]:
    """Return the tiles beside what was saved: payback, NPV, IRR and LCOE."""
    assumed, currency = found.terms.assumptions, found.plant.currency
    discount = f"{assumed.years} years at {rate(assumed.real_discount_rate).value.removesuffix(localised('.0'))} % real"
    today = found.outlook.prices
    written = today and (_averaged if today.averaged else price)(today.import_price)
    buys = f"you buy at {written} {symbol(currency)}" if written else ""
    return [
        payback(found),
        _amount(found, "npv", "Net present value", discount),
        _modelled(found, "irr", "Rate of return (IRR)", rate, "nominal, a year"),
        _modelled(found, "lcoe_real", "LCOE per kWh", lambda value: calculated_price(value, currency), buys),
    ]


def _averaged(amount: Decimal) -> str:
    return calculated_price(amount, "").value


def further_figures(found: Returns) -> list[Figure]:
    """Return the tiles below: average year, total return, CO2 avoided."""
    result, currency = found.measured, found.plant.currency
    rests = f"rests on {result.priced_days} days" if result.average_yearly_net is not None else ""
    total = _amount(found, "total_return", "Total return", f"over {found.terms.assumptions.years} years")
    return [
        Figure("average_yearly_net", "Average year", money(result.average_yearly_net, currency),
               rests or because(result.reasons, "average_yearly_net")),
        total,
        co2_figure(found),
    ]


def co2_figure(found: Returns) -> Figure:
    """Return the CO2 that was avoided."""
    kilograms, factor = found.co2.kilograms, found.co2.factor
    if kilograms is None:
        note = REASONS[found.co2.reason or "no-factor"]
        note += " Enter it in the assumptions." if found.co2.reason == "no-factor" else ""
        return Figure("co2", "CO₂ avoided", Quantity(MISSING, "kg"), note)
    is_light = abs(kilograms) < 1000
    number, unit = (f"{kilograms:.0f}", "kg") if is_light else (f"{kilograms / 1000:.2f}", "t")
    value = Quantity(grouped(number), unit)
    return Figure("co2", "CO₂ avoided", value, f"at {price(factor or Decimal(0))} kg per kWh produced")


def _amount(found: Returns, name: str, label: str, note: str) -> Figure:
    currency = found.plant.currency
    return _modelled(
        found, name, label, lambda value: money(value, currency), note, lambda value: whole_money(value, currency)
    )


def _modelled(found: Returns, name: str, label: str, write: Any, note: str, roughly: Any = None) -> Figure:
    view = found.outlook
    if view.result is None:
        return Figure(name, label, write(None), REASONS[view.no_model or "no-days"])
    value = getattr(view.result, name)
    if value is None:
        return Figure(name, label, write(None), because(view.result.reasons, name))
    band = view.bands.get(name)
    return Figure(name, label, write(value), joined(note, _reach(band, roughly or write)))


def _reach(band: Band | None, write: Any) -> str:
    if band is None or band.p10 is None or band.p90 is None or band.p10 == band.p90:
        return ""
    low, high = write(band.p10).value, write(band.p90).value
    return f"80 %: {low} to {high}" if low != high else ""


def payback(found: Returns) -> Figure:
    """Return when the plant has paid for itself: measured where that is reached, else modelled with its band."""
    result, ahead = found.measured, found.outlook.projection
    if result.payback_status == "reached" and result.payback_date:
        return Figure("payback_date", "Paid back on", Quantity(short_date(result.payback_date), ""), "measured")
    at_rate = f"at the measured average: {_month(result.payback_date)}" if result.payback_date else ""
    if ahead is None or ahead.payback_date is None:
        beyond = REASONS["beyond-horizon"] if ahead is not None else ""
        reason = because(result.reasons, "payback_date") or beyond or REASONS["no-system-cost"]
        return Figure("payback_date", "Paid back about", Quantity(MISSING, ""), joined(reason, at_rate))
    return Figure(
        "payback_date", "Paid back about", Quantity(_month(ahead.payback_date), ""),
        joined(_between(ahead.earliest, ahead.latest), at_rate),
    )


def _month(day: date | None) -> str:
    return f"{day:%b %Y}" if day else MISSING


def _between(earliest: date | None, latest: date | None) -> str:
    if earliest is None:
        return ""
    if latest is None:
        return f"not before {_month(earliest)}, or not within the assumed life"
    return "" if _month(earliest) == _month(latest) else f"between {_month(earliest)} and {_month(latest)}"


def measured_frame(found: Returns) -> pd.DataFrame:
    """Return the measured balance by local date, thinned to what a chart can show; empty without a cost or a saving."""
    account = found.measured.account if found.measured.savings is not None else ()
    points = [(day.date, float(day.balance)) for day in account if day.balance is not None]
    step = max(ceil(len(points) / _MOST_POINTS), 1)
    # Counted from the end, so that the last day is always there.
    kept = points[::-1][::step][::-1]
    return pd.DataFrame({"balance": [value for _, value in kept]}, index=[day for day, _ in kept])


def modelled_frame(found: Returns) -> pd.DataFrame:
    """Return the modelled balance with its band by local date: to payback and a little beyond."""
    ahead = found.outlook.projection
    if ahead is None or not found.measured.account:
        return pd.DataFrame(columns=["balance", "p10", "p90"], dtype=float)
    as_of = found.basis.as_of
    latest = max((day for day in (ahead.payback_date, ahead.latest) if day is not None), default=None)
    until = max(latest + _BEYOND_PAYBACK, as_of + _SHORTEST_OUTLOOK) if latest else date.max
    points = [each for each in ahead.points if each[0] <= until]
    rows = [(float(value), _float(band.p10), _float(band.p90)) for _, value, band in points]
    return pd.DataFrame(rows, columns=["balance", "p10", "p90"], index=[day for day, _, _ in points])


def _float(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)


def months_frame(found: Returns, most: int | None) -> pd.DataFrame:
    """Return what each month saved by self-use and export, the last `most` of them; NaN without a priced day."""
    months = by_month(found.measured.values)[-(most or 0):]
    rows = [
        (float(each.sums.self_use_savings), float(each.sums.export_savings)) if each.sums.days else (None, None)
        for each in months
    ]
    frame = pd.DataFrame(rows, columns=["self_used", "exported"], dtype=float)
    return frame.set_axis([date(each.year, each.month, 1) for each in months])


def prices_frame(tariff: Tariff) -> pd.DataFrame:
    """Return the price history as steps by first local date, with the prices as entered."""
    rows = [
        (float(entry.price_per_kwh), float(entry.export_price_per_kwh or 0), price(entry.price_per_kwh),
         price(entry.export_price_per_kwh or Decimal(0)))
        for _, _, entry in tariff.history()
    ]
    frame = pd.DataFrame(rows, columns=["buy", "sell", "buy_text", "sell_text"])
    return frame.set_axis([first for first, _, _ in tariff.history()])


def payback_rows(found: Returns) -> list[list[str]]:
    """Return the rows of the table behind the payback chart: ends of years, measured and modelled."""
    currency = found.plant.currency
    by_year = {day.date.year: day for day in found.measured.account}
    rows = [[full_date(day.date), "measured", money_words(day.balance, currency), ""] for day in by_year.values()]
    for day, value, band in (found.outlook.projection.points[1:] if found.outlook.projection else ()):
        reach = "" if band.p10 is None else f"{money_words(band.p10, currency)} to {money_words(band.p90, currency)}"
        rows.append([full_date(day), "modelled", money_words(value, currency), reach])
    return rows


def payback_sentence(found: Returns) -> str:
    """Return the payback chart as a sentence."""
    figure, result = payback(found), found.measured
    balance = result.account[-1].balance if result.account else None
    known = money_words(balance, found.plant.currency)
    words = f"Money returned minus money put in is {known} on {full_date(result.as_of)}."
    return f"{words} {figure.label} {figure.value.value}. {figure.note}"


def since_words(found: Returns) -> str:
    """Return what stands beside the page's title."""
    start = found.measured.account_start
    begun = f"Since {full_date(start)}, through {full_date(found.basis.as_of)}" if start else "No whole day yet"
    return f"{begun}, money in {symbol(found.plant.currency)}"


def changed_words(found: Returns) -> str:
    """Return which assumptions differ from the defaults."""
    labels = {rule.field: rule.label.lower() for rule in RULES}
    labels |= {"years": "life", "replacements": "replacements", "co2_kg_per_kwh": "CO₂ factor"}
    named = [labels[each] for each in found.changed]
    return f"Changed from default: {', '.join(named)}" if named else "All at their defaults"


def months_sum(found: Returns, count: int) -> str:
    """Return what the last `count` months saved together."""
    months = by_month(found.measured.values)[-count:] if count else ()
    if not any(each.sums.days for each in months):
        return ""
    total = sum((each.sums.savings for each in months), Decimal(0))
    return f"{money_words(total, found.plant.currency)} in {count} {'month' if count == 1 else 'months'}"
