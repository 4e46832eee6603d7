"""How much each expert counts, per day ahead: weights from a back-test, drawn towards a prior, or one baseline."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, nnls

from .site import Array, Mask

PULL = 0.1
PULL_SUM = 0.3


def blend(experts: Array, weights: Array) -> Array:
    """Weighted sum over the first axis; what an expert cannot say is shared out over those who can."""
    known = np.isfinite(experts)
    shape = (-1,) + (1,) * (experts.ndim - 1)
    share = weights.reshape(shape) * known
    total = share.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mixed = (share * np.nan_to_num(experts)).sum(axis=0) * (weights.sum() / total)
    return np.asarray(np.where(total > 0, mixed, np.nan))


@dataclass(frozen=True)
class Rule:
    """How weights are chosen: `scale` brings values to about 1, days fade with `memory_days`, `baselines` are the
    experts to be beaten, `squared` lowers the squared error instead of the absolute one, `pull` draws to the prior."""

    scale: float
    memory_days: float
    baselines: tuple[int, ...]
    squared: bool = False
    pull: float = PULL

    def solve(self, points: Array, wanted: Array, importance: Array, prior: Array) -> Array:
        """Non-negative weights for experts (points, n) with the least weighted error."""
        solver = squared_weights if self.squared else absolute_weights
        return solver(points, wanted, importance, prior, self.pull)

    def size(self, error: Array) -> float:
        """RMSE or MAE."""
        return float(np.sqrt(np.mean(error**2)) if self.squared else np.mean(np.abs(error)))


def absolute_weights(experts: Array, truth: Array, importance: Array, prior: Array, pull: float) -> Array:
    """Non-negative weights with the least weighted absolute error. experts (points, n), scaled to about 1."""
    importance = importance / importance.sum()
    soft = 0.02

    def loss(weights: Array) -> tuple[float, Array]:
        error = experts @ weights - truth
        size = np.sqrt(error * error + soft * soft)
        away, surplus = weights - prior, weights.sum() - 1
        value = (importance * size).sum() + pull * (away @ away) + PULL_SUM * surplus**2
        slope = experts.T @ (importance * error / size) + 2 * pull * away + 2 * PULL_SUM * surplus
        return float(value), np.asarray(slope)

    found = minimize(loss, prior, jac=True, bounds=[(0.0, 1.2)] * len(prior), method="L-BFGS-B")
    return np.asarray(found.x)


def squared_weights(experts: Array, truth: Array, importance: Array, prior: Array, pull: float) -> Array:
    """Non-negative weights with the least weighted squared error. experts (points, n), scaled to about 1."""
    root = np.sqrt(importance / importance.sum())[:, None]
    system = np.vstack([experts * root, np.sqrt(pull) * np.eye(len(prior))])
    wanted = np.concatenate([truth * root[:, 0], np.sqrt(pull) * prior])
    return np.asarray(nnls(system, wanted)[0])


def fit(
    experts: Array, truth: Array, usable: Mask, age: Array, prior: Array, rule: Rule
) -> tuple[Array, str]:
    """Weights for experts (n, days, slots) against truth (days, slots), and what was chosen: "mix", "baseline" or,
    below ten days, "prior".

    Days count less with their `age` (days, in days). A mix fitted on the older part that does worse on the newer part
    than the better baseline gives way to that baseline.
    """
    prior = prior / prior.sum()
    usable = usable & np.isfinite(truth)
    able = np.array([np.isfinite(expert[usable]).mean() > 0.5 if usable.any() else False for expert in experts])
    usable = usable & np.isfinite(experts[able]).all(axis=0)
    if usable.any(axis=1).sum() < 10 or not (prior[able] > 0).any():
        return prior, "prior"
    points = np.stack([expert[usable] for expert in experts[able]], axis=1) / rule.scale
    wanted, ages = truth[usable] / rule.scale, np.broadcast_to(age[:, None], truth.shape)[usable]
    believed = prior[able] / prior[able].sum()
    places = [int(np.sum(able[:index])) for index in rule.baselines if able[index]]
    fallback = _better_baseline(points, wanted, ages, believed, places, rule)
    weights = np.zeros(len(prior))
    if fallback is not None:
        weights[np.flatnonzero(able)[fallback]] = 1.0
        return weights, "baseline"
    weights[able] = rule.solve(points, wanted, np.exp(-ages / rule.memory_days), believed)
    return weights, "mix"


def _better_baseline(
    points: Array, wanted: Array, ages: Array, prior: Array, baselines: list[int], rule: Rule
) -> int | None:
    """The baseline that beats the mix on the newer two fifths by more than five per cent, and the prior over the
    whole back-test too, or None."""
    newer = ages <= np.quantile(ages, 0.4)
    if newer.all() or not newer.any() or not baselines:
        return None
    older = ~newer
    weights = rule.solve(points[older], wanted[older], np.exp(-ages[older] / rule.memory_days), prior)
    losses = {index: rule.size(points[newer, index] - wanted[newer]) for index in baselines}
    best = min(losses, key=lambda index: losses[index])
    lately = losses[best] < 0.95 * rule.size(points[newer] @ weights - wanted[newer])
    always = rule.size(points[:, best] - wanted) < 0.98 * rule.size(points @ prior - wanted)
    return best if lately and always else None
