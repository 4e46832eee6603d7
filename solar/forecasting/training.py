"""Training: from a source's history to its model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from . import battery, load, solartrain
from .model import FIELDS, Model
from .scores import lesson
from .site import LEADS, Array, Refusal, Rows, Site
from .solartrain import Progress
from .tables import Days, regular, resolution_minutes, sun_days, wall_days

MAX_DAYS = 1100


def local_midnight(now: pd.Timestamp, site: Site) -> pd.Timestamp:
    """UTC instant at which the local day of `now` began."""
    return now.tz_convert(site.zone).normalize().tz_convert("UTC")


def instant(now: datetime) -> pd.Timestamp:
    """`now` as a UTC stamp; ValueError where it has no time zone."""
    stamp = pd.Timestamp(now)
    if stamp.tzinfo is None:
        raise ValueError("now: must be an aware instant.")
    return stamp.tz_convert("UTC")


def known_before(history: pd.DataFrame, site: Site, now: pd.Timestamp, max_days: int) -> tuple[pd.DataFrame, int]:
    """Complete local days before `now` on a regular UTC grid, and its minutes. ValueError for an index without UTC."""
    index = history.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None:
        raise ValueError("history: the index must be UTC instants.")
    midnight = local_midnight(now, site)
    frame = history[[name for name in (*FIELDS, "batteryPower", "gridPower") if name in history.columns]]
    frame = frame[(index < midnight) & (index >= midnight - pd.Timedelta(days=max_days))].dropna(how="all")
    frame = frame[~frame.index.duplicated()].sort_index()
    minutes = resolution_minutes(pd.DatetimeIndex(frame.index))
    return regular(frame, minutes), minutes


def train(
    history: pd.DataFrame, site: Site, weather: pd.DataFrame | None, now: datetime,
    progress: Progress | None = None, *, record: pd.DataFrame | None = None,
) -> Model:
    """The model of one source.

    `history`: vocabulary columns (W, %, V) by UTC instant (interval starts, half hours or hours), NaN where not
    reported. `weather`: shortwave_radiation, dni, dhi (W/m2), temperature_2m (degrees C) by UTC interval start, or
    None. Only whole local days before `now` (aware) are used. `progress(percent, stage)` is called now and then; what
    it raises ends the training. `record`: issued forecasts of solar power with their truth, as in `scores.lesson`;
    they set how far forecast weather is trusted by day ahead, and how wide the bands are. Raises Refusal where no
    field can be foreseen.
    """
    tell: Progress = progress or (lambda percent, stage: None)
    at = instant(now)
    frame, minutes = known_before(history, site, at, MAX_DAYS)
    tell(5, "history read")
    midnight = local_midnight(at, site)
    start = frame.index[0] if len(frame) else midnight - pd.Timedelta(days=1)
    reasons: dict[str, str] = {}
    sun, wall = sun_days(site, start, midnight, minutes), wall_days(site, start, midnight, minutes)
    solar, middles, ground = _try("solarPower", reasons, lambda: solartrain.train(frame, site, weather, sun, tell)) or (
        None, {}, None,
    )
    house = _try("loadPower", reasons, lambda: load.train(_column(frame, "loadPower"), site, weather, wall, tell))
    cells = _Cells(frame, site, sun, wall, minutes, middles, house[1] if house else {})
    charge = _try("stateOfCharge", reasons, cells.train)
    curve, voltage = _voltage(frame, wall, charge is not None, reasons)
    if solar is None and house is None and charge is None:
        raise Refusal(" ".join(reasons[name] for name in ("solarPower", "loadPower") if name in reasons))
    if solar is not None:
        learnt = lesson(record)
        solar = replace(solar, trust=learnt.trust, widened=learnt.widened)
    tell(100, "trained")
    data = _data(frame, sun, weather, ground.notes if ground else {})
    return Model(
        site, minutes, at.isoformat(), solar, house[0] if house else None, charge, voltage, curve, data, reasons
    )


def _try(name: str, reasons: dict[str, str], work: Any) -> Any:
    """What `work` returns, or None with its Refusal noted for the field."""
    try:
        return work()
    except Refusal as refusal:
        reasons[name] = str(refusal)
        return None


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    """The column; Refusal where it was never reported."""
    if name not in frame or frame[name].notna().sum() == 0:
        raise Refusal(f"{name} has not been reported.")
    return frame[name].astype(float)


class _Cells:
    """The battery's training, which needs what was foreseen for sun and load in the back-test."""

    def __init__(
        self, frame: pd.DataFrame, site: Site, sun: Days, wall: Days, minutes: int,
        solar: Mapping[int, Array], house: Mapping[int, Array],
    ) -> None:
        self.frame, self.site, self.sun, self.wall, self.minutes = frame, site, sun, wall, minutes
        self.solar, self.house = solar, house

    def train(self) -> battery.BatteryModel:
        """Raises Refusal without a state of charge."""
        charge = _column(self.frame, "stateOfCharge")
        power = self.frame.get("batteryPower")
        cells = battery.learn_cells(charge, power, self.site, self.minutes)
        table = self.wall.table(charge)
        return battery.train(table, cells, self._simulations(cells, table), 100.0)

    def _simulations(self, cells: battery.Cells | None, table: Array) -> Sequence[Array]:
        """Back-tested simulation by day ahead, each a table over all wall days."""
        empty = [np.full(table.shape, np.nan) for _ in LEADS]
        if cells is None or not self.solar:
            return empty
        instants = self.sun.instants()
        solar = [self.wall.table(pd.Series(self.solar[ahead].ravel(), instants)) for ahead in LEADS]
        origins = np.arange(len(table))
        expected = self._house(cells, table, origins)
        if expected is None:
            return empty
        at = [np.clip(origins + ahead, 0, len(table) - 1) for ahead in LEADS]
        sun = [np.nan_to_num(solar[ahead - 1][at[ahead - 1]], nan=0.0) for ahead in LEADS]
        found = battery.simulated(cells, table, sun, expected, origins, self.minutes)
        for ahead in LEADS[: max(len(table) - 1, 0)]:
            known = np.isfinite(solar[ahead - 1]).mean(axis=1) > 0.5
            empty[ahead - 1][ahead:] = np.where(known[ahead:, None], found[: len(table) - ahead, ahead - 1], np.nan)
        return empty

    def _house(self, cells: battery.Cells, table: Array, origins: Rows) -> list[Array] | None:
        """What the house is expected to draw by day ahead: the load's own back-test, else what the battery shows."""
        if self.house:
            last = len(table) - 1
            return [self.house[ahead][np.clip(origins + ahead, 0, last)] for ahead in LEADS]
        if not {"batteryPower", "solarPower"} <= set(self.frame.columns):
            return None
        solar, power = (self.wall.table(self.frame[name]) for name in ("solarPower", "batteryPower"))
        implied = battery.house_table(solar, power, table, cells)
        return [battery.house_expected(implied, origins + ahead, ahead) for ahead in LEADS]


