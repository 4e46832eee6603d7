"""One day ahead of one quantity: its mix of experts, its bands and how it did in the back-test."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from . import mix
from .bands import SHAPE_DAYS, Band, weighted_quantile
from .bands import fit as fit_band
from .site import Array, Mask

# The first two experts of every quantity are the baselines it must beat.
LAST_DAY, WEEK_MEAN = BASELINES = (0, 1)


@dataclass(frozen=True)
class Lead:
    """`weights` of the experts in their order, `method` "mix", "baseline" or "prior", the `band`, the offsets of the
    daily sum (in daily units, below and above) and the back-test's figures by name."""

    weights: list[float]
    method: str
    band: Band
    day_low: float
    day_high: float
    scores: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Lead":
        """The reverse of `to_dict`."""
        return cls(**{**values, "band": Band.from_dict(values["band"])})


@dataclass(frozen=True)
class Trial:
    """A back-test of one lead: experts (n, days, slots); truth, unit (scale of errors, > 0) and time (second axis of
    the band) as (days, slots); usable cells; age of each day in days."""

    experts: Array
    truth: Array
    unit: Array
    time: Array
    usable: Mask
    age: Array


def fit(
    trial: Trial, prior: Sequence[float] | Array, rule: mix.Rule, *, ceiling: float, bounded: bool = True,
    band_days: float = SHAPE_DAYS, fallback: Band,
) -> tuple[Lead, Array]:
    """The lead and its p50 over the trial's days.

    p50 is held in 0..ceiling; `bounded` and `band_days` as in `bands.fit`; `fallback` is the band below ten days.
    """
    weights, method = mix.fit(
        trial.experts, trial.truth, trial.usable, trial.age, np.asarray(prior, dtype=float), rule
    )
    middle = np.clip(mix.blend(trial.experts, weights), 0, ceiling)
    good = trial.usable & np.isfinite(trial.truth) & np.isfinite(middle)
    rounded = [round(float(weight), 5) for weight in weights]
    if good.any(axis=1).sum() < 10:
        return Lead(rounded, method, fallback, 0.5, 0.5), middle
    ages = np.broadcast_to(trial.age[:, None], trial.truth.shape)
    error = (trial.truth - middle) / trial.unit
    level = middle / trial.unit
    band = fit_band(
        level[good], trial.time[good], error[good], ages[good], bounded=bounded, memory_days=band_days
    )
    low, high = _day_offsets(trial, middle)
    return Lead(rounded, method, band, low, high, _scores(trial, middle, good, rule)), middle


def _day_offsets(trial: Trial, middle: Array) -> tuple[float, float]:
    """How far a day's sum falls below and above its forecast, in sums of units, at the 10th and 90th percentile."""
    known = np.isfinite(trial.truth) & np.isfinite(middle)
    whole = known.mean(axis=1) > 0.9
    if whole.sum() < 10:
        return 0.5, 0.5
    size = np.maximum(np.where(known, trial.unit, 0.0).sum(axis=1), 1e-9)
    left = np.where(known, trial.truth - middle, 0.0).sum(axis=1) / size
    fade = np.exp(-trial.age[whole] / 60.0)
    low, high = (weighted_quantile(left[whole], fade, share) for share in (0.1, 0.9))
    return max(-low, 0.0), max(high, 0.0)


def _scores(trial: Trial, middle: Array, good: Mask, rule: mix.Rule) -> dict[str, float]:
    """MAE, RMSE, R2 and the skill, 1 - error / error of the better baseline (by RMSE where the mix lowers that)."""
    truth, error = trial.truth[good], (middle - trial.truth)[good]
    spread = float(np.sum((truth - truth.mean()) ** 2))
    scores = {
        "mae": float(np.mean(np.abs(error))),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "r2": 1 - float(np.sum(error**2)) / spread if spread > 0 else 0.0,
        "points": float(good.sum()),
    }
    both = good & np.isfinite(trial.experts[LAST_DAY]) & np.isfinite(trial.experts[WEEK_MEAN])
    if both.any():
        best = min(rule.size((trial.experts[index] - trial.truth)[both]) for index in BASELINES)
        scores["skill"] = 1 - rule.size((middle - trial.truth)[both]) / best if best > 0 else 0.0
    return {name: round(value, 4) for name, value in scores.items()}
