"""Key figure vectors: daily energies of a period and the figures that must come out, computed and compared."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from solar.kpis.figures import FIGURES, Installation, KeyFigures, key_figures


def check(path: Path) -> dict[str, Any]:
    """Compute one vector file: its name, whether it passes, the differences, and the figures that came out."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    figures = figures_of(vector["input"])
    differences = compare(figures, vector["expect"])
    return {
        "name": vector["name"],
        "pass": not differences,
        "differences": differences,
        "values": figures.values,
        "reasons": figures.reasons,
        "daysUsed": figures.days_used,
    }


def figures_of(given: Mapping[str, Any]) -> KeyFigures:
    """The figures of a vector's input."""
    installation = Installation(
        given["timezone"],
        given.get("installedCapacityWatts"),
        given.get("batteryCapacityKwh"),
        given.get("co2KgPerKwh"),
    )
    return key_figures(
        {date.fromisoformat(day["date"]): day for day in given["days"]},
        installation,
        first=date.fromisoformat(given["from"]),
        last=date.fromisoformat(given["to"]),
        state_of_charge_start=given.get("stateOfChargeStart"),
        state_of_charge_end=given.get("stateOfChargeEnd"),
    )


def compare(got: KeyFigures, want: Mapping[str, Any]) -> list[str]:
    """What differs, in sentences; none where all values, reasons and numbers of days are as wanted."""
    differences = [
        f"values {name}: {got.values[name]} instead of {want['values'].get(name)}"
        for name in FIGURES
        if not _equal(got.values[name], want["values"].get(name), want["tolerance"])
    ]
    for part, found in (("reasons", got.reasons), ("daysUsed", got.days_used)):
        wanted: Mapping[str, Any] = want[part]
        differences += [
            f"{part} {name}: {found.get(name)} instead of {wanted.get(name)}"
            for name in FIGURES
            if found.get(name) != wanted.get(name)
        ]
    return differences


def _equal(got: float | None, want: float | None, tolerance: float) -> bool:
    if got is None or want is None:
        return got is want
    return abs(got - want) <= tolerance * max(1.0, abs(want))
