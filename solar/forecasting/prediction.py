"""Prediction: eight local days in half hours from a trained model, what is known lately and the weather to come."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from . import battery, load, solarmodel
from .model import QUANTILES, Forecast, Model
from .site import Array
from .sun import position
from .tables import Days, sun_days, wall_days
from .training import instant, known_before, local_midnight

RECENT_DAYS = 130


@dataclass(frozen=True)
class _Span:
    """The half hours to fill and the tables that hold them."""

    index: pd.DatetimeIndex
    sun: Days
    wall: Days
    sun_today: int
    wall_today: int
    count: int


def predict(
    model: Model, recent: pd.DataFrame, future_weather: pd.DataFrame | None, now: datetime, days: int = 8
) -> Forecast:
    """The local day of `now` (aware) and those after it, `days` (1..8) in all.

    `recent`: as `history` in `train`, best the last 130 days; only whole local days before `now` are used.
    `future_weather`: as `weather` in `train`, from today on and, where kept, the past days too (it shows how the plant
    does lately). Without it, or for days it does not reach, the forecast falls back to what memory says.
    """
    if not 1 <= days <= 8:
        raise ValueError("days: allowed are 1 to 8.")
    at = instant(now)
    frame, _ = known_before(recent, model.site, at, RECENT_DAYS)
    frame = frame.resample(f"{model.minutes}min").mean() if len(frame) else frame
    span = _span(model, frame, at, days)
    columns: dict[str, Array] = {}
    daily: dict[str, Array] = {}
    methods: dict[str, list[str]] = {}
    solar = _solar(model, frame, future_weather, span, columns, daily, methods)
    house = _load(model, frame, future_weather, span, columns, daily, methods)
    _battery(model, frame, span, solar, house, columns, methods)
    dates = pd.Index(span.wall.dates()[span.wall_today : span.wall_today + days].date, name="date")
    return Forecast(
        pd.DataFrame(columns, index=span.index), pd.DataFrame(daily, index=dates), methods,
        {**model.data, "widened": model.solar.widened if model.solar else []}, model.reasons,
    )


def _span(model: Model, frame: pd.DataFrame, now: pd.Timestamp, count: int) -> _Span:
    midnight = local_midnight(now, model.site)
    local = midnight.tz_convert(model.site.zone)
    end = (local.tz_localize(None) + pd.Timedelta(days=count)).tz_localize(
        model.site.zone, ambiguous=True, nonexistent="shift_forward"
    ).tz_convert("UTC")
    start = frame.index[0] if len(frame) else midnight - pd.Timedelta(days=1)
    sun, wall = sun_days(model.site, start, end, model.minutes), wall_days(model.site, start, end, model.minutes)
    date = local.tz_localize(None)
    index = pd.date_range(midnight, end, freq="30min", inclusive="left", name="timestamp")
    sun_today, wall_today = sun.row_of(date), wall.row_of(date)
    return _Span(
        index, sun.extended(max(sun.count, sun_today + count)), wall.extended(wall_today + count), sun_today,
        wall_today, count,
    )


def _place(days: Days, today: int, rows: Array, index: pd.DatetimeIndex) -> Array:
    """`rows` (count, slots) from `today` on at the half hours of `index`, NaN outside."""
    table = np.full((days.count, days.slots), np.nan)
    table[today : today + len(rows)] = rows
    return days.pick(table, index)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    """The column, or nothing at all where it was not reported lately."""
    return frame[name] if name in frame else pd.Series(dtype=float, index=pd.DatetimeIndex([], tz="UTC"))


def _solar(
    model: Model, frame: pd.DataFrame, weather: pd.DataFrame | None, span: _Span, columns: dict[str, Array],
    daily: dict[str, Array], methods: dict[str, list[str]],
) -> Array | None:
    """Fills in solar power; returns its p50 as wall-clock rows for the battery, None where it is refused."""
    if model.solar is None:
        return None
    series = _column(frame, "solarPower")
    found = solarmodel.foresee(model.solar, series, weather, span.sun, span.sun_today, span.count)
    share = _half_hours(model, span.index)
    for name, rows in zip(QUANTILES, (found.low, found.middle, found.high), strict=True):
        values = np.nan_to_num(_place(span.sun, span.sun_today, rows, span.index)) * share
        columns[f"solarPower_{name}"] = np.clip(values, 0, model.solar.limit_watts)
    for name, rows in (("memory", found.memory), ("weather", found.weather)):
        if np.isfinite(rows).any():
            values = _place(span.sun, span.sun_today, rows, span.index) * share
            # Solar days end at the standard midnight, an hour after the summer one: that hour is night.
            columns[f"solarPower_{name}"] = np.where(np.isnan(values) & (columns["solarPower_p90"] == 0), 0.0, values)
    for number, name in enumerate(QUANTILES):
        daily[f"solar_kwh_{name}"] = found.daily[:, number]
    methods["solarPower"] = found.methods
    whole = pd.Series(columns["solarPower_p50"], span.index)
    return span.wall.table(whole)[span.wall_today : span.wall_today + span.count]


def _half_hours(model: Model, index: pd.DatetimeIndex) -> Array:
    """How an hour's power leans to its half hours, by the clear sky; 1 where half hours are foreseen already."""
    solar = model.solar
    if solar is None or solar.plant is None or model.minutes == 30:
        return np.ones(len(index))
    plant = solar.plant
    clear = plant.clear(position(index, 30, plant.latitude, plant.longitude))
    mean = pd.Series(clear).groupby(index.floor("60min")).transform("mean").to_numpy()
    low = mean < 0.02 * max(float(clear.max()), 1e-9)
    return np.asarray(np.where(low, 1.0, clear / np.maximum(mean, 1e-9)))


