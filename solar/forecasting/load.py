"""Load: what a house uses by time of day, weekday, holiday and temperature; the mean, for the least squared error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from . import bands, lead, trend
from .analogs import faded_mean, mean_of_last
from .lead import BASELINES, Lead
from .mix import Rule, blend
from .site import LEADS, Array, Mask, Refusal, Rows, Site
from .tables import Days, last_known

BACKTEST_DAYS = 270
MEMORY_DAYS = 90.0
REACH = 120
NAMES = (
    "last known day", "7-day mean", "fading mean, 3 days", "fading mean, 10 days", "fading mean, 40 days",
    "same weekday", "same kind of day", "level of yesterday", "level of the week", "usual level", "Prophet",
)
PRIOR = (0.0, 0.15, 0.0, 0.35, 0.2, 0.1, 0.2, 0.0, 0.0, 0.0, 0.1)


@dataclass(frozen=True)
class LoadModel:
    """One Lead per day ahead; `prophet` (JSON) foresees the day's mean in W; `top_watts` is the most ever seen."""

    leads: list[Lead]
    prophet: str | None
    top_watts: float
    level_watts: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "leads": [one.to_dict() for one in self.leads], "prophet": self.prophet, "top_watts": self.top_watts,
            "level_watts": self.level_watts,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "LoadModel":
        """The reverse of `to_dict`."""
        return cls(**{**values, "leads": [Lead.from_dict(one) for one in values["leads"]]})


def free_days(dates: pd.DatetimeIndex, country: str | None) -> Mask:
    """Saturdays, Sundays and, where the country is known, its public holidays."""
    weekend = dates.day_of_week.to_numpy() >= 5
    if country is None:
        return np.asarray(weekend)
    import holidays  # a big package, wanted only where a country is known

    try:
        free = holidays.country_holidays(country, years=sorted(set(dates.year)))
    except NotImplementedError:
        return np.asarray(weekend)
    return np.asarray(weekend | np.array([date.date() in free for date in dates]))


def smooth(table: Array, width: int) -> Array:
    """Running mean along the day, shorter at its ends, NaN left out."""
    return pd.DataFrame(table.T).rolling(width, center=True, min_periods=1).mean().to_numpy().T


def row_mean(table: Array) -> Array:
    """Mean of each row as a column (rows, 1), NaN where nothing of it is known."""
    seen = np.isfinite(table).sum(axis=1, keepdims=True)
    return np.asarray(np.where(seen > 0, np.nansum(table, axis=1, keepdims=True) / np.maximum(seen, 1), np.nan))


def experts(table: Array, dates: pd.DatetimeIndex, free: Mask, days: Rows, ahead: int, prophet: Array) -> Array:
    """What each expert of NAMES says in W, (n, len(days), slots); rows up to d - ahead are known."""
    weekday = dates.day_of_week.to_numpy()
    past = np.clip((days - ahead)[:, None] - np.arange(REACH)[None, :], 0, len(table) - 1)
    same, alike = weekday[past] == weekday[days][:, None], free[past] == free[days][:, None]
    every = np.ones(past.shape)
    fading = {memory: smooth(faded_mean(table, every, days, ahead, memory), 3) for memory in (3.0, 10.0, 40.0)}
    latest, ones = last_known(table), np.ones((1, table.shape[1]))
    row = np.clip(days - ahead, 0, len(table) - 1)
    nothing = (days - ahead < 0)[:, None]
    last = np.where(nothing, np.nan, table[latest[row]])
    week = mean_of_last(table, days, ahead)
    shape = fading[10.0] / row_mean(fading[10.0])
    found = [
        np.where(np.isfinite(last), last, row_mean(last)), week, *fading.values(),
        smooth(faded_mean(table, same.astype(float), days, ahead, 28.0), 5),
        smooth(faded_mean(table, alike.astype(float), days, ahead, 28.0), 3),
        row_mean(last) * ones, row_mean(week) * ones,
        row_mean(fading[40.0]) * ones, prophet[:, None] * shape,
    ]
    return np.stack(found)


def daily_extra(dates: pd.DatetimeIndex, free: Mask, temperature: Array | None) -> pd.DataFrame:
    """Regressors of a day for Prophet: holiday and, where the temperature is known, degrees to heat and to cool."""
    holiday = free & (dates.day_of_week.to_numpy() < 5)
    extra = pd.DataFrame({"holiday": holiday.astype(float)})
    if temperature is not None:
        extra["heating"] = np.where(np.isfinite(temperature), np.maximum(15 - temperature, 0), np.nan)
        extra["cooling"] = np.where(np.isfinite(temperature), np.maximum(temperature - 22, 0), np.nan)
    return extra


def day_temperature(weather: pd.DataFrame | None, days: Days) -> Array | None:
    """Mean temperature of each row, None where none is known at all."""
    if weather is None or "temperature_2m" not in weather:
        return None
    means = row_mean(days.table(weather["temperature_2m"]))[:, 0]
    return means if np.isfinite(means).any() else None


