"""How production follows radiation, day by day: the line through most days, and the days that fell off it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

# Fewer days, or days all alike, say nothing of the slope.
FEWEST_DAYS = 7
LEAST_RADIATION = 0.2
# A day has fallen off that produced less than the line says by so much of it, and by so many usual distances.
_SHARE, _DISTANCES = 0.20, 3.0
# The distance that half of normally distributed values keep, as a share of their standard deviation.
_HALF_OF_NORMAL = 0.6745

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Yield:
    """A line through the origin: kWh produced for each kWh/m² on the horizontal.

    `r_squared` is the share of the variance (about the mean) that the line explains, of the days that did not fall off;
    `fell_off` are the labels of those days that produced too little for it.
    """

    kwh_per_radiation: float
    r_squared: float
    fell_off: tuple[object, ...]


def yield_of(days: pd.DataFrame, is_sound: "pd.Series[bool] | None" = None) -> Yield | None:
    """Return the line of days, or None where they are too few.

    `days` has the columns `radiation` (kWh/m² of the day) and `kwh`; NaN is not known. Only days that are `is_sound`
    (all by default) give the slope, by the median of their ratios weighted by radiation, which half of the days being
    spoilt does not move; every day is held against it.
    """
    known = days.dropna(subset=["radiation", "kwh"])
    known = known[known["radiation"] >= LEAST_RADIATION]
    sound = known if is_sound is None else known[is_sound.reindex(known.index).to_numpy(dtype=bool)]
    if len(sound) < FEWEST_DAYS:
        return None
    radiation, kwh = (sound[name].to_numpy(dtype=np.float64) for name in ("radiation", "kwh"))
    slope = _weighted_median(kwh / radiation, radiation)
    if slope <= 0:
        return None
    usual = float(np.median(np.abs(kwh - slope * radiation))) / _HALF_OF_NORMAL
    expected = slope * known["radiation"]
    missing = expected - known["kwh"]
    fell = known.index[((missing > _SHARE * expected) & (missing > _DISTANCES * usual)).to_numpy()]
    return Yield(slope, _r_squared(sound.drop(fell, errors="ignore"), slope), tuple(fell))


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    passed = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(passed, passed[-1] / 2))])


def _r_squared(days: pd.DataFrame, slope: float) -> float:
    kwh = days["kwh"].to_numpy(dtype=np.float64)
    left = float(((kwh - slope * days["radiation"].to_numpy(dtype=np.float64)) ** 2).sum())
    spread = float(((kwh - kwh.mean()) ** 2).sum()) if len(kwh) else 0.0
    return max(0.0, 1 - left / spread) if spread > 0 else 0.0
