"""Repeatable noise: random values that depend only on a seed and a place in time, so any instant stands by itself."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_MIX = np.uint64(0x94D049BB133111EB)


def seed_of(*parts: object) -> int:
    """Return a 63-bit seed made from any values, the same in every process (unlike `hash`)."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def uniform(seed: int, index: Integers) -> Floats:
    """Return one value in (0, 1) for each index: the splitmix64 generator used as a hash [Steele et al. 2014]."""
    with np.errstate(over="ignore"):
        mixed = index.astype(np.uint64) * _GOLDEN + np.uint64(seed)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST_MIX
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND_MIX
        mixed ^= mixed >> np.uint64(31)
    shifted: Floats = (mixed >> np.uint64(11)).astype(np.float64)
    return (shifted + 0.5) / 2.0**53


def gaussian(seed: int, index: Integers) -> Floats:
    """Return one standard normal value for each index."""
    values: Floats = ndtri(uniform(seed, index))
    return values


def smooth(seed: int, seconds: Integers, period: int) -> Floats:
    """Return continuous standard normal noise at epoch `seconds`; it forgets itself within about `period` seconds.

    Knots every `period` are joined by a smooth step; dividing by the root of the summed squares keeps the variance 1
    between the knots too.
    """
    knot = np.floor_divide(seconds, period)
    share = (seconds - knot * period) / period
    share = share * share * (3 - 2 * share)
    low, high = gaussian(seed, knot), gaussian(seed, knot + 1)
    values: Floats = ((1 - share) * low + share * high) / np.sqrt((1 - share) ** 2 + share**2)
    return values


def layered(seed: int, seconds: Integers, layers: Sequence[tuple[int, float]]) -> Floats:
    """Return standard normal noise made of layers, each a period in seconds and a weight."""
    total = np.zeros(len(seconds))
    for number, (period, weight) in enumerate(layers):
        total += weight * smooth(seed_of(seed, number), seconds, period)
    return total / float(np.sqrt(sum(weight**2 for _, weight in layers)))
