"""Why this number: for each figure its formula in words, the numbers that went in, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from solar.returns.breakdown import by_price_version, sums
from solar.returns.measured import Measured
from solar.returns.modelled import ModelInput, nominal_discount_rate
from solar.returns.outlook import Outlook

Unit = Literal["money", "price", "kWh", "days", "percent", "fraction", "years", "date", "text", "count"]
Value = Decimal | int | date | str | None

REASONS: Mapping[str, str] = {
    "no-system-cost": "No system cost is given, or grants have covered it.",
    "no-priced-days": "No day has both energy and a price yet.",
    "never": "At this rate maintenance eats the savings: it is not paid back.",
    "beyond-100-years": "At this rate it would take more than 100 years.",
    "beyond-horizon": "It is not paid back within the assumed life.",
    "no-sign-change": "Money only flows one way, so there is no rate of return.",
    "no-real-root": "No rate makes these flows worth zero.",
    "several-roots": "Several rates fit these flows; none of them is the one.",
    "no-energy": "There is no energy to divide by.",
    "no-price": "There is no price yet for this day.",
    "no-hourly-price": "An hour with energy has no price.",
    "no-intervals": "The price varies within the day, but there are no energies by interval.",
    "no-days": "No day has energy yet.",
    "no-factor": "No CO2 factor is given.",
    "missing-channel": "No day has measured production.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One number of a formula; `field` is its name in the result it comes from."""

    label: str
    value: Value
    unit: Unit


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure with its formula, the terms in it, a sentence on what it rests on, and its reason where it is None."""

    figure: str
    value: Value
    unit: Unit
    formula: str
    terms: tuple[Term, ...]
    note: str
    reason: str | None


_MEASURED: Mapping[str, tuple[Unit, str, tuple[str, ...]]] = {
    "savings": (
        "money",
        "savings = self-used × import price + exported × export price, day by day",
        ("self_used_kwh", "exported_kwh", "self_use_savings", "export_savings"),
    ),
    "maintenance": (
        "money",
        "maintenance = yearly maintenance × days of the account / days of the year, year by year",
        ("account_start", "as_of"),
    ),
    "net": ("money", "net = savings - maintenance", ("savings", "maintenance")),
    "roi_percent": ("percent", "return = net / money put in × 100", ("net", "put_in")),
    "progress_percent": (
        "percent",
        "progress = savings / (money put in + maintenance) × 100",
        ("savings", "put_in", "maintenance"),
    ),
    "average_yearly_net": (
        "money",
        "average year = savings × 365.25 / priced days - yearly maintenance",
        ("savings", "priced_days"),
    ),
    "simple_payback_years": (
        "years",
        "payback = money put in / average year",
        ("put_in", "average_yearly_net"),
    ),
    "payback_date": (
        "date",
        "reached: first day with savings - maintenance ≥ money put in; "
        "else first day + money put in / (average year / 365.25)",
        ("account_start", "put_in", "average_yearly_net", "payback_status"),
    ),
}
_MODELLED: Mapping[str, tuple[Unit, str]] = {
    "npv": ("money", "NPV = sum of cash flow of year t / (1 + nominal discount rate)^t, t = 0..N"),
    "irr": ("fraction", "IRR = the rate at which the sum of cash flow of year t / (1 + rate)^t is 0"),
    "payback_years": ("years", "first year in which the sum of cash flows reaches 0, interpolated"),
    "payback_final_years": ("years", "last year in which the sum of cash flows comes back to 0, interpolated"),
    "discounted_payback_years": ("years", "first year in which the discounted cash flows add up to 0, interpolated"),
    "lcoe_real": ("price", "LCOE = discounted costs / energy discounted at the real rate"),
    "lcoe_nominal": ("price", "LCOE = discounted costs / energy discounted at the nominal rate"),
    "total_return": ("money", "total = sum of the cash flows of years 0..N"),
    "total_return_percent": ("percent", "total / money put in × 100"),
}
_TERMS: Mapping[str, tuple[str, Unit]] = {
    "self_used_kwh": ("Self-used", "kWh"),
    "exported_kwh": ("Exported", "kWh"),
    "self_use_savings": ("Saved by self-use", "money"),
    "export_savings": ("Earned by export", "money"),
    "savings": ("Savings", "money"),
    "maintenance": ("Maintenance to date", "money"),
    "net": ("Net", "money"),
    "put_in": ("Money put in", "money"),
    "priced_days": ("Priced days", "days"),
    "average_yearly_net": ("Average year", "money"),
    "account_start": ("First day of the account", "date"),
    "as_of": ("Last day counted", "date"),
    "payback_status": ("Status", "text"),
}


def explain_measured(result: Measured) -> dict[str, Explanation]:
    """Explain every measured figure, by its field name."""
    added = sums(result.values)
    versions = by_price_version(result.values)
    of_prices = "1 price version" if len(versions) == 1 else f"{len(versions)} price versions"
    note = f"Rests on {result.priced_days} priced days and {of_prices}"
    note += f", without {len(result.unpriced_days)} unpriced days" if result.unpriced_days else ""
    note += "; an upper bound, because some days have no split" if result.upper_bound else ""
    explained = {}
    for name, (unit, formula, terms) in _MEASURED.items():
        values = [(term, getattr(added if term.endswith("_kwh") else result, term)) for term in terms]
        explained[name] = Explanation(
            name,
            getattr(result, name),
            unit,
            formula,
            tuple(Term(_TERMS[term][0], value, _TERMS[term][1]) for term, value in values),
            note + ".",
            result.reasons.get(name),
        )
    return explained


def explain_modelled(view: Outlook) -> dict[str, Explanation]:
    """Explain every modelled figure, by its field name; empty where there is no model."""
    if view.given is None or view.result is None or view.energy is None or view.prices is None:
        return {}
    years = len(view.energy.years)
    rests = f"{years} whole measured years" if years else f"{view.energy.average.days} days, less than a year"
    averaged = ", prices averaged over the last year's energy" if view.prices.averaged else ""
    note = f"Modelled: energy from {rests}{averaged}; prices of today in year 1."
    terms = _model_terms(view.given)
    return {
        name: Explanation(name, getattr(view.result, name), unit, formula, terms, note, view.result.reasons.get(name))
        for name, (unit, formula) in _MODELLED.items()
    }


def _model_terms(given: ModelInput) -> tuple[Term, ...]:
    nominal = nominal_discount_rate(given.real_discount_rate, given.inflation)
    return (
        Term("Money put in", given.system_cost, "money"),
        Term("Years", given.years, "years"),
        Term("Self-used in year 1", given.annual_self_used_kwh, "kWh"),
        Term("Exported in year 1", given.annual_exported_kwh, "kWh"),
        Term("Produced in year 1", given.annual_production_kwh, "kWh"),
        Term("Import price", given.import_price, "price"),
        Term("Export price", given.export_price, "price"),
        Term("Panels lose a year", given.degradation, "fraction"),
        Term("Import price rises a year", given.import_price_escalation, "fraction"),
        Term("Export price rises a year", given.export_price_escalation, "fraction"),
        Term("Inflation", given.inflation, "fraction"),
        Term("Maintenance a year", given.maintenance_cost_per_year, "money"),
        Term("Replacements", sum((each.cost for each in given.replacements), Decimal(0)), "money"),
        Term("Real discount rate", given.real_discount_rate, "fraction"),
        Term("Nominal discount rate", nominal, "fraction"),
    )
