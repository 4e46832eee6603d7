"""The battery: its limits and efficiency learnt from what it did, and its state of charge simulated and remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from . import bands, lead
from .analogs import Analog, faded_mean, mean_of_last, medians
from .lead import BASELINES, Lead
from .load import hour_of_slot
from .mix import Rule, blend
from .site import LEADS, Array, Refusal, Rows, Site
from .tables import last_known

BACKTEST_DAYS = 150
BAND_DAYS, MEMORY_DAYS = 35.0, 60.0
KINDS = (Analog(6), Analog(15), Analog(15, 15.0), Analog(45, 20.0))
NAMES = (
    "last known day", "7-day mean", "median, 6 days", "median, 15 days", "like evenings, 15 days",
    "like evenings, 45 days", "simulation",
)
PRIOR = (0.01, 0.7, 0.7, 1.0, 1.2, 1.2, 1.5)


@dataclass(frozen=True)
class Cells:
    """What a battery can do: per cent of charge won per Wh charged and lost per Wh discharged, watts at most each way,
    and the lowest and highest state of charge it is run at."""

    gain: float
    loss: float
    charge_watts: float
    discharge_watts: float
    floor: float
    ceiling: float


@dataclass(frozen=True)
class BatteryModel:
    """One Lead per day ahead for a level in 0..`top` (state of charge in %, or a voltage above `base`)."""

    leads: list[Lead]
    cells: Cells | None
    top: float
    base: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "leads": [one.to_dict() for one in self.leads], "cells": asdict(self.cells) if self.cells else None,
            "top": self.top, "base": self.base,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "BatteryModel":
        """The reverse of `to_dict`."""
        cells = Cells(**values["cells"]) if values["cells"] else None
        return cls([Lead.from_dict(one) for one in values["leads"]], cells, values["top"], values["base"])


def learn_cells(charge: pd.Series, power: pd.Series | None, site: Site, minutes: int) -> Cells | None:
    """Limits and efficiency from state of charge (%) and battery power (W, + charging).

    From the capacity alone, with 95 % each way, where the power is not known; None where neither is.
    """
    floor, ceiling = float(charge.quantile(0.02)), float(charge.quantile(0.98))
    size = site.battery_capacity_kwh
    given = None
    if size:
        given = Cells(0.095 / size, 0.1 / 0.95 / size, 500 * size, 500 * size, floor, ceiling)
    if power is None or power.notna().sum() < 14 * 24:
        return given
    joined = pd.DataFrame({"now": charge, "power": power}).dropna()
    # The mean of an interval moves by half of this interval's work and half of the next one's.
    change = joined["now"].diff().to_numpy()[1:]
    work = (joined["power"].rolling(2).mean() * minutes / 60).to_numpy()[1:]
    whole = np.diff(joined.index.to_numpy()) == np.timedelta64(minutes, "m")
    level = joined["now"].to_numpy()[1:]
    free = whole & (level > floor + 3) & (level < ceiling - 3) & (np.abs(work) > 20)
    if free.sum() < 50:
        return given
    system = np.stack([np.maximum(work[free], 0), np.minimum(work[free], 0)], axis=1)
    gain, loss = (float(value) for value in nnls(system, change[free])[0])
    if gain <= 0 or loss <= 0:
        return given
    fastest = [float(np.nanquantile(np.maximum(sign * power, 0), 0.995)) for sign in (1, -1)]
    return Cells(gain, loss, max(fastest[0], 50.0), max(fastest[1], 50.0), floor, ceiling)


def simulate(cells: Cells, start: Array, surplus: Array) -> Array:
    """State of charge (%) from `start` (n,) through `surplus` (n, steps) in Wh a step: means over each step."""
    level, steps = np.clip(start, 0, 100), []
    for step in range(surplus.shape[1]):
        work = surplus[:, step]
        moved = level + np.where(work > 0, work * cells.gain, work * cells.loss)
        # A battery that starts outside its usual limits is not pushed further, nor pulled back at once.
        bounded = np.clip(moved, np.minimum(cells.floor, level), np.maximum(cells.ceiling, level))
        steps.append((level + bounded) / 2)
        level = bounded
    return np.stack(steps, axis=1)


def house_table(solar: Array, battery: Array, charge: Array, cells: Cells) -> Array:
    """What the house drew (W) where the battery alone balanced it: solar less battery power, away from every limit."""
    free = (battery > 30) & (charge < cells.ceiling - 2) & (battery < 0.95 * cells.charge_watts)
    free |= (battery < -30) & (charge > cells.floor + 2) & (battery > -0.95 * cells.discharge_watts)
    return np.where(free, np.maximum(solar - battery, 0), np.nan)


def simulated(
    cells: Cells | None, charge: Array, solar: Sequence[Array], house: Sequence[Array], origins: Rows, minutes: int
) -> Array:
    """State of charge of the 8 days after each origin row, (n, 8, slots); NaN where it cannot be simulated.

    `solar[i]`, `house[i]` (n, slots): power in W expected i + 1 days after the origin.
    """
    shape = (len(origins), len(solar), charge.shape[1])
    if cells is None:
        return np.full(shape, np.nan)
    surplus = np.stack([sun - use for sun, use in zip(solar, house, strict=True)], axis=1)
    surplus = np.clip(surplus, -cells.discharge_watts, cells.charge_watts) * minutes / 60
    known = np.isfinite(surplus).all(axis=(1, 2)) & (origins >= 0)
    start = evening(charge)[np.clip(origins, 0, len(charge) - 1)]
    known &= np.isfinite(start)
    found = np.full(shape, np.nan)
    if known.any():
        flat = surplus[known].reshape(int(known.sum()), -1)
        found[known] = simulate(cells, start[known], flat).reshape(-1, *shape[1:])
    return found


def evening(table: Array) -> Array:
    """Last known value of each day, carried over days without any."""
    last = np.full(len(table), np.nan)
    for row, values in enumerate(table):
        seen = np.flatnonzero(np.isfinite(values))
        last[row] = values[seen[-1]] if len(seen) else (last[row - 1] if row else np.nan)
    return last


def experts(table: Array, days: Rows, ahead: int, simulation: Array) -> Array:
    """What each expert of NAMES says, (n, len(days), slots); `simulation` (len(days), slots) is the last of them."""
    row = np.clip(days - ahead, 0, len(table) - 1)
    last = np.where((days - ahead < 0)[:, None], np.nan, table[last_known(table)[row]])
    kinds = medians(table, evening(table), days, ahead, KINDS)
    return np.stack([last, mean_of_last(table, days, ahead), *kinds, simulation])


def train(
    table: Array, cells: Cells | None, simulation: Sequence[Array], top: float, base: float = 0.0
) -> BatteryModel:
    """`table` (days, slots) in 0..top; `simulation[i]` the same shape, i + 1 days ahead. Raises Refusal."""
    if (np.isfinite(table).mean(axis=1) > 0.5).sum() < 2:
        raise Refusal("The battery is known for fewer than two days.")
    leads = []
    for ahead in LEADS:
        rows = np.arange(max(len(table) - BACKTEST_DAYS, min(10, len(table) - 1), ahead), len(table))
        said = experts(table, rows, ahead, simulation[ahead - 1][rows])
        truth = table[rows]
        age = (len(table) - rows).astype(float)
        unit = np.full(truth.shape, top)
        trial = lead.Trial(said, truth, unit, hour_of_slot(truth.shape), np.isfinite(truth), age)
        rule, fallback = Rule(top, MEMORY_DAYS, BASELINES), bands.assumed(0.25, 0.25)
        fitted, _ = lead.fit(trial, PRIOR, rule, ceiling=top, band_days=BAND_DAYS, fallback=fallback)
        leads.append(fitted)
    return BatteryModel(leads, cells, top, base)


def foresee(
    model: BatteryModel, table: Array, simulation: Array, today: int, count: int
) -> tuple[Array, Array, Array, list[str]]:
    """p10, p50, p90 (count, slots) and the methods; `table` reaches to the last day, `simulation` is (count, slots)."""
    known = table.copy()
    known[today:] = np.nan
    low, middle, high, methods = [], [], [], []
    for ahead in range(1, count + 1):
        chosen = model.leads[min(ahead, 8) - 1]
        row = np.array([today + ahead - 1])
        said = experts(known, row, ahead, simulation[ahead - 1][None, :])
        mixed = blend(said, np.asarray(chosen.weights))
        usual = np.nanmedian(known) if np.isfinite(known).any() else model.top / 2
        centre = np.clip(np.where(np.isfinite(mixed), mixed, usual), 0, model.top)
        below, above = chosen.band.offsets(centre / model.top, hour_of_slot(centre.shape))
        low.append(np.maximum(centre - below * model.top, 0))
        middle.append(centre)
        high.append(np.minimum(centre + above * model.top, model.top))
        methods.append(chosen.method)
    return np.concatenate(low), np.concatenate(middle), np.concatenate(high), methods


def house_expected(house: Array, days: Rows, ahead: int) -> Array:
    """The house's fading mean (20 days) for rows `days` from rows up to d - ahead, 300 W where nothing is known."""
    found = faded_mean(house, np.ones((len(days), 60)), days, ahead, 20.0)
    return np.asarray(np.where(np.isfinite(found), found, 300.0))


def voltage_curve(charge: pd.Series, voltage: pd.Series) -> dict[str, list[float]] | None:
    """Median battery voltage at each 5 % of charge, never falling, and the 10th and 90th percentile of what is left."""
    joined = pd.DataFrame({"charge": charge, "voltage": voltage}).dropna()
    if len(joined) < 200:
        return None
    bins = (joined["charge"] / 5).round() * 5
    medians_ = joined["voltage"].groupby(bins).median()
    levels, volts = medians_.index.to_numpy(dtype=float), np.maximum.accumulate(medians_.to_numpy())
    left = joined["voltage"] - np.interp(joined["charge"], levels, volts)
    return {"charge": levels.tolist(), "volts": volts.tolist(), "left": [float(q) for q in left.quantile([0.1, 0.9])]}
