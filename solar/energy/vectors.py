"""Energy vectors: a file of readings and the rows that must come out of them, read, computed and compared."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from solar.energy.accounting import daily_energy
from solar.energy.ranking import DayEnergy
from solar.energy.series import ENERGY_FIELDS

Row = Mapping[str, Any]


def check(path: Path) -> dict[str, Any]:
    """Compute one vector file: its name, whether it passes, the differences, and the rows that came out."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    rows = daily_energy(
        readings_frame(vector["readings"]),
        time_zone=vector["timezone"],
        installed_capacity_watts=vector.get("installedCapacityWatts"),
        has_battery=vector.get("hasBattery"),
    )
    got = [as_json(row) for row in rows]
    differences = compare(got, vector["expect"]["days"], vector["expect"]["tolerance"])
    return {"name": vector["name"], "pass": not differences, "differences": differences, "days": got}


def readings_frame(readings: str | Iterable[Row]) -> pd.DataFrame:
    """The readings of a vector, CSV text or a list, as a frame in order of arrival; raises ValueError without zone."""
    rows = list(csv.DictReader(io.StringIO(readings)) if isinstance(readings, str) else readings)
    index = pd.DatetimeIndex([_instant(row["timestamp"]) for row in rows], dtype="datetime64[us, UTC]")
    fields = [name for name in ENERGY_FIELDS if any(name in row for row in rows)]
    return pd.DataFrame({name: [_number(row.get(name)) for row in rows] for name in fields}, index=index)


def as_json(row: DayEnergy) -> dict[str, Any]:
    """A row with the names of the vectors."""
    return {
        "date": row.date.isoformat(),
        "channel": row.channel,
        "kwh": row.kwh,
        "method": row.method,
        "coverage": row.coverage,
        "recoveredKwh": row.recovered_kwh,
    }


def compare(got: Iterable[Row], want: Iterable[Row], tolerance: Mapping[str, float]) -> list[str]:
    """What differs, in sentences; none where all rows are there, no other is, and all numbers are within tolerance."""
    found = {(row["date"], row["channel"]): row for row in got}
    wanted = {(row["date"], row["channel"]): row for row in want}
    differences = [f"{' '.join(key)}: no row" for key in wanted if key not in found]
    differences += [f"{' '.join(key)}: a row too many" for key in found if key not in wanted]
    for key in wanted.keys() & found.keys():
        differences += [f"{' '.join(key)} {text}" for text in _row_differences(found[key], wanted[key], tolerance)]
    return sorted(differences)


def _row_differences(got: Row, want: Row, tolerance: Mapping[str, float]) -> list[str]:
    names = {"kwh": tolerance["kwh"], "recoveredKwh": tolerance["kwh"], "coverage": tolerance["coverage"]}
    texts = [
        f"{name}: {got[name]} instead of {want[name]}"
        for name, allowed in names.items()
        if not abs(got[name] - want[name]) <= allowed
    ]
    if got["method"] != want["method"]:
        texts.append(f"method: {got['method']} instead of {want['method']}")
    return texts


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"timestamp: {text!r} has neither Z nor an offset")
    return instant


def _number(value: Any) -> float:
    if value is None or value == "" or isinstance(value, bool):
        return math.nan
    return float(value)
