"""Gradient-boosted trees as plain lists: fitted by scikit-learn, kept and evaluated without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from .site import Array, Rows


@dataclass(frozen=True)
class Forest:
    """All trees in flat arrays: `roots` are the first nodes, `left` of a leaf is -1, NaN goes by `missing_left`."""

    base: float
    roots: Rows
    feature: Rows
    threshold: Array
    left: Rows
    right: Rows
    missing_left: Rows
    value: Array

    def predict(self, features: Array) -> Array:
        """Sum of the trees for features (points, n)."""
        nodes = np.repeat(self.roots[None, :], len(features), axis=0)
        rows = np.arange(len(features))[:, None]
        while (inner := self.left[nodes] >= 0).any():
            seen = features[rows, self.feature[nodes]]
            goes_left = np.where(np.isnan(seen), self.missing_left[nodes] > 0, seen <= self.threshold[nodes])
            nodes = np.where(inner, np.where(goes_left, self.left[nodes], self.right[nodes]), nodes)
        return np.asarray(self.base + self.value[nodes].sum(axis=1))

    def to_dict(self) -> dict[str, Any]:
        """Plain lists for JSON; leaf values to six significant digits, thresholds whole (data lie close to them)."""
        lists: dict[str, Any] = {"base": self.base}
        for name in ("roots", "feature", "left", "right", "missing_left"):
            lists[name] = getattr(self, name).tolist()
        lists["threshold"] = self.threshold.tolist()
        lists["value"] = [float(f"{number:.6g}") for number in self.value]
        return lists

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Forest":
        """The reverse of `to_dict`."""
        arrays: dict[str, Any] = {name: np.asarray(values[name], dtype=float) for name in ("threshold", "value")}
        for name in ("roots", "feature", "left", "right", "missing_left"):
            arrays[name] = np.asarray(values[name], dtype=np.int64)
        return cls(base=float(values["base"]), **arrays)


def grow(features: Array, target: Array, *, rounds: int = 200, leaves: int = 15) -> Forest:
    """Trees that lower the absolute error of `target` (points,) given `features` (points, n)."""
    booster = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=rounds, max_leaf_nodes=leaves, learning_rate=0.05, min_samples_leaf=40,
        l2_regularization=1.0, early_stopping=False, random_state=0,
    ).fit(features, target)
    trees = [stage[0].nodes for stage in booster._predictors]
    sizes = np.array([len(tree) for tree in trees])
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    nodes, start = np.concatenate(trees), np.repeat(roots, sizes)
    leaf = nodes["is_leaf"].astype(bool)
    return Forest(
        base=float(np.ravel(booster._baseline_prediction)[0]),
        roots=roots,
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=np.where(leaf, 0.0, np.nan_to_num(nodes["num_threshold"], posinf=1e300)),
        left=np.where(leaf, -1, nodes["left"].astype(np.int64) + start),
        right=np.where(leaf, -1, nodes["right"].astype(np.int64) + start),
        missing_left=nodes["missing_go_to_left"].astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0),
    )
