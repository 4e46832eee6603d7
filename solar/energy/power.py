"""Energy from power: trapezoids between neighbouring readings, cut at edges and at zero (formulas 1.3)."""

from dataclasses import dataclass

import numpy as np

from solar.energy.channels import GAP, MICROSECONDS_PER_HOUR
from solar.energy.series import Series, Times, Values, summed
from solar.energy.state import PowerState

_WATT_MICROSECONDS_PER_KWH = 1000 * MICROSECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Integral:
    """Per bucket: kWh above zero, kWh below zero (as a positive number) and the time covered, microseconds."""

    positive: Values
    negative: Values
    covered: Times


def integrate(series: Series, edges: Times) -> Integral:
    """Integrate power in W over the buckets [edges[i], edges[i + 1]), `edges` rising, in microseconds since 1970.

    Intervals of more than G between neighbouring readings give nothing and are not covered. Linear in the readings;
    each bucket's sum depends on the readings in it and its two neighbours only.
    """
    pieces = _pieces(series, edges)
    size = edges.size - 1
    duration = pieces.ends - pieces.starts
    positive = _area_above_zero(pieces.first, pieces.last, duration)
    negative = _area_above_zero(-pieces.first, -pieces.last, duration)
    covered = summed(pieces.buckets, duration, size).astype(np.int64)
    return Integral(summed(pieces.buckets, positive, size), summed(pieces.buckets, negative, size), covered)


def continued(series: Series, before: PowerState | None) -> Series:
    """The series with the reading before it in front."""
    if before is None:
        return series
    times = np.concatenate((np.array([before.at], dtype=np.int64), series.times))
    return Series(times, np.concatenate(([before.watts], series.values)))


def last_before(series: Series, instant: int) -> PowerState | None:
    """The last reading before `instant`."""
    position = int(np.searchsorted(series.times, instant)) - 1
    return None if position < 0 else PowerState(int(series.times[position]), float(series.values[position]))


@dataclass(frozen=True, slots=True)
class _Pieces:
    starts: Times
    ends: Times
    first: Values
    last: Values
    buckets: Times


def _pieces(series: Series, edges: Times) -> _Pieces:
    """The intervals of at most G, each cut at every edge inside it, without what lies outside the edges."""
    inside, after = _edges_within_intervals(series.times, edges)
    cuts = np.insert(series.times, after, inside)
    watts = np.insert(series.values, after, _on_the_line(series, inside, after))
    short = np.diff(series.times) <= GAP
    bridged = np.insert(short, after, short[after - 1])
    buckets = np.searchsorted(edges, cuts[:-1], side="right") - 1
    keep = bridged & (buckets >= 0) & (buckets < edges.size - 1)
    return _Pieces(cuts[:-1][keep], cuts[1:][keep], watts[:-1][keep], watts[1:][keep], buckets[keep])


def _edges_within_intervals(times: Times, edges: Times) -> tuple[Times, Times]:
    """The edges strictly between two neighbouring readings, each once, and the position of the reading after each."""
    distinct = np.unique(edges)
    distinct = distinct[(distinct > times[0]) & (distinct < times[-1])]
    after = np.searchsorted(times, distinct, side="left")
    between = times[after] != distinct
    return distinct[between], after[between]


def _on_the_line(series: Series, instants: Times, after: Times) -> Values:
    start, end = series.times[after - 1], series.times[after]
    first, last = series.values[after - 1], series.values[after]
    return np.asarray(first + (last - first) * ((instants - start) / (end - start)))


def _area_above_zero(first: Values, last: Values, duration: Times) -> Values:
    """kWh of the part above zero of lines from `first` to `last` W over `duration` microseconds."""
    high, low = np.maximum(first, last), np.minimum(first, last)
    mean = (first + last) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        triangle = high * high / (high - low) / 2
    height = np.where(low >= 0, mean, np.where(high <= 0, 0.0, triangle))
    return np.asarray(height * duration / _WATT_MICROSECONDS_PER_KWH)
