"""What the people of a house use: standby and fridge, the rhythm of their days, and appliances switched on and off."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from solar.simulation.noise import Floats, Integers, seed_of, smooth
from solar.simulation.site import SiteSpec, epoch_seconds

_BASE_SHARE, _RHYTHM_SHARE, _APPLIANCE_SHARE = 0.35, 0.35, 0.30
_HOURS_OF_YEAR = 8766
_WORKING = (3, 2, 2, 2, 2, 4, 9, 11, 7, 4, 4, 4, 6, 5, 4, 4, 6, 10, 14, 16, 15, 12, 8, 5)
_FREE = (4, 3, 2, 2, 2, 2, 4, 7, 11, 12, 11, 11, 13, 11, 9, 8, 9, 11, 14, 15, 14, 12, 9, 6)


@dataclass(frozen=True, slots=True)
class _Appliance:
    """Something switched on: watts, minutes, how often a day in a house of 4,000 kWh, and the usual local hours."""

    watts: float
    minutes: float
    times_a_day: float
    hours: tuple[float, ...]


_APPLIANCES = (
    _Appliance(2000, 4, 4.0, (7.0, 9.5, 15.5, 20.0)),
    _Appliance(1800, 12, 1.6, (7.2, 12.3, 18.8)),
    _Appliance(2400, 35, 0.7, (12.2, 18.5)),
    _Appliance(1900, 25, 0.5, (9.0, 17.5)),
    _Appliance(1700, 30, 0.6, (14.0, 20.8)),
    _Appliance(1100, 15, 0.5, (10.5, 16.5)),
)


def load_watts(spec: SiteSpec, times: pd.DatetimeIndex) -> Floats:
    """Return the house's consumption in W at each of the aware `times`; over a year it makes about the annual load."""
    seconds = epoch_seconds(times)
    mean = spec.annual_load_kwh * 1000 / _HOURS_OF_YEAR
    local = times.tz_convert(spec.zone)
    base = mean * _BASE_SHARE * (0.82 + 0.36 * _is_fridge_on(spec.seed, seconds))
    return base + mean * _RHYTHM_SHARE * _rhythm(spec, seconds, local) + _appliances(spec, seconds, local)


def _is_fridge_on(seed: int, seconds: Integers) -> Floats:
    period = 2700 + seed_of(seed, "fridge") % 600
    return ((seconds % period) < period / 2).astype(np.float64)


def _rhythm(spec: SiteSpec, seconds: Integers, local: pd.DatetimeIndex) -> Floats:
    """Return the day's rhythm around 1: by hour, weekday or weekend, season (light, circulation), and mood."""
    hour = np.asarray(local.hour + local.minute / 60 + local.second / 3600, dtype=np.float64)
    knots = np.arange(25)
    working = np.interp(hour, knots, (*_WORKING, _WORKING[0])) / np.mean(_WORKING)
    free = np.interp(hour, knots, (*_FREE, _FREE[0])) / np.mean(_WORKING)
    by_day = np.where(np.asarray(local.day_of_week) >= 5, free, working)
    winter = np.cos(2 * np.pi * np.asarray(local.day_of_year) / 365) * (1 if spec.latitude >= 0 else -1)
    mood = np.exp(0.35 * smooth(seed_of(spec.seed, "mood"), seconds, 1500) - 0.06)
    values: Floats = by_day * (1 + 0.2 * winter) * mood
    return values


def _appliances(spec: SiteSpec, seconds: Integers, local: pd.DatetimeIndex) -> Floats:
    if len(local) == 0:
        return np.zeros(0)
    days = pd.date_range(local[0].date() - timedelta(days=1), local[-1].date(), freq="D")
    uses = np.concatenate([_uses_of_day(spec, day.date()) for day in days])
    starts, ends = uses[:, 0], uses[:, 0] + uses[:, 1]
    return _switched(starts, uses[:, 2], seconds) - _switched(ends, uses[:, 2], seconds)


def _switched(moments: Floats, watts: Floats, seconds: Integers) -> Floats:
    """Return the sum of the watts of all moments up to each of the seconds."""
    order = np.argsort(moments, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(watts[order])])
    values: Floats = sums[np.searchsorted(moments[order], seconds, side="right")]
    return values


def _uses_of_day(spec: SiteSpec, day: date) -> Floats:
    """Return the uses that begin on a local day: epoch second of the start, seconds, watts (one row each)."""
    draw = np.random.Generator(np.random.Philox(key=seed_of(spec.seed, "uses", day)))
    midnight = pd.Timestamp(day, tz=spec.zone).timestamp()
    wanted_wh = _APPLIANCE_SHARE * spec.annual_load_kwh * 1000 / 365.25
    usual_wh = sum(each.watts * each.minutes / 60 * each.times_a_day for each in _APPLIANCES)
    weekend = 1.25 if day.weekday() >= 5 else 0.9
    rows = []
    for each in _APPLIANCES:
        count = draw.poisson(each.times_a_day * wanted_wh / usual_wh * weekend)
        hours = draw.choice(each.hours, count) + draw.normal(0, 0.8, count)
        lengths = 60 * each.minutes * draw.uniform(0.7, 1.3, count)
        rows.append(np.column_stack([midnight + hours * 3600, lengths, np.full(count, each.watts)]))
    values: Floats = np.concatenate(rows)
    return values
