"""How a source reaches us, which of its credentials hold, and what has come of it so far."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from data import arrivals, mongo, postgres, readings, settings
from data import credentials as stored_credentials
from data.sources import ConnectionType, SourceRecord
from services import access
from services.errors import Invalid
from services.ingestion import broker_accounts
from services.ingestion import entering as ingest
from services.people.viewer import Viewer
from services.sources import making as sources
from solar import normalise
from solar.addresses import Address

LARGEST_TEST_BYTES = 64 * 1024
_MQTT_PORT, _MQTTS_PORT = 1883, 8883


@dataclass(frozen=True, slots=True)
class Credentials:
    """How many credentials of the source's connection hold now, and until when the last of the older ones does."""

    holding: int
    older_until: datetime | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What has come so far: the newest reading, and the newest message that was not understood with its reason."""

    reading_received_at: datetime | None
    fields: dict[str, Any]
    letter_received_at: datetime | None
    letter_reason: str | None
    waiting: bool


def address(viewer: Viewer, source_id: str) -> Address:
    """Return where a source sends to."""
    return address_of(access.source_for(viewer, source_id))


def address_of(record: SourceRecord) -> Address:
    """Return where a source already authorised sends to."""
    given, name = settings.get(), str(record.id)
    web, broker = urlsplit(given.web_url), urlsplit(given.mqtt_public_url or given.mqtt_url)
    # The listener reaches the broker over an address of its own; devices come from outside, as browsers do.
    host = broker.hostname if given.mqtt_public_url else web.hostname
    uses_tls = broker.scheme == "mqtts"
    return Address(
        source_id=name,
        host=host or "localhost",
        port=broker.port or (_MQTTS_PORT if uses_tls else _MQTT_PORT),
        uses_tls=uses_tls,
        topic=sources.mqtt_topic(record.id),
        topic_root=f"{broker_accounts.ROOT}{name}/",
        user=f"{broker_accounts.PREFIX}{name}",
        webhook_url=given.web_url + sources.webhook_path(record.id),
    )


def credentials_of(viewer: Viewer, source_id: str, now: datetime) -> Credentials:
    """Return which credentials of the source's connection hold."""
    record = access.source_for(viewer, source_id, own=True)
    with postgres.session() as session:
        kept = stored_credentials.of_source(session, record.id, sources.kind_of(record.connection_type))
    holding = [each for each in kept if each.holds(now)]
    return Credentials(len(holding), max((each.expires_at for each in holding if each.expires_at), default=None))


def arrived(viewer: Viewer, source_id: str) -> Arrived:
    """Return what has come of a source so far."""
    name = str(access.source_for(viewer, source_id).id)
    database = mongo.database()
    found = readings.latest(database, [name]).get(name)
    letters = arrivals.dead_letters(database, name, limit=1)
    return Arrived(
        found["receivedAt"] if found else None,
        dict(found["values"]) if found else {},
        letters[0]["receivedAt"] if letters else None,
        letters[0]["reason"] if letters else None,
        arrivals.has_open_batch(database, name),
    )


def send_test_message(viewer: Viewer, source_id: str, body: str, now: datetime) -> ingest.Receipt:
    """Take in a message as if the device had sent it, by the way the source connects; raises Invalid."""
    record = access.source_for(viewer, source_id, manage=True)
    if not record.is_active:
        raise Invalid({"message": "this source is switched off, so nothing is taken in"})
    if not body.strip() or len(body.encode()) > LARGEST_TEST_BYTES:
        raise Invalid({"message": f"must have 1 to {LARGEST_TEST_BYTES:,} bytes"})
    is_mqtt = record.connection_type is ConnectionType.MQTT
    message = normalise.Message("mqtt" if is_mqtt else "webhook", "data" if is_mqtt else "", body.encode(), now)
    return ingest.accept([ingest.Delivery(str(record.id), message)], now)[0]
