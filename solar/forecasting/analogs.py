"""Weighted quantiles of comparable past days: one expert for every way of saying which days are comparable."""

from dataclasses import dataclass

import numpy as np

from .site import Array, Rows

WINDOW = 75
FLOOR = 0.02


@dataclass(frozen=True, slots=True)
class Analog:
    """Past days fade with `memory_days` (e-folding); with `width`, days that began like today count more."""

    memory_days: float
    width: float | None = None


def weighted_median(values: Array, weights: Array) -> Array:
    """Weighted median along the last axis, NaN cells left out, NaN where nothing is known."""
    order = np.argsort(values, axis=-1)
    ordered = np.take_along_axis(values, order, -1)
    weight = np.where(np.isfinite(ordered), np.take_along_axis(weights, order, -1), 0.0)
    reached = np.cumsum(weight, axis=-1)
    total = reached[..., -1:]
    place = np.minimum((reached < 0.5 * total).sum(axis=-1), values.shape[-1] - 1)
    median = np.take_along_axis(ordered, place[..., None], -1)[..., 0]
    return np.asarray(np.where(total[..., 0] > 0, median, np.nan))


def medians(table: Array, state: Array, days: Rows, lead: int, kinds: tuple[Analog, ...]) -> list[Array]:
    """One table (len(days), slots) per kind: what `table` shows on comparable days.

    Day d is foreseen with rows up to d - lead only. `state` is one number per row, known at its end, that says how the
    day went; a past day a is comparable where state[a - lead] is near state[d - lead].
    """
    past = days[:, None] - np.arange(WINDOW, 0, -1)[None, :]
    known = (past >= 0) & (past <= (days - lead)[:, None])
    values = np.where(known[:, :, None], table[np.clip(past, 0, len(table) - 1)], np.nan).transpose(0, 2, 1)
    age = (days[:, None] - past).astype(float)
    found = []
    for kind in kinds:
        weight = np.where(known, np.exp(-age / kind.memory_days), 0.0)
        if kind.width is not None:
            weight = weight * likeness(state, days - lead, past - lead, kind.width)
        found.append(weighted_median(values, np.broadcast_to(weight[:, None, :], values.shape)))
    return found


def likeness(state: Array, now: Rows, then: Rows, width: float) -> Array:
    """Gaussian likeness of the state at `now` (n,) to the states at `then` (n, window), never below a small floor."""
    here = np.where(now >= 0, state[np.clip(now, 0, len(state) - 1)], np.nan)
    there = np.where(then >= 0, state[np.clip(then, 0, len(state) - 1)], np.nan)
    near = np.exp(-0.5 * ((there - here[:, None]) / width) ** 2)
    return np.asarray(np.nan_to_num(near, nan=0.0) + FLOOR)


def mean_of_last(table: Array, days: Rows, lead: int, count: int = 7) -> Array:
    """Mean of the `count` rows up to d - lead, NaN where none of them is known."""
    past = (days - lead)[:, None] - np.arange(count)[None, :]
    values = np.where((past >= 0)[:, :, None], table[np.clip(past, 0, len(table) - 1)], np.nan)
    seen = np.isfinite(values).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(seen > 0, np.nansum(values, axis=1) / seen, np.nan))


def faded_mean(table: Array, weights: Array, days: Rows, lead: int, memory_days: float) -> Array:
    """Mean of the rows up to d - lead, fading with `memory_days`; `weights` (n, count) favours rows, latest first."""
    past = (days - lead)[:, None] - np.arange(weights.shape[1])[None, :]
    fade = np.where(past >= 0, np.exp(-(days[:, None] - past) / memory_days), 0.0) * weights
    values = table[np.clip(past, 0, len(table) - 1)]
    weight = fade[:, :, None] * np.isfinite(values)
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weight * np.nan_to_num(values)).sum(axis=1) / total
    return np.asarray(np.where(total > 1e-9, mean, np.nan))
