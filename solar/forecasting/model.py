"""A trained source as plain JSON, and a forecast made from it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from .battery import BatteryModel
from .load import LoadModel
from .site import Site
from .solarmodel import SolarModel

VERSION = 1
FIELDS = ("solarPower", "loadPower", "stateOfCharge", "batteryVoltage")
QUANTILES = ("p10", "p50", "p90")


@dataclass(frozen=True)
class Model:
    """What training learnt. A field without a model has its sentence in `reasons`. `data` says what was used: days,
    first and last stamp, left-out intervals, features, library versions. `trained_at` is ISO 8601 in UTC."""

    site: Site
    minutes: int
    trained_at: str
    solar: SolarModel | None
    load: LoadModel | None
    battery: BatteryModel | None
    voltage: BatteryModel | None
    voltage_curve: dict[str, list[float]] | None
    data: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The whole model as JSON text; never pickled, so that a file from elsewhere cannot run code."""
        parts = {name: getattr(self, name) for name in ("solar", "load", "battery", "voltage")}
        return json.dumps({
            "version": VERSION, "site": self.site.to_dict(), "minutes": self.minutes, "trained_at": self.trained_at,
            **{name: part.to_dict() if part else None for name, part in parts.items()},
            "voltage_curve": self.voltage_curve, "data": self.data, "reasons": self.reasons,
        })

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """The reverse of `to_json`; ValueError where the text is of another version and must be trained anew."""
        values = json.loads(text)
        if values.pop("version", None) != VERSION:
            raise ValueError("The model is of another version; train the source again.")
        kinds: dict[str, Any] = {
            "solar": SolarModel, "load": LoadModel, "battery": BatteryModel, "voltage": BatteryModel,
        }
        parts = {name: kind.from_dict(values[name]) if values[name] else None for name, kind in kinds.items()}
        return cls(**{**values, **parts, "site": Site.from_dict(values["site"])})

    def scores(self) -> dict[str, list[dict[str, float]]]:
        """Figures of the back-test by field, one entry per day ahead (mae, rmse, r2, skill, points)."""
        found: dict[str, list[dict[str, float]]] = {}
        if self.solar:
            driven = self.solar.weather if self.solar.weather and self.solar.weather[0].scores else self.solar.memory
            found["solarPower"] = [lead.scores for lead in driven]
        if self.load:
            found["loadPower"] = [lead.scores for lead in self.load.leads]
        if self.battery:
            found["stateOfCharge"] = [lead.scores for lead in self.battery.leads]
        return found


@dataclass(frozen=True)
class Forecast:
    """Eight days of one source.

    `frame`: half hours of the local days (UTC index), columns like solarPower_p10, _p50, _p90 (W, %, V); a field that
    could not be foreseen is not there. solarPower_memory and, with weather, solarPower_weather are what either alone
    says: kept, they let the scoreboard weigh them (`scores.lesson`). `daily`: one row per local date, columns
    solar_kwh_p10 .. load_kwh_p90. `methods`: by field, one entry per day ahead. `data`: as in the model, and `widened`,
    the factor on the bands by day ahead. `reasons`: a sentence per refused field.
    """

    frame: pd.DataFrame
    daily: pd.DataFrame
    methods: dict[str, list[str]]
    data: dict[str, Any]
    reasons: dict[str, str]
