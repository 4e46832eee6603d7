"""The mapping an owner gives a source: which path is which field, its unit and factor, the role of a meter, turned
signs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from solar.normalise.keys import plain
from solar.vocabulary import FIELDS, NUMERIC_FIELDS

ROLES = ("solar", "grid", "load")
_MOST_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """One path of the mapping; `field` None drops it."""

    path: str
    field: str | None
    unit: str | None = None
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """A mapping made usable; what does not follow its rules is left out (`faults_of` tells the owner before)."""

    role: str | None
    inverted: frozenset[str]
    rules: Mapping[str, Rule]

    def rule_for(self, segments: list[str]) -> Rule | None:
        """The rule with the longest path that is the end of these segments."""
        for start in range(len(segments) if self.rules else 0):
            rule = self.rules.get("".join(segments[start:]))
            if rule is not None:
                return rule
        return None


def read_mapping(mapping: Mapping[str, Any] | None) -> OwnMapping:
    """`{"role", "invert", "fields"}` as sent by the owner's form; never raises."""
    if not isinstance(mapping, Mapping):
        return OwnMapping(None, frozenset(), {})
    role = mapping.get("role")
    inverted = mapping.get("invert")
    fields = mapping.get("fields")
    rules = {}
    for path, target in list(fields.items())[:_MOST_FIELDS] if isinstance(fields, Mapping) else ():
        rule = _rule(str(path), target)
        if rule is not None:
            rules[_plain_path(str(path))] = rule
    return OwnMapping(
        role if isinstance(role, str) and role in ROLES else None,
        frozenset(name for name in inverted if name in NUMERIC_FIELDS)
        if isinstance(inverted, list | tuple)
        else frozenset(),
        rules,
    )


def _plain_path(path: str) -> str:
    """A path as paths are compared: below `ampra/sources/{id}/`, without the closing `state` or `value` of a topic."""
    segments = [segment for segment in re.split(r"[./]", path) if segment]
    if segments[:2] == ["ampra", "sources"] and len(segments) > 3:
        segments = segments[3:]
    if len(segments) > 1 and segments[-1].lower() in ("state", "value"):
        segments.pop()
    return "".join(plain(segment) for segment in segments)


def _rule(path: str, target: Any) -> Rule | None:
    if target is None:
        return Rule(path, None)
    if isinstance(target, str):
        target = {"field": target}
    if not isinstance(target, Mapping) or target.get("field") not in FIELDS:
        return None
    factor = target.get("factor")
    unit = target.get("unit")
    scale = float(factor) if isinstance(factor, int | float) and not isinstance(factor, bool) else 1.0
    return Rule(path, str(target["field"]), unit if isinstance(unit, str) and unit else None, scale)
