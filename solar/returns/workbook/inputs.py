"""The sheets with what was entered: plant and assumptions, one-off costs, prices. All other sheets refer to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from solar.returns.account import Plant
from solar.returns.measured import Measured
from solar.returns.modelled import ModelInput
from solar.returns.workbook.cells import Cell, Row, Sheet, Style, Value, head, title
from solar.tariffs import Tariff

FIRST_INPUT_ROW = 3
# Label, style and the row's name; formulas refer to a row by its name.
_ROWS: tuple[tuple[str, str, Style], ...] = (
    ("currency", "Currency (ISO 4217)", "text"),
    ("system_cost", "System cost", "money"),
    ("maintenance", "Maintenance a year", "money"),
    ("installation_date", "Installed on", "date"),
    ("as_of", "Last day counted", "date"),
    ("years", "Model: years", "count"),
    ("production", "Model: produced in year 1, kWh", "energy"),
    ("self_used", "Model: self-used in year 1, kWh", "energy"),
    ("exported", "Model: exported in year 1, kWh", "energy"),
    ("import_price", "Model: import price in year 1", "price"),
    ("export_price", "Model: export price in year 1", "price"),
    ("degradation", "Model: panels lose a year", "rate"),
    ("import_escalation", "Model: import price rises a year (nominal)", "rate"),
    ("export_escalation", "Model: export price rises a year (nominal)", "rate"),
    ("inflation", "Model: inflation a year", "rate"),
    ("real_rate", "Model: real discount rate a year", "rate"),
    ("nominal_rate", "Model: nominal discount rate a year", "rate"),
)


@dataclass(frozen=True, slots=True)
class Ranges:
    """How many rows the lists of the input sheets have; at least one each, so that a range is never empty."""

    costs: int
    prices: int
    replacements: int


def ref(name: str) -> str:
    """Refer to an input by its name."""
    position = next(number for number, (key, _, _) in enumerate(_ROWS) if key == name)
    return f"Inputs!$B${FIRST_INPUT_ROW + position}"


def column(sheet: str, letter: str, count: int, first: int = 2) -> str:
    """Refer to `count` rows of a column, from row `first`."""
    return f"{sheet}!${letter}${first}:${letter}${first + count - 1}"


def replacement_range(letter: str, count: int) -> str:
    """Refer to the replacements below the inputs: A is the year, B the cost."""
    return column("Inputs", letter, count, FIRST_INPUT_ROW + len(_ROWS) + 2)


def inputs_sheet(plant: Plant, result: Measured, given: ModelInput | None) -> Sheet:
    """Write plant, assumptions and replacements."""
    values = _values(plant, result, given)
    rows: list[Row] = [title("What goes in"), head("Input", "Value")]
    for key, label, style in _ROWS:
        formula = None
        if key == "nominal_rate" and given is not None:
            formula = f"=(1+{ref('real_rate')})*(1+{ref('inflation')})-1"
        rows.append((Cell(label), Cell(values[key], style, formula)))
    rows += [(), head("Replacement in model year", "Cost in today's money")]
    replacements = given.replacements if given else ()
    rows += [(Cell(each.year, "count"), Cell(each.cost, "money")) for each in replacements]
    return Sheet("Inputs", tuple(rows), (46, 18), frozen_rows=2)


def costs_sheet(plant: Plant) -> Sheet:
    """Write the dated one-off costs; grants and refunds are negative."""
    ordered = sorted(plant.one_off_costs, key=lambda cost: cost.date)
    rows = [(Cell(cost.date, "date"), Cell(cost.amount, "money"), Cell(cost.note)) for cost in ordered]
    return Sheet("Costs", (head("Date", "Amount", "What for"), *rows), (12, 14, 40), frozen_rows=1)


def prices_sheet(tariff: Tariff) -> Sheet:
    """Write each price that holds on some day by its first local date, oldest first."""
    rows: list[Row] = []
    for first, _, entry in tariff.history():
        kind = "varies within the day, see Intervals" if entry.varies_within_day else ""
        export = entry.export_price_per_kwh or Decimal(0)
        rows.append((Cell(first, "date"), Cell(entry.price_per_kwh, "price"), Cell(export, "price"), Cell(kind)))
    heads = head("From", "Import per kWh", "Export per kWh", "")
    return Sheet("Prices", (heads, *rows), (12, 16, 16, 36), frozen_rows=1)


def ranges_of(plant: Plant, tariff: Tariff, given: ModelInput | None) -> Ranges:
    """Count the rows of the lists."""
    replacements: Sequence[object] = given.replacements if given else ()
    return Ranges(max(1, len(plant.one_off_costs)), max(1, len(tariff.history())), max(1, len(replacements)))


def _values(plant: Plant, result: Measured, given: ModelInput | None) -> dict[str, Value]:
    values: dict[str, Value] = dict.fromkeys(key for key, _, _ in _ROWS)
    values |= {
        "currency": plant.currency,
        "system_cost": plant.system_cost,
        "maintenance": plant.maintenance,
        "installation_date": plant.installation_date,
        "as_of": result.as_of,
    }
    if given is not None:
        values |= {
            "years": given.years,
            "production": given.annual_production_kwh,
            "self_used": given.annual_self_used_kwh,
            "exported": given.annual_exported_kwh,
            "import_price": given.import_price,
            "export_price": given.export_price,
            "degradation": given.degradation,
            "import_escalation": given.import_price_escalation,
            "export_escalation": given.export_price_escalation,
            "inflation": given.inflation,
            "real_rate": given.real_discount_rate,
            "nominal_rate": (1 + given.real_discount_rate) * (1 + given.inflation) - 1,
        }
    return values
