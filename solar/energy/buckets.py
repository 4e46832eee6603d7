"""Energies of arbitrary buckets from power, for roll-ups and stacked charts: the trapezoids of formulas 1.3."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from solar.energy.channels import CHANNEL
from solar.energy.power import Integral, continued, integrate
from solar.energy.series import Series, Times, Values, series_of, times_of
from solar.energy.state import START, State


@dataclass(frozen=True, slots=True)
class BucketEnergy:
    """Two frames of one shape: index the start of each bucket (UTC), one column per channel whose power occurs.

    `kwh` is NaN where nothing is known of a bucket, never 0; `coverage` is the covered share of it, 0..1.
    """

    kwh: pd.DataFrame
    coverage: pd.DataFrame


def bucket_energy(
    frame: pd.DataFrame,
    edges: pd.DatetimeIndex,
    *,
    installed_capacity_watts: float | None,
    state: State = START,
) -> BucketEnergy:
    """Energy per channel in the buckets [edges[i], edges[i + 1]) by the trapezoidal rule, cut at the edges.

    `frame` as for `daily_energy`; give it the readings up to 90 min on both sides of the edges, or in `state` the last
    ones before it. Raises ValueError for fewer than two edges, edges that do not rise, or a time without zone.
    """
    cuts = _rising(edges)
    columns: dict[str, Values] = {}
    shares: dict[str, Values] = {}
    found = series_of(frame, installed_capacity_watts)
    for channel in CHANNEL.values():
        if channel.power in found:
            integral = integrate(_after(found[channel.power], state, channel.power), cuts)
            columns[channel.name] = _known(integral, channel.sign)
            shares[channel.name] = integral.covered / np.diff(cuts)
    starts = edges[:-1]
    return BucketEnergy(pd.DataFrame(columns, index=starts), pd.DataFrame(shares, index=starts))


def _rising(edges: pd.DatetimeIndex) -> Times:
    cuts = times_of(edges)
    if cuts.size < 2 or bool(np.any(np.diff(cuts) <= 0)):
        raise ValueError("edges: at least two timestamps, each later than the one before")
    return cuts


def _after(series: Series, state: State, name: str) -> Series:
    before = state.powers.get(name)
    return series if before is None else continued(series.where(series.times > before.at), before)


def _known(integral: Integral, sign: int) -> Values:
    kwh = integral.positive if sign > 0 else integral.negative
    return np.where(integral.covered > 0, kwh, np.nan)
