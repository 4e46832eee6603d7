"""Trains the model of a source on its own history, and keeps it with what is known of it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd

from data import forecasts, mongo
from data.sources import SourceRecord
from services.forecast import files, history, scoring
from solar.forecasting import Model, Refusal, train
from solar.forecasting.model import VERSION

Progress = Callable[[int, str], None]


def run(record: SourceRecord, now: datetime, tell: Progress) -> Model | None:
    """Train a source and keep the model; None where it was refused, which is kept as its reason.

    `tell` is given percent (0 to 100) and stage; what it raises ends the training, and the model before it stays.
    """
    began = time.monotonic()
    source_id = str(record.id)
    _, today = scoring.begin_of_today(record, now)
    tell(2, "Reading the half hours measured")
    measured = history.half_hours(record, today - history.LONGEST, today)
    tell(8, "Reading the weather of that time")
    first = measured.index[0].to_pydatetime() if len(measured) else today
    weather = history.past_weather(source_id, first, today)
    tell(12, "Reading how earlier forecasts did")
    lessons = scoring.lesson_rows(record, now)
    known = {"triedAt": now, "historyDays": _days_of(measured), "weatherDays": _days_of(weather)}
    try:
        model = train(
            measured, history.site_of(record), weather, now, lambda percent, stage: tell(_within(percent), stage),
            record=lessons,
        )
    except Refusal as refusal:
        forecasts.put_model(mongo.database(), source_id, {**known, "refusal": str(refusal)})
        return None
    tell(95, "Keeping the model")
    key, size = files.put(source_id, model)
    about = {**about_model(model), "modelKey": key, "modelBytes": size, "refusal": None,
             "lessonIntervals": 0 if lessons is None else len(lessons),
             "trainingSeconds": round(time.monotonic() - began, 1)}
    forecasts.put_model(mongo.database(), source_id, {**known, **about, "trainedAt": now})
    return model


def about_model(model: Model) -> dict[str, Any]:
    """What is kept of a model: the data used, its span and features, figures of the back-test, and versions."""
    scores, data = model.scores(), model.data
    main = next((scores[name][0] for name in ("solarPower", "loadPower") if scores.get(name)), {})
    return {
        "modelVersion": VERSION, "site": model.site.to_dict(), "stepMinutes": model.minutes,
        "dataUsed": {str(name): value for name, value in data["days"].items()}, "firstAt": data["first"],
        "lastAt": data["last"], "features": data["features"], "versions": data["versions"],
        "notes": {str(name): _plain(value) for name, value in data.items() if name not in _APART},
        "mae": main.get("mae"), "rmse": main.get("rmse"), "r2": main.get("r2"), "skill": main.get("skill"),
        "backTest": {name: [dict(each) for each in leads] for name, leads in scores.items()},
        "reasons": dict(model.reasons), "trust": model.solar.trust if model.solar else [],
        "limitWatts": float(model.solar.limit_watts) if model.solar else None,
    }


_APART = {"days", "first", "last", "features", "versions", "minutes"}


def _plain(value: Any) -> Any:
    """A value as MongoDB takes it."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.item() if hasattr(value, "item") else value


def _within(percent: int) -> int:
    """The training's own percent as that of the whole."""
    return 12 + round(percent * 0.8)


def _days_of(frame: pd.DataFrame | None) -> int:
    """How many days hold anything at all."""
    if frame is None or frame.empty:
        return 0
    known = frame.dropna(how="all")
    return int(pd.DatetimeIndex(known.index).normalize().nunique())
