"""What the model assumes about the future: defaults, limits, and reading what an owner entered."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from solar.money import decimal_of, plain
from solar.returns.modelled import Replacement

MOST_YEARS = 50
MOST_REPLACEMENTS = 20


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Assumptions of a source, rates as fractions a year and nominal but for the real discount rate.

    Defaults: modules lose 0.5 % a year (the default of NREL's System Advisor Model), imported energy rises with an
    inflation of 2 % (the target of the European Central Bank), feed-in pay stays as it is, 3 % real discount rate,
    25 years. No default for CO2: grids differ too much, the owner states the factor.
    """

    years: int = 25
    degradation: Decimal = Decimal("0.005")
    import_price_escalation: Decimal = Decimal("0.02")
    export_price_escalation: Decimal = Decimal(0)
    inflation: Decimal = Decimal("0.02")
    real_discount_rate: Decimal = Decimal("0.03")
    replacements: tuple[Replacement, ...] = ()
    co2_kg_per_kwh: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """The limits of one number, both allowed, and what a reader calls it."""

    field: str
    key: str
    label: str
    low: Decimal
    high: Decimal


RULES: tuple[Rule, ...] = (
    Rule("degradation", "degradation", "Panels lose", Decimal(0), Decimal("0.2")),
    Rule("import_price_escalation", "importPriceEscalation", "Price rise", Decimal("-0.5"), Decimal(1)),
    Rule("export_price_escalation", "exportPriceEscalation", "Feed-in rise", Decimal("-0.5"), Decimal(1)),
    Rule("inflation", "inflation", "Inflation", Decimal("-0.2"), Decimal(1)),
    Rule("real_discount_rate", "realDiscountRate", "Discount rate", Decimal("-0.2"), Decimal(1)),
)
CO2_LIMIT = Decimal(5)


def read_assumptions(values: Mapping[str, Any]) -> tuple[Assumptions, dict[str, str]]:
    """Read assumptions by their JSON names; a name that is absent or empty keeps its default.

    Returns them and a sentence for each name at fault, whose default is then used.
    """
    read: dict[str, Any] = {}
    errors: dict[str, str] = {}
    readers = {"years": _years, "replacements": _replacements, "co2KgPerKwh": _co2}
    for key, value in values.items():
        if value is None or value == "":
            continue
        rule = next((rule for rule in RULES if rule.key == key), None)
        try:
            if rule is not None:
                read[rule.field] = _rate(value, rule)
            elif key in readers:
                read[_field(key)] = readers[key](value)
        except ValueError as error:
            errors[key] = str(error)
    return Assumptions(**read), errors


def assumptions_to_json(assumptions: Assumptions) -> dict[str, Any]:
    """Write assumptions by their JSON names, decimals as text."""
    co2 = assumptions.co2_kg_per_kwh
    return {
        "years": assumptions.years,
        **{rule.key: plain(getattr(assumptions, rule.field)) for rule in RULES},
        "replacements": [{"year": each.year, "cost": plain(each.cost)} for each in assumptions.replacements],
        "co2KgPerKwh": None if co2 is None else plain(co2),
    }


def changed_from_default(assumptions: Assumptions) -> tuple[str, ...]:
    """Name the fields that differ from the defaults."""
    default = Assumptions()
    return tuple(
        each.name for each in fields(Assumptions) if getattr(assumptions, each.name) != getattr(default, each.name)
    )


def _field(key: str) -> str:
    return "co2_kg_per_kwh" if key == "co2KgPerKwh" else key


def _rate(value: object, rule: Rule) -> Decimal:
    rate = decimal_of(value, rule.key)
    if not rule.low <= rate <= rule.high:
        low, high = (plain((limit * 100).normalize()) for limit in (rule.low, rule.high))
        raise ValueError(f"{rule.key} must lie between {low} and {high} % a year.")
    return rate


def _whole(value: object, name: str, most: int) -> int:
    number = decimal_of(value, name)
    if number != number.to_integral_value() or not 1 <= number <= most:
        raise ValueError(f"{name} must be a whole number from 1 to {most}.")
    return int(number)


def _years(value: object) -> int:
    return _whole(value, "years", MOST_YEARS)


def _replacements(value: object) -> tuple[Replacement, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_REPLACEMENTS:
        raise ValueError(f"replacements must be a list of at most {MOST_REPLACEMENTS} entries with year and cost.")
    replacements = []
    for each in value:
        if not isinstance(each, Mapping):
            raise ValueError("replacements: each entry must have year and cost.")
        cost = decimal_of(each.get("cost"), "replacements: cost")
        if cost < 0:
            raise ValueError("replacements: cost must not be negative.")
        replacements.append(Replacement(_whole(each.get("year"), "replacements: year", MOST_YEARS), cost))
    return tuple(sorted(replacements, key=lambda each: each.year))


def _co2(value: object) -> Decimal:
    factor = decimal_of(value, "co2KgPerKwh")
    if not 0 <= factor <= CO2_LIMIT:
        raise ValueError(f"co2KgPerKwh must lie between 0 and {CO2_LIMIT} kg per kWh.")
    return factor