def _voltage(
    frame: pd.DataFrame, wall: Days, has_charge: bool, reasons: dict[str, str]
) -> tuple[dict[str, list[float]] | None, battery.BatteryModel | None]:
    """The curve of voltage over charge where the charge is foreseen, else a model of the voltage by itself."""
    if "batteryVoltage" not in frame or frame["batteryVoltage"].notna().sum() == 0:
        reasons["batteryVoltage"] = "batteryVoltage has not been reported."
        return None, None
    volts = frame["batteryVoltage"].astype(float)
    curve = battery.voltage_curve(frame["stateOfCharge"], volts) if has_charge else None
    if curve is not None:
        return curve, None
    base, top = float(volts.min()), float(volts.max())
    table = wall.table(volts) - base
    nothing = [np.full(table.shape, np.nan) for _ in LEADS]
    span = max(top - base, 0.1)
    return None, _try("batteryVoltage", reasons, lambda: battery.train(table, None, nothing, span, base))


def _data(frame: pd.DataFrame, days: Days, weather: pd.DataFrame | None, notes: Mapping[str, Any]) -> dict[str, Any]:
    """What was used, for the model card."""
    import pvlib
    import sklearn

    per_day = 1440 // days.minutes
    used = {name: round(float(frame[name].notna().sum()) / per_day, 1) for name in FIELDS if name in frame}
    features = ["calendar", "clear sky" if notes.get("place") != "unknown" else "best of each time of day"]
    if weather is not None and "shortwave_radiation" in weather:
        features.append("irradiance")
    if weather is not None and "temperature_2m" in weather:
        features.append("temperature")
    return {
        "days": used, "minutes": days.minutes, "features": features, **notes,
        "first": frame.index[0].isoformat() if len(frame) else None,
        "last": frame.index[-1].isoformat() if len(frame) else None,
        "versions": {"pvlib": pvlib.__version__, "scikit-learn": sklearn.__version__},
    }
