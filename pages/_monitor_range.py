"""The range of Monitor: the bar that chooses it, its chart, its key figures and its table."""

from datetime import UTC, datetime
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components.cards import chart_card
from components.figure_tiles import chosen_words
from components.range_bar import range_bar
from components.shell import ShellIds
from components.theme import Scheme
from pages import _monitor_charts as charts
from pages._monitor_choice import Choice, choice_of, chosen_of
from services.people.viewer import current


class RangeIds:
    """Ids of the range of the page."""

    SOURCE = "monitor-source-store"
    CHOICE = "monitor-choice-store"
    RANGE = "monitor-range-store"
    TURN = "monitor-turn-store"
    FIGURE = "monitor-figure-store"
    KIND = "monitor-range-kind"
    BACK = "monitor-back-button"
    FORWARD = "monitor-forward-button"
    TODAY = "monitor-today-button"
    PICKER = "monitor-day-picker"
    SPAN = "monitor-span-picker"
    TITLE = "monitor-range-title"
    COMPARE = "monitor-compare-select"
    FIGURES = "monitor-figure-tiles"
    COMPARED = "monitor-compared-text"
    HEAD = "monitor-chart-title"
    SUBTITLE = "monitor-chart-subtitle"
    COVERAGE = "monitor-chart-coverage"
    SUMMARY = "monitor-chart-summary"
    PANEL = "monitor-chart-panel"
    CHART = "monitor-day-chart"
    FOOT = "monitor-chart-foot"
    TABLE = "monitor-chart-table"
    SHOWN = "monitor-table-button"
    TABLED = "monitor-table-store"


def sections(source_id: str, choice: Choice) -> list[Any]:
    """Return the stores, the bar, the tiles and the chart of the range."""
    bar = {
        "kind": RangeIds.KIND, "back": RangeIds.BACK, "forward": RangeIds.FORWARD, "today": RangeIds.TODAY,
        "day": RangeIds.PICKER, "span": RangeIds.SPAN, "title": RangeIds.TITLE, "compare": RangeIds.COMPARE,
    }
    card = {
        "title": RangeIds.HEAD, "subtitle": RangeIds.SUBTITLE, "coverage": RangeIds.COVERAGE, "shown": RangeIds.SHOWN,
        "summary": RangeIds.SUMMARY, "panel": RangeIds.PANEL, "chart": RangeIds.CHART, "foot": RangeIds.FOOT,
        "table": RangeIds.TABLE,
    }
    figures = html.Section(
        [
            html.H2("Key figures of this time", className="sr-only"),
            html.Div(id=RangeIds.FIGURES, className="tiles figures"),
            html.P(id=RangeIds.COMPARED, className="compared"),
        ],
        className="range-figures",
    )
    return [
        dcc.Store(id=RangeIds.SOURCE, data=source_id),
        dcc.Store(id=RangeIds.CHOICE, data=choice.as_store()),
        dcc.Store(id=RangeIds.RANGE),
        dcc.Store(id=RangeIds.TURN),
        dcc.Store(id=RangeIds.FIGURE),
        dcc.Store(id=RangeIds.TABLED),
        range_bar(bar, choice.kind, choice.comparison),
        figures,
        chart_card(card, name="monitor"),
    ]


@callback(
    Output(RangeIds.FIGURE, "data"),
    Output(RangeIds.CHART, "style"),
    Output(RangeIds.PANEL, "className"),
    Output(RangeIds.HEAD, "children"),
    Output(RangeIds.SUBTITLE, "children"),
    Output(RangeIds.SUMMARY, "children"),
    Output(RangeIds.COVERAGE, "children"),
    Output(RangeIds.FOOT, "children"),
    Output(RangeIds.RANGE, "data"),
    Output(RangeIds.TITLE, "children"),
    Output(RangeIds.FIGURES, "children"),
    Output(RangeIds.COMPARED, "children"),
    Input(RangeIds.CHOICE, "data"),
    Input(ShellIds.SCHEME, "data"),
    Input(RangeIds.TURN, "data"),
    Input(RangeIds.SOURCE, "data"),
)
def draw(stored: dict[str, Any] | None, scheme: Scheme | None, _turn: str | None, source_id: str) -> Any:
    """Show the chosen period: power of a day or energy of anything longer, and the key figures.

    In one answer, because chart and figures rest on the same energies, and each request costs some milliseconds.
    """
    viewer, now = current(), datetime.now(UTC)
    chosen = chosen_of(viewer, source_id, stored, now)
    # The browser says at once which scheme it shows; a figure before that would be drawn twice.
    if chosen is None or scheme is None:
        return (no_update,) * 12
    found = charts.read(viewer, chosen, now)
    chart = charts.chart_of(viewer, chosen, found, scheme, now)
    shown = {
        **choice_of(stored).as_store(), "kind": chosen.period.kind, "first": chosen.period.first.isoformat(),
        "last": chosen.period.last.isoformat(), "today": chosen.today.isoformat(),
    }
    height = {"height": chart.figure.layout.height}
    return (chart.figure, height, "chart-panel", chart.title, chart.subtitle, chart.summary, chart.coverage,
            chart.foot, shown, chosen_words(chosen.period), *charts.figure_tiles(viewer, chosen, found, now))


@callback(
    Output(RangeIds.TABLE, "children"),
    Input(RangeIds.TABLED, "data"),
    State(RangeIds.SOURCE, "data"),
    prevent_initial_call=True,
)
def tabulate(stored: dict[str, Any] | None, source_id: str) -> Any:
    """Show the chart as a table; the browser asks only while the table is open."""
    viewer, now = current(), datetime.now(UTC)
    chosen = chosen_of(viewer, source_id, stored, now) if stored else None
    return no_update if chosen is None else charts.table_of(viewer, chosen, now)


clientside_callback(
    ClientsideFunction("day", "draw"),
    Output(RangeIds.CHART, "figure"),
    Input(RangeIds.FIGURE, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("range", "tabled"),
    Output(RangeIds.TABLED, "data"),
    Output(RangeIds.TABLE, "className"),
    Output(RangeIds.SHOWN, "aria-expanded"),
    Input(RangeIds.SHOWN, "n_clicks"),
    Input(RangeIds.RANGE, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("range", "choose"),
    Output(RangeIds.CHOICE, "data"),
    Input(RangeIds.KIND, "value"),
    Input(RangeIds.BACK, "n_clicks"),
    Input(RangeIds.FORWARD, "n_clicks"),
    Input(RangeIds.TODAY, "n_clicks"),
    Input(RangeIds.PICKER, "value"),
    Input(RangeIds.SPAN, "value"),
    Input(RangeIds.COMPARE, "value"),
    Input(RangeIds.CHART, "clickData"),
    State(RangeIds.CHOICE, "data"),
    State(RangeIds.RANGE, "data"),
    State(RangeIds.FIGURE, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("range", "show"),
    Output(RangeIds.BACK, "disabled"),
    Output(RangeIds.FORWARD, "disabled"),
    Output(RangeIds.TODAY, "disabled"),
    Output(RangeIds.PICKER, "maxDate"),
    Output(RangeIds.SPAN, "maxDate"),
    Input(RangeIds.RANGE, "data"),
    Input(RangeIds.CHOICE, "data"),
    State(RangeIds.SOURCE, "data"),
)
