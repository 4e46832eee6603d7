"""Words for what was replayed: the battery's own part, and the bill under another contract."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from dash import html

from components.amounts import energy_words, money_words, percent
from components.returns_why import table
from services.returns.replays import Comparison
from solar.returns import BatteryContribution
from solar.tariffs import Bill


def battery_body(found: BatteryContribution | None, currency: str) -> Any:
    """Return what the battery itself saved, with both replays."""
    if found is None:
        return html.P(
            "Not known: it needs a price, and five-minute energies of production, use and both ways of the grid.",
            className="dim",
        )
    rows = [
        [words, money_words(each.savings, currency), energy_words(each.imported_kwh), energy_words(each.exported_kwh)]
        for words, each in (("With battery", found.with_battery), ("Without", found.without_battery))
    ]
    days = found.measured / timedelta(days=1)
    rests = f"Rests on {days:.0f} days of measured five minutes"
    rests += f"; {energy_words(found.unpriced_kwh)} used without a price are left out." if found.unpriced_kwh else "."
    return html.Div(
        [
            html.Div(html.Span(money_words(found.contribution, currency), className="number"), className="tile-number"),
            table(("Home", "Saved", "Bought", "Sold"), rows, "With and without the battery"),
            html.P(f"{rests} Averaging within five minutes flatters the home without a battery a little.",
                   className="dim small"),
        ]
    )


def contract_of(
    buy: Any, sell: Any, charge: Any, period: str, night: Any, start: str, end: str, hourly: bool
) -> dict[str, Any]:
    """Return the form of another contract in the words of `solar.tariffs.read_entry`."""
    windows = []
    if night not in (None, ""):
        windows = [{"name": "night", "from": start, "to": end, "pricePerKwh": str(night)}]
    return {
        "pricePerKwh": _text(buy), "exportPricePerKwh": _text(sell), "standingCharge": _text(charge),
        "standingPeriod": period, "windows": windows, "hourly": hourly,
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def comparison_body(found: Comparison, currency: str) -> Any:
    """Return both bills beside one another."""
    rows = [_row("Your contract", found.own, currency), _row("The other", found.other, currency)]
    difference = found.own.total - found.other.total
    words = "cheaper" if difference > 0 else "dearer"
    sentence = f"The other contract would have been {money_words(abs(difference), currency)} {words}."
    shares = [found.own.measured_share, found.other.measured_share]
    if not all(shares):
        sentence = "They cannot be compared: one of them prices no energy of these months."
    rests = "daily energies" if found.by_day else "energies within the day"
    covered = percent(min(shares) * 100)
    return html.Div(
        [
            html.P(sentence, className="strong"),
            table(("Contract", "Bought", "Sold", "Standing", "Bill"), rows, "Bills of the last 12 months"),
            html.P(f"Rests on {rests} of {covered} of the time; what is not measured is in neither bill.",
                   className="dim small"),
        ]
    )


def _row(words: str, bill: Bill, currency: str) -> list[str]:
    unpriced = f" ({energy_words(bill.unpriced_kwh)} without price)" if bill.unpriced_kwh > Decimal(0) else ""
    return [
        words, f"{money_words(bill.import_cost, currency)}{unpriced}", money_words(bill.export_income, currency),
        money_words(bill.standing_charges, currency), money_words(bill.total, currency),
    ]
