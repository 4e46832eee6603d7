"""The spreadsheet, written with XlsxWriter and recalculated by another engine, gives the figures calculated here."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import formulas
import openpyxl
import pytest
import xlsxwriter

from solar.returns import (
    Assumptions,
    DayEnergy,
    OneOffCost,
    Plant,
    Replacement,
    day_values,
    ground,
    interval_parts,
    measured,
    outlook,
)
from solar.returns.workbook import Cell, Workbook, build
from solar.tariffs import IntervalEnergies, PriceEntry, Tariff, Window

EPOCH = date(1899, 12, 30)
CENT = Decimal("0.005")
D = Decimal


def write(workbook: Workbook, path: Path, *, with_results: bool = False) -> None:
    """Write a description as a file; without results every formula must be calculated by the reader."""
    with xlsxwriter.Workbook(str(path)) as book:
        for sheet in workbook.sheets:
            page = book.add_worksheet(sheet.name)
            for row, cells in enumerate(sheet.rows):
                for column, cell in enumerate(cells):
                    if cell is not None:
                        write_cell(page, row, column, cell, with_results)


def write_cell(page: Any, row: int, column: int, cell: Cell, with_results: bool) -> None:
    value = cell.value
    if cell.formula is not None:
        page.write_formula(row, column, cell.formula, None, number(value) if with_results else 0)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()))
    elif isinstance(value, int | Decimal):
        page.write_number(row, column, float(value))
    elif value is not None:
        page.write_string(row, column, value)


def number(value: Any) -> Any:
    if isinstance(value, date):
        return (value - EPOCH).days
    return float(value) if isinstance(value, Decimal) else value


def recalculate(path: Path) -> dict[str, Any]:
    solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    cells: dict[str, Any] = {}
    for key, ranges in solution.items():
        if not isinstance(key, str) or ":" in key or not hasattr(ranges, "value"):
            continue
        sheet, cell = key.rsplit("'!", 1)
        cells[f"{sheet.rsplit(']', 1)[1]}!{cell}".upper()] = ranges.value[0, 0]
    return cells


def assert_recalculates(workbook: Workbook, path: Path) -> int:
    """Compare every formula cell: money to the cent, texts exactly, other numbers to 1e-9 of their size."""
    write(workbook, path)
    found = recalculate(path)
    compared = 0
    for sheet in workbook.sheets:
        for row, cells in enumerate(sheet.rows, start=1):
            for letter, cell in zip("ABCDEFGHIJKLMNOPQR", cells, strict=False):
                if cell is None or cell.formula is None:
                    continue
                got = found[f"{sheet.name}!{letter}{row}".upper()]
                want = number(cell.value)
                place = f"{sheet.name}!{letter}{row} {cell.formula}: got {got!r}, want {want!r}"
                if isinstance(want, str):
                    assert str(got) == want, place
                else:
                    allowed = float(CENT) if cell.style == "money" else 1e-9 * max(1.0, abs(want))
                    assert abs(float(got) - want) <= allowed, place
                compared += 1
    return compared


def energies(start: date, count: int, **channels: str) -> list[DayEnergy]:
    days = []
    for n in range(count):
        values = {name: D(kwh) + D(n % 7) / 10 for name, kwh in channels.items()}
        days.append(DayEnergy(start + timedelta(days=n), values))
    return days


PLANT = Plant(
    "EUR",
    D("8000"),
    D("120"),
    date(2024, 1, 29),
    (OneOffCost(date(2024, 1, 31), D("-500"), "Grant"), OneOffCost(date(2024, 2, 5), D("99.90"), "Repair")),
)
PRICES = (
    PriceEntry(date(2024, 1, 15), D("0.30"), D("0.08")),
    PriceEntry(datetime.fromisoformat("2024-02-02T15:30:00+01:00"), D("0.3456"), None),
)


FEW_YEARS = Assumptions(years=3, replacements=(Replacement(2, D(300)),))


def flat_workbook(
    plant: Plant = PLANT, assumptions: Assumptions = FEW_YEARS, first_date: date = date(2024, 1, 30)
) -> Workbook:
    days = energies(first_date, 4, produced="12", consumed="9", imported="2.5", exported="4")
    days += energies(date(2024, 2, 4), 2, produced="11", exported="5")
    days += energies(date(2024, 2, 7), 1, produced="14")
    tariff = Tariff(PRICES, "Europe/Berlin")
    values = day_values(days, tariff)
    as_of = date(2024, 2, 8)
    result = measured(plant, values, as_of)
    return build(plant, tariff, result, outlook(plant, result, ground(values, tariff, as_of), assumptions))


def test_every_formula_recalculates_to_the_cent(tmp_path: Path) -> None:
    plant = replace(PLANT, installation_date=date(2023, 12, 30))
    workbook = flat_workbook(plant, Assumptions(replacements=(Replacement(12, D(1500)),)), date(2024, 1, 13))
    names = [sheet.name for sheet in workbook.sheets]
    assert names == ["Summary", "Inputs", "Costs", "Prices", "Days", "Model"]
    assert assert_recalculates(workbook, tmp_path / "flat.xlsx") > 900


def test_formulas_use_only_what_excel_2007_knows() -> None:
    # Newer functions would need a prefix, which the writer leaves out for speed.
    written = [cell.formula for sheet in flat_workbook().sheets for row in sheet.rows for cell in row
                if cell is not None and cell.formula]
    assert set(re.findall(r"([A-Z][A-Z0-9.]+)\(", " ".join(written))) <= {
        "AND", "COUNT", "DATE", "IF", "IFERROR", "INDEX", "IRR", "ISNUMBER", "MATCH", "MAX", "MIN", "NPV", "OR",
        "ROUND", "ROUNDUP", "SUM", "SUMIF", "SUMPRODUCT", "VLOOKUP", "YEAR",
    }


def test_cached_results_are_those_of_the_page(tmp_path: Path) -> None:
    workbook = flat_workbook()
    write(workbook, tmp_path / "cached.xlsx", with_results=True)
    page = openpyxl.load_workbook(tmp_path / "cached.xlsx", data_only=True)["Summary"]
    shown = {row[0].value: row[1].value for row in page.iter_rows(min_row=3)}
    summary = workbook.sheets[0]
    for cells in summary.rows[2:]:
        if len(cells) > 1 and cells[0] is not None and cells[1] is not None and cells[1].style == "money":
            assert shown[cells[0].value] == pytest.approx(float(str(cells[1].value)))


def test_a_changed_assumption_moves_the_modelled_figures(tmp_path: Path) -> None:
    workbook = flat_workbook()
    other = flat_workbook(assumptions=replace(FEW_YEARS, inflation=D("0.05")))
    inputs = next(sheet for sheet in other.sheets if sheet.name == "Inputs")
    mixed = replace(workbook, sheets=tuple(inputs if each.name == "Inputs" else each for each in workbook.sheets))
    write(mixed, tmp_path / "mixed.xlsx")
    found = recalculate(tmp_path / "mixed.xlsx")
    for position, cells in enumerate(other.sheets[0].rows, start=1):
        if len(cells) > 1 and cells[0] is not None and cells[0].value == "Net present value":
            assert abs(D(repr(float(found[f"SUMMARY!B{position}"]))) - D(str(cells[1].value))) < CENT  # type: ignore[union-attr]
            break
    else:
        pytest.fail("no net present value")


@pytest.mark.parametrize(
    ("plant", "status"),
    [
        pytest.param(replace(PLANT, system_cost=None), None, id="cost unknown"),
        pytest.param(replace(PLANT, system_cost=D(0), one_off_costs=()), None, id="zero cost"),
        pytest.param(Plant("KWD", D(15)), "reached", id="paid back"),
        pytest.param(replace(PLANT, maintenance_cost_per_year=D(9000)), "never", id="never"),
        pytest.param(replace(PLANT, system_cost=D(10) ** 6), "beyond-100-years", id="more than a century"),
        pytest.param(replace(PLANT, installation_date=date(2023, 12, 28)), "projected", id="over New Year"),
        pytest.param(replace(PLANT, currency="JPY", installation_date=date(2030, 1, 1)), "projected", id="future"),
    ],
)
def test_reasons_and_odd_plants_recalculate_too(plant: Plant, status: str | None, tmp_path: Path) -> None:
    workbook = flat_workbook(plant)
    shown = {cells[0].value: cells[1].value for cells in workbook.sheets[0].rows[2:17] if len(cells) > 1}  # type: ignore[union-attr]
    assert shown["Payback"] == (status or "no-system-cost")
    assert_recalculates(workbook, tmp_path / "odd.xlsx")


def test_nothing_yet_is_a_workbook_too(tmp_path: Path) -> None:
    tariff = Tariff((), "Europe/Berlin")
    values = day_values(energies(date(2024, 1, 1), 3, produced="5", exported="2"), tariff)
    result = measured(PLANT, values, date(2024, 1, 3))
    view = outlook(PLANT, result, ground(values, tariff, date(2024, 1, 3)), FEW_YEARS)
    assert view.no_model == "no-price"
    assert_recalculates(build(PLANT, tariff, result, view), tmp_path / "none.xlsx")


def test_prices_within_the_day_are_listed_by_interval(tmp_path: Path) -> None:
    night = Window("night", time(22), time(6), D("0.20"))
    tariff = Tariff((PriceEntry(date(2024, 1, 1), D("0.40"), D("0.07"), (night,)),), "Europe/Berlin")
    start = datetime.fromisoformat("2024-01-09T23:00:00+00:00")
    rows = [
        (
            start + timedelta(hours=n),
            start + timedelta(hours=n + 1),
            {"produced": 1.0, "consumed": 0.9, "imported": 0.3, "exported": 0.4 + n % 3 / 10},
        )
        for n in range(48)
    ]
    days = energies(date(2024, 1, 10), 3, produced="24", consumed="21.6", imported="7.2", exported="12")
    parts = interval_parts(IntervalEnergies.of_rows(rows), tariff, date(2024, 1, 10), date(2024, 1, 12))
    values = day_values(days, tariff, parts)
    as_of = date(2024, 1, 12)
    result = measured(PLANT, values, as_of)
    assert result.unpriced_days == (date(2024, 1, 12),)
    view = outlook(PLANT, result, ground(values, tariff, as_of), FEW_YEARS)
    workbook = build(PLANT, tariff, result, view)
    assert "Intervals" in [sheet.name for sheet in workbook.sheets]
    assert_recalculates(workbook, tmp_path / "intervals.xlsx")
