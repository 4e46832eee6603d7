"""The sheet with the model: one row for each year, from what was entered to discounted sums."""

from decimal import Decimal

from solar.returns.modelled import ModelInput, Modelled, ModelYear
from solar.returns.workbook.cells import Cell, Row, Sheet, head
from solar.returns.workbook.inputs import Ranges, ref, replacement_range

FIRST_YEAR_ROW = 3
_HEADS = (
    "Year", "Produced, kWh", "Self-used, kWh", "Exported, kWh", "Import price", "Export price", "Maintenance",
    "Replacements", "Cash flow", "Cash flow to date", "Discounted", "Discounted to date", "Paid back in year",
    "Paid back in year, discounted", "Costs, discounted", "Produced, at real rate", "Produced, at nominal rate",
)  # fmt: skip


def model_sheet(given: ModelInput, result: Modelled, ranges: Ranges) -> Sheet:
    """Write year 0 in row 2 and year t in row t + 2; needs a system cost."""
    cost = given.system_cost or Decimal(0)
    put_in = f"=-{put_in_cell()}"
    start = Cell(-cost, "money", put_in)
    spent = Cell(cost, "money", f"={put_in_cell()}")
    year_0: Row = (Cell(0, "count"), *[None] * 7, start, start, start, start, None, None, spent, None, None)
    rows: list[Row] = [head(*_HEADS), year_0]
    before = (-cost, -cost)
    for year in result.years:
        rows.append(_year_row(year, before, given, ranges))
        before = (year.cumulative, year.discounted_cumulative)
    return Sheet("Model", tuple(rows), (6, *[14] * 16), frozen_rows=1)


def put_in_cell() -> str:
    """Refer to the money put in, which is year 0 of the model."""
    return "Summary!$B$8"


def years_range(letter: str, years: int) -> str:
    """Refer to a column over years 1..N."""
    return f"Model!${letter}${FIRST_YEAR_ROW}:${letter}${FIRST_YEAR_ROW + max(1, years) - 1}"


def _year_row(year: ModelYear, before: tuple[Decimal, Decimal], given: ModelInput, ranges: Ranges) -> Row:
    row, above = year.year + 2, year.year + 1
    years, costs = replacement_range("A", ranges.replacements), replacement_range("B", ranges.replacements)
    nominal = (1 + given.real_discount_rate) * (1 + given.inflation)
    factor, real = f"(1+{ref('nominal_rate')})^A{row}", f"(1+{ref('real_rate')})^A{row}"
    return (
        Cell(year.year, "count"),
        Cell(year.production_kwh, "energy", _grown(year, "production", "-degradation", "B")),
        Cell(year.self_used_kwh, "energy", _grown(year, "self_used", "-degradation", "C")),
        Cell(year.exported_kwh, "energy", _grown(year, "exported", "-degradation", "D")),
        Cell(year.import_price, "price", _grown(year, "import_price", "+import_escalation", "E")),
        Cell(year.export_price, "price", _grown(year, "export_price", "+export_escalation", "F")),
        Cell(year.maintenance, "money", _grown(year, "maintenance", "+inflation", "G")),
        Cell(year.replacement, "money", f"=SUMIF({years},A{row},{costs})*(1+{ref('inflation')})^(A{row}-1)"),
        Cell(year.cash_flow, "money", f"=C{row}*E{row}+D{row}*F{row}-G{row}-H{row}"),
        Cell(year.cumulative, "money", f"=J{above}+I{row}"),
        Cell(year.discounted, "money", f"=I{row}/{factor}"),
        Cell(year.discounted_cumulative, "money", f"=L{above}+K{row}"),
        _crossing(year.year, before[0], year.cumulative, year.cash_flow, "J", "I"),
        _crossing(year.year, before[1], year.discounted_cumulative, year.discounted, "L", "K"),
        Cell((year.maintenance + year.replacement) / nominal**year.year, "money", f"=(G{row}+H{row})/{factor}"),
        Cell(year.production_kwh / (1 + given.real_discount_rate) ** year.year, "energy", f"=B{row}/{real}"),
        Cell(year.production_kwh / nominal**year.year, "energy", f"=B{row}/{factor}"),
    )


def _grown(year: ModelYear, start: str, rate: str, letter: str) -> str:
    """Year 1 is the input, each later year the one above times 1 plus or minus the rate."""
    return f"={ref(start)}" if year.year == 1 else f"={letter}{year.year + 1}*(1{rate[0]}{ref(rate[1:])})"


def _crossing(year: int, before: Decimal, after: Decimal, flow: Decimal, total: str, step: str) -> Cell:
    row, above = year + 2, year + 1
    # Rounded to a millionth, so that a sum of floats that should be 0 is 0.
    crosses = f"AND(ROUND({total}{above},6)<0,ROUND({total}{row},6)>=0)"
    value = year - 1 + -before / flow if before < 0 <= after else ""
    return Cell(value, "years", f'=IF({crosses},A{above}-{total}{above}/{step}{row},"")')
