"""Returns as modelled over N years from stated assumptions (formulas, section 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from solar.money import exact
from solar.returns.days import ZERO
from solar.returns.irr import has_sign_change, rates_of_return

ONE = Decimal(1)
FIGURES = (
    "npv",
    "irr",
    "payback_years",
    "payback_final_years",
    "discounted_payback_years",
    "lcoe_real",
    "lcoe_nominal",
    "total_return",
    "total_return_percent",
)
NEED_A_PRICE = ("payback_years", "payback_final_years", "discounted_payback_years", "total_return_percent")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A part replaced in model year `year`, at a cost in today's money."""

    year: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ModelInput:
    """All a model needs. Energies in kWh of year 1, prices per kWh of today, rates as fractions a year, nominal but
    for `real_discount_rate`. system_cost None: nothing can be said.
    """

    currency: str
    years: int
    system_cost: Decimal | None
    annual_production_kwh: Decimal
    annual_self_used_kwh: Decimal
    annual_exported_kwh: Decimal
    import_price: Decimal
    export_price: Decimal
    degradation: Decimal = ZERO
    import_price_escalation: Decimal = ZERO
    export_price_escalation: Decimal = ZERO
    inflation: Decimal = ZERO
    maintenance_cost_per_year: Decimal = ZERO
    replacements: tuple[Replacement, ...] = ()
    real_discount_rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ModelYear:
    """Year t = 1..N of the model, all money nominal at the end of the year; sums from year 0 on."""

    year: int
    production_kwh: Decimal
    self_used_kwh: Decimal
    exported_kwh: Decimal
    import_price: Decimal
    export_price: Decimal
    maintenance: Decimal
    replacement: Decimal
    cash_flow: Decimal
    cumulative: Decimal
    discounted: Decimal
    discounted_cumulative: Decimal


@dataclass(frozen=True, slots=True)
class Modelled:
    """The model's figures; one that has no value is None, with its reason under its name. Nothing is rounded.

    irr is nominal; irr_candidates lists every rate of return, ascending. years holds the table behind cash_flows[1:].
    """

    currency: str
    npv: Decimal | None
    irr: Decimal | None
    irr_candidates: tuple[Decimal, ...]
    payback_years: Decimal | None
    payback_final_years: Decimal | None
    discounted_payback_years: Decimal | None
    lcoe_real: Decimal | None
    lcoe_nominal: Decimal | None
    total_return: Decimal | None
    total_return_percent: Decimal | None
    cash_flows: tuple[Decimal, ...] | None
    years: tuple[ModelYear, ...]
    reasons: Mapping[str, str]


def nominal_discount_rate(real: Decimal, inflation: Decimal) -> Decimal:
    """Return d_n with 1 + d_n = (1 + d_r)(1 + i)."""
    return (ONE + real) * (ONE + inflation) - ONE


def modelled(given: ModelInput) -> Modelled:
    """Compute every figure of the model; raises ValueError naming an input that has no meaning."""
    _check(given)
    if given.system_cost is None:
        return _without_cost(given.currency)
    with exact():
        return _modelled(given, given.system_cost)


def model_years(given: ModelInput, cost: Decimal) -> tuple[ModelYear, ...]:
    """Write the table of years 1..N for money put in at year 0; call inside `money.exact`."""
    discount = ONE + nominal_discount_rate(given.real_discount_rate, given.inflation)
    replaced: dict[int, Decimal] = {}
    for replacement in given.replacements:
        replaced[replacement.year] = replaced.get(replacement.year, ZERO) + replacement.cost
    years: list[ModelYear] = []
    # Powers by repeated multiplication: 0 to the power 0 is 1 here, also at 100 % degradation.
    health = buy = sell = general = ONE
    factor, cumulative, discounted_cumulative = ONE, -cost, -cost
    for year in range(1, given.years + 1):
        factor *= discount
        self_used, exported = given.annual_self_used_kwh * health, given.annual_exported_kwh * health
        import_price, export_price = given.import_price * buy, given.export_price * sell
        maintenance = given.maintenance_cost_per_year * general
        replacement_cost = replaced.get(year, ZERO) * general
        cash_flow = self_used * import_price + exported * export_price - maintenance - replacement_cost
        cumulative += cash_flow
        discounted = cash_flow / factor
        discounted_cumulative += discounted
        production = given.annual_production_kwh * health
        years.append(
            ModelYear(
                year,
                production,
                self_used,
                exported,
                import_price,
                export_price,
                maintenance,
                replacement_cost,
                cash_flow,
                cumulative,
                discounted,
                discounted_cumulative,
            )
        )
        health *= ONE - given.degradation
        buy *= ONE + given.import_price_escalation
        sell *= ONE + given.export_price_escalation
        general *= ONE + given.inflation
    return tuple(years)


