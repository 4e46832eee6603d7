"""Readings taken apart into one clean series per field: sorted, one value per instant, impossible values left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solar.energy.channels import BATTERY_FIELDS, CHANNEL, limit_of_reported_watts, lowest_solar_watts

Times = NDArray[np.int64]
Values = NDArray[np.float64]
Flags = NDArray[np.bool_]

ENERGY_FIELDS: tuple[str, ...] = tuple(
    dict.fromkeys(field for c in CHANNEL.values() for field in (c.lifetime, c.day, c.power))
)
_POWER = frozenset(channel.power for channel in CHANNEL.values())
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Series:
    """One field: strictly rising `times` (microseconds since 1970, UTC) and the value at each."""

    times: Times
    values: Values

    def __len__(self) -> int:
        return int(self.times.size)

    def where(self, keep: Flags) -> "Series":
        """The readings that `keep` marks; this very series where it marks all."""
        return self if bool(keep.all()) else Series(self.times[keep], self.values[keep])


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970 in UTC of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(microseconds_since_1970: int) -> datetime:
    """The aware UTC instant, to the microsecond."""
    return _EPOCH + timedelta(microseconds=int(microseconds_since_1970))


def times_of(index: pd.Index) -> Times:
    """Microseconds since 1970 of an index of aware timestamps; raises ValueError for any other index."""
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None:
        raise ValueError("frame: the index must be aware timestamps (a DatetimeIndex in UTC)")
    if index.hasnans:
        raise ValueError("frame: the index holds a missing timestamp; each reading needs its time")
    return np.asarray(index.as_unit("us").asi8, dtype=np.int64)


def series_of(frame: pd.DataFrame, installed_capacity_watts: float | None) -> dict[str, Series]:
    """The clean series of every energy and power field that occurs in `frame`; a field without a value is left out.

    `frame` holds readings in order of arrival: index aware timestamps, columns of the vocabulary, NaN = not reported.
    Values that telemetry rule 5 rejects count as not reported; of two values of one instant the first stays.
    """
    times = times_of(frame.index)
    ordered = bool(np.all(times[1:] > times[:-1]))
    found = {}
    for field in _present(frame.columns):
        values = cleaned(field, _numbers(frame, field), installed_capacity_watts)
        series = Series(times, values).where(~np.isnan(values))
        if len(series):
            found[field] = series if ordered else _sorted(series)
    return found


def cleaned(field: str, values: Values, installed_capacity_watts: float | None) -> Values:
    """A copy of `values` with NaN where telemetry rule 5 rejects, and small negative `solarPower` as 0."""
    values = np.where(np.isfinite(values), values, np.nan)
    if field not in _POWER:
        values[values < 0] = np.nan
        return values
    values[np.abs(values) > limit_of_reported_watts(installed_capacity_watts)] = np.nan
    if field == "loadPower":
        values[values < 0] = np.nan
    if field == "solarPower":
        values[values < lowest_solar_watts(installed_capacity_watts)] = np.nan
        values[values < 0] = 0.0
    return values


def summed(positions: Times, weights: Values | Times, size: int) -> Values:
    """The sum of the weights at each of `size` positions, added one after the other in the order given."""
    return np.bincount(positions, weights=weights, minlength=size).astype(np.float64)


def has_battery_field(found: Iterable[str]) -> bool:
    """Whether any battery power or counter field occurs (formulas 1.4)."""
    return not BATTERY_FIELDS.isdisjoint(found)


def _present(columns: Iterable[object]) -> list[str]:
    known = set(columns)
    return [field for field in ENERGY_FIELDS if field in known]


def _numbers(frame: pd.DataFrame, field: str) -> Values:
    column = frame[field]
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{field}: the column must hold numbers, with NaN where nothing was reported") from error


def _sorted(series: Series) -> Series:
    order = np.argsort(series.times, kind="stable")
    times, values = series.times[order], series.values[order]
    first = np.ones(times.size, dtype=np.bool_)
    first[1:] = times[1:] != times[:-1]
    return Series(times[first], values[first])
