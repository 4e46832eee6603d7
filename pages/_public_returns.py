"""The returns of a shared source: as its owner sees them, or where money is hidden, only shares, dates and CO2."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dash import html

from components import shared_parts
from components.amounts import money_words, percent, rate
from components.figures import returns_bars, returns_payback
from components.quantities import MISSING
from components.returns_tiles import Figure, number
from components.theme import Scheme
from pages import _returns_view as view
from pages._public_live import shown_now
from services.returns import results as returns
from services.sharing.shown import Shown, ShownSource

RECENT_MONTHS = 13


def draw(shown: Shown, source: ShownSource, scheme: Scheme, now: datetime) -> Mapping[str, Any]:
    """Return the view."""
    guest = shown.guest(now)
    found = returns.results(guest, str(source.record.id), shown_now(guest, now))
    if not found.measured.account:
        words = "There is no whole day with a price yet."
        return {"slots": {"returns": shared_parts.note("Nothing to count yet", words, "coins")}, "figures": {}}
    if not shown.shows_money:
        tiles = [_tile(each) for each in _without_money(found)]
        words = html.P("Amounts of money are not shared.", className="dim")
        return {"slots": {"returns": [html.Div(tiles, className="shared-tiles"), words]}, "figures": {}}
    return _with_money(found, scheme)


def _without_money(found: returns.Returns) -> list[Figure]:
    result, payback = found.measured, view.payback(found)
    progress = min(result.progress_percent, 100) if result.progress_percent is not None else None
    irr = found.outlook.result.irr if found.outlook.result is not None else None
    # Notes speak of what was paid; the figures themselves are shares and dates.
    return [
        Figure("progress", "Paid back", percent(progress), "of what was put in"),
        Figure("roi_percent", "Return", percent(result.roi_percent)),
        replace(payback, note=""),
        Figure("irr", "Rate of return (IRR)", rate(irr), "nominal, a year"),
        *_co2(found),
    ]


def _co2(found: returns.Returns) -> list[Figure]:
    """What was avoided, where a factor is given: how to give one is its owner's business."""
    return [replace(view.co2_figure(found), note="")] if found.co2.kilograms is not None else []


def _with_money(found: returns.Returns, scheme: Scheme) -> Mapping[str, Any]:
    saved, ahead, currency = view.saved_of(found), found.outlook.projection, found.plant.currency
    reached = found.measured.payback_status == "reached"
    months = view.months_frame(found, RECENT_MONTHS)
    figures = {
        "payback": returns_payback.payback_figure(
            view.measured_frame(found), view.modelled_frame(found),
            put_in=f"{money_words(found.measured.put_in, currency)} put in",
            paid_back=found.measured.payback_date if reached else ahead and ahead.payback_date,
            currency=currency, scheme=scheme, nothing="Not known without the cost of the system",
        ),
        "months": returns_bars.months_figure(months, currency=currency, scheme=scheme),
    }
    tiles = [saved.saved, saved.net, saved.roi, *view.head_figures(found), *_co2(found)]
    body = [
        html.Div([_tile(each) for each in tiles], className="shared-tiles"),
        shared_parts.chart_card("Payback", "payback", returns_payback.HEIGHT,
                                subtitle="measured solid, modelled dashed",
                                above=html.P(view.payback_sentence(found), className="sr-only")),
        shared_parts.chart_card("Savings by month", "months", returns_bars.HEIGHT,
                                aside=view.months_sum(found, len(months))),
    ]
    return {"slots": {"returns": body}, "figures": figures}


def _tile(figure: Figure) -> Any:
    value = number(figure.value) if figure.value.value != MISSING else html.Div(MISSING, className="number")
    return html.Section(
        [html.Div(html.Span(figure.label), className="tile-label"), value,
         html.Div(figure.note, className="tile-words")],
        className="card money-tile",
    )  # fmt: skip
