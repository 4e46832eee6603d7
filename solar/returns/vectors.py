"""Reading returns vectors, running them, and saying where the result differs from what is expected."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from solar.money import decimal_of, display, plain
from solar.returns.account import OneOffCost, Plant
from solar.returns.days import DayEnergy, day_values
from solar.returns.measured import Measured, measured
from solar.returns.modelled import FIGURES, ModelInput, Modelled, Replacement, modelled
from solar.tariffs import PriceEntry, Tariff
from solar.tariffs.checks import read_start
from solar.vocabulary import CHANNELS

MEASURED_MONEY = ("savings", "maintenance", "net", "average_yearly_net")
MEASURED_FIGURES = (*MEASURED_MONEY, "roi_percent", "progress_percent", "simple_payback_years")
MODELLED_MONEY = ("npv", "total_return")


def run_vector(vector: Mapping[str, Any]) -> dict[str, Any]:
    """Run one vector and return its report line: name, pass, differences and result."""
    given = vector["input"]
    kind = vector.get("kind")
    if kind == "measured":
        result = measured_json(_measured(given))
    elif kind == "modelled":
        result = modelled_json(modelled(_model_input(given)))
    else:
        raise ValueError(f"kind must be measured or modelled, not {kind!r}.")
    differences = compare(result, vector["expect"])
    return {"name": vector["name"], "pass": not differences, "differences": differences, "result": result}


def measured_json(result: Measured) -> dict[str, Any]:
    """Write the measured figures in the vectors' words, numbers as text."""
    figures = {_camel(name): _text(getattr(result, name)) for name in MEASURED_FIGURES}
    return figures | {
        "paybackStatus": result.payback_status,
        "paybackDate": result.payback_date and result.payback_date.isoformat(),
        "pricedDays": result.priced_days,
        "unpricedDays": [day.isoformat() for day in result.unpriced_days],
        "basisDays": dict(result.basis_days),
        "upperBound": result.upper_bound,
        "reasons": {_camel(name): reason for name, reason in result.reasons.items()},
        "display": {_camel(name): display(getattr(result, name), result.currency) for name in MEASURED_MONEY},
    }


def modelled_json(result: Modelled) -> dict[str, Any]:
    """Write the modelled figures in the vectors' words, numbers as text."""
    figures = {_camel(name): _text(getattr(result, name)) for name in FIGURES}
    return figures | {
        "irrCandidates": [plain(rate) for rate in result.irr_candidates],
        "cashFlows": None if result.cash_flows is None else [plain(flow) for flow in result.cash_flows],
        "reasons": {_camel(name): reason for name, reason in result.reasons.items()},
        "display": {_camel(name): display(getattr(result, name), result.currency) for name in MODELLED_MONEY},
    }


def compare(result: Mapping[str, Any], expect: Mapping[str, Any]) -> list[str]:
    """Say for each expected key where the result differs; numbers as text may differ by the vector's tolerance."""
    tolerance = Decimal(str(expect.get("tolerance", "0")))
    differences = []
    for key, want in expect.items():
        if key == "tolerance":
            continue
        if key not in result:
            differences.append(f"{key}: missing, want {want!r}")
        elif not _matches(result[key], want, tolerance):
            differences.append(f"{key}: got {result[key]!r}, want {want!r}")
    return differences


def _matches(got: Any, want: Any, tolerance: Decimal) -> bool:
    if isinstance(want, list) and isinstance(got, list):
        return len(got) == len(want) and all(_matches(a, b, tolerance) for a, b in zip(got, want, strict=True))
    number = _number(want)
    if number is None:
        return bool(got == want)
    other = _number(got)
    return other is not None and abs(other - number) <= tolerance * max(Decimal(1), abs(number))


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None


def _measured(given: Mapping[str, Any]) -> Measured:
    plant = Plant(
        currency=given["currency"],
        system_cost=_amount(given, "systemCost"),
        maintenance_cost_per_year=_amount(given, "maintenanceCostPerYear"),
        installation_date=_date(given, "installationDate"),
        one_off_costs=tuple(
            OneOffCost(_needed_date(cost, "date"), decimal_of(cost.get("amount"), "amount"))
            for cost in given.get("oneOffCosts") or ()
        ),
    )
    entries = tuple(
        PriceEntry(
            read_start(price.get("effectiveFrom"), "effectiveFrom"),
            decimal_of(price.get("pricePerKwh"), "pricePerKwh"),
            _amount(price, "exportPricePerKwh"),
        )
        for price in given["prices"]
    )
    days = [
        DayEnergy(
            _needed_date(day, "date"),
            {channel: decimal_of(day[channel], channel) for channel in CHANNELS if day.get(channel) is not None},
        )
        for day in given["days"]
    ]
    values = day_values(days, Tariff(entries, given["timezone"]))
    return measured(plant, values, _needed_date(given, "asOf"))


def _model_input(given: Mapping[str, Any]) -> ModelInput:
    def rate(name: str) -> Decimal:
        return _amount(given, name) or Decimal(0)

    return ModelInput(
        currency=given["currency"],
        years=int(given["years"]),
        system_cost=_amount(given, "systemCost"),
        annual_production_kwh=decimal_of(given.get("annualProductionKwh"), "annualProductionKwh"),
        annual_self_used_kwh=decimal_of(given.get("annualSelfUsedKwh"), "annualSelfUsedKwh"),
        annual_exported_kwh=decimal_of(given.get("annualExportedKwh"), "annualExportedKwh"),
        import_price=rate("importPrice"),
        export_price=rate("exportPrice"),
        degradation=rate("degradation"),
        import_price_escalation=rate("importPriceEscalation"),
        export_price_escalation=rate("exportPriceEscalation"),
        inflation=rate("inflation"),
        maintenance_cost_per_year=rate("maintenanceCostPerYear"),
        replacements=tuple(
            Replacement(int(each["year"]), decimal_of(each.get("cost"), "cost"))
            for each in given.get("replacements") or ()
        ),
        real_discount_rate=rate("realDiscountRate"),
    )


def _amount(given: Mapping[str, Any], name: str) -> Decimal | None:
    value = given.get(name)
    return None if value is None else decimal_of(value, name)


def _date(given: Mapping[str, Any], name: str) -> date | None:
    return None if given.get(name) is None else _needed_date(given, name)


def _needed_date(given: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(str(given.get(name)))
    except ValueError:
        raise ValueError(f"{name} must be a date like 2026-01-31, not {given.get(name)!r}.") from None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
