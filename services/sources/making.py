"""Sources: made with their time zone and their first credential."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from data import credentials as stored_credentials
from data import groups, postgres, sources
from data.credentials import Kind
from data.postgres import Transaction
from data.sources import ConnectionType, SourceRecord
from services.errors import Invalid
from services.ingestion import broker_sync, credentials
from services.sources import rules as source_rules
from services.sources import time_zones
from services.weather import jobs as weather_jobs


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source just made; `secret` is its MQTT key or webhook secret, which nobody can read again."""

    record: SourceRecord
    secret: str = field(repr=False)


def mqtt_topic(source_id: UUID) -> str:
    """Return the topic that a source publishes to."""
    return f"ampra/sources/{source_id}/data"


def webhook_path(source_id: UUID) -> str:
    """Return the path of a source's webhook; the address before it is AMPRA_WEB_URL."""
    return f"/api/webhook/sunsource/{source_id}"


def kind_of(connection: ConnectionType) -> Kind:
    """Return the kind of credential that a connection needs."""
    return "mqtt" if connection is ConnectionType.MQTT else "webhook"


def create_source(
    owner_id: str, values: Mapping[str, Any], now: datetime, *, group_id: UUID | None = None
) -> NewSource:
    """Make a source of `values` (the fields of `services.sources.rules`) in a group of the same owner, or in none.

    The time zone is that of the coordinates where it is not given. Raises Invalid with a sentence for each field.
    """
    source_rules.check_new(values, now)
    with postgres.session() as session:
        (made,) = add_sources(session, owner_id, [(values, group_id)], now)
    announce(made, now)
    return made


def add_sources(
    session: Transaction, owner_id: str, wanted: Iterable[tuple[Mapping[str, Any], UUID | None]], now: datetime
) -> Iterator[NewSource]:
    """Add sources of checked values, each in its group, one after another; `announce` each after the transaction."""
    allowed: set[UUID | None] = {None}
    for values, group_id in wanted:
        if group_id not in allowed:
            check_group(session, owner_id, group_id)
            allowed.add(group_id)
        yield _create(session, owner_id, values, group_id, now)


def announce(made: NewSource, now: datetime) -> None:
    """Tell the broker and the weather of a source that is there now; may be repeated."""
    if made.record.connection_type is ConnectionType.MQTT:
        broker_sync.key_made(made.record.id, made.secret)
    weather_jobs.source_made(made.record, now)


def _create(
    session: Transaction, owner_id: str, values: Mapping[str, Any], group_id: UUID | None, now: datetime
) -> NewSource:
    connection = ConnectionType(values["connection_type"])
    source_id, kind = uuid4(), kind_of(connection)
    made = credentials.make(kind)
    row = {
        **values,
        **address_of(source_id, connection),
        "id": source_id,
        "user_id": owner_id,
        "power_group_id": group_id,
        "connection_type": int(connection),
        "time_zone": values.get("time_zone") or zone_of(values.get("latitude"), values.get("longitude")),
    }
    sources.create(session, row)
    stored_credentials.add(session, source_id, kind, made.kept, now)
    record = sources.get(session, source_id)
    if record is None:
        raise RuntimeError("the source just made is gone")
    return NewSource(record, made.plain)


def check_group(session: Transaction, owner_id: str, group_id: UUID | None) -> None:
    """Raise Invalid unless a group, where one is given, belongs to the owner."""
    group = groups.get(session, group_id) if group_id is not None else None
    if group_id is not None and (group is None or group.user_id != owner_id):
        raise Invalid({"power_group_id": "must be one of the owner's own groups"})


def address_of(source_id: UUID, connection: ConnectionType) -> dict[str, str]:
    """Return the column that says where a source sends to, with what stands in it."""
    if connection is ConnectionType.MQTT:
        return {"mqtt_topic": mqtt_topic(source_id)}
    return {"webhook_url": webhook_path(source_id)}


def zone_of(latitude: float | None, longitude: float | None) -> str:
    """Return the IANA zone of a place, UTC where there is none."""
    if latitude is None or longitude is None:
        return "UTC"
    return time_zones.of_place(latitude, longitude)
