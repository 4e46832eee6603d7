"""The facts of a whole installation at an instant, each absent where what it is read from does not answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data import figures, mongo, postgres, queue_history, reach, schedule, settings
from data.errors import StorageUnavailable
from data.figures import MongoFigures, PostgresFigures
from data.queue_history import QueueState, TaskRecord
from data.schedule import BeatRecord


@dataclass(frozen=True, slots=True)
class PostgresFacts:
    """What PostgreSQL tells: figures of its own, the queue, how tasks went in the last day, and the clock."""

    figures: PostgresFigures
    queue: QueueState
    tasks: list[TaskRecord]
    beats: list[BeatRecord]


@dataclass(frozen=True, slots=True)
class MongoFacts:
    """What MongoDB tells: its figures, and the readings that came in this UTC hour and the one before, by outcome."""

    figures: MongoFigures
    this_hour: dict[str, int]
    last_hour: dict[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything at once; `servers` says of each other server that is set whether it accepts connections."""

    at: datetime
    postgres: PostgresFacts | None
    mongo: MongoFacts | None
    servers: dict[str, bool]

    @property
    def is_ready(self) -> bool:
        """Whether pages and devices can be served."""
        return self.postgres is not None and self.mongo is not None


def gather(now: datetime) -> Facts:
    """Ask everything; what does not answer is absent."""
    return Facts(now, _postgres(now), _mongo(now), _servers())


def _postgres(now: datetime) -> PostgresFacts | None:
    try:
        with postgres.session() as session:
            return PostgresFacts(
                figures.postgres_figures(session), queue_history.state(session),
                queue_history.tasks(session, now - timedelta(days=1)), schedule.list_all(session),
            )  # fmt: skip
    except StorageUnavailable:
        return None


def _mongo(now: datetime) -> MongoFacts | None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    try:
        database = mongo.database()
        hours = [figures.readings_in(database, each) for each in (hour, hour - timedelta(hours=1))]
        return MongoFacts(figures.mongo_figures(database), *hours)
    except StorageUnavailable:
        return None


def _servers() -> dict[str, bool]:
    given = settings.get()
    named = {"mqtt": given.mqtt_url, "mail": given.smtp_url, "files": reach.endpoint_of(given.storage_url) or ""}
    return {name: reach.accepts(url) for name, url in named.items() if url}
