"""Training and forecasting at once, and stopping, where a person wants it."""

from datetime import datetime
from typing import Literal

from data import queue
from services import access
from services.errors import Invalid
from services.forecast import planning, progress
from services.people.viewer import Viewer

_TASKS = {"train": planning.TRAIN, "predict": planning.PREDICT}
# Somebody waits.
_PRIORITY = 10


def ask(viewer: Viewer, source_id: str, what: Literal["train", "predict"], now: datetime) -> bool:
    """Train or forecast a source as soon as a worker is free; False where that waits or runs already.

    Raises NotFound and Forbidden.
    """
    if what not in _TASKS:
        raise Invalid({"what": "must be train or predict"})
    name = str(access.source_for(viewer, source_id, manage=True).id)
    if any(progress.is_open(each, now) for each in progress.of_source(name)):
        return False
    return planning.defer(_TASKS[what], name, now, priority=_PRIORITY)


def stop(viewer: Viewer, source_id: str, now: datetime) -> bool:
    """Stop what waits or runs for a source; what it had before stays. False where nothing was. Raises as `ask`."""
    name = str(access.source_for(viewer, source_id, manage=True).id)
    stopped = queue.cancel(planning.lock_of(name))
    subjects = (progress.TRAINING, progress.FORECAST)
    for subject, each in zip(subjects, progress.of_source(name), strict=True):
        # One that runs says so itself, as soon as it has stopped.
        if each is not None and each.state == "waiting":
            progress.note(subject, name, "failed", now, message=progress.STOPPED)
    return stopped > 0
