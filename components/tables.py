"""Charts as tables: the same numbers, for those who read rather than look, and for paper."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
from dash import html

from components.figures.energy import bar_words
from components.quantities import MISSING, energy, percent, power
from solar.periods import Period

_ENERGY = (
    ("produced", "Produced"), ("consumed", "Used"), ("self_used", "Self-used"), ("exported", "Exported"),
    ("imported", "Imported"), ("charged", "Charged"), ("discharged", "From battery"), ("recovered", "Recovered"),
    ("former", "Compared with"),
)
_POWER = (
    ("solarPower", "Solar"), ("loadPower", "Load"), ("batteryPower", "Battery, + charging"),
    ("gridPower", "Grid, + import"), ("stateOfCharge", "Charge"),
)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> Any:
    """Return a table whose first column names the rows."""
    head = html.Thead(html.Tr([html.Th(each, scope="col") for each in heads]))
    body = [
        html.Tr([html.Th(row[0], scope="row"), *[html.Td(each) for each in row[1:]]])
        for row in rows
    ]
    return html.Table([html.Caption(caption, className="sr-only"), head, html.Tbody(body)], className="table")


def energy_table(bars: Sequence[Period], frame: pd.DataFrame) -> Any:
    """Return the energies of a period, the newest first; columns nobody knows anything of are left out."""
    known = [(name, label) for name, label in _ENERGY if frame[name].notna().any() and frame[name].abs().sum() > 0]
    rows = []
    for at in reversed(range(len(bars))):
        row = frame.iloc[at]
        if row.isna().all():
            continue
        written = [MISSING if row[name] != row[name] else str(energy(row[name])) for name, _ in known]
        rows.append([bar_words(bars[at]), *written, str(percent(row["covered"]))])
    heads = [{"day": "Day", "month": "Month", "year": "Year"}[bars[0].kind], *[label for _, label in known], "Measured"]
    return table(heads, rows, "Energy of each bar of the chart")


def power_table(frame: pd.DataFrame, time_zone: str, step: timedelta) -> Any:
    """Return means of power over steps of a day (`frame`: aware index, W and %)."""
    known = [(name, label) for name, label in _POWER if name in frame and frame[name].notna().any()]
    means = frame[[name for name, _ in known]].resample(step).mean().dropna(how="all") if known else frame.iloc[:0]
    local = pd.DatetimeIndex(means.index).tz_convert(time_zone)
    rows = [
        [f"{at:%H:%M}", *[_power(name, row[name]) for name, _ in known]]
        for at, (_, row) in zip(local, means.iterrows(), strict=True)
    ]
    minutes = int(step.total_seconds() // 60)
    return table(["From", *[label for _, label in known]], rows, f"Means over {minutes} minutes")


def _power(name: str, value: float) -> str:
    if value != value:
        return MISSING
    return str(percent(value / 100)) if name == "stateOfCharge" else str(power(value))
