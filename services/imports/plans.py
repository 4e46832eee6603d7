"""What the columns of a file mean: a plan, suggested from names and values, and checked before it is followed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from services.errors import Invalid
from services.imports.tables import Cell
from solar import days
from solar.normalise import generic, units
from solar.normalise.keys import is_time_key, plain
from solar.normalise.times import to_instant
from solar.vocabulary import CHANNELS, FIELDS

Kind = Literal["readings", "days"]
# How people write times that are neither ISO 8601 nor numbers.
PATTERNS = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y",
)  # fmt: skip
_CHANNEL_NAMES: Mapping[str, str] = {
    "produced": "produced production solar pv pvenergy generated generation yield solarproduction energyproduced",
    "consumed": "consumed consumption home house load houseconsumption homeusage usage energyconsumed",
    "imported": "imported import fromgrid gridimport gridconsumption purchased bought energyimported frompower",
    "exported": "exported export togrid gridexport feedin fedin sold energyexported",
    "charged": "charged charge tobattery batterycharge batterycharged",
    "discharged": "discharged discharge frombattery batterydischarge batterydischarged",
}
_CHANNEL_OF = {name: channel for channel, names in _CHANNEL_NAMES.items() for name in names.split()}
_UNIT = re.compile(r"\s*[\[(]([^\])]*)[\])]\s*$")
_DAY_NAMES = frozenset({"date", "day", "datum", "tag"})
_TIME_NAMES = frozenset({"zeit", "zeitstempel", "uhrzeit", "start", "from", "begin", "timestamputc", "dateandtime"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, the field or channel it holds, and in which unit ("" where it is the canonical one)."""

    name: str
    target: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read a file: `readings` (fields at instants) or `days` (kWh per channel and local day, summed up).

    `time_pattern` is empty for ISO 8601 and epoch numbers; clocks without zone are read in `time_zone`.
    """

    kind: Kind
    time_column: str
    time_zone: str
    columns: tuple[Column, ...]
    time_pattern: str = ""

    def as_json(self) -> dict[str, Any]:
        """The plan as plain dictionaries, the other way round of `plan_of`."""
        columns = [{"name": each.name, "target": each.target, "unit": each.unit} for each in self.columns]
        return {
            "kind": self.kind, "timeColumn": self.time_column, "timeZone": self.time_zone,
            "timePattern": self.time_pattern, "columns": columns,
        }  # fmt: skip


def plan_of(document: Mapping[str, Any], header: Sequence[str]) -> Plan:
    """Return the plan that a document holds; raises Invalid with a sentence for each thing that is wrong."""
    errors: dict[str, str] = {}
    kind = document.get("kind")
    if kind not in ("readings", "days"):
        errors["kind"] = "must be readings or days"
    if document.get("timeColumn") not in header:
        errors["timeColumn"] = "must be a column of the file"
    if document.get("timePattern", "") not in ("", *PATTERNS):
        errors["timePattern"] = f"must be empty or one of {', '.join(PATTERNS)}"
    try:
        days.zone_of(str(document.get("timeZone", "")))
    except ValueError:
        errors["timeZone"] = "must be an IANA time zone such as Europe/Berlin"
    given = document.get("columns")
    columns = [each for each in given if isinstance(each, Mapping)] if isinstance(given, Sequence) else []
    made = tuple(Column(str(c.get("name")), str(c.get("target")), str(c.get("unit") or "")) for c in columns)
    errors |= _column_errors(made, header, str(kind))
    if errors:
        raise Invalid(errors)
    return Plan(
        "days" if kind == "days" else "readings", str(document["timeColumn"]), str(document["timeZone"]), made,
        str(document.get("timePattern", "")),
    )  # fmt: skip


def _column_errors(columns: Sequence[Column], header: Sequence[str], kind: str) -> dict[str, str]:
    targets = CHANNELS if kind == "days" else tuple(FIELDS)
    if not columns:
        return {"columns": "must give a meaning to at least one column"}
    for each in columns:
        if each.name not in header:
            return {"columns": f"must name columns of the file; {each.name} is not there"}
        if each.target not in targets:
            return {"columns": f"must mean {'channels' if kind == 'days' else 'fields'}; {each.target} is none"}
        if _conversion(each, kind) is None:
            return {"columns": f"must have units that fit; {each.unit} does not fit {each.target}"}
    if len({each.target for each in columns}) < len(columns):
        return {"columns": "must not give the same meaning to two columns"}
    return {}


def _conversion(column: Column, kind: str) -> tuple[float, float] | None:
    return units.conversion(column.unit, "totalEnergyProduced" if kind == "days" else column.target)


def factor_of(column: Column, kind: Kind) -> tuple[float, float]:
    """Return (factor, offset) that turn a value of a column into its canonical unit."""
    return _conversion(column, kind) or (1.0, 0.0)


def suggest(header: Sequence[str], sample: Sequence[Sequence[Cell]], time_zone: str) -> Plan:
    """Return the plan that names and first values speak for; its columns may be none, and its time column be empty."""
    time_column = _time_column(header, sample)
    values = [row[header.index(time_column)] for row in sample if time_column and len(row) > header.index(time_column)]
    fields = _columns(header, time_column, _field_of)
    channels = _columns(header, time_column, _channel_of)
    is_daily = bool(values) and all(_is_date(value) for value in values)
    kind: Kind = "days" if channels and (is_daily or not fields) else "readings"
    zone = "UTC" if "UTC" in time_column else time_zone
    columns = channels if kind == "days" else fields
    return Plan(kind, time_column, zone, tuple(columns), _pattern(values))


def _time_column(header: Sequence[str], sample: Sequence[Sequence[Cell]]) -> str:
    for name in header:
        word = plain(_UNIT.sub("", name))
        if is_time_key(word) or word in _DAY_NAMES or word in _TIME_NAMES:
            return name
    for position, name in enumerate(header):
        first = sample[0][position] if sample and len(sample[0]) > position else None
        if isinstance(first, datetime | date) or (isinstance(first, str) and _is_time(first)):
            return name
    return ""


def _is_time(text: str) -> bool:
    return not text.replace(".", "").isdigit() and (bool(_pattern([text])) or _instant(text) is not None)


def _instant(text: str) -> datetime | None:
    return to_instant(text, "UTC", datetime.fromisoformat("2000-01-01T00:00:00+00:00"))


def _pattern(values: Sequence[Cell]) -> str:
    """The first pattern that fits all texts; empty where they need none."""
    texts = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not texts or all(_instant(text) is not None for text in texts):
        return ""
    return next((pattern for pattern in PATTERNS if all(_fits(text, pattern) for text in texts)), "")


def _fits(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is the plan's
    except ValueError:
        return False
    return True


def _is_date(value: Cell) -> bool:
    if isinstance(value, datetime):
        return (value.hour, value.minute, value.second) == (0, 0, 0)
    return isinstance(value, date) or (isinstance(value, str) and 0 < len(value.strip()) <= len("2026-12-31"))


def _columns(header: Sequence[str], time_column: str, meaning: Any) -> list[Column]:
    found: dict[str, Column] = {}
    for name in header:
        column = meaning(name) if name and name != time_column else None
        if column is not None:
            found.setdefault(column.target, column)
    return list(found.values())


def _unit_of(name: str) -> tuple[str, str]:
    """A column's name without the unit in brackets, and that unit."""
    match = _UNIT.search(name)
    unit = match.group(1).strip() if match else ""
    return (_UNIT.sub("", name), unit) if match and units.known_unit(unit) else (name, "")


def _field_of(name: str) -> Column | None:
    word, unit = _unit_of(name)
    found = generic.match(word)
    if found is None or found.part or found.channel:
        return None
    fitting = unit or found.unit or ""
    return Column(name, found.field, fitting if units.conversion(fitting, found.field) else "")


def _channel_of(name: str) -> Column | None:
    word, unit = _unit_of(name)
    key = plain(word)
    for suffix in ("kwh", "wh", "mwh"):
        if not unit and key.endswith(suffix) and key.removesuffix(suffix) in _CHANNEL_OF:
            key, unit = key.removesuffix(suffix), suffix
            break
    channel = _CHANNEL_OF.get(key)
    if channel is None or (unit and units.conversion(unit, "totalEnergyProduced") is None):
        return None
    return Column(name, channel, unit)
