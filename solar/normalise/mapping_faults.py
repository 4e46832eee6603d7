"""What is wrong with a mapping, one sentence for each place, before it is kept."""

import math
from collections.abc import Mapping
from typing import Any

from solar.normalise.mapping import ROLES
from solar.normalise.units import conversion
from solar.vocabulary import FIELDS, NUMERIC_FIELDS

_KEYS = frozenset({"role", "invert", "fields"})
_TARGET_KEYS = frozenset({"field", "unit", "factor"})
MOST_FIELDS = 500
_LONGEST_PATH = 300


def faults_of(mapping: Any) -> dict[str, str]:
    """Return a sentence for each fault of a mapping: under `mapping`, `role`, `invert`, or the path it is about."""
    if not isinstance(mapping, Mapping):
        return {"mapping": "must be an object with fields, invert or role"}
    faults = {str(name): "is none of fields, invert and role" for name in mapping if name not in _KEYS}
    if mapping.get("role") is not None and mapping["role"] not in ROLES:
        faults["role"] = f"must be one of {', '.join(ROLES)}"
    inverted = mapping.get("invert", [])
    if not isinstance(inverted, list) or not all(name in NUMERIC_FIELDS for name in inverted):
        faults["invert"] = "must be a list of numeric fields of the vocabulary"
    fields = mapping.get("fields", {})
    if not isinstance(fields, Mapping) or len(fields) > MOST_FIELDS:
        faults["fields"] = f"must be an object of up to {MOST_FIELDS} paths"
        return faults
    for path, target in fields.items():
        sentence = _fault_of_path(str(path)) or _fault_of_target(target)
        if sentence:
            faults[str(path)] = sentence
    return faults


def _fault_of_path(path: str) -> str | None:
    if path.strip("/. ") and len(path) <= _LONGEST_PATH:
        return None
    return f"a path must have 1 to {_LONGEST_PATH} characters"


def _fault_of_target(target: Any) -> str | None:
    """Say what is wrong with what a path becomes: None (left out), a field, or a field with unit and factor."""
    if target is None:
        return None
    if isinstance(target, str):
        target = {"field": target}
    if not isinstance(target, Mapping) or target.get("field") not in FIELDS:
        return "must be a field of the vocabulary, or nothing to leave it out"
    if unknown := sorted(set(map(str, target)) - _TARGET_KEYS):
        return f"{unknown[0]} is none of field, unit and factor"
    return _fault_of_unit(str(target["field"]), target.get("unit")) or _fault_of_factor(target.get("factor"))


def _fault_of_unit(field: str, unit: Any) -> str | None:
    if unit is None or unit == "":
        return None
    if isinstance(unit, str) and conversion(unit, field) is not None:
        return None
    return f"the unit must be one of {FIELDS[field].unit or 'a text field'}, written as usual, such as kW for W"


def _fault_of_factor(factor: Any) -> str | None:
    if factor is None:
        return None
    is_number = isinstance(factor, int | float) and not isinstance(factor, bool)
    if is_number and math.isfinite(factor) and factor != 0:
        return None
    return "the factor must be a number other than 0"
