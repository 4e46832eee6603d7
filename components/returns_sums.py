"""The money of many sources: a card of sums for each currency, never mixed, and the rows of the list by source."""

from typing import Any

from dash import html

from components.amounts import money, money_words, percent, symbol
from components.icons import icon
from components.quantities import Quantity
from components.returns_cards import card, next_step
from components.returns_tiles import number
from solar.returns import REASONS, CurrencyTotal, Measured


def currency_cards(totals: tuple[CurrencyTotal, ...], left: int) -> list[Any]:
    """Return a card for each currency; `left` sources are still to be counted."""
    if not totals and not left:
        return [next_step("No sources yet.", "As soon as a source has a price and a whole day, its money stands here.")]
    waiting = [_waiting(left)] if left else []
    return [*waiting, *(_card(each) for each in totals)]


def _waiting(left: int) -> Any:
    more = "One more source is" if left == 1 else f"{left} more sources are"
    words = f"{more} still being counted; the sums go on by themselves."
    return html.P([icon("clock", 16), f" {words}"], className="dim", role="status")


def _card(total: CurrencyTotal) -> Any:
    currency = total.currency
    saving, bought = total.sources - total.without_savings, total.sources - total.without_cost
    upkeep = f"after {money_words(total.maintenance, currency)} upkeep" if saving else ""
    # Of nothing known the sum is not known either, and never 0.
    tiles = (
        ("Saved so far", money(total.savings if saving else None, currency), _of(saving, total.sources)),
        ("Net", money(total.net if saving else None, currency), upkeep),
        ("Put in", money(total.put_in if bought else None, currency), _of(bought, total.sources)),
        ("Return", percent(total.roi_percent), "net of what was put in"),
    )
    count = f"{total.sources} source{'' if total.sources == 1 else 's'}"
    notes = []
    if total.without_savings or total.without_cost:
        notes.append("Sources without a figure are left out of its sum, not counted as 0.")
    if total.upper_bound:
        notes.append("Some savings are an upper bound: only production is measured there.")
    words = [html.P(" ".join(notes), className="dim small")] if notes else []
    body = [html.Div([_tile(*each) for each in tiles], className="sum-tiles"), *words]
    return card(f"In {currency}" if symbol(currency) == currency else f"In {currency}, {symbol(currency)}", body,
                subtitle=count, class_name="currency-card")


def _tile(label: str, value: Quantity, note: str) -> Any:
    return html.Div(
        [html.Div(label, className="dim"), number(value), html.Div(note, className="dim small")], className="sum-tile"
    )


def _of(known: int, whole: int) -> str:
    return f"of all {whole}" if known == whole and whole > 1 else f"of {known} of {whole}" if whole > 1 else ""


def row(source_id: str, name: str, group: str | None, result: Measured) -> dict[str, Any]:
    """Return a source as a row of the list: numbers to sort by, and the same as they are read."""
    currency = result.currency
    amounts = {"saved": result.savings, "net": result.net, "putIn": result.put_in}
    return {
        "id": source_id, "name": name, "address": f"/returns/{source_id}", "group": group or "", "currency": currency,
        **{key: None if value is None else float(value) for key, value in amounts.items()},
        **{f"{key}Text": money_words(value, currency) for key, value in amounts.items()},
        "roi": None if result.roi_percent is None else float(result.roi_percent),
        "roiText": str(percent(result.roi_percent)) if result.roi_percent is not None else "–",
        "note": _note(result),
    }


def _note(result: Measured) -> str:
    notes = []
    if count := len(result.unpriced_days):
        notes.append(f"{count} {'day' if count == 1 else 'days'} without a price")
    if reason := result.reasons.get("savings") or result.reasons.get("roi_percent"):
        notes.append(REASONS.get(reason, ""))
    if result.upper_bound:
        notes.append("an upper bound")
    return ", ".join(filter(None, notes))
