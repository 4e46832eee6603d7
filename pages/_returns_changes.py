"""Words for prices and for what a change of them does to the past."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import Patch, ctx, html

from components.amounts import full_date, money_words, price, short_date, stretch_words
from components.quantities import clock, grouped
from components.returns_cards import icon_button
from components.returns_editor import change_words
from components.returns_why import table
from services.returns.price_proposals import Proposal
from services.returns.prices import Price, PriceList
from solar.days import local_date, start_of_day
from solar.returns import PastChange
from solar.tariffs import entry_to_json

LABELS = {
    "effectiveFrom": "From", "pricePerKwh": "Buy", "exportPricePerKwh": "Sell", "standingCharge": "Standing charge",
    "standingPeriod": "Due per", "windows": "Prices by time", "holidayCountry": "Holidays of",
    "holidayRegion": "Region", "prices": "Prices",
}


def what_changes(proposal: Proposal) -> Any:
    """Return what a proposal does to the past, as a notice."""
    past, currency = proposal.past, proposal.source.currency
    if past is None or not past.days:
        return change_words("No past day changes.", (), is_warning=False)
    days = f"{len(past.days)} past days change" if len(past.days) > 1 else "One past day changes"
    lines = [
        ("Saved by these days so far", money_words(past.savings_before, currency)),
        ("Saved by them afterwards", money_words(past.savings_after, currency)),
        ("Difference", money_words(past.difference, currency)),
        *_counts(past),
    ]
    return change_words(f"{days}: {stretch_words(past.days[0], past.days[-1])}.", lines, is_warning=True)


def _counts(past: PastChange) -> list[tuple[str, str]]:
    counts = (("Days that get a price", past.newly_priced), ("Days that lose theirs", past.newly_unpriced))
    return [(label, str(count)) for label, count in counts if count]


def keep_words(proposal: Proposal) -> str:
    """Return the words of the button that keeps a proposal."""
    days = len(proposal.past.days) if proposal.past else 0
    return f"Change {days} past {'day' if days == 1 else 'days'}" if days else "Save"


def price_table(listed: PriceList, edit_type: str, time_zone: str) -> Any:
    """Return the price history, newest first, each with its button, and what is known of dynamic prices."""
    if not listed.prices:
        return html.P("No price yet. Add the one of the first day, then one for each change.", className="dim")
    rows = [_row(each, edit_type, time_zone) for each in listed.prices]
    heads = ("From", "To", "Buy", "Sell", html.Span("Change", className="sr-only"))
    history = table(heads, rows, "Price history", numbers_from=2)
    return html.Div([history, *_hours(listed, time_zone)])


def _row(each: Price, edit_type: str, time_zone: str) -> list[Any]:
    until = "today" if each.last_date is None else short_date(each.last_date)
    if each.first_date is None:
        until = "overtaken the same day"
    title = f"Change the price from {full_date(each.starts_on)}"
    edit = icon_button({"type": edit_type, "price": each.id}, "pencil", title)
    entry = each.entry
    notes = [*_within_the_day(each, time_zone), *_notes(each)]
    start = html.Div([short_date(each.starts_on), *(html.Div(note, className="dim small") for note in notes)])
    return [
        start, until, html.Span(price(entry.price_per_kwh), className="text-price strong"),
        html.Span(price(entry.export_price_per_kwh), className="text-export strong"), edit,
    ]


def _within_the_day(each: Price, time_zone: str) -> list[str]:
    """Say of a price that was given for a time of day that it holds from midnight on."""
    given = each.entry.effective_from
    if not isinstance(given, datetime) or given == start_of_day(each.starts_on, time_zone):
        return []
    return [f"given for {clock(given, time_zone)}: holds for the whole day"]


def _notes(each: Price) -> Sequence[str]:
    entry = each.entry
    notes = []
    if entry.windows:
        notes.append(", ".join(f"{window.name} {price(window.price_per_kwh)}" for window in entry.windows))
    if entry.hourly:
        notes.append("plus the hourly price")
    if entry.standing_charge:
        notes.append(f"standing {price(entry.standing_charge)} a {entry.standing_period}")
    return notes


def _hours(listed: PriceList, time_zone: str) -> list[Any]:
    if not listed.hours or listed.hours_from is None or listed.hours_until is None:
        return []
    first, last = local_date(listed.hours_from, time_zone), local_date(listed.hours_until, time_zone)
    sentence = f"{grouped(str(listed.hours))} hourly prices, {stretch_words(first, last)}"
    return [html.P(sentence, className="dim small")]


def changes_nothing(proposal: Proposal) -> bool:
    """Tell whether no day of the past changes."""
    return proposal.past is not None and not proposal.past.days


def form_of(listed: PriceList, price_id: str | None, start: str | None, today: str) -> dict[str, Any]:
    """Return the values of the editor's fields for a price of the list, or for a new one."""
    chosen = next((each for each in listed.prices if each.id == price_id), None)
    holidays = {"holidayCountry": listed.holiday_country, "holidayRegion": listed.holiday_region}
    if chosen is None:
        empty = {"pricePerKwh": "", "exportPricePerKwh": "", "standingCharge": "", "standingPeriod": "month"}
        return {**empty, "effectiveFrom": start or today, "hourly": False, "windows": [], **holidays}
    entry = entry_to_json(chosen.entry)
    known = {name: "" if value is None else value for name, value in entry.items()}
    return {**known, "effectiveFrom": chosen.starts_on.isoformat(), **holidays}


def values_of(
    names: Sequence[str], fields: Sequence[Any], hourly: bool, windows: Sequence[Any], ids: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Return what the editor holds in the words of `solar.tariffs.read_entry`; numbers as text."""
    values = {name: _plain(value) for name, value in zip(names, fields, strict=True)}
    return {**values, "hourly": bool(hourly), "windows": [_window(row) for row in rows_of(windows, ids)]}


def rows_of(values: Sequence[Any], ids: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return rows of fields in their order; numbers as text."""
    rows: dict[str, dict[str, Any]] = {}
    for identity, value in zip(ids, values, strict=True):
        rows.setdefault(identity["row"], {})[identity["field"]] = _plain(value)
    return list(rows.values())


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _window(row: Mapping[str, Any]) -> dict[str, Any]:
    first, last = row.get("seasonFrom", ""), row.get("seasonTo", "")
    kept = {name: value for name, value in row.items() if not name.startswith("season")}
    return {**kept, "season": {"from": first, "to": last} if first or last else None}


def rows_changed(rows: Sequence[Mapping[str, str]], new: Any) -> Patch:
    """Return the change of a list of rows: the one removed whose button was pressed, else a new one at its end."""
    patch, asked = Patch(), ctx.triggered_id
    if not isinstance(asked, dict):
        patch.append(new)
        return patch
    del patch[next(at for at, row in enumerate(rows) if row["row"] == asked["row"])]
    return patch