def _load(
    model: Model, frame: pd.DataFrame, weather: pd.DataFrame | None, span: _Span, columns: dict[str, Array],
    daily: dict[str, Array], methods: dict[str, list[str]],
) -> Array | None:
    """Fills in the load; returns its p50 rows."""
    if model.load is None:
        return None
    series = _column(frame, "loadPower")
    low, middle, high, sums, said = load.foresee(
        model.load, series, model.site, weather, span.wall, span.wall_today, span.count
    )
    for number, (name, rows) in enumerate(zip(QUANTILES, (low, middle, high), strict=True)):
        columns[f"loadPower_{name}"] = _place(span.wall, span.wall_today, rows, span.index)
        daily[f"load_kwh_{name}"] = sums[:, number]
    methods["loadPower"] = said
    return middle


def _battery(
    model: Model, frame: pd.DataFrame, span: _Span, solar: Array | None, house: Array | None,
    columns: dict[str, Array], methods: dict[str, list[str]],
) -> None:
    """Fills in state of charge and battery voltage."""
    if model.battery is not None and "stateOfCharge" in frame:
        table = span.wall.table(frame["stateOfCharge"])
        simulation = _simulation(model, frame, span, table, solar, house)
        low, middle, high, said = battery.foresee(model.battery, table, simulation, span.wall_today, span.count)
        for name, rows in zip(QUANTILES, (low, middle, high), strict=True):
            columns[f"stateOfCharge_{name}"] = _smooth(model, span, rows)
        methods["stateOfCharge"] = said
    curve = model.voltage_curve
    if curve is not None and "stateOfCharge_p50" in columns:
        for name, left in zip(QUANTILES, (curve["left"][0], 0.0, curve["left"][1]), strict=True):
            volts = np.interp(columns[f"stateOfCharge_{name}"], curve["charge"], curve["volts"])
            columns[f"batteryVoltage_{name}"] = volts + left
        methods["batteryVoltage"] = ["from state of charge"] * span.count
    elif model.voltage is not None and "batteryVoltage" in frame:
        table = span.wall.table(frame["batteryVoltage"]) - model.voltage.base
        nothing = np.full((span.count, span.wall.slots), np.nan)
        low, middle, high, said = battery.foresee(model.voltage, table, nothing, span.wall_today, span.count)
        for name, rows in zip(QUANTILES, (low, middle, high), strict=True):
            columns[f"batteryVoltage_{name}"] = _smooth(model, span, rows) + model.voltage.base
        methods["batteryVoltage"] = said


def _smooth(model: Model, span: _Span, rows: Array) -> Array:
    """Rows of a level at the half hours; between hourly values it moves evenly."""
    placed = _place(span.wall, span.wall_today, rows, span.index)
    if model.minutes == 30:
        return placed
    middle = np.arange(0.5, len(placed), 2)
    return np.asarray(np.interp(np.arange(len(placed)), middle, placed[::2]))


def _simulation(
    model: Model, frame: pd.DataFrame, span: _Span, charge: Array, solar: Array | None, house: Array | None
) -> Array:
    """Simulated state of charge of the days to come, (count, slots), NaN where sun or house are unknown."""
    nothing = np.full((span.count, span.wall.slots), np.nan)
    cells = model.battery.cells if model.battery else None
    if cells is None or solar is None:
        return nothing
    origin = np.array([span.wall_today - 1])
    if house is None:
        if not {"batteryPower", "solarPower"} <= set(frame.columns):
            return nothing
        made, power = (span.wall.table(frame[name]) for name in ("solarPower", "batteryPower"))
        implied = battery.house_table(made, power, charge, cells)
        house = np.concatenate(
            [battery.house_expected(implied, origin + ahead, ahead) for ahead in range(1, span.count + 1)]
        )
    known = charge.copy()
    known[span.wall_today :] = np.nan
    sun, use = [row[None, :] for row in np.nan_to_num(solar)], [row[None, :] for row in house]
    return np.asarray(battery.simulated(cells, known, sun, use, origin, model.minutes)[0])
