"""Solar power: what is kept of a trained source, and how eight days are foreseen from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from . import skymodel, skyscene, trend
from .analogs import mean_of_last
from .lead import Lead
from .mix import blend
from .plant import Plant
from .site import LEADS, Array, Mask, Rows
from .sun import Sun, position
from .tables import Days
from .trees import Forest
from .weather import on_grid

WEATHER_NAMES = (
    "last known day", "7-day mean", "trees on physics", "physics", "trees and recent days", "memory", "Prophet",
)
WEATHER_PRIOR = (0.0, 0.0, 0.55, 0.15, 0.2, 0.05, 0.05)


# What the weather says, as tables (days, slots) in W: trees on physics, physics alone, Prophet.
Driven = tuple[Array, Array, Array]


@dataclass(frozen=True)
class SolarModel:
    """`plant` is None where the place is unknown and cannot be estimated; then `flat_clear` holds the best seen of each
    slot in W. `memory` and `weather` hold one Lead per day ahead. `prophet` (JSON) knows no weather, `prophet_weather`
    does. `trust` and `widened` are the scoreboard's lesson by day ahead."""

    plant: Plant | None
    flat_clear: list[float]
    limit_watts: float
    usual: float
    night_elevation: float
    memory: list[Lead]
    weather: list[Lead] | None = None
    forest: Forest | None = None
    prophet: str | None = None
    prophet_weather: str | None = None
    trust: list[float] = field(default_factory=lambda: [1.0] * len(LEADS))
    widened: list[float] = field(default_factory=lambda: [1.0] * len(LEADS))
    notes: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "plant": self.plant.to_dict() if self.plant else None,
            "flat_clear": self.flat_clear, "limit_watts": self.limit_watts, "usual": self.usual,
            "night_elevation": self.night_elevation,
            "memory": [lead.to_dict() for lead in self.memory],
            "weather": [lead.to_dict() for lead in self.weather] if self.weather else None,
            "forest": self.forest.to_dict() if self.forest else None,
            "prophet": self.prophet, "prophet_weather": self.prophet_weather,
            "trust": self.trust, "widened": self.widened, "notes": self.notes,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SolarModel":
        """The reverse of `to_dict`."""
        changed = {
            "plant": Plant.from_dict(values["plant"]) if values["plant"] else None,
            "memory": [Lead.from_dict(lead) for lead in values["memory"]],
            "weather": [Lead.from_dict(lead) for lead in values["weather"]] if values["weather"] else None,
            "forest": Forest.from_dict(values["forest"]) if values["forest"] else None,
        }
        return cls(**{**values, **changed})


@dataclass(frozen=True)
class Outlook:
    """p10, p50 and p90 (days, slots) in W, their daily sums in kWh (days, 3), the method of each day, and what memory
    and weather alone say (days, slots), NaN where they cannot."""

    low: Array
    middle: Array
    high: Array
    daily: Array
    methods: list[str]
    memory: Array
    weather: Array


def clear_table(plant: Plant | None, flat_clear: list[float], days: Days, sun: Sun | None) -> Array:
    """Clear-sky power (days, slots) in W."""
    if plant is None or sun is None:
        return np.tile(np.asarray(flat_clear, dtype=float), (days.count, 1))
    return plant.clear(sun).reshape(days.count, days.slots)


def sun_of(plant: Plant | None, days: Days) -> Sun | None:
    """The sun over all cells of `days`, None where the place is unknown."""
    return None if plant is None else position(days.instants(), days.minutes, plant.latitude, plant.longitude)


def daylight(sun: Sun | None, clear: Array, night_elevation: float) -> Mask:
    """Cells in which production is possible."""
    return clear > 0 if sun is None else (sun.elevation > night_elevation).reshape(clear.shape)


def foresee(
    model: SolarModel, power: pd.Series, weather: pd.DataFrame | None, days: Days, today: int, count: int
) -> Outlook:
    """Days `today` .. `today + count - 1` of `days`. `power` (W, UTC) is what is known; rows from `today` on are not
    looked at. `weather` may cover the past (for recent performance) and the future."""
    sun = sun_of(model.plant, days)
    clear = clear_table(model.plant, model.flat_clear, days, sun)
    table = days.table(power)
    table[today:] = np.nan
    past = skyscene.memory(skyscene.scene(table, clear, model.usual))
    light = daylight(sun, clear, model.night_elevation)
    # The trees are asked about the days to come only; of the past, physics is enough to see how the plant does lately.
    ahead = light & (np.arange(days.count) >= today)[:, None]
    driven = _weather_tables(model, sun, weather, days, ahead)
    best = float(model.notes["best_clear_sum"])
    calm = prophet_says(model.prophet, days, prophet_extra(None, clear, best))
    if driven is not None:
        said = prophet_says(model.prophet_weather, days, prophet_extra(driven[1], clear, best))
        driven = (*driven[:2], shaped(said, driven[1], clear))
    outlooks = [_one_day(model, past, driven, calm, light, today, lead) for lead in range(1, count + 1)]
    names = ("low", "middle", "high", "daily", "memory", "weather")
    joined: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in outlooks]) for name in names}
    return Outlook(**joined, methods=[one.methods[0] for one in outlooks])


