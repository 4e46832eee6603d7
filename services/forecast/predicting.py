"""Makes the forecast of a source from its model, what was measured lately and the weather to come, and keeps it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from data import forecasts, mongo
from data.forecasts import Issue
from data.sources import SourceRecord
from services.forecast import history, scoring
from solar.forecasting import RECENT_DAYS, Model, predict

Progress = Callable[[int, str], None]


def run(record: SourceRecord, model: Model, now: datetime, tell: Progress) -> Issue:
    """Forecast eight local days from today on, keep them, and score what is over."""
    source_id = str(record.id)
    today, begin = scoring.begin_of_today(record, now)
    tell(10, "Reading the last months")
    recent = history.half_hours(record, begin - timedelta(days=RECENT_DAYS), begin)
    tell(30, "Reading the weather to come")
    weather, weather_at = history.weather_around(source_id, begin - timedelta(days=RECENT_DAYS), now)
    tell(45, "Forecasting")
    made = predict(model, recent, weather, now)
    daily = made.daily.set_axis([each.isoformat() for each in made.daily.index])
    issue = Issue(
        now, today.isoformat(), record.time_zone, made.frame, daily, made.methods, made.reasons,
        [float(each) for each in made.data.get("widened", [])], datetime.fromisoformat(model.trained_at), weather_at,
    )
    tell(75, "Keeping the forecast")
    forecasts.put(mongo.database(), source_id, issue)
    about = {"predictedAt": now, "predictedFor": issue.date, "weatherIssuedAt": weather_at}
    forecasts.put_model(mongo.database(), source_id, about)
    tell(85, "Scoring earlier forecasts")
    scoring.score(record, now, model.minutes)
    return issue
