"""Forecasts of solar power, load and battery for eight local days, with bands: pure, no I/O, no clock."""

from .model import Forecast, Model
from .prediction import RECENT_DAYS, predict
from .site import Refusal, Site
from .training import train

__all__ = ["RECENT_DAYS", "Forecast", "Model", "Refusal", "Site", "predict", "train"]
