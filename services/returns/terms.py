"""What an owner states about costs and the future: read, checked and saved per source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data import postgres, returns_settings, sources
from data.returns_settings import CostRecord, ReturnsRecord
from data.sources import SourceRecord
from services import access
from services.errors import Invalid
from services.people.viewer import Viewer
from services.sources import rules as source_rules
from solar.days import local_date, start_of_day
from solar.money import decimal_of
from solar.returns import Assumptions, OneOffCost, Plant, assumptions_to_json, read_assumptions

COST_FIELDS = {"systemCost": "system_cost", "maintenanceCostPerYear": "maintenance_cost_per_year"}
MOST_COSTS = 200
MOST_NOTE = 200
_LIMIT = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Terms:
    """The costs and assumptions of a source."""

    plant: Plant
    assumptions: Assumptions


def terms_of(
    source: SourceRecord,
    settings: ReturnsRecord,
    costs: Iterable[CostRecord],
    trial: Mapping[str, Any] | None = None,
) -> Terms:
    """Return the terms as saved, with those of `trial` in their place; raises Invalid with a sentence for each field.

    trial: names of `solar.returns.read_assumptions`, systemCost and maintenanceCostPerYear; None or "" for a cost means
    that it is not known, for an assumption its default.
    """
    given = dict(trial or {})
    errors: dict[str, str] = {}
    money = {column: getattr(source, column) for column in COST_FIELDS.values()}
    for name, column in COST_FIELDS.items():
        if name in given:
            money[column] = _amount(given.pop(name), name, errors)
    assumptions, faults = read_assumptions({**settings.assumptions, **given})
    errors |= {name: _without(name, sentence) for name, sentence in faults.items() if name in given}
    if errors:
        raise Invalid(errors)
    plant = Plant(
        source.currency,
        money["system_cost"],
        money["maintenance_cost_per_year"],
        installed_on(source),
        tuple(OneOffCost(cost.date, cost.amount, cost.note) for cost in costs),
    )
    return Terms(plant, assumptions)


def faults(trial: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for each term of a trial that is at fault; none where it can be computed with."""
    errors: dict[str, str] = {}
    for name in COST_FIELDS.keys() & trial.keys():
        _amount(trial[name], name, errors)
    _, found = read_assumptions({name: value for name, value in trial.items() if name not in COST_FIELDS})
    return errors | {name: _without(name, sentence) for name, sentence in found.items()}


def installed_on(source: SourceRecord) -> date | None:
    """Return the local date of the installation."""
    return local_date(source.installation_date, source.time_zone) if source.installation_date else None


def save_terms(viewer: Viewer, source_id: str, values: Mapping[str, Any]) -> None:
    """Save assumptions and yearly costs by the names of `terms_of`; what is not given stays. Raises Invalid."""
    source = access.source_for(viewer, source_id, manage=True)
    with postgres.session() as session:
        settings = returns_settings.get(session, source.id)
        terms = terms_of(source, settings, (), values)
        returns_settings.save(session, source.id, {"assumptions": assumptions_to_json(terms.assumptions)})
        if changed := {column: getattr(terms.plant, column) for name, column in COST_FIELDS.items() if name in values}:
            sources.update_columns(session, source.id, changed)


def save_costs(
    viewer: Viewer,
    source_id: str,
    costs: Iterable[Mapping[str, Any]],
    now: datetime,
    *,
    replacements: Iterable[Mapping[str, Any]] | None = None,
    installation_date: date | None = None,
) -> None:
    """Save the dated costs of a source in place of all before (date, amount, note; grants are negative), and where
    given the replacements of the model (year, cost) and the local date of the installation. Raises Invalid."""
    source = access.source_for(viewer, source_id, manage=True)
    read = _read_costs(costs)
    changes: dict[str, Any] = {}
    if installation_date is not None:
        changes["installation_date"] = start_of_day(installation_date, source.time_zone)
        source_rules.check(changes, now)
    with postgres.session() as session:
        settings = returns_settings.get(session, source.id)
        if replacements is not None:
            terms = terms_of(source, settings, (), {"replacements": list(replacements)})
            returns_settings.save(session, source.id, {"assumptions": assumptions_to_json(terms.assumptions)})
        returns_settings.replace_costs(session, source.id, read)
        if changes:
            sources.update_columns(session, source.id, changes)


def try_costs(
    viewer: Viewer, source_id: str, costs: Iterable[Mapping[str, Any]], now: datetime, **more: Any
) -> dict[str, str]:
    """Save costs as `save_costs` does; returns a sentence for each field at fault in place of Invalid, for forms."""
    try:
        save_costs(viewer, source_id, costs, now, **more)
    except Invalid as error:
        return error.errors
    return {}


def _read_costs(rows: Iterable[Mapping[str, Any]]) -> list[CostRecord]:
    read: list[CostRecord] = []
    errors: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        try:
            read.append(_read_cost(row))
        except ValueError as error:
            errors[f"cost {number}"] = str(error)
    if len(read) > MOST_COSTS:
        errors["costs"] = f"must be at most {MOST_COSTS}"
    if errors:
        raise Invalid(errors)
    return read


def _read_cost(row: Mapping[str, Any]) -> CostRecord:
    amount = decimal_of(row.get("amount"), "amount")
    if abs(amount) >= _LIMIT:
        raise ValueError("amount must lie between -10^12 and 10^12.")
    note = str(row.get("note") or "").strip()
    if len(note) > MOST_NOTE or not note.isprintable():
        raise ValueError(f"note must be a text of up to {MOST_NOTE} characters.")
    value = row.get("date")
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("date must be a date like 2026-01-31.") from None
    return CostRecord(day, amount, note)


def _amount(value: Any, name: str, errors: dict[str, str]) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = decimal_of(value, name)
    except ValueError as error:
        errors[name] = _without(name, str(error))
        return None
    if not 0 <= amount < _LIMIT:
        errors[name] = "must be an amount of 0 or more."
        return None
    return amount


def _without(name: str, sentence: str) -> str:
    """Drop the field's name from the head of its sentence: errors are shown at the field."""
    return sentence.removeprefix(f"{name}: ").removeprefix(f"{name} ")
