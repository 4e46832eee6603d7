"""The returns as a spreadsheet with live formulas, described as plain cells; services write it to a file."""

from solar.money import exact, minor_units
from solar.returns.account import Plant
from solar.returns.measured import Measured
from solar.returns.outlook import Outlook
from solar.returns.workbook.cells import Cell, Sheet, Style, Value, Workbook
from solar.returns.workbook.days import days_sheet, intervals_sheet
from solar.returns.workbook.inputs import costs_sheet, inputs_sheet, prices_sheet, ranges_of
from solar.returns.workbook.model import model_sheet
from solar.returns.workbook.summary import summary_sheet
from solar.tariffs import Tariff

__all__ = ["Cell", "Sheet", "Style", "Value", "Workbook", "build"]


def build(plant: Plant, tariff: Tariff, result: Measured, view: Outlook) -> Workbook:
    """Describe the workbook of a source: Summary, Inputs, Costs, Prices, Days, Intervals and Model (where there are
    any). Every figure is a formula over what was entered; its value is the one calculated here.
    """
    given = view.given if view.result is not None and view.result.cash_flows is not None else None
    ranges = ranges_of(plant, tariff, given)
    with exact():
        sheets = [
            summary_sheet(result, given, view.result, ranges),
            inputs_sheet(plant, result, given),
            costs_sheet(plant),
            prices_sheet(tariff),
            days_sheet(result, ranges),
            intervals_sheet(result.values),
            model_sheet(given, view.result, ranges) if given is not None and view.result is not None else None,
        ]
    return Workbook(tuple(sheet for sheet in sheets if sheet is not None), plant.currency, minor_units(plant.currency))