def crossings(start: Decimal, flows: Sequence[Decimal]) -> list[Decimal]:
    """Return every interpolated year in which the sum of `start` and the flows goes from below 0 to 0 or more."""
    found = []
    before = start
    for year, flow in enumerate(flows, start=1):
        after = before + flow
        if before < 0 <= after:
            found.append(year - 1 + -before / flow)
        before = after
    return found


def _without_cost(currency: str) -> Modelled:
    return Modelled(
        currency=currency,
        npv=None,
        irr=None,
        irr_candidates=(),
        payback_years=None,
        payback_final_years=None,
        discounted_payback_years=None,
        lcoe_real=None,
        lcoe_nominal=None,
        total_return=None,
        total_return_percent=None,
        cash_flows=None,
        years=(),
        reasons=dict.fromkeys(FIGURES, "no-system-cost"),
    )


def _modelled(given: ModelInput, cost: Decimal) -> Modelled:
    years = model_years(given, cost)
    flows = [year.cash_flow for year in years]
    reasons: dict[str, str] = {}
    irr, candidates = _irr((-cost, *flows), reasons)
    lcoe_real, lcoe_nominal = _lcoe(given, cost, years)
    total = years[-1].cumulative if years else -cost
    paid_back = crossings(-cost, flows)
    result = {
        "payback_years": next(iter(paid_back), None),
        "payback_final_years": paid_back[-1] if paid_back and total >= 0 else None,
        "discounted_payback_years": next(iter(crossings(-cost, [year.discounted for year in years])), None),
        "total_return_percent": total / cost * 100 if cost > 0 else None,
    }
    if cost <= 0:
        result |= dict.fromkeys(NEED_A_PRICE)
    missing = "beyond-horizon" if cost > 0 else "no-system-cost"
    reasons |= {name: missing for name, value in result.items() if value is None}
    reasons |= {"lcoe_real": "no-energy"} if lcoe_real is None else {}
    reasons |= {"lcoe_nominal": "no-energy"} if lcoe_nominal is None else {}
    return Modelled(
        currency=given.currency,
        npv=years[-1].discounted_cumulative if years else -cost,
        irr=irr,
        irr_candidates=candidates,
        lcoe_real=lcoe_real,
        lcoe_nominal=lcoe_nominal,
        total_return=total,
        cash_flows=(-cost, *flows),
        years=years,
        reasons=reasons,
        **result,
    )


def _irr(flows: Sequence[Decimal], reasons: dict[str, str]) -> tuple[Decimal | None, tuple[Decimal, ...]]:
    rows = [float(flow) for flow in flows]
    candidates = tuple(Decimal(repr(rate)) for rate in rates_of_return(rows))
    if len(candidates) == 1:
        return candidates[0], candidates
    if not has_sign_change(rows):
        reasons["irr"] = "no-sign-change"
    else:
        reasons["irr"] = "several-roots" if candidates else "no-real-root"
    return None, candidates


def _lcoe(given: ModelInput, cost: Decimal, years: Sequence[ModelYear]) -> tuple[Decimal | None, Decimal | None]:
    nominal = ONE + nominal_discount_rate(given.real_discount_rate, given.inflation)
    real = ONE + given.real_discount_rate
    costs, energy_real, energy_nominal = cost, ZERO, ZERO
    nominal_factor = real_factor = ONE
    for year in years:
        nominal_factor *= nominal
        real_factor *= real
        costs += (year.maintenance + year.replacement) / nominal_factor
        energy_real += year.production_kwh / real_factor
        energy_nominal += year.production_kwh / nominal_factor
    return costs / energy_real if energy_real else None, costs / energy_nominal if energy_nominal else None


def _check(given: ModelInput) -> None:
    if given.years < 0:
        raise ValueError("years must not be negative.")
    if given.inflation <= -1:
        raise ValueError("inflation must be above -1 (-100 % a year).")
    if given.real_discount_rate <= -1:
        raise ValueError("realDiscountRate must be above -1 (-100 % a year).")
