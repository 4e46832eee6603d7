"""Forecasts of solar power, load and battery for eight local days, with bands: pure, no I/O, no clock."""

from .baselines import Baselines
from .model import Forecast, Model
from .prediction import RECENT_DAYS, predict
from .scores import lesson, scoreboard
from .site import Refusal, Site
from .tally import Tally, board, tally
from .training import train

__all__ = [
    "RECENT_DAYS", "Baselines", "Forecast", "Model", "Refusal", "Site", "Tally", "board", "lesson", "predict",
    "scoreboard", "tally", "train",
]
