"""The balance check of a source's last days, and the change of its mapping that would mend what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data import arrivals, mongo, rereading
from services import access
from services.ingestion.source_facts import facts_of
from services.people.viewer import Viewer
from services.sources import specimens
from solar import normalise
from solar.balance_check import Balance, Fault, check
from solar.normalise.provenance import Origin, origins
from solar.normalise.units import conversion
from solar.vocabulary import POWER_FIELDS

LOOKED_BACK = timedelta(days=3)
_MOST_READINGS = 1_500
_MOST_WITH_LEAVES = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check says, and the mapping that mends it (None where there is nothing to mend, or no way to)."""

    balance: Balance
    mapping: dict[str, Any] | None


def examine(viewer: Viewer, source_id: str, now: datetime) -> Finding:
    """Check the measured powers of the last days, at most the newest 1,500 readings."""
    record = access.source_for(viewer, source_id, manage=True)
    database, name = mongo.database(), str(record.id)
    found = rereading.newest_raw(database, name, _MOST_READINGS, since=now - LOOKED_BACK)
    known = arrivals.memories(database, [name]).get(name)
    context = replace(facts_of(record).context, mapping=record.payload_mapping)
    looked = {each["timestamp"]: _origins(each, context, known.learnt if known else {})
              for each in found[:_MOST_WITH_LEAVES]}
    balance = check(_powers(found), _leaves(looked))
    if balance.fault is None:
        return Finding(balance, None)
    feeding = _feeding(looked.values(), balance.fault.field)
    return Finding(balance, mended(record.payload_mapping, balance.fault, feeding))


def _origins(
    document: Mapping[str, Any], context: normalise.Source, memory: normalise.Memory
) -> list[Origin]:
    return origins(specimens.messages_of(document), context, memory)


def _powers(documents: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The powers that were measured: what was worked out from the balance itself would prove nothing."""
    rows = [
        {name: each.get(name) for name in POWER_FIELDS if name not in each["metadata"].get("derived", ())}
        for each in documents
    ]
    index = pd.DatetimeIndex([each["timestamp"] for each in documents])
    return pd.DataFrame(rows, index=index, columns=list(POWER_FIELDS)).astype(float)


def _leaves(looked: Mapping[datetime, Sequence[Origin]]) -> pd.DataFrame:
    """The numbers that feed solar or load, in W, by their path."""
    rows = [
        {each.path: float(each.value) * each.scale for each in some
         if each.field in ("solarPower", "loadPower") and isinstance(each.value, int | float)}
        for some in looked.values()
    ]
    return pd.DataFrame(rows, index=pd.DatetimeIndex(list(looked))).astype(float)


def _feeding(looked: Any, field: str) -> list[Origin]:
    """One origin for each path that feeds a field."""
    return list({each.path: each for some in looked for each in some if each.field == field}.values())


def mended(mapping: Mapping[str, Any] | None, fault: Fault, feeding: Sequence[Origin]) -> dict[str, Any] | None:
    """Return the mapping with a fault mended, None where nothing is known to feed the field."""
    made: dict[str, Any] = {**(mapping or {})}
    fields: dict[str, Any] = {**made.get("fields", {})}
    if fault.kind == "twice" and fault.path is not None:
        return {**made, "fields": {**fields, fault.path: None}}
    if fault.kind == "sign" and not any(each.own for each in feeding):
        # Turned once more, it is as it was.
        return {**made, "invert": sorted(set(made.get("invert", ())) ^ {fault.field})}
    if not feeding:
        return None
    for each in feeding:
        unit = each.unit
        known = conversion(unit, fault.field) if unit else None
        rule: dict[str, Any] = {"field": fault.field, "factor": fault.factor * each.scale / (known[0] if known else 1)}
        fields[each.path] = {**rule, "unit": unit} if known else rule
    return {**made, "fields": fields}
