"""Returns: what a source saved, when it is paid back, what that rests on, and what a change would do."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, dcc, html, no_update

from components.amounts import money_words, symbol
from components.figures import returns_bars, returns_payback
from components.icons import icon
from components.returns_cards import DRAWN, button, card, chart
from components.returns_form import NAMES, assumption_fields, contract_fields, money_units
from components.returns_tiles import head, tiles, waiting_head
from components.returns_why import details, table
from components.shell import ShellIds
from components.theme import Scheme
from pages import _returns_costs as costs
from pages import _returns_prices as price_card
from pages import _returns_reasons as reasons
from pages import _returns_replays as replays
from pages import _returns_view as view
from pages._returns_notices import notices
from services.people.viewer import current
from services.returns import replays as returns_replays
from services.returns import results as returns
from services.returns import terms as returns_terms
from solar.returns import Assumptions, assumptions_to_json

RETRY_MILLISECONDS = 10_000
RECENT_MONTHS = 13

dash.register_page(
    __name__, path_template="/returns/<source_id>", name="Returns", title="Returns · Ampra", icon="coins", order=5
)


class Ids:
    """Ids of the page; those of the prices and costs are in files of their own."""

    SOURCE = "returns-source-store"
    REVISION = "returns-revision-store"
    TRIAL = "returns-trial-store"
    FILLED = "returns-filled-store"
    RETRY = "returns-retry-interval"
    SINCE = "returns-since-text"
    NOTICES = "returns-notice-slot"
    HEAD = "returns-head-tiles"
    FURTHER = "returns-further-tiles"
    PAYBACK = "returns-payback-chart"
    PAYBACK_PANEL = "returns-payback-panel"
    PAYBACK_WORDS = "returns-payback-summary"
    PAYBACK_TABLE = "returns-payback-table"
    PRICED = "returns-priced-badge"
    MONTHS = "returns-months-chart"
    MONTHS_PANEL = "returns-months-panel"
    MONTHS_SUM = "returns-months-text"
    SPAN = "returns-months-span"
    TERM = "returns-term-input"
    UNIT = "returns-term-unit"
    CHANGED = "returns-changed-text"
    RESET = "returns-reset-button"
    SAVE = "returns-save-button"
    WHY = "returns-why-button"
    WHY_PICK = "returns-why-picker"
    WHY_BODY = "returns-why-body"
    MONTH = "returns-month-picker"
    DAYS = "returns-days-table"
    BATTERY = "returns-battery-body"
    BUY = "returns-contract-buy"
    SELL = "returns-contract-sell"
    CHARGE = "returns-contract-charge"
    PERIOD = "returns-contract-period"
    NIGHT = "returns-contract-night"
    START = "returns-contract-start"
    END = "returns-contract-end"
    HOURLY = "returns-contract-hourly"
    COMPARE = "returns-contract-button"
    COMPARED = "returns-contract-body"


def layout(source_id: str = "", **_query: str) -> Any:
    """Return the page of a source."""
    export = html.A(
        [icon("download", 16), "Export"], href=f"/export/returns/{source_id}", className="button", download=True,
        title="Excel with live formulas",
    )
    return html.Div(
        [
            dcc.Store(id=Ids.SOURCE, data=source_id),
            *(dcc.Store(id=each) for each in (Ids.REVISION, Ids.TRIAL, Ids.FILLED)),
            dcc.Interval(id=Ids.RETRY, interval=RETRY_MILLISECONDS),
            html.Div(
                [html.H1("Returns", className="page-title"), html.Span(id=Ids.SINCE, className="since"),
                 dcc.Link("All sources", href="/returns", className="button"), export],
                className="page-head",
            ),
            html.Div(waiting_head(5), id=Ids.HEAD, className="money-tiles"),
            html.Div(id=Ids.NOTICES, className="notices"),
            _payback_card(),
            html.Div([_months_card(), _assumptions_card()], className="money-pair wide-left"),
            html.Div([price_card.layout(), _why_card()], className="money-pair wide-left"),
            html.Div(id=Ids.FURTHER, className="money-tiles thirds"),
            html.Div([_battery_card(), _contract_card()], className="money-pair"),
            costs.layout(),
        ],
        className="page returns-page",
    )


def _payback_card() -> Any:
    content = [
        html.P(id=Ids.PAYBACK_WORDS, className="sr-only"),
        chart(Ids.PAYBACK, Ids.PAYBACK_PANEL, returns_payback.HEIGHT),
        details("Table", html.Div(id=Ids.PAYBACK_TABLE)),
    ]
    badge = html.Span(id=Ids.PRICED, className="badge plain")
    return card("Payback", content, subtitle="measured solid, modelled dashed", aside=badge)


def _months_card() -> Any:
    span = dmc.SegmentedControl(
        id=Ids.SPAN, data=[{"value": "recent", "label": "13 months"}, {"value": "all", "label": "All"}], value="recent",
        size="xs",
    )
    content = [
        chart(Ids.MONTHS, Ids.MONTHS_PANEL, returns_bars.HEIGHT),
        html.P(["Choose a month, or click its bar, to see its days below."], className="dim small"),
        dmc.Select(
            id=Ids.MONTH, data=[], placeholder="Month", clearable=True, clearButtonProps={"aria-label": "No month"},
            **{"aria-label": "Month"},
        ),
        html.Div(id=Ids.DAYS),
    ]
    return card("Saved per month", content, aside=[html.Span(id=Ids.MONTHS_SUM), span])


def _assumptions_card() -> Any:
    buttons = html.Div(
        [
            html.Span(id=Ids.CHANGED, className="dim small"),
            button(Ids.RESET, "Reset"),
            button(Ids.SAVE, "Save", "main", disabled=True),
        ],
        className="form-foot",
    )
    content = [assumption_fields(Ids.TERM, Ids.UNIT), costs.open_button(), buttons]
    return card("Assumptions", content, subtitle="take effect at once", class_name="assumptions")


def _why_card() -> Any:
    choices = [{"value": name, "label": label} for name, label in reasons.LABELS.items()]
    picker = dmc.Select(
        id=Ids.WHY_PICK, data=choices, value="savings", allowDeselect=False, **{"aria-label": "Figure to explain"}
    )
    return card("Why this number", [picker, html.Div(id=Ids.WHY_BODY)], class_name="why-card")


def _battery_card() -> Any:
    content = [html.Div(html.Div(className="skeleton line"), id=Ids.BATTERY)]
    return card("The battery's own part", content, subtitle="last 12 months, replayed without it")


def _contract_card() -> Any:
    ids = (Ids.BUY, Ids.SELL, Ids.CHARGE, Ids.PERIOD, Ids.NIGHT, Ids.START, Ids.END, Ids.HOURLY)
    content = [
        contract_fields(ids),
        html.Div(button(Ids.COMPARE, "Compare", "main"), className="form-foot"),
        html.Div(id=Ids.COMPARED),
    ]
    return card("Another contract", content, subtitle="last 12 months, billed again")


@callback(
    Output(Ids.SINCE, "children"),
    Output(Ids.NOTICES, "children"),
    Output(Ids.HEAD, "children"),
    Output(Ids.FURTHER, "children"),
    Output(Ids.PAYBACK, "figure"),
    Output(Ids.PAYBACK_PANEL, "className"),
    Output(Ids.PAYBACK_WORDS, "children"),
    Output(Ids.PAYBACK_TABLE, "children"),
    Output(Ids.PRICED, "children"),
    Output(Ids.CHANGED, "children"),
    Output(Ids.RETRY, "disabled"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.TRIAL, "data"),
    Input(ShellIds.SCHEME, "data"),
    Input(Ids.REVISION, "data"),
    Input(Ids.RETRY, "n_intervals"),
)
def show(source_id: str, trial: Any, scheme: Scheme | None, _revision: Any, _ticks: Any) -> Any:
    """Show the result by the saved terms, or by those being tried."""
    tried = view.trial_of(trial)
    if scheme is None or returns_terms.faults(tried):
        return (no_update,) * 11
    found = returns.results(current(), source_id, datetime.now(UTC), trial=tried)
    share = view.priced_share(found)
    return (
        view.since_words(found),
        notices(found, price_card.PriceIds.ADD_FROM),
        head(view.saved_of(found), view.head_figures(found), Ids.WHY),
        tiles(view.further_figures(found), Ids.WHY),
        _payback_figure(found, scheme),
        DRAWN,
        view.payback_sentence(found),
        table(("Day", "How", "Balance", "80 % band"), view.payback_rows(found), "Balance by year", numbers_from=2),
        f"{share} priced" if share else "no day yet",
        view.changed_words(found),
        True,
    )


def _payback_figure(found: returns.Returns, scheme: Scheme) -> Any:
    ahead = found.outlook.projection
    reached = found.measured.payback_status == "reached"
    return returns_payback.payback_figure(
        view.measured_frame(found),
        view.modelled_frame(found),
        put_in=f"{money_words(found.measured.put_in, found.plant.currency)} put in",
        paid_back=found.measured.payback_date if reached else ahead and ahead.payback_date,
        currency=found.plant.currency,
        scheme=scheme,
        nothing=f"The curve needs {'a price' if found.plant.system_cost is not None else 'the cost'} and a whole day",
    )


@callback(
    Output(Ids.MONTHS, "figure"),
    Output(Ids.MONTHS_PANEL, "className"),
    Output(Ids.MONTHS_SUM, "children"),
    Output(Ids.MONTH, "data"),
    Input(Ids.SOURCE, "data"),
    Input(ShellIds.SCHEME, "data"),
    Input(Ids.REVISION, "data"),
    Input(Ids.SPAN, "value"),
    Input(Ids.RETRY, "n_intervals"),
)
def show_months(source_id: str, scheme: Scheme | None, _revision: Any, span: str, _ticks: Any) -> Any:
    """Show what each month saved."""
    if scheme is None:
        return (no_update,) * 4
    found = returns.results(current(), source_id, datetime.now(UTC))
    frame = view.months_frame(found, RECENT_MONTHS if span == "recent" else None)
    figure = returns_bars.months_figure(frame, currency=found.plant.currency, scheme=scheme)
    return figure, DRAWN, view.months_sum(found, len(frame)), reasons.month_choices(found)


@callback(
    Output(Ids.WHY_BODY, "children"),
    Input(Ids.WHY_PICK, "value"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.TRIAL, "data"),
    Input(Ids.REVISION, "data"),
)
def explain(figure: str, source_id: str, trial: Any, _revision: Any) -> Any:
    """Explain the chosen figure with the numbers that went in."""
    tried = view.trial_of(trial)
    if returns_terms.faults(tried):
        return no_update
    return reasons.why(returns.results(current(), source_id, datetime.now(UTC), trial=tried), figure)


@callback(
    Output(Ids.DAYS, "children"),
    Input(Ids.MONTH, "value"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.REVISION, "data"),
)
def show_days(month: str | None, source_id: str, _revision: Any) -> Any:
    """List every day of the chosen month."""
    if not month:
        return None
    return reasons.days_table(returns.results(current(), source_id, datetime.now(UTC)), month)


@callback(
    Output({"type": Ids.TERM, "name": ALL}, "value"),
    Output({"type": Ids.UNIT, "name": ALL}, "children"),
    Output(Ids.FILLED, "data"),
    Input(Ids.SOURCE, "data"),
    Input(Ids.REVISION, "data"),
    Input(Ids.RESET, "n_clicks"),
)
def fill_form(source_id: str, _revision: Any, _resets: int | None) -> Any:
    """Put the saved terms into the form, or the default assumptions beside the saved costs."""
    saved = returns.saved_terms(current(), source_id)
    is_reset = ctx.triggered_id == Ids.RESET
    assumed = Assumptions(replacements=saved.assumptions.replacements) if is_reset else saved.assumptions
    plant = {"systemCost": saved.plant.system_cost, "maintenanceCostPerYear": saved.plant.maintenance_cost_per_year}
    values = view.form_values({**assumptions_to_json(assumed), **plant}, NAMES)
    filled = no_update if is_reset else dict(zip(NAMES, values, strict=True))
    return values, money_units(symbol(saved.plant.currency)), filled


@callback(Output({"type": Ids.TERM, "name": ALL}, "error"), Input(Ids.TRIAL, "data"), prevent_initial_call=True)
def check(trial: Any) -> Any:
    """Say at each field what is wrong with it."""
    faults = returns_terms.faults(view.trial_of(trial))
    return [faults.get(name, False) for name in NAMES]


@callback(
    Output(Ids.REVISION, "data"),
    Input(Ids.SAVE, "n_clicks"),
    State({"type": Ids.TERM, "name": ALL}, "value"),
    State(Ids.SOURCE, "data"),
    prevent_initial_call=True,
)
def save(_clicks: int, values: list[Any], source_id: str) -> Any:
    """Keep what the fields hold now, which may be newer than what was tried last."""
    returns_terms.save_terms(current(), source_id, view.trial_of(dict(zip(NAMES, values, strict=False))))
    return datetime.now(UTC).isoformat()


@callback(Output(Ids.BATTERY, "children"), Input(Ids.SOURCE, "data"), Input(Ids.REVISION, "data"))
def show_battery(source_id: str, _revision: Any) -> Any:
    """Show what the battery itself saved."""
    viewer, now = current(), datetime.now(UTC)
    found = returns_replays.battery(viewer, source_id, now)
    return replays.battery_body(found, returns.saved_terms(viewer, source_id).plant.currency)


@callback(
    Output(Ids.COMPARED, "children"),
    Input(Ids.COMPARE, "n_clicks"),
    State(Ids.SOURCE, "data"),
    State(Ids.BUY, "value"),
    State(Ids.SELL, "value"),
    State(Ids.CHARGE, "value"),
    State(Ids.PERIOD, "value"),
    State(Ids.NIGHT, "value"),
    State(Ids.START, "value"),
    State(Ids.END, "value"),
    State(Ids.HOURLY, "checked"),
    prevent_initial_call=True,
)
def compare(_clicks: int, source_id: str, *given: Any) -> Any:
    """Bill the last twelve months under another contract."""
    viewer = current()
    found = returns_replays.compare(viewer, source_id, replays.contract_of(*given), datetime.now(UTC))
    return replays.comparison_body(found, returns.saved_terms(viewer, source_id).plant.currency)


clientside_callback(
    ClientsideFunction("money", "gather"),
    Output(Ids.SAVE, "disabled"),
    Input({"type": Ids.TERM, "name": ALL}, "value"),
    Input(Ids.FILLED, "data"),
    State({"type": Ids.TERM, "name": ALL}, "id"),
    State(Ids.TRIAL, "data"),
    State(Ids.TRIAL, "id"),
)
clientside_callback(
    ClientsideFunction("money", "explain"),
    Output(Ids.WHY_PICK, "value"),
    Input({"type": Ids.WHY, "name": ALL}, "n_clicks"),
    State(Ids.WHY_BODY, "id"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("money", "month"),
    Output(Ids.MONTH, "value"),
    Input(Ids.MONTHS, "clickData"),
    prevent_initial_call=True,
)
