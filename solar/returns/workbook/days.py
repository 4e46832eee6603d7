"""The sheets with every day of the account and, where prices vary within the day, every price interval."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from solar.returns.account import AccountDay
from solar.returns.days import BASES, ZERO, DayValue
from solar.returns.measured import Measured
from solar.returns.workbook.cells import Cell, Row, Sheet, head
from solar.returns.workbook.inputs import Ranges, column, ref

_CHANNELS = ("produced", "consumed", "imported", "exported")
_HEADS = (
    "Date", "Produced, kWh", "Consumed, kWh", "Imported, kWh", "Exported, kWh", "Basis", "Self-used, kWh",
    "Exported and paid, kWh", "Import price", "Export price", "Saved by self-use", "Earned by export",
    "Savings to date", "Maintenance of the day", "Maintenance to date", "Money put in", "Balance", "Paid back",
)  # fmt: skip
_INTERVAL_HEADS = (
    "Date", "From (UTC)", "To (UTC)", "Price", "Self-used, kWh", "Exported, kWh", "Import price", "Export price",
    "Saved by self-use", "Earned by export",
)  # fmt: skip


def days_sheet(result: Measured, ranges: Ranges) -> Sheet:
    """Write every day of the account; its row number is its position + 2."""
    values = {value.date: value for value in result.values}
    starts = _interval_rows(result.values)
    rows: list[Row] = [head(*_HEADS)]
    before: AccountDay | None = None
    for row, day in enumerate(result.account, start=2):
        value = values.get(day.date) or DayValue(day.date, {}, None, None, None)
        rows.append(
            (
                Cell(day.date, "date"),
                *_channel_cells(value),
                *_flow_cells(row, value),
                *_money_cells(row, value, ranges, starts.get(day.date, 0)),
                *_sum_cells(row, day, before, ranges),
            )
        )
        before = day
    return Sheet("Days", tuple(rows), (11, *[13] * 17), frozen_rows=1)


def intervals_sheet(values: Sequence[DayValue]) -> Sheet | None:
    """Write the price intervals of all days that have some; None where no price varies within the day."""
    rows: list[Row] = []
    for value in values:
        for part in value.parts:
            row = len(rows) + 2
            rows.append(
                (
                    Cell(value.date, "date"),
                    Cell(part.start.strftime("%Y-%m-%d %H:%M")),
                    Cell(part.end.strftime("%Y-%m-%d %H:%M")),
                    Cell(part.label),
                    Cell(part.self_used_kwh, "energy"),
                    Cell(part.exported_kwh, "energy"),
                    Cell(part.price_per_kwh, "price"),
                    Cell(part.export_price_per_kwh, "price"),
                    Cell(part.self_use_savings, "money", f"=E{row}*G{row}"),
                    Cell(part.export_savings, "money", f"=F{row}*H{row}"),
                )
            )
    if not rows:
        return None
    return Sheet("Intervals", (head(*_INTERVAL_HEADS), *rows), (11, 17, 17, *[13] * 7), frozen_rows=1)


def _channel_cells(value: DayValue) -> Row:
    energies = value.energies
    return tuple(Cell(energies[channel], "energy") if channel in energies else None for channel in _CHANNELS)


def _flow_cells(row: int, value: DayValue) -> Row:
    """Basis, self-used and exported by the rules of formulas, section 3; sums of the intervals are values here."""
    if value.parts:
        return Cell(value.basis), Cell(value.self_used_kwh, "energy"), Cell(value.exported_kwh, "energy")
    full, split, upper = BASES
    b, c, d, e, f = (f"{letter}{row}" for letter in "BCDEF")
    basis = (
        f'=IF(AND(ISNUMBER({c}),ISNUMBER({d})),"{full}",'
        f'IF(AND(ISNUMBER({b}),ISNUMBER({e})),"{split}",IF(ISNUMBER({b}),"{upper}","")))'
    )
    self_used = f'=IF({f}="{full}",{c}-{d},IF({f}="{split}",MAX(0,{b}-{e}),IF({f}="{upper}",{b},"")))'
    exported = f'=IF({f}="","",IF({f}="{upper}",0,N({e})))'
    return (
        Cell(value.basis or "", "text", basis),
        Cell(_or_empty(value.self_used_kwh), "energy", self_used),
        Cell(_or_empty(value.exported_kwh), "energy", exported),
    )


def _money_cells(row: int, value: DayValue, ranges: Ranges, interval_row: int) -> Row:
    """Import price, export price, saved by self-use, earned by export."""
    entry = value.entry
    if entry is not None and entry.varies_within_day:
        label = Cell("varies" if value.parts else value.unpriced or "")
        return (label, label, *_interval_sums(value, interval_row))
    prices = (None, None) if entry is None else (entry.price_per_kwh, entry.export_price_per_kwh or ZERO)
    table = f"Prices!$A$2:$C${ranges.prices + 1}"
    cells = []
    for number, price in enumerate(prices, start=2):
        lookup = f'=IF(OR(F{row}="",A{row}<Prices!$A$2),"",IFERROR(VLOOKUP(A{row},{table},{number},TRUE),""))'
        cells.append(Cell(_or_empty(price), "price", lookup))
    for energy, price_cell, money in (("G", "I", value.self_use_savings), ("H", "J", value.export_savings)):
        product = f'=IF(ISNUMBER({price_cell}{row}),{energy}{row}*{price_cell}{row},"")'
        cells.append(Cell(_or_empty(money), "money", product))
    return tuple(cells)


def _interval_rows(values: Sequence[DayValue]) -> dict[date, int]:
    """Where the intervals of each day start on their sheet."""
    rows, row = {}, 2
    for value in values:
        rows[value.date] = row
        row += len(value.parts)
    return rows


def _interval_sums(value: DayValue, first: int) -> Row:
    if not value.parts:
        return Cell(""), Cell("")
    return tuple(
        Cell(money, "money", f"=SUM({column('Intervals', letter, len(value.parts), first)})")
        for letter, money in (("I", value.self_use_savings), ("J", value.export_savings))
    )


def _sum_cells(row: int, day: AccountDay, before: AccountDay | None, ranges: Ranges) -> Row:
    """Savings, maintenance of the day and to date, money put in, balance, and whether it is paid back."""

    def add_to(letter: str, own: str) -> str:
        return f"={own}" if before is None else f"={own}+{letter}{row - 1}"

    cost = ref("system_cost")
    added = f'SUMIF({column("Costs", "A", ranges.costs)},"<="&A{row},{column("Costs", "B", ranges.costs)})'
    today = day.maintenance - (before.maintenance if before else ZERO)
    paid_back = int(day.balance is not None and day.balance >= 0)
    return (
        Cell(day.savings, "money", add_to("M", f"N(K{row})+N(L{row})")),
        Cell(today, "money", f"={ref('maintenance')}/(DATE(YEAR(A{row})+1,1,1)-DATE(YEAR(A{row}),1,1))"),
        Cell(day.maintenance, "money", add_to("O", f"N{row}")),
        Cell(_or_empty(day.put_in), "money", f'=IF(ISNUMBER({cost}),{cost}+{added},"")'),
        Cell(_or_empty(day.balance), "money", f'=IF(ISNUMBER(P{row}),M{row}-O{row}-P{row},"")'),
        Cell(paid_back, "count", f"=IF(ISNUMBER(Q{row}),IF(ROUND(Q{row},6)>=0,1,0),0)"),
    )


def _or_empty(value: Decimal | None) -> Decimal | str:
    return "" if value is None else value