def train(
    power: pd.Series, site: Site, weather: pd.DataFrame | None, days: Days, progress: Callable[[int, str], None]
) -> tuple[LoadModel, dict[int, Array]]:
    """The model and its back-tested p50 by day ahead. `power`: loadPower in W (UTC). Raises Refusal."""
    table = days.table(power.clip(lower=0))
    known = table[np.isfinite(table)]
    if (np.isfinite(table).mean(axis=1) >= 0.5).sum() < 2:
        raise Refusal("Load is known for fewer than two days.")
    if float(known.max() - known.min()) < 1e-9:
        raise Refusal("Load never changes: the sensor seems to be stuck.")
    dates, level = days.dates(), float(known.mean())
    free = free_days(dates, site.country)
    prophet, cutoffs, values = _prophet(table, dates, free, day_temperature(weather, days))
    leads, middles = [], {}
    top = float(np.quantile(known, 0.9999)) * 1.1
    for ahead in LEADS:
        rows = np.arange(max(days.count - BACKTEST_DAYS, min(30, days.count - 1), ahead), days.count)
        said = experts(table, dates, free, rows, ahead, trend.at_lead(cutoffs, values, rows, ahead))
        fitted, middle = _fit(said, table[rows], days.count - rows, level, top)
        leads.append(fitted)
        middles[ahead] = np.full(table.shape, np.nan)
        middles[ahead][rows] = middle
    progress(85, "load learnt")
    return LoadModel(leads, prophet, top, level), middles


def _prophet(
    table: Array, dates: pd.DatetimeIndex, free: Mask, temperature: Array | None
) -> tuple[str | None, Rows, Array]:
    share = np.isfinite(table).mean(axis=1)
    daily = pd.Series(np.where(share > 0.7, row_mean(table)[:, 0], np.nan), dates)
    extra = daily_extra(dates, free, temperature)
    if daily.notna().sum() < trend.MIN_DAYS:
        return None, np.zeros(0, dtype=np.int64), np.zeros((0, len(daily)))
    cutoffs, values = trend.backtest(daily, extra, BACKTEST_DAYS, weekly=True)
    return trend.fit(daily, extra, weekly=True), cutoffs, np.maximum(values, 0)


def unit_of(said: Array, level: float) -> Array:
    """Scale of errors: the slow mean of the slot and a fifth of the overall level."""
    slow = said[NAMES.index("fading mean, 40 days")]
    return np.asarray(np.where(np.isfinite(slow), slow, level) + 0.2 * level)


def hour_of_slot(shape: tuple[int, ...]) -> Array:
    """Second axis of the band: the share of the day that has passed."""
    return np.broadcast_to(np.arange(shape[-1]) / shape[-1], shape)


def _fit(said: Array, truth: Array, age: Rows, level: float, top: float) -> tuple[Lead, Array]:
    trial = lead.Trial(
        said, truth, unit_of(said, level), hour_of_slot(truth.shape), np.isfinite(truth), age.astype(float)
    )
    return lead.fit(
        trial, PRIOR, Rule(level, MEMORY_DAYS, BASELINES, squared=True), ceiling=top, bounded=False,
        fallback=bands.assumed(0.5, 0.6),
    )


def foresee(
    model: LoadModel, power: pd.Series, site: Site, weather: pd.DataFrame | None, days: Days, today: int, count: int
) -> tuple[Array, Array, Array, Array, list[str]]:
    """p10, p50, p90 (count, slots) in W, daily kWh (count, 3) and the methods, for rows from `today` on."""
    table = days.table(power.clip(lower=0))
    table[today:] = np.nan
    dates = days.dates()
    free = free_days(dates, site.country)
    prophet = np.full(days.count, np.nan)
    if model.prophet is not None:
        extra = daily_extra(dates, free, day_temperature(weather, days))
        extra = extra.reindex(columns=["holiday", "heating", "cooling"])
        prophet = np.maximum(trend.predict(model.prophet, dates, extra), 0)
    parts = [_one_day(model, table, dates, free, prophet, today, ahead) for ahead in range(1, count + 1)]
    low, middle, high, daily = (np.concatenate([part[number] for part in parts]) for number in range(4))
    return low, middle, high, daily, [model.leads[min(ahead, 8) - 1].method for ahead in range(1, count + 1)]


def _one_day(
    model: LoadModel, table: Array, dates: pd.DatetimeIndex, free: Mask, prophet: Array, today: int, ahead: int
) -> tuple[Array, Array, Array, Array]:
    row = np.array([today + ahead - 1])
    chosen = model.leads[min(ahead, 8) - 1]
    said = experts(table, dates, free, row, ahead, prophet[row])
    mixed = blend(said, np.asarray(chosen.weights))
    middle = np.clip(np.where(np.isfinite(mixed), mixed, model.level_watts), 0, model.top_watts)
    unit = unit_of(said, model.level_watts)
    below, above = chosen.band.offsets(middle / unit, hour_of_slot(middle.shape))
    low, high = np.maximum(middle - below * unit, 0), np.minimum(middle + above * unit, model.top_watts)
    hours = 24 / middle.shape[1] / 1000
    total, size = middle.sum() * hours, unit.sum() * hours
    sums = [max(total - chosen.day_low * size, 0.0), total, total + chosen.day_high * size]
    return low, middle, np.maximum(high, middle), np.array([sums])
