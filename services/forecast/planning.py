"""Which sources are due: a training weekly or where its grounds have changed, a forecast daily and with new weather."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data import forecasts, job_progress, mongo, postgres, queue, rollup_reads, settings_store, sources, weather_hours
from data.job_progress import Progress
from data.settings_store import SettingType
from data.sources import SourceRecord
from services.forecast import progress
from services.forecast.facts import facts_of

QUEUE = "forecasts"
TRAIN, PREDICT = "forecasts:train", "forecasts:predict"
SUBJECTS = {TRAIN: progress.TRAINING, PREDICT: progress.FORECAST}
TRAIN_EVERY = timedelta(days=7)
# A refusal or a failure is looked at again after so long, or where something has changed.
AGAIN_AFTER = timedelta(hours=6)
AFTER_FAILURE = timedelta(hours=1)
# A young source learns much with every day; so does one whose past is just being brought.
YOUNG_DAYS, GROWTH = 120, 1.5
GROWN_AFTER = timedelta(minutes=10)
# The day's forecast is made at this hour of the local clock.
HOUR = 1
MOST_AT_ONCE = 200


def lock_of(source_id: str) -> str:
    """Name the lock of the queue under which one work on a source's forecast runs at a time."""
    return f"forecast {source_id}"


def defer(task: str, source_id: str, now: datetime, *, priority: int = 0) -> bool:
    """Ask the workers to train or forecast a source; False where that waits already."""
    number = queue.defer(task, {"source_id": source_id}, queue=QUEUE, lock=lock_of(source_id),
                         queueing_lock=f"{task} {source_id}", priority=priority)
    if number is not None:
        progress.note(SUBJECTS[task], source_id, "waiting", now, stage="Waiting for a free worker")
    return number is not None


def defer_due(now: datetime) -> int:
    """Ask the workers for everything that is due; returns how much that is."""
    return sum(defer(task, source_id, now) for task, source_id in due(now)[:MOST_AT_ONCE])


def due(now: datetime) -> list[tuple[str, str]]:
    """Return the tasks and sources that are due, of owners who want forecasts; none that is being worked on."""
    with postgres.session() as session:
        unwilling = settings_store.users_with(session, SettingType.AUTO_RUN_PREDICTIONS, "0")
        records = [each for each in sources.list_all(session) if each.is_active and each.user_id not in unwilling]
        ids = [each.id for each in records]
        works = [job_progress.of_sources(session, each, ids) for each in SUBJECTS.values()]
    names = [str(each) for each in ids]
    known = forecasts.standings(mongo.database(), names)
    issued = weather_hours.newest_issues(mongo.database(), names)
    found = []
    for record in records:
        name = str(record.id)
        if any(_is_taken(each.get(record.id), now) for each in works):
            continue
        standing = known.get(name, {})
        if is_training_due(record, standing, now):
            found.append((TRAIN, name))
        elif is_forecast_due(record, standing, issued.get(name), now):
            found.append((PREDICT, name))
    return found


def _is_taken(work: Progress | None, now: datetime) -> bool:
    """Whether work is being done or waits, or failed a moment ago."""
    if work is not None and work.state == "failed":
        return now - work.updated_at < AFTER_FAILURE
    return progress.is_open(work, now)


def is_training_due(record: SourceRecord, standing: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a source should be trained, from what is known of its model."""
    tried, trained = standing.get("triedAt"), standing.get("trainedAt")
    if tried is None or (trained is not None and now - trained >= TRAIN_EVERY):
        return True
    if trained is not None and standing.get("site") != facts_of(record):
        return True
    if now - tried < GROWN_AFTER:
        return False
    return (trained is None and now - tried >= AGAIN_AFTER) or _has_grown(str(record.id), standing)


def _has_grown(source_id: str, standing: Mapping[str, Any]) -> bool:
    counts = (("historyDays", rollup_reads.count_days), ("weatherDays", weather_hours.count_days))
    for name, count in counts:
        then = int(standing.get(name) or 0)
        # The day that runs is not learnt from.
        if then < YOUNG_DAYS and count(mongo.database(), source_id) - 1 >= max(then + 1, GROWTH * then):
            return True
    return False


def is_forecast_due(
    record: SourceRecord, standing: Mapping[str, Any], weather_at: datetime | None, now: datetime
) -> bool:
    """Tell whether a source with a model should be forecast: none of today yet, or weather that is newer."""
    if standing.get("trainedAt") is None:
        return False
    made, used = standing.get("predictedAt"), standing.get("weatherIssuedAt")
    if made is None:
        return True
    local = now.astimezone(ZoneInfo(record.time_zone))
    if standing.get("predictedFor") != local.date().isoformat() and local.hour >= HOUR:
        return True
    return weather_at is not None and weather_at > (used or made)
