"""The first sheet: every figure of the page as a live formula over the other sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from solar.returns.measured import Measured
from solar.returns.modelled import ModelInput, Modelled
from solar.returns.workbook.cells import Cell, Row, Sheet, Style, Value, head, text_of, title
from solar.returns.workbook.inputs import Ranges, column, ref
from solar.returns.workbook.model import years_range

_NO_COST, _NO_DAYS, _BEYOND = "no-system-cost", "no-priced-days", "beyond-horizon"
# The rows of the measured lines, which formulas refer to.
_ROWS = ("savings", "self_use_savings", "export_savings", "maintenance", "net", "put_in", "priced_days", "average")
_SAVED, _SELF_USE, _EXPORT, _DUE, _NET, _PUT_IN, _PRICED, _AVERAGE = (f"B{row}" for row in range(3, 3 + len(_ROWS)))


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    value: Value
    style: Style
    formula: str
    how: str


def summary_sheet(result: Measured, given: ModelInput | None, model: Modelled | None, ranges: Ranges) -> Sheet:
    """Write measured figures from row 3 on and modelled ones below; a figure without a value shows its reason."""
    rows: list[Row] = [title(f"Returns through {result.as_of}, in {result.currency}"), head("Measured", "", "How")]
    rows += _rows([*_savings_lines(result, ranges), *_return_lines(result), *_payback_lines(result)])
    rows += [(), head("Modelled", "", "How")]
    if given is None or model is None:
        rows.append((Cell("No model", "note"), None, Cell("It needs a system cost, energy and a price.", "note")))
    else:
        rows += _rows([*_worth_lines(given, model), *_time_lines(given, model)])
    rows += [(), *((Cell(note, "note"),) for note in _notes(result))]
    return Sheet("Summary", tuple(rows), (34, 18, 90), frozen_rows=2)


def _rows(lines: Sequence[_Line]) -> list[Row]:
    return [
        (Cell(line.label), Cell(line.value, line.style, line.formula or None), Cell(line.how, "note")) for line in lines
    ]


def _savings_lines(result: Measured, ranges: Ranges) -> list[_Line]:
    self_use, export, due = (_days(result, letter) for letter in "KLN")
    cost = ref("system_cost")
    dates, amounts = column("Costs", "A", ranges.costs), column("Costs", "B", ranges.costs)
    put_in = f'=IF(ISNUMBER({cost}),{cost}+SUMIF({dates},"<="&{ref("as_of")},{amounts}),{text_of(_NO_COST)})'
    average = _if_priced(f"{_SAVED}*365.25/{_PRICED}-{ref('maintenance')}")
    sums = (result.savings, result.self_use_savings, result.export_savings)
    saved, by_use, by_export = (_NO_DAYS if value is None else value for value in sums)
    return [
        _Line("Savings", saved, "money", _if_priced(f"{_SELF_USE}+{_EXPORT}"), "Self-use + export of all priced days"),
        _Line("Saved by self-use", by_use, "money", _if_priced(f"SUM({self_use})"), "Self-used × import price, by day"),
        _Line("Earned by export", by_export, "money", _if_priced(f"SUM({export})"), "Exported × export price, by day"),
        _Line("Maintenance to date", result.maintenance, "money", f"=SUM({due})", "Yearly sum / days in the year"),
        _Line("Net", _or(result, "net"), "money", _if_priced(f"{_SAVED}-{_DUE}"), "Savings - maintenance"),
        _Line(
            "Money put in", _NO_COST if result.put_in is None else result.put_in, "money", put_in,
            "System cost + one-off costs through the last day",
        ),
        _Line("Priced days", result.priced_days, "count", f"=COUNT({self_use})", "Days with energy and a price"),
        _Line(
            "Average year", _or(result, "average_yearly_net"), "money", average,
            "Savings × 365.25 / priced days - yearly maintenance; biased where the days are not whole years",
        ),
    ]  # fmt: skip


def _return_lines(result: Measured) -> list[_Line]:
    basis = _days(result, "F")
    roi, progress = f"{_NET}/{_PUT_IN}*100", f"{_SAVED}/({_PUT_IN}+{_DUE})*100"
    return [
        _Line(
            "Return, %", _or(result, "roi_percent"), "percent", _if_bought(roi),
            "Net / money put in × 100; 100 means paid back",
        ),
        _Line(
            "Progress, %", _or(result, "progress_percent"), "percent", _if_bought(progress),
            "Savings / (money put in + maintenance) × 100",
        ),
        _Line(
            "Unpriced days", len(result.unpriced_days), "count", f'=SUMPRODUCT(({basis}<>"")*1)-{_PRICED}',
            "Days with energy but no price: in no sum",
        ),
    ]  # fmt: skip


def _payback_lines(result: Measured) -> list[_Line]:
    days, flags = _days(result, "A"), _days(result, "R")
    never, beyond = text_of("never"), text_of("beyond-100-years")
    # Rounded first, so that a whole number of days stays whole in floats.
    number = f"ROUNDUP(ROUND({_PUT_IN}/({_AVERAGE}/365.25),9),0)"

    def outcome(reached: str, projected: str) -> str:
        later = f"IF({_AVERAGE}<=0,{never},IF({number}>36525,{beyond},{projected}))"
        return _if_bought(f"IF(SUM({flags})>0,{reached},{later})")

    years = _if_bought(f"IF({_AVERAGE}<=0,{never},{_PUT_IN}/{_AVERAGE})")
    first = outcome(f"INDEX({days},MATCH(1,{flags},0))", f"MIN({days})+{number}-1")
    status = outcome(text_of("reached"), text_of("projected"))
    return [
        _Line("Payback, years", _or(result, "simple_payback_years"), "years", years, "Money put in / average year"),
        _Line("Payback", _or(result, "payback_status"), "text", status, "Reached, or projected at the average year"),
        _Line(
            "Payback date", _or(result, "payback_date"), "date", first,
            "First day with a balance of 0; else first day + money put in / average day - 1",
        ),
    ]  # fmt: skip


def _worth_lines(given: ModelInput, model: Modelled) -> list[_Line]:
    last = given.years + 2
    flows, costs, real, nominal = (years_range(letter, given.years) for letter in "IOPQ")

    def lcoe(energy: str) -> str:
        return f"=IF(SUM({energy})=0,{text_of('no-energy')},(Model!$O$2+SUM({costs}))/SUM({energy}))"

    npv = f"=Model!$I$2+NPV({ref('nominal_rate')},{flows})"
    # A spreadsheet searches for one rate near a guess. Where there is none or several, the reason stands instead.
    irr = "" if model.irr is None else f"=IRR(Model!$I$2:$I${last},{model.irr.quantize(Decimal('0.01')):f})"
    percent = _if_cost(f"Model!$J${last}/{_PUT_IN}*100")
    return [
        _Line("Net present value", _or(model, "npv"), "money", npv, "Cash flows at the nominal discount rate"),
        _Line("Internal rate of return", _or(model, "irr"), "rate", irr, "Nominal, a year"),
        _Line("Cost of energy, real", _or(model, "lcoe_real"), "price", lcoe(real), "Costs / energy at the real rate"),
        _Line("Cost of energy, nominal", _or(model, "lcoe_nominal"), "price", lcoe(nominal), "At the nominal rate"),
        _Line("Total return", _or(model, "total_return"), "money", f"=Model!$J${last}", "Undiscounted cash flows"),
        _Line("Total return, %", _or(model, "total_return_percent"), "percent", percent, "Total / money put in × 100"),
    ]


def _time_lines(given: ModelInput, model: Modelled) -> list[_Line]:
    last = given.years + 2
    crossed, discounted = (years_range(letter, given.years) for letter in "MN")
    beyond = text_of(_BEYOND)

    def first(column: str) -> str:
        return _if_cost(f"IF(COUNT({column})=0,{beyond},MIN({column}))")

    final = _if_cost(f"IF(AND(COUNT({crossed})>0,ROUND(Model!$J${last},6)>=0),MAX({crossed}),{beyond})")
    return [
        _Line("Payback, years", _or(model, "payback_years"), "years", first(crossed), "First crossing of 0"),
        _Line(
            "Payback after replacements, years", _or(model, "payback_final_years"), "years", final, "Last crossing of 0"
        ),
        _Line(
            "Discounted payback, years", _or(model, "discounted_payback_years"), "years", first(discounted),
            "First crossing of 0 of the discounted flows",
        ),
    ]  # fmt: skip


def _notes(result: Measured) -> list[str]:
    notes = [
        "Measured figures rest on measured energy and the price of each day; nothing is estimated.",
        "Modelled figures rest on the assumptions of the sheet Inputs; change them there and everything follows.",
        "Days without energy or price are left out of every sum, never counted as 0.",
    ]
    if result.upper_bound:
        notes.append("Days with production only count all of it at the import price: savings are an upper bound.")
    return notes


def _days(result: Measured, letter: str) -> str:
    return column("Days", letter, max(1, len(result.account)))


def _if_priced(formula: str) -> str:
    return f"=IF({_PRICED}=0,{text_of(_NO_DAYS)},{formula})"


def _if_cost(formula: str) -> str:
    return f"=IF(N({_PUT_IN})<=0,{text_of(_NO_COST)},{formula})"


def _if_bought(formula: str) -> str:
    return _if_cost(_if_priced(formula)[1:])


def _or(result: Measured | Modelled, field: str) -> Value:
    """The figure, or the reason why there is none."""
    value: Decimal | date | str | None = getattr(result, field)
    return result.reasons.get(field) if value is None else value
