"""The prices of a source on its returns page: the steps, the list, the editor and the import, with their callbacks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, dcc, html, no_update

from components.figures import returns_prices
from components.returns_cards import DRAWN, button, card, chart, modal, number_input
from components.returns_editor import PERIODS, add_button, faults, foot, window_row
from components.shell import ShellIds
from components.theme import Scheme
from pages import _returns_changes as words
from pages import _returns_import as import_dialog
from pages import _returns_view as view
from services.people.viewer import current
from services.returns import holiday_calendar, prices
from services.returns import results as returns
from solar.days import local_date

SOURCE, REVISION = "returns-source-store", "returns-revision-store"
FIELDS = ("effectiveFrom", "pricePerKwh", "exportPricePerKwh", "standingCharge", "standingPeriod", "hourly",
          "holidayCountry", "holidayRegion")


class PriceIds:
    """Ids of the prices and their dialogs."""

    CHART = "returns-prices-chart"
    PANEL = "returns-prices-panel"
    TABLE = "returns-prices-table"
    ADD = "returns-price-add"
    ADD_FROM = "returns-price-from"
    EDIT = "returns-price-edit"
    EDITOR = "returns-editor-modal"
    EDITED = "returns-editor-store"
    SEEN = "returns-editor-seen"
    FIELD = "returns-editor-field"
    WINDOWS = "returns-editor-windows"
    WINDOW = "returns-window-field"
    WINDOW_ROW = "returns-window-row"
    WINDOW_ADD = "returns-window-add"
    WINDOW_REMOVE = "returns-window-remove"
    CHANGE = "returns-editor-change"
    KEEP = "returns-editor-save"
    DROP = "returns-editor-delete"


def layout() -> Any:
    """Return the card of the prices with its dialogs."""
    buttons = [import_dialog.open_button(), button(PriceIds.ADD, "Add price", "main", "plus")]
    body = html.Div(
        [chart(PriceIds.CHART, PriceIds.PANEL, returns_prices.HEIGHT), html.Div(id=PriceIds.TABLE)],
        className="prices-body",
    )
    return card("Prices", [body, _editor(), import_dialog.layout()], aside=buttons, class_name="prices-card")


def _editor() -> Any:
    def identity(name: str) -> dict[str, str]:
        return {"type": PriceIds.FIELD, "name": name}

    countries = [{"value": code, "label": name} for code, name in holiday_calendar.countries().items()]
    fields = [
        dmc.DatePickerInput(id=identity("effectiveFrom"), label="From", valueFormat="D MMM YYYY",
                            placeholder="First day", dropdownType="popover"),
        number_input(identity("pricePerKwh"), "Buy", "/kWh", decimalScale=10),
        number_input(identity("exportPricePerKwh"), "Sell (empty: unpaid)", "/kWh", decimalScale=10),
        number_input(identity("standingCharge"), "Standing charge", "", allowNegative=False),
        dmc.Select(id=identity("standingPeriod"), label="Due per", data=PERIODS, value="month", allowDeselect=False),
        dmc.Switch(id=identity("hourly"), label="Dynamic: my hourly prices are added to these", checked=False),
        dmc.Select(id=identity("holidayCountry"), label="Holidays of", data=countries, searchable=True, clearable=True,
                   clearButtonProps={"aria-label": "Clear"},
                   placeholder="Country"),
        dmc.Select(id=identity("holidayRegion"), label="Region", data=[], searchable=True, clearable=True,
                   clearButtonProps={"aria-label": "Clear"},
                   placeholder="Whole country"),
    ]
    hint = "It holds for the whole of its first day. Holidays matter for prices by time, and for all prices here."
    return modal(
        PriceIds.EDITOR,
        "Price",
        [
            dcc.Store(id=PriceIds.EDITED),
            dcc.Store(id=PriceIds.SEEN),
            html.Div(fields, className="form-grid"),
            html.Div([], id=PriceIds.WINDOWS),
            add_button(PriceIds.WINDOW_ADD, "Add a price by time"),
            html.P(hint, className="dim small"),
            html.Div(id=PriceIds.CHANGE, className="change-slot"),
            foot(button(PriceIds.DROP, "Delete", "", "bin"), button(PriceIds.KEEP, "Save", "main")),
        ],
    )


@callback(
    Output(PriceIds.CHART, "figure"),
    Output(PriceIds.PANEL, "className"),
    Output(PriceIds.TABLE, "children"),
    Input(SOURCE, "data"),
    Input(ShellIds.SCHEME, "data"),
    Input(REVISION, "data"),
)
def show_prices(source_id: str, scheme: Scheme | None, _revision: Any) -> Any:
    """Show the price history as steps and as a list."""
    if scheme is None:
        return (no_update,) * 3
    viewer = current()
    found = returns.results(viewer, source_id, datetime.now(UTC))
    frame = view.prices_frame(found.basis.tariff)
    figure = returns_prices.prices_figure(
        frame, until=found.basis.as_of, currency=found.plant.currency, scheme=scheme
    )
    listed = prices.price_list(viewer, source_id)
    return figure, DRAWN, words.price_table(listed, PriceIds.EDIT, found.source.time_zone)


@callback(
    Output(PriceIds.EDITOR, "opened"),
    Output(PriceIds.EDITOR, "title"),
    Output(PriceIds.EDITED, "data"),
    Output(PriceIds.SEEN, "data"),
    Output({"type": PriceIds.FIELD, "name": ALL}, "value"),
    Output({"type": PriceIds.FIELD, "name": "hourly"}, "checked"),
    Output(PriceIds.WINDOWS, "children"),
    Output(PriceIds.CHANGE, "children"),
    Output(PriceIds.KEEP, "children"),
    Output(PriceIds.DROP, "disabled"),
    Input(PriceIds.ADD, "n_clicks"),
    Input({"type": PriceIds.ADD_FROM, "date": ALL}, "n_clicks"),
    Input({"type": PriceIds.EDIT, "price": ALL}, "n_clicks"),
    State(SOURCE, "data"),
    prevent_initial_call=True,
)
def open_editor(_adds: Any, _dated: Any, _edits: Any, source_id: str) -> Any:
    """Open the editor for a new price, from today or a day without one, or for one of the list."""
    if not ctx.triggered[0]["value"]:
        # A button was drawn, not pressed.
        return no_update
    listed = prices.price_list(current(), source_id)
    asked: Any = ctx.triggered_id
    chosen = asked.get("price") if isinstance(asked, dict) else None
    start = asked.get("date") if isinstance(asked, dict) else None
    values = words.form_of(listed, chosen, start, _today(source_id))
    rows = [_window(each) for each in values["windows"]]
    title = "Change this price" if chosen else "New price"
    fields = [values[name] for name in FIELDS]
    return True, title, chosen, None, fields, values["hourly"], rows, None, "Save", not chosen


def _today(source_id: str) -> str:
    zone = returns.source_zone(current(), source_id)
    return local_date(datetime.now(UTC), zone).isoformat()


def _window(values: Mapping[str, Any]) -> Any:
    return window_row(uuid4().hex[:8], PriceIds.WINDOW, PriceIds.WINDOW_ROW, PriceIds.WINDOW_REMOVE, values)


@callback(
    Output(PriceIds.WINDOWS, "children", allow_duplicate=True),
    Input(PriceIds.WINDOW_ADD, "n_clicks"),
    Input({"type": PriceIds.WINDOW_REMOVE, "row": ALL}, "n_clicks"),
    State({"type": PriceIds.WINDOW_ROW, "row": ALL}, "id"),
    prevent_initial_call=True,
)
def change_windows(_adds: Any, _removes: Any, rows: Sequence[Mapping[str, str]]) -> Any:
    """Add a window, or remove one."""
    if not ctx.triggered[0]["value"]:
        return no_update
    return words.rows_changed(rows, _window({}))


@callback(
    Output({"type": PriceIds.FIELD, "name": "holidayRegion"}, "data"),
    Input({"type": PriceIds.FIELD, "name": "holidayCountry"}, "value"),
)
def offer_regions(country: str | None) -> Any:
    """Offer the regions of the chosen country."""
    return list(holiday_calendar.regions(country))


@callback(
    Output(PriceIds.CHANGE, "children", allow_duplicate=True),
    Output(PriceIds.KEEP, "children", allow_duplicate=True),
    Output(PriceIds.SEEN, "data", allow_duplicate=True),
    Output(PriceIds.EDITOR, "opened", allow_duplicate=True),
    Output(REVISION, "data", allow_duplicate=True),
    Input(PriceIds.KEEP, "n_clicks"),
    Input(PriceIds.DROP, "n_clicks"),
    State(PriceIds.EDITED, "data"),
    State(PriceIds.SEEN, "data"),
    State({"type": PriceIds.FIELD, "name": ALL}, "value"),
    State({"type": PriceIds.FIELD, "name": "hourly"}, "checked"),
    State({"type": PriceIds.WINDOW, "row": ALL, "field": ALL}, "value"),
    State({"type": PriceIds.WINDOW, "row": ALL, "field": ALL}, "id"),
    State(SOURCE, "data"),
    prevent_initial_call=True,
)
def keep(_saves: Any, _drops: Any, price_id: str | None, seen: Any, fields: Any, hourly: bool, windows: Any,
         window_ids: Any, source_id: str) -> Any:
    """Keep a price, or delete it: at once where no past day changes, else once that was shown."""
    viewer, now = current(), datetime.now(UTC)
    values = words.values_of(FIELDS, fields, hourly, windows, window_ids)
    if ctx.triggered_id == PriceIds.DROP:
        values = {"delete": price_id}
        proposal, errors = prices.attempt(lambda: prices.drop(viewer, source_id, price_id or "", now))
    else:
        proposal, errors = prices.attempt(lambda: prices.put(viewer, source_id, values, now, price_id=price_id))
    if proposal is None:
        return faults(errors, words.LABELS), "Save", None, no_update, no_update
    shown = {"values": values, "version": proposal.version}
    if seen == shown or words.changes_nothing(proposal):
        prices.keep(proposal)
        return None, "Save", None, False, now.isoformat()
    label = "Save" if "delete" in values else words.keep_words(proposal)
    return words.what_changes(proposal), label, shown, no_update, no_update
