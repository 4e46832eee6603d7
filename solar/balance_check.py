"""Finds the likely fault where solar, load, battery and grid power do not balance, by trying what would mend it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from solar.vocabulary import POWER_FIELDS

LEAST_READINGS = 30
# Losses of inverters and meters that do not read at the same instant leave a few percent.
BALANCED_SHARE = 0.12
# A mend must leave at most this share of the imbalance there was.
MENDED_SHARE = 0.4
_SIGNS: Mapping[str, float] = {"solarPower": 1.0, "gridPower": 1.0, "loadPower": -1.0, "batteryPower": -1.0}
_NAMES = {"solarPower": "solar", "gridPower": "grid", "loadPower": "load", "batteryPower": "battery"}

Verdict = Literal["balanced", "fault", "unknown", "too few"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A likely fault: its name in words, the field, and how to mend it.

    `kind` is sign (turn it), scale (multiply by `factor`) or twice (leave out the leaf `path`).
    """

    kind: Literal["sign", "scale", "twice"]
    words: str
    field: str
    factor: float = 1.0
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """The result: what does not balance as a share of all that flows (0 is perfect), before and after the mend."""

    verdict: Verdict
    readings: int
    share: float | None = None
    fault: Fault | None = None
    share_mended: float | None = None
    missing: tuple[str, ...] = field(default=())


def check(powers: pd.DataFrame, leaves: pd.DataFrame | None = None) -> Balance:
    """Judge the balance `solar + grid = load + battery` of measured (not derived) powers in W, a row a reading.

    `powers` has columns of POWER_FIELDS (battery may be missing: then it counts as 0). `leaves` are numbers of the raw
    messages on the same rows in W, a column per path: one of them that explains the imbalance was counted twice.
    """
    missing = tuple(name for name in POWER_FIELDS if name not in powers or powers[name].isna().all())
    if set(missing) - {"batteryPower"}:
        return Balance("too few", 0, missing=missing)
    frame = powers.reindex(columns=list(POWER_FIELDS))
    if "batteryPower" in missing:
        frame["batteryPower"] = 0.0
    whole = frame.dropna()
    if len(whole) < LEAST_READINGS:
        return Balance("too few", len(whole), missing=missing)
    share = _imbalance(whole)
    if share <= BALANCED_SHARE:
        return Balance("balanced", len(whole), share)
    tried = [(_imbalance(mended), fault) for fault, mended in _mends(whole, leaves)]
    best_share, best = min(tried, key=lambda each: each[0])
    if best_share <= BALANCED_SHARE and best_share <= MENDED_SHARE * share:
        return Balance("fault", len(whole), share, best, best_share)
    return Balance("unknown", len(whole), share)


def _imbalance(frame: pd.DataFrame) -> float:
    """What is missing or too much, over all readings, as a share of all that flows: nights count little."""
    residual = sum(frame[name] * sign for name, sign in _SIGNS.items())
    flow = sum(frame[name].abs() for name in POWER_FIELDS) / 2
    left, through = float(np.abs(np.asarray(residual)).sum()), float(np.asarray(flow).sum())
    return left / through if through > 0 else 0.0


def _mends(frame: pd.DataFrame, leaves: pd.DataFrame | None) -> Iterator[tuple[Fault, pd.DataFrame]]:
    for name in POWER_FIELDS:
        if (frame[name] != 0).any():
            yield from _mends_of(frame, name)
    yield from _left_out(frame, leaves)


def _mends_of(frame: pd.DataFrame, name: str) -> Iterator[tuple[Fault, pd.DataFrame]]:
    plain = _NAMES[name]
    yield Fault("sign", f"{plain} sign inverted", name, -1.0), _scaled(frame, name, -1.0)
    yield Fault("scale", f"{plain} in kW", name, 1000.0), _scaled(frame, name, 1000.0)
    yield Fault("scale", f"{plain} in mW", name, 0.001), _scaled(frame, name, 0.001)
    yield Fault("scale", f"{plain} counted twice", name, 0.5), _scaled(frame, name, 0.5)
    yield Fault("scale", f"{plain} sign inverted and in kW", name, -1000.0), _scaled(frame, name, -1000.0)


def _scaled(frame: pd.DataFrame, name: str, factor: float) -> pd.DataFrame:
    return frame.assign(**{name: frame[name] * factor})


def _left_out(frame: pd.DataFrame, leaves: pd.DataFrame | None) -> Iterator[tuple[Fault, pd.DataFrame]]:
    """Each leaf as if it were in the sum of solar or load once too often."""
    if leaves is None:
        return
    for path in leaves.columns:
        values: Any = leaves[path].reindex(frame.index).fillna(0.0)
        if not (values != 0).any():
            continue
        for name in ("solarPower", "loadPower"):
            # The field itself under another name is no part of a sum.
            if not np.allclose(values, frame[name]):
                words = f"{_device(str(path))} counted twice"
                yield Fault("twice", words, name, path=str(path)), frame.assign(**{name: frame[name] - values})


def _device(path: str) -> str:
    """The part of a path that names a device, in words."""
    segments = [each for each in path.split("/") if each]
    device = segments[-2] if len(segments) > 1 else segments[-1]
    return device.replace("_", " ").strip() or path
