"""Solar power from the weather: the physical plant, and trees that learn what physics leaves."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .plant import Plant
from .site import Array, Mask, Rows
from .sun import Sun, from_weather
from .trees import Forest, grow

MIN_DAYS = 60
FOLDS = 5
GAP_DAYS = 2


@dataclass(frozen=True)
class WeatherView:
    """Flat arrays, one per interval: what physics says (W, NaN without irradiance) and the features of the trees."""

    physics: Array
    features: Array


def view(plant: Plant, sun: Sun, weather: pd.DataFrame, slots: int) -> WeatherView:
    """Physics and features for whole days of `slots` intervals; `weather` as `weather.on_grid` gives it."""
    sky = from_weather(sun, weather)
    temperature = weather["temperature_2m"].to_numpy(dtype=float)
    physics = plant.power(sun, sky, temperature)
    top = max(plant.limit_watts, 1e-6)
    upright = np.maximum(np.cos(np.radians(sun.zenith)), 0.03)
    by_day = sky.ghi.reshape(-1, slots)
    with np.errstate(invalid="ignore"):
        day_sum = np.repeat(np.nansum(by_day, axis=1), slots)
    cold = pd.Series(temperature).groupby(np.arange(len(temperature)) // slots).transform("min").to_numpy()
    columns = [
        physics / top, plant.plane(sun, sky), sky.ghi, sky.dni, sky.dhi, sky.ghi / (sun.extra * upright), temperature,
        cold, sun.elevation, sun.azimuth, np.cos(2 * np.pi * (sun.day - 10) / 365.25), day_sum,
        *(_moved(sky.ghi, step) for step in (1, -1, 2, -2)),
    ]
    return WeatherView(physics, np.stack(columns, axis=1))


def _moved(values: Array, step: int) -> Array:
    """Values `step` intervals earlier, NaN at the ends."""
    return pd.Series(values).shift(step).to_numpy(dtype=float)


def learn(seen: WeatherView, power: Array, bright: Mask, top: float, slots: int) -> tuple[Forest | None, Array]:
    """Trees on (power - physics) / top, and what they say out of sample (W) for every interval.

    Out of sample: the days are cut into five runs; each is foreseen by trees that saw the others, two days away
    from it. Below 60 days of both power and weather there are no trees and physics stands alone.
    """
    usable = bright & np.isfinite(power) & np.isfinite(seen.physics)
    day = np.arange(len(power)) // slots
    known = np.unique(day[usable])
    if len(known) < MIN_DAYS:
        return None, seen.physics
    target = np.where(usable, (power - seen.physics) / top, 0.0)
    outside = seen.physics.copy()
    for run in np.array_split(known, FOLDS):
        away = usable & ((day < run[0] - GAP_DAYS) | (day > run[-1] + GAP_DAYS))
        inside = bright & (day >= run[0]) & (day <= run[-1]) & np.isfinite(seen.physics)
        if away.any() and inside.any():
            outside[inside] += top * grow(seen.features[away], target[away]).predict(seen.features[inside])
    return grow(seen.features[usable], target[usable]), np.maximum(outside, 0.0)


def apply(forest: Forest | None, seen: WeatherView, bright: Mask, top: float) -> Array:
    """Watts by physics and trees, 0 at the least; NaN where the weather is not known."""
    power = seen.physics.copy()
    chosen = bright & np.isfinite(power)
    if forest is not None and chosen.any():
        power[chosen] += top * forest.predict(seen.features[chosen])
    return np.maximum(power, 0.0)


def recent_ratio(power: Array, physics: Array, days: Rows, lead: int, count: int = 3) -> Array:
    """Measured over modelled energy of the `count` days up to d - lead, held in 0.5..1.5; 1 where not known."""
    past = (days - lead)[:, None] - np.arange(count)[None, :]
    row = np.clip(past, 0, len(power) - 1)
    known = np.isfinite(power[row]) & np.isfinite(physics[row]) & (past >= 0)[:, :, None]
    made = np.where(known, power[row], 0).sum(axis=(1, 2))
    meant = np.where(known, physics[row], 0).sum(axis=(1, 2))
    # One sunny day's worth of faith in the model keeps a dark day from turning the ratio.
    trust = np.nanmean(np.nansum(physics, axis=1)) if np.isfinite(physics).any() else 1.0
    return np.asarray(np.clip((made + trust) / np.maximum(meant + trust, 1e-9), 0.5, 1.5))
