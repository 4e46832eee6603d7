"""Bands that hold what they promise: p10 and p90 from the errors of the back-test, by level and by time of day."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from .site import Array

MISS = 0.1
LEAST = 5e-3
SPARE = 0.05
PROOFS = (120.0, 90.0, 60.0, 30.0)
NODES = 4
SHAPE_DAYS = 60.0


@dataclass(frozen=True)
class Band:
    """Offsets below and above p50 in units of the quantity's scale, on a grid of nodes over level and time.

    Level is p50 / unit; time is any number per slot (sun height or hour). `factors`: the conformal corrections below
    and above. `bounded`: the quantity lies in about 0..1 units, so an error below is measured by the room p50 has to 0
    and an error above by the room to 1; what one level of p50 taught then holds for others.
    """

    levels: list[float]
    times: list[float]
    low: list[list[float]]
    high: list[list[float]]
    factors: list[float] = field(default_factory=lambda: [1.0, 1.0])
    bounded: bool = False

    def offsets(self, level: Array, time: Array) -> tuple[Array, Array]:
        """(below, above), both >= 0, at points of any shape, by bilinear interpolation held at the edges."""
        i, u = _between(np.asarray(self.levels), level)
        j, v = _between(np.asarray(self.times), time)
        both = []
        grids = (np.asarray(self.low), np.asarray(self.high))
        for grid, factor, room in zip(grids, self.factors, rooms(level, self.bounded), strict=True):
            near = grid[i, j] * (1 - v) + grid[i, j + 1] * v
            far = grid[i + 1, j] * (1 - v) + grid[i + 1, j + 1] * v
            both.append(np.asarray((near * (1 - u) + far * u) * factor * room))
        return both[0], both[1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Band":
        """The reverse of `to_dict`."""
        return cls(**values)


def rooms(level: Array, bounded: bool) -> tuple[Array, Array]:
    """Room below and above p50, in units; 1 where the quantity has no bounds."""
    if not bounded:
        return np.ones_like(level), np.ones_like(level)
    held = np.clip(level, 0.0, 1.0)
    return held + SPARE, 1.0 - held + SPARE


def _between(nodes: Array, points: Array) -> tuple["np.typing.NDArray[np.int64]", Array]:
    """Index of the node below each point and the share of the way to the next one."""
    held = np.clip(np.nan_to_num(points, nan=float(nodes[0])), nodes[0], nodes[-1])
    index = np.clip(np.searchsorted(nodes, held, side="right") - 1, 0, len(nodes) - 2)
    return index.astype(np.int64), np.asarray((held - nodes[index]) / (nodes[index + 1] - nodes[index]))


def assumed(below: float, above: float) -> Band:
    """The same offsets everywhere, for a source nobody has seen enough of."""
    return Band([0.0, 1.0], [0.0, 1.0], [[below] * 2] * 2, [[above] * 2] * 2)


def weighted_quantile(values: Array, weights: Array, share: float) -> float:
    """Quantile of a weighted sample, with the (n + 1) correction of split conformal prediction (Lei et al. 2018)."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    size = reached[-1] ** 2 / float((weights**2).sum())
    wanted = min(share * (1 + 1 / size), 1.0) if share > 0.5 else max(share - (1 - share) / size, 0.0)
    return float(values[order][min(int(np.searchsorted(reached, wanted * reached[-1])), len(values) - 1)])


def _nodes(values: Array) -> Array:
    nodes = np.unique(np.quantile(values, np.linspace(0.05, 0.95, NODES)))
    nodes = nodes[np.concatenate([[True], np.diff(nodes) > 1e-6])]
    return nodes if len(nodes) > 1 else np.array([nodes[0], nodes[0] + 1.0])


def fit(level: Array, time: Array, error: Array, age: Array, *, bounded: bool, memory_days: float = SHAPE_DAYS) -> Band:
    """Band from back-tested points: level and time as in `Band`, error = (truth - p50) / unit, age in days.

    Older errors fade: the shape with `memory_days`, the width twice as fast, for errors follow the season's weather.
    The width is proved on days the shape has not seen: shapes fitted to what was known 120, 90, 60 and 30 days ago are
    held against the month after each, and what they lacked there widens (or narrows) the shape fitted to everything.
    """
    below, above, ages = [], [], []
    for cut in PROOFS:
        older, newer = age > cut, (age <= cut) & (age > cut - 30)
        if len(np.unique(age[older])) < 20 or not newer.any():
            continue
        proof = _shape(level[older], time[older], error[older], age[older] - cut, bounded, memory_days)
        low, high = proof.offsets(level[newer], time[newer])
        below.append(-error[newer] / low)
        above.append(error[newer] / high)
        ages.append(age[newer])
    band = _shape(level, time, error, age, bounded, memory_days)
    if not below:
        return band
    importance = np.exp(-np.concatenate(ages) / (memory_days / 2))
    factors = [weighted_quantile(np.concatenate(reach), importance, 1 - MISS) for reach in (below, above)]
    return replace(band, factors=[float(np.clip(factor, 0.3, 4.0)) for factor in factors])


def _shape(level: Array, time: Array, error: Array, age: Array, bounded: bool, memory_days: float) -> Band:
    """Weighted 10th and 90th percentile of the errors around each node."""
    levels, times = _nodes(level), _nodes(time)
    low, high = np.zeros((len(levels), len(times))), np.zeros((len(levels), len(times)))
    wide = max(float(np.mean(np.diff(levels))), 1e-3), max(float(np.mean(np.diff(times))), 1e-3)
    below, above = rooms(level, bounded)
    error = error / np.where(error < 0, below, above)
    order = np.argsort(error)
    level, time, error, fade = level[order], time[order], error[order], np.exp(-age[order] / memory_days)
    for row, at in enumerate(levels):
        for column, when in enumerate(times):
            near = np.exp(-0.5 * (((level - at) / (0.6 * wide[0])) ** 2 + ((time - when) / (0.6 * wide[1])) ** 2))
            reached = np.cumsum(fade * (near + 1e-4))
            places = np.searchsorted(reached, np.array([MISS, 1 - MISS]) * reached[-1])
            lower, upper = error[np.minimum(places, len(error) - 1)]
            low[row, column], high[row, column] = max(-float(lower), LEAST), max(float(upper), LEAST)
    return Band(levels.tolist(), times.tolist(), low.tolist(), high.tolist(), bounded=bounded)