def _weather_tables(
    model: SolarModel, sun: Sun | None, weather: pd.DataFrame | None, days: Days, light: Mask
) -> Driven | None:
    """Tables in W, Prophet's still empty; None without weather."""
    if model.plant is None or sun is None or model.weather is None:
        return None
    grid = on_grid(weather, days.instants(), days.minutes, sun)
    if grid is None:
        return None
    seen = skymodel.view(model.plant, sun, grid, days.slots)
    trees = skymodel.apply(model.forest, seen, light.ravel(), model.limit_watts)
    return trees.reshape(light.shape), seen.physics.reshape(light.shape), np.full(light.shape, np.nan)


def prophet_extra(physics: Array | None, clear: Array, best: float) -> pd.DataFrame:
    """Regressors of a day for Prophet: the clear-sky energy (share of the year's `best`) and, with weather, the share
    of it that physics expects."""
    energy = clear.sum(axis=1)
    extra = pd.DataFrame({"clear": energy / best})
    if physics is not None:
        extra["irradiance"] = physics.sum(axis=1) / np.maximum(energy, 1e-9)
    return extra


def prophet_says(stored: str | None, days: Days, extra: pd.DataFrame) -> Array:
    """Brightness Prophet expects of each row, NaN where it cannot say."""
    if stored is None:
        return np.full(days.count, np.nan)
    return np.clip(trend.predict(stored, days.dates(), extra), 0, 1.2)


def shaped(brightness: Array, physics: Array, clear: Array) -> Array:
    """A table (W) of days of the given brightness in the shape that physics expects of them."""
    shape = physics / np.maximum(physics.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray((brightness * clear.sum(axis=1))[:, None] * shape)


def weather_experts(
    past: skyscene.SkyMemory, driven: Driven, memory: Array, days: Rows, lead: int
) -> Array:
    """What each expert of WEATHER_NAMES says, in W; `memory` (len(days), slots) is the mix that knows no weather."""
    power, (trees, physics, prophet) = past.scene.power, driven
    row = np.clip(days - lead, 0, len(power) - 1)
    ratio = skymodel.recent_ratio(power, physics, days, lead)[:, None]
    last = np.where((days - lead < 0)[:, None], np.nan, power[past.latest[row]])
    week = mean_of_last(power, days, lead)
    return np.stack([last, week, trees[days], physics[days], trees[days] * ratio, memory, prophet[days]])


def _one_day(
    model: SolarModel, past: skyscene.SkyMemory, driven: Driven | None, prophet: Array, light: Mask,
    today: int, lead: int,
) -> Outlook:
    """One day ahead, with one row."""
    row = np.array([today + lead - 1])
    chosen, method = model.memory[lead - 1], "memory"
    lit, top = light[row], model.limit_watts

    def possible(values: Array) -> Array:
        return np.where(lit, np.clip(values, 0, top), 0.0)

    memory = possible(blend(skyscene.experts(past, row, lead, prophet[row]), np.asarray(chosen.weights)))
    middle, weather, wide = np.nan_to_num(memory), np.full(memory.shape, np.nan), 1.0
    if driven is not None and model.weather is not None and np.isfinite(driven[1][row][lit]).all():
        chosen, method, wide = model.weather[lead - 1], "weather", model.widened[lead - 1]
        weather = possible(blend(weather_experts(past, driven, memory, row, lead), np.asarray(chosen.weights)))
        trust = model.trust[lead - 1]
        middle = np.nan_to_num(trust * weather + (1 - trust) * np.where(np.isfinite(memory), memory, weather))
    low, high, daily = _range(model, chosen, middle, past.scene.yardstick[row], past.scene.clear, lit, wide)
    return Outlook(low, middle, high, daily, [f"{method}: {chosen.method}"], memory, weather)


def _range(
    model: SolarModel, chosen: Lead, middle: Array, yard: Array, clear: Array, lit: Mask, wide: float
) -> tuple[Array, Array, Array]:
    """p10 and p90 of a day (1, slots) in W and its p10, p50, p90 in kWh (1, 3); `wide` stretches the bands."""
    top = model.limit_watts
    below, above = chosen.band.offsets(middle / yard, yard / max(float(clear.max()), 1e-9))
    low = np.where(lit, np.clip(middle - wide * below * yard, 0, middle), 0.0)
    high = np.where(lit, np.clip(middle + wide * above * yard, middle, top), 0.0)
    hours = 24 / middle.shape[1] / 1000
    total, unit = middle.sum() * hours, (yard * lit).sum() * hours
    ceiling = max((np.minimum(yard * 1.2, top) * lit).sum() * hours, total)
    lowest, highest = total - wide * chosen.day_low * unit, total + wide * chosen.day_high * unit
    return low, high, np.array([[max(lowest, 0.0), total, min(highest, ceiling)]])
