"""Sources from a CSV file: read and checked line by line, and the file of the credentials made for them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services import access
from services.errors import Invalid
from services.people.viewer import Viewer
from services.sources import rules as source_rules
from services.sources.making import NewSource
from solar.days import start_of_day

MOST_ROWS = 1_000
LARGEST_BYTES = 1024 * 1024
CONNECTIONS = {"mqtt": 0, "webhook": 1}
FLAGS = {"yes": True, "no": False}
#: The columns by name, in the order of the template; `group` is the name of one of the owner's groups.
COLUMNS = (
    "name", "connection", "group", "description", "latitude", "longitude", "time_zone", "installed_capacity_watts",
    "tilt_degrees", "azimuth_degrees", "export_limit_watts", "has_battery", "battery_capacity_kwh", "currency",
    "system_cost", "maintenance_cost_per_year", "installation_date",
)
_TEXTS = frozenset({"name", "description", "time_zone", "currency"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number, the source's name, its values and group, and what is wrong by column."""

    number: int
    name: str
    values: Mapping[str, Any]
    group_id: UUID | None
    faults: Mapping[str, str]


def dry_run(viewer: Viewer, content: bytes, now: datetime) -> list[Line]:
    """Return every line with what is wrong with it; nothing is made. Raises Invalid for what is no such file."""
    groups = {each.name: each.id for each in access.visible_groups(viewer) if each.user_id == viewer.account_id}
    return [_line(number, row, groups, now) for number, row in _rows(content)]


def good_lines(viewer: Viewer, content: bytes, now: datetime) -> list[Line]:
    """Return the lines of a file without a fault; raises Invalid for any other."""
    lines = dry_run(viewer, content, now)
    if wrong := [each for each in lines if each.faults]:
        raise Invalid({"file": f"{len(wrong)} lines have faults; nothing was made"})
    return lines


def secrets_file(made: Iterable[NewSource]) -> str:
    """Return the credentials of new sources as CSV, to be shown once."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["name", "id", "address", "user", "secret"])
    for each in made:
        record = each.record
        user = f"src-{record.id}" if record.mqtt_topic else ""
        table.writerow([record.name, record.id, record.mqtt_topic or record.webhook_url, user, each.secret])
    return written.getvalue()


def secrets_of(file: str) -> dict[str, str]:
    """Return the secret of each source by its id, as `secrets_file` wrote them."""
    return {row["id"]: row["secret"] for row in csv.DictReader(io.StringIO(file, newline=""))}


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST_BYTES:
        raise Invalid({"file": f"must be at most {LARGEST_BYTES // 1024 // 1024} MB"})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": "must be a CSV file in UTF-8"}) from None
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    heads = [head.strip() for head in reader.fieldnames or ()]
    if unknown := [head for head in heads if head not in COLUMNS]:
        raise Invalid({"file": f"has the unknown column {unknown[0][:60]!r}; known are {', '.join(COLUMNS)}"})
    if "name" not in heads or len(set(heads)) != len(heads):
        raise Invalid({"file": "must have a column name, and each column once"})
    reader.fieldnames = heads
    try:
        rows = [(reader.line_num, row) for row in reader if any(isinstance(cell, str) and cell.strip()
                                                                for cell in row.values())]
    except csv.Error as error:
        raise Invalid({"file": f"is no CSV file: {error}"}) from None
    if not rows or len(rows) > MOST_ROWS:
        raise Invalid({"file": f"must have 1 to {MOST_ROWS} sources; it has {len(rows)}"})
    return rows


def _line(number: int, row: Mapping[Any, Any], groups: Mapping[str, UUID], now: datetime) -> Line:
    faults: dict[str, str] = {"line": "has more cells than columns"} if None in row else {}
    cells = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    values: dict[str, Any] = {"connection_type": CONNECTIONS.get((cells["connection"] or "mqtt").lower())}
    if values["connection_type"] is None:
        faults["connection"] = "must be mqtt or webhook"
    group_id = groups.get(cells["group"])
    if cells["group"] and group_id is None:
        faults["group"] = "must be the name of one of your groups, or empty"
    for name in COLUMNS[3:]:
        if cells[name]:
            values[name] = _value(name, cells[name], cells["time_zone"])
    values["name"] = cells["name"] or None
    found = source_rules.faults_of_new(values, now)
    found.pop("connection_type", None)
    return Line(number, cells["name"], values, group_id, {**found, **faults})


def _value(name: str, text: str, time_zone: str) -> Any:
    """A cell as its rule wants it; what cannot be read stays a text, for the rule to say so."""
    if name in _TEXTS:
        return text
    if name == "has_battery":
        return FLAGS.get(text.lower(), text)
    try:
        if name == "installation_date":
            return start_of_day(date.fromisoformat(text), time_zone or "UTC")
        return float(text)
    except ValueError:
        return text
