"""The returns of a source as an Excel file with live formulas, written from the description in `solar.returns`."""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from services.people.viewer import Viewer
from services.returns import results as returns
from services.returns.results import Returns
from solar.returns.workbook import Cell, Sheet, Style, Value, Workbook, build

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EPOCH = date(1899, 12, 30)
_PLAIN_FORMATS: dict[Style, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "text": {},
    "note": {"font_color": "#5A6675"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "price": {"num_format": "0.0000##"},
    "energy": {"num_format": "#,##0.00"},
    "percent": {"num_format": '0.0" %"'},
    "rate": {"num_format": "0.00%"},
    "years": {"num_format": "0.0"},
    "count": {"num_format": "0"},
    "number": {"num_format": "0.######"},
}


class _PlainFormulas(Worksheet):  # type: ignore[misc] # the library has no types
    """A sheet that takes formulas as they are.

    The library searches each for some forty functions newer than Excel 2007; ours use none (a test looks), and ten
    years of days hold 48,000 formulas: without the search the file is there in a third of the time.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def workbook_file(viewer: Viewer, source_id: str, now: datetime) -> tuple[str, bytes]:
    """Return the file's name and bytes for a source that the viewer may see, with its saved terms."""
    found = returns.results(viewer, source_id, now)
    described = build(found.plant, found.basis.tariff, found.measured, found.outlook)
    return _name(found), written(described)


def written(workbook: Workbook) -> bytes:
    """Write a described workbook; every formula carries its result for readers that do not recalculate."""
    target = BytesIO()
    # In memory: the web server's disk may be read-only.
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        formats = {style: book.add_format(look) for style, look in _formats(workbook).items()}
        for sheet in workbook.sheets:
            _write_sheet(book.add_worksheet(sheet.name, _PlainFormulas), sheet, formats)
    return target.getvalue()


def _name(found: Returns) -> str:
    plain = "".join(each if each.isalnum() else "-" for each in found.source.name).strip("-") or "source"
    return f"returns-{plain}-{found.basis.as_of.isoformat()}.xlsx"


def _formats(workbook: Workbook) -> dict[Style, dict[str, Any]]:
    decimals = f".{'0' * workbook.minor_units}" if workbook.minor_units else ""
    return {**_PLAIN_FORMATS, "money": {"num_format": f'#,##0{decimals}" {workbook.currency}"'}}


def _write_sheet(page: Any, sheet: Sheet, formats: dict[Style, Any]) -> None:
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    if sheet.frozen_rows:
        page.freeze_panes(sheet.frozen_rows, 0)
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if cell is not None:
                _write_cell(page, row, column, cell, formats[cell.style])


def _write_cell(page: Any, row: int, column: int, cell: Cell, look: Any) -> None:
    value = cell.value
    if cell.formula is not None:
        page.write_formula(row, column, cell.formula, look, _result(value))
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), look)
    elif isinstance(value, int | Decimal):
        page.write_number(row, column, float(value), look)
    elif value is not None:
        # As text whatever it begins with: a note must not become a formula.
        page.write_string(row, column, value, look)


def _result(value: Value) -> Any:
    if isinstance(value, date):
        return (value - _EPOCH).days
    return float(value) if isinstance(value, Decimal) else value
