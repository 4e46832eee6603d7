"""Keeping score: how issued forecasts did once the truth was in, and what that teaches the next training."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .site import LEADS, Array
from .tally import board, tally

MIN_POINTS = 150


def scoreboard(record: pd.DataFrame, capacity_watts: float | None) -> pd.DataFrame:
    """One row per day ahead with the columns of `tally.FIGURES`.

    `record`, one row per interval of an issued forecast: lead (1..8), truth, p10, p50, p90, last_day, week_mean (see
    `Baselines`), daylight (bool). Rows without truth are left out. Skill is 1 - MAE / MAE of the better baseline, over
    the rows where both baselines are known; shares of capacity are NaN where the capacity is not known. Coverage is of
    daylight for what has a night (daylight is not all one value), a thousandth of the largest truth as slack.
    """
    greatest = float(record["truth"].abs().max()) if len(record) else 0.0
    leads = {lead: record[record["lead"] == lead] for lead in LEADS}
    return board(((lead, tally(part, greatest)) for lead, part in leads.items() if len(part)), capacity_watts)


@dataclass(frozen=True)
class Lesson:
    """What the scoreboard teaches, by day ahead: `trust` in the weather (1: all, 0: memory only) and the factor by
    which the bands must be `widened` to hold what they promise under forecast weather."""

    trust: list[float]
    widened: list[float]


def lesson(record: pd.DataFrame | None) -> Lesson:
    """From rows as in `scoreboard` (daylight only counts) that also have weather, memory (what either alone said, the
    columns solarPower_weather and solarPower_memory of the forecast) and widened (the factor then used, else 1).

    Weather in a back-test is better known than weather that was forecast; only issued forecasts tell how much better.
    """
    trust, widened = [1.0] * len(LEADS), [1.0] * len(LEADS)
    if record is None or record.empty:
        return Lesson(trust, widened)
    known = record[record["daylight"].astype(bool)].dropna(subset=["truth", "p10", "p50", "p90", "weather", "memory"])
    for lead in LEADS:
        part = known[known["lead"] == lead]
        if len(part) < MIN_POINTS:
            continue
        sure = len(part) / (len(part) + MIN_POINTS)
        trust[lead - 1] = round(1 + sure * (_best_share(part) - 1), 3)
        widened[lead - 1] = round(float(np.exp(sure * np.log(_needed_width(part)))), 3)
    return Lesson(trust, widened)


def _best_share(part: pd.DataFrame) -> float:
    """Share of the weather's word that would have given the least absolute error."""
    truth, weather, memory = (part[name].to_numpy(dtype=float) for name in ("truth", "weather", "memory"))
    shares = np.linspace(0, 1, 11)
    return float(min(shares, key=lambda s: float(np.mean(np.abs(s * weather + (1 - s) * memory - truth)))))


def _needed_width(part: pd.DataFrame) -> float:
    """Factor on the bands before any widening that would have covered 80 %, in 0.5..4."""
    middle = part["p50"].to_numpy(dtype=float)
    before = part["widened"].to_numpy(dtype=float) if "widened" in part else np.ones(len(part))
    least = 1e-3 * max(float(part["truth"].max()), 1e-9)
    below = np.maximum((middle - part["p10"].to_numpy(dtype=float)) / before, least)
    above = np.maximum((part["p90"].to_numpy(dtype=float) - middle) / before, least)
    left: Array = part["truth"].to_numpy(dtype=float) - middle
    return float(np.clip(np.quantile(np.where(left < 0, -left / below, left / above), 0.8), 0.5, 4.0))
