"""The work on one source's forecast, from begin to end: training where that is asked for or due, then the forecast."""

from collections.abc import Callable
from datetime import datetime

from data import forecasts, mongo
from data.sources import SourceRecord
from services.forecast import files, predicting, training
from services.weather import places

Progress = Callable[[int, str], None]


def source(source_id: str) -> SourceRecord | None:
    """Return a source, or None where it is gone."""
    return places.source(source_id)


def train(source_id: str, now: datetime, tell: Progress) -> str | None:
    """Train a source, then forecast it; returns the sentence of a refusal, else None."""
    record = source(source_id)
    if record is None:
        return None
    model = training.run(record, now, tell)
    if model is None:
        return _refusal(source_id)
    predicting.run(record, model, now, lambda percent, _stage: tell(96 + percent // 30, "Forecasting"))
    return None


def predict(source_id: str, now: datetime, tell: Progress) -> str | None:
    """Forecast a source, which is trained first where it has no model that can be read; returns as `train` does."""
    record = source(source_id)
    if record is None:
        return None
    model = files.get(source_id)
    if model is None or model.site.time_zone != record.time_zone:
        return train(source_id, now, tell)
    predicting.run(record, model, now, tell)
    return None


def _refusal(source_id: str) -> str:
    return str(forecasts.model(mongo.database(), source_id).get("refusal") or "")
