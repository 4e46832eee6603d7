"""How the model of a source's solar power is made from its history."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import bands, lead, place, plant, quality, skymodel, skyscene, trend
from .mix import Rule
from .plant import Plant
from .site import LEADS, Array, Mask, Refusal, Rows, Site
from .solarmodel import (
    WEATHER_PRIOR,
    Driven,
    SolarModel,
    clear_table,
    daylight,
    prophet_extra,
    shaped,
    sun_of,
    weather_experts,
)
from .sun import Sun, from_weather
from .tables import Days
from .trees import Forest
from .weather import on_grid

BACKTEST_DAYS, MEMORY_DAYS = 180, 60.0
Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Ground:
    """A history made ready: tables (days, slots) of clean power and clear-sky power, the sun and the weather."""

    days: Days
    power: Array
    clear: Array
    light: Mask
    plant: Plant | None
    sun: Sun | None
    weather: pd.DataFrame | None
    flat_clear: list[float]
    limit_watts: float
    night_elevation: float
    notes: dict[str, object]


def refuse(frame: pd.DataFrame, site: Site) -> None:
    """Raises Refusal where nothing honest can be said about solar power."""
    power = frame["solarPower"].dropna() if "solarPower" in frame else pd.Series(dtype=float)
    place_known = site.latitude is not None and site.longitude is not None
    if power.empty or len(power) < 24:
        if place_known and site.capacity_watts:
            return
        raise Refusal("There is no solar power yet; until there is, the place and the installed capacity are needed.")
    if quality.constant(power) and float(power.max()) > 0:
        raise Refusal("Solar power never changes: the sensor seems to be stuck.")
    if float(power.max()) <= 0:
        raise Refusal("Solar power has been zero all along.")


def prepare(frame: pd.DataFrame, site: Site, weather: pd.DataFrame | None, days: Days) -> Ground:
    """Everything the experts need; `frame` on a regular UTC grid, whole days before today only."""
    series = frame["solarPower"].astype(float) if "solarPower" in frame else pd.Series(np.nan, frame.index)
    raw = days.table(series.clip(lower=0))
    top = float(np.nanquantile(raw, 0.9995)) if np.isfinite(raw).any() else 0.0
    latitude, longitude, known_from = _place(site, days, raw)
    if latitude is None or longitude is None:
        return _without_place(frame, site, days, raw, top)
    capacity = site.capacity_watts or 1.1 * top
    limit = quality.clipping_limit(raw) or max(capacity if site.capacity_watts else 1.1 * top, top)
    start = replace(plant.assumed(site, latitude, longitude, capacity), limit_watts=limit)
    sun = sun_of(start, days)
    assert sun is not None
    instants = days.instants()
    expected = days.pick(start.clear(sun).reshape(raw.shape), pd.DatetimeIndex(series.index))
    checked = quality.check(frame.assign(solarPower=series), site, np.nan_to_num(expected), days.minutes)
    power = days.table(checked.power)
    grid = on_grid(weather, instants, days.minutes, sun)
    fitted = _fit_plant(start, power, sun, grid)
    clear = clear_table(fitted, [], days, sun)
    night = 0.0 if known_from == "given" else -6.0
    notes: dict[str, object] = {"place": known_from, "left_out": checked.left_out}
    return Ground(days, power, clear, daylight(sun, clear, night), fitted, sun, grid, [], limit, night, notes)


def _place(site: Site, days: Days, power: Array) -> tuple[float | None, float | None, str]:
    if site.latitude is not None and site.longitude is not None:
        return site.latitude, site.longitude, "given"
    found = place.estimate(days, power)
    return (found[0], found[1], "estimated") if found else (None, None, "unknown")


def _fit_plant(start: Plant, power: Array, sun: Sun, grid: pd.DataFrame | None) -> Plant:
    """The plant by weather where at least 20 days of it are known beside the power, else along the clear sky."""
    nothing = np.full(power.size, np.nan)
    if grid is None:
        return plant.fit(start, power.ravel(), sun, None, nothing)
    both = np.isfinite(power.ravel()) & np.isfinite(grid["shortwave_radiation"].to_numpy())
    if both.sum() < 20 * power.shape[1]:
        return plant.fit(start, power.ravel(), sun, None, nothing)
    return plant.fit(start, power.ravel(), sun, from_weather(sun, grid), grid["temperature_2m"].to_numpy(dtype=float))


def _without_place(frame: pd.DataFrame, site: Site, days: Days, raw: Array, top: float) -> Ground:
    """No place: the best each slot has shown stands for the clear sky."""
    best = np.nan_to_num(np.nanmax(np.where(np.isfinite(raw), raw, -1.0), axis=0)).clip(min=0)
    clear = np.tile(best, (days.count, 1))
    expected = np.nan_to_num(days.pick(clear, pd.DatetimeIndex(frame.index)))
    checked = quality.check(frame, site, expected, days.minutes)
    limit = site.capacity_watts if site.capacity_watts and site.capacity_watts >= top else 1.1 * top
    notes: dict[str, object] = {"place": "unknown", "left_out": checked.left_out}
    return Ground(days, days.table(checked.power), clear, clear > 0, None, None, None, best.tolist(), limit, 0.0, notes)


def train(
    frame: pd.DataFrame, site: Site, weather: pd.DataFrame | None, days: Days, progress: Progress
) -> tuple[SolarModel, dict[int, Array], Ground]:
    """The model, its back-tested p50 by day ahead (tables over `days`, NaN before the back-test) and the ground.

    `frame`: regular UTC grid with solarPower; `weather` as it was (or as it was forecast). Raises Refusal.
    """
    refuse(frame, site)
    ground = prepare(frame, site, weather, days)
    progress(25, "plant fitted")
    usual = skyscene.usual_clearness(ground.power, ground.clear)
    past = skyscene.memory(skyscene.scene(ground.power, ground.clear, usual))
    best = float(max(ground.clear.sum(axis=1).max(initial=0.0), 1e-9))
    calm = _prophet(ground, past, prophet_extra(None, ground.clear, best))
    forest, tables = _weather(ground)
    wet = _prophet(ground, past, prophet_extra(tables[1], ground.clear, best))
    progress(55, "weather learnt")
    memory, weathered, middles = [], [], {}
    for ahead in LEADS:
        rows = np.arange(max(ground.days.count - BACKTEST_DAYS, ahead), ground.days.count)
        fitted, middle = _fit_memory(ground, past, rows, ahead, trend.at_lead(*calm[1:], rows, ahead))
        memory.append(fitted)
        if ground.plant is not None:
            said = np.full(ground.days.count, np.nan)
            said[rows] = trend.at_lead(*wet[1:], rows, ahead)
            driven = (*tables, shaped(said, tables[1], ground.clear))
            better, middle = _fit_weather(ground, past, driven, middle, rows, ahead)
            weathered.append(better)
        middles[ahead] = np.full(ground.power.shape, np.nan)
        middles[ahead][rows] = np.where(ground.light[rows], middle, 0.0)
    progress(70, "solar mix chosen")
    model = SolarModel(
        ground.plant, ground.flat_clear, ground.limit_watts, usual, ground.night_elevation, memory,
        weathered or None, forest, calm[0], wet[0],
        notes={**ground.notes, "best_clear_sum": best},
    )
    return model, middles, ground


def _weather(ground: Ground) -> tuple[Forest | None, tuple[Array, Array]]:
    """Trees, and tables of what they say out of sample and of physics; NaN without weather or place."""
    shape = ground.power.shape
    if ground.weather is None or ground.plant is None or ground.sun is None:
        return None, (np.full(shape, np.nan), np.full(shape, np.nan))
    seen = skymodel.view(ground.plant, ground.sun, ground.weather, ground.days.slots)
    forest, outside = skymodel.learn(
        seen, ground.power.ravel(), ground.light.ravel(), ground.limit_watts, ground.days.slots
    )
    return forest, (outside.reshape(shape), seen.physics.reshape(shape))


def _prophet(
    ground: Ground, past: skyscene.SkyMemory, extra: pd.DataFrame
) -> tuple[str | None, Rows, Array]:
    """Prophet on the brightness of the days: (JSON, cutoffs and values of its back-test)."""
    known = (np.isfinite(ground.power).mean(axis=1) > 0.7) & extra.notna().all(axis=1).to_numpy()
    daily = pd.Series(np.where(known, past.brightness, np.nan), ground.days.dates())
    if known.sum() < trend.MIN_DAYS:
        return None, np.zeros(0, dtype=np.int64), np.zeros((0, len(daily)))
    cutoffs, values = trend.backtest(daily, extra, BACKTEST_DAYS + 30, weekly=False)
    return trend.fit(daily, extra, weekly=False), cutoffs, np.asarray(np.clip(values, 0, 1.2))


def _fit_memory(
    ground: Ground, past: skyscene.SkyMemory, rows: Rows, ahead: int, prophet: Array
) -> tuple[lead.Lead, Array]:
    trial = _trial(ground, past, rows, skyscene.experts(past, rows, ahead, prophet))
    top = ground.limit_watts
    # Weights for tomorrow can be told from the data; those for later days hardly differ and are left nearer the prior.
    rule = Rule(top, MEMORY_DAYS, lead.BASELINES, pull=0.1 if ahead == 1 else 0.3)
    return lead.fit(trial, skyscene.prior(ahead), rule, ceiling=top, fallback=bands.assumed(0.45, 0.4))


def _fit_weather(
    ground: Ground, past: skyscene.SkyMemory, driven: Driven, memory: Array,
    rows: Rows, ahead: int,
) -> tuple[lead.Lead, Array]:
    trial = _trial(ground, past, rows, weather_experts(past, driven, memory, rows, ahead))
    top = ground.limit_watts
    rule = Rule(top, MEMORY_DAYS, lead.BASELINES)
    fitted, middle = lead.fit(trial, WEATHER_PRIOR, rule, ceiling=top, fallback=bands.assumed(0.2, 0.15))
    return fitted, np.where(np.isfinite(middle), middle, memory)


def _trial(
    ground: Ground, past: skyscene.SkyMemory, rows: Rows, experts: Array
) -> lead.Trial:
    yard = past.scene.yardstick[rows]
    return lead.Trial(
        experts=experts, truth=ground.power[rows], unit=yard,
        time=yard / max(float(ground.clear.max(initial=0.0)), 1e-9),
        usable=ground.light[rows], age=(ground.days.count - rows).astype(float),
    )

