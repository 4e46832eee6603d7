"""Hours that teach nothing: stuck sensors, outages, clipped and curtailed production."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .site import Array, Mask, Site

STUCK_HOURS = 6.0


@dataclass(frozen=True)
class Checked:
    """Solar power with what must not be learnt set to NaN, and how many intervals that were, by reason."""

    power: pd.Series
    left_out: dict[str, int]


def stuck(values: pd.Series, minutes: int) -> Mask:
    """Intervals of a run of equal values other than zero that lasts longer than six hours."""
    same = values.diff().eq(0) & values.ne(0) & values.notna()
    run = (~same).cumsum()
    length = same.groupby(run).transform("sum") + 1
    long = length * minutes / 60 > STUCK_HOURS
    return np.asarray(long & values.notna() & values.ne(0))


def constant(values: pd.Series) -> bool:
    """Whether at least a day of values never changes."""
    known = values.dropna()
    return len(known) >= 24 and float(known.max() - known.min()) < 1e-9


def clipping_limit(power: Array) -> float | None:
    """Power at which the inverter holds, or None. At least 3 % of the high values lie within 0.5 % of the top there.

    Unclipped days reach their own maximum for a moment only, so their values do not gather at one top.
    """
    known = power[np.isfinite(power)]
    if len(known) < 500 or known.max() <= 0:
        return None
    top = float(np.quantile(known, 0.9995))
    high = known[known > 0.5 * top]
    return top if len(high) >= 100 and np.mean(np.abs(high - top) <= 0.005 * top) >= 0.03 else None


def curtailed(frame: pd.DataFrame, site: Site) -> Mask:
    """Intervals in which the export limit held production back: export within 3 % of the limit, or, where nothing may
    be exported, a full battery with the grid at rest."""
    limit = site.export_limit_watts
    if limit is None or "gridPower" not in frame:
        return np.zeros(len(frame), dtype=bool)
    grid = frame["gridPower"].to_numpy(dtype=float)
    if limit > 50:
        return np.asarray(-grid >= 0.97 * limit)
    full = frame["stateOfCharge"].to_numpy(dtype=float) >= 98 if "stateOfCharge" in frame else np.ones(len(frame), bool)
    return np.asarray(full & (np.abs(grid) <= 50) & (frame["solarPower"].to_numpy(dtype=float) > 50))


def outages(power: pd.Series, expected: Array, minutes: int) -> Mask:
    """Three hours or more without production where a clear sky would give at least 15 % of its own best."""
    bright = expected > 0.15 * max(float(np.nanmax(expected, initial=0.0)), 1e-9)
    dead = pd.Series(bright & (power.to_numpy() <= 0.002 * max(float(power.max()), 1e-9)), index=power.index)
    run = (~dead).cumsum()
    return np.asarray(dead & (dead.groupby(run).transform("sum") * minutes >= 180))


def check(frame: pd.DataFrame, site: Site, expected: Array, minutes: int) -> Checked:
    """`frame["solarPower"]` for learning. `expected` is the clear-sky power of each interval (any scale)."""
    power = frame["solarPower"].astype(float).clip(lower=0)
    reasons = {
        "stuck": stuck(power, minutes),
        "outage": outages(power, expected, minutes),
        "curtailed": curtailed(frame, site),
    }
    counts = {name: int(np.sum(found)) for name, found in reasons.items()}
    held = np.logical_or.reduce(list(reasons.values()))
    return Checked(power.mask(held), counts)
