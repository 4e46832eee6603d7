"""The dialog of dated costs, replacements and the day of the installation, with its callbacks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, ctx, html, no_update

from components.returns_cards import button, modal
from components.returns_editor import add_button, cost_row, faults, foot, replacement_row
from pages import _returns_changes as words
from services.people.viewer import current
from services.returns import results as returns
from services.returns import terms as returns_terms
from solar.money import plain

SOURCE, REVISION = "returns-source-store", "returns-revision-store"


class CostIds:
    """Ids of the dialog."""

    OPEN = "returns-costs-open"
    DIALOG = "returns-costs-modal"
    INSTALLED = "returns-costs-installed"
    COSTS = "returns-costs-rows"
    COST = "returns-cost-field"
    COST_ROW = "returns-cost-row"
    COST_ADD = "returns-cost-add"
    COST_REMOVE = "returns-cost-remove"
    PARTS = "returns-replacement-rows"
    PART = "returns-replacement-field"
    PART_ROW = "returns-replacement-row"
    PART_ADD = "returns-replacement-add"
    PART_REMOVE = "returns-replacement-remove"
    RESULT = "returns-costs-result"
    KEEP = "returns-costs-save"


def open_button() -> Any:
    """Return the button that opens the dialog."""
    return button(CostIds.OPEN, "One-off costs, grants and replacements", "quiet", "pencil")


def layout() -> Any:
    """Return the dialog."""
    return modal(
        CostIds.DIALOG,
        "Costs and replacements",
        [
            dmc.DatePickerInput(
                id=CostIds.INSTALLED, label="Installed on", valueFormat="D MMM YYYY", placeholder="Day",
                dropdownType="popover",
            ),
            html.H3("Paid once", className="card-title"),
            html.P("Repairs, extensions, taxes; grants and refunds are negative.", className="dim small"),
            html.Div([], id=CostIds.COSTS),
            add_button(CostIds.COST_ADD, "Add a cost"),
            html.H3("Replaced later, in the model", className="card-title"),
            html.P("For example the inverter in year 12, in today's money.", className="dim small"),
            html.Div([], id=CostIds.PARTS),
            add_button(CostIds.PART_ADD, "Add a replacement"),
            html.Div(id=CostIds.RESULT, className="change-slot"),
            foot(button(CostIds.KEEP, "Save", "main")),
        ],
    )


def _cost(values: Mapping[str, Any]) -> Any:
    return cost_row(uuid4().hex[:8], CostIds.COST, CostIds.COST_ROW, CostIds.COST_REMOVE, values)


def _part(values: Mapping[str, Any]) -> Any:
    return replacement_row(uuid4().hex[:8], CostIds.PART, CostIds.PART_ROW, CostIds.PART_REMOVE, values)


@callback(
    Output(CostIds.DIALOG, "opened"),
    Output(CostIds.INSTALLED, "value"),
    Output(CostIds.COSTS, "children"),
    Output(CostIds.PARTS, "children"),
    Output(CostIds.RESULT, "children"),
    Input(CostIds.OPEN, "n_clicks"),
    State(SOURCE, "data"),
    prevent_initial_call=True,
)
def open_dialog(_clicks: int, source_id: str) -> Any:
    """Open the dialog with what is saved."""
    saved = returns.saved_terms(current(), source_id)
    costs = [
        _cost({"date": each.date.isoformat(), "amount": plain(each.amount), "note": each.note})
        for each in saved.plant.one_off_costs
    ]
    parts = [_part({"year": each.year, "cost": plain(each.cost)}) for each in saved.assumptions.replacements]
    installed = saved.plant.installation_date
    return True, installed.isoformat() if installed else None, costs, parts, None


@callback(
    Output(CostIds.COSTS, "children", allow_duplicate=True),
    Input(CostIds.COST_ADD, "n_clicks"),
    Input({"type": CostIds.COST_REMOVE, "row": ALL}, "n_clicks"),
    State({"type": CostIds.COST_ROW, "row": ALL}, "id"),
    prevent_initial_call=True,
)
def change_costs(_adds: Any, _removes: Any, rows: Sequence[Mapping[str, str]]) -> Any:
    """Add a cost, or remove one."""
    return words.rows_changed(rows, _cost({})) if ctx.triggered[0]["value"] else no_update


@callback(
    Output(CostIds.PARTS, "children", allow_duplicate=True),
    Input(CostIds.PART_ADD, "n_clicks"),
    Input({"type": CostIds.PART_REMOVE, "row": ALL}, "n_clicks"),
    State({"type": CostIds.PART_ROW, "row": ALL}, "id"),
    prevent_initial_call=True,
)
def change_parts(_adds: Any, _removes: Any, rows: Sequence[Mapping[str, str]]) -> Any:
    """Add a replacement, or remove one."""
    return words.rows_changed(rows, _part({})) if ctx.triggered[0]["value"] else no_update


@callback(
    Output(CostIds.RESULT, "children", allow_duplicate=True),
    Output(CostIds.DIALOG, "opened", allow_duplicate=True),
    Output(REVISION, "data", allow_duplicate=True),
    Input(CostIds.KEEP, "n_clicks"),
    State(CostIds.INSTALLED, "value"),
    State({"type": CostIds.COST, "row": ALL, "field": ALL}, "value"),
    State({"type": CostIds.COST, "row": ALL, "field": ALL}, "id"),
    State({"type": CostIds.PART, "row": ALL, "field": ALL}, "value"),
    State({"type": CostIds.PART, "row": ALL, "field": ALL}, "id"),
    State(SOURCE, "data"),
    prevent_initial_call=True,
)
def keep(_clicks: int, installed: str | None, costs: Any, cost_ids: Any, parts: Any, part_ids: Any,
         source_id: str) -> Any:
    """Keep the costs, replacements and the day of the installation."""
    viewer, now = current(), datetime.now(UTC)
    errors = returns_terms.try_costs(
        viewer, source_id, words.rows_of(costs, cost_ids), now,
        replacements=words.rows_of(parts, part_ids),
        installation_date=date.fromisoformat(installed[:10]) if installed else None,
    )
    if errors:
        return faults(errors, {"installation_date": "Installed on"}), no_update, no_update
    return None, False, now.isoformat()
