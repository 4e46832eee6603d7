"""Keeps a broker with accounts of its own (Mosquitto) in step with the sources; brokers that ask us need nothing."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from data import credentials as stored
from data import postgres, queue, settings
from services import sealing

QUEUE = "broker"
Standing = Literal["allowed", "barred", "gone"]


def is_needed() -> bool:
    """Return whether there is such a broker."""
    return bool(settings.get().mqtt_admin_url)


def overlap(wanted: timedelta) -> timedelta:
    """Return how long an old MQTT key goes on beside a new one: such a broker knows one key a source."""
    return timedelta(0) if is_needed() else wanted


def key_made(source_id: UUID, key: str) -> None:
    """Have the broker told of a new key; it travels sealed."""
    if is_needed():
        _defer("set_key", source_id, sealed_key=sealing.seal(key))


def access_changed(source_id: UUID) -> None:
    """Have the broker told that a source was switched on or off, deleted, or its key revoked."""
    if is_needed():
        _defer("follow", source_id)


def standing(source_id: UUID, now: datetime) -> Standing:
    """Return whether a source may use the broker now: it is active and has a key that holds."""
    return standings([source_id], now)[source_id]


def standings(source_ids: list[UUID], now: datetime) -> dict[UUID, Standing]:
    """Return the standing of each source of a list."""
    with postgres.session() as session:
        found = stored.mqtt_access(session, source_ids, now)
    return {each: _standing(found.get(each)) for each in source_ids}


def is_newest(source_id: UUID, kept: str) -> bool:
    """Return whether a key, given by what is kept of it, is the newest of its source that was not revoked."""
    with postgres.session() as session:
        records = stored.of_source(session, source_id, "mqtt")
    return bool(records) and records[0].kept == kept


def _standing(may_connect: bool | None) -> Standing:
    if may_connect is None:
        return "gone"
    return "allowed" if may_connect else "barred"


def _defer(task: str, source_id: UUID, **arguments: str) -> None:
    # One lock a source: a revocation must not overtake the key it revokes, nor the other way round.
    name = str(source_id)
    queue.defer(
        f"broker:{task}", {"source_id": name, **arguments}, queue=QUEUE, lock=f"broker:{name}", priority=10
    )
