"""What an owner changes of a source: its fields, whether it is on, how it connects, and that it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from data import audit_log, postgres, queue, sources
from data import credentials as stored_credentials
from data.sources import ConnectionType, SourceRecord
from services import access, audit
from services.errors import Invalid
from services.ingestion import broker_sync, credentials
from services.ingestion.source_facts import CACHE
from services.people.viewer import Viewer
from services.sources import rules as source_rules
from services.sources.making import NewSource, address_of, check_group, create_source, kind_of, zone_of
from services.weather import jobs as weather_jobs

# Energies of the past depend on these: when one changes, every day is accounted anew.
ACCOUNTED = ("time_zone", "installed_capacity_watts", "has_battery")
_PLACE = frozenset({"latitude", "longitude"})
# Listeners may not know for so long that a source is gone.
_STRAGGLERS_SECONDS = 60
_COPIED = (
    "description", "connection_type", "latitude", "longitude", "installed_capacity_watts", "currency", "system_cost",
    "maintenance_cost_per_year", "installation_date", "time_zone", "has_battery", "battery_capacity_kwh",
    "tilt_degrees", "azimuth_degrees", "export_limit_watts", "payload_mapping", "payload_profile",
    "retention_raw_days", "retention_five_minutes_days",
)


def create(viewer: Viewer, values: Mapping[str, Any], now: datetime, *, group_id: str | None = None) -> NewSource:
    """Make a source of the viewer's own; raises Invalid, and NotFound for a group of somebody else."""
    group = access.group_for(viewer, group_id).id if group_id else None
    made = create_source(viewer.account_id, values, now, group_id=group)
    _note(viewer, "source-made", made.record, now)
    return made


def faults(viewer: Viewer, source_id: str, changes: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Return what is wrong with some changes, a sentence for each field."""
    before = access.source_for(viewer, source_id, manage=True)
    return source_rules.faults_of_change(changes, asdict(before), now)


def update(viewer: Viewer, source_id: str, changes: Mapping[str, Any], now: datetime) -> SourceRecord:
    """Change fields of `services.sources.rules`, all or none of them; raises Invalid.

    Days are accounted anew where one of ACCOUNTED changes. A new place does not change the zone by itself. The
    connection is changed by `switch_connection`.
    """
    before = access.source_for(viewer, source_id, manage=True)
    source_rules.check_change(changes, asdict(before), now)
    if "connection_type" in changes and changes["connection_type"] != before.connection_type:
        raise Invalid({"connection_type": "is changed on the connection page, which makes the new credentials"})
    if not changes:
        return before
    with postgres.session() as session:
        after = sources.update_columns(session, before.id, {**changes, "updated_at": now})
        audit_log.add(session, "source-changed", **_about(viewer, before, now), details={"fields": sorted(changes)})
    return _followed(before, after or before, now)


def zone_for(viewer: Viewer, source_id: str, latitude: float | None, longitude: float | None) -> str:
    """Return the zone that a place would give a source, to propose it."""
    access.source_for(viewer, source_id)
    return zone_of(latitude, longitude)


def set_active(viewer: Viewer, source_ids: Sequence[str], *, is_active: bool, now: datetime) -> int:
    """Switch sources on or off; returns how many changed. Nothing happens unless the viewer may change all of them."""
    records = [access.source_for(viewer, each, manage=True) for each in source_ids]
    changed = [each for each in records if each.is_active is not is_active]
    with postgres.session() as session:
        for each in changed:
            sources.update_columns(session, each.id, {"is_active": is_active, "updated_at": now})
            action = "source-switched-on" if is_active else "source-switched-off"
            audit_log.add(session, action, **_about(viewer, each, now))
    CACHE.forget()
    for each in changed:
        broker_sync.access_changed(each.id)
    return len(changed)


def move(viewer: Viewer, source_ids: Sequence[str], group_id: str | None, now: datetime) -> int:
    """Put sources into a group of the same owner, or out of any; returns how many there are."""
    records = [access.source_for(viewer, each, own=True) for each in source_ids]
    group = access.group_for(viewer, group_id, manage=True).id if group_id else None
    with postgres.session() as session:
        for each in records:
            check_group(session, each.user_id, group)
            sources.update_columns(session, each.id, {"power_group_id": group, "updated_at": now})
    return len(records)


def duplicate(viewer: Viewer, source_id: str, name: str, now: datetime) -> NewSource:
    """Make a source with the fields of another, a name and credentials of its own, and nothing that was measured."""
    record = access.source_for(viewer, source_id, own=True)
    values = {each: getattr(record, each) for each in _COPIED if getattr(record, each) is not None}
    values["connection_type"] = int(record.connection_type)
    made = create_source(record.user_id, {**values, "name": name}, now, group_id=record.power_group_id)
    _note(viewer, "source-made", made.record, now)
    return made


def switch_connection(viewer: Viewer, source_id: str, way: int, now: datetime) -> NewSource:
    """Let a source connect the other way (0 MQTT, 1 webhook), with a new credential; the old one holds for the overlap.

    What was measured stays. Raises Invalid where it connects that way already.
    """
    before = access.source_for(viewer, source_id, own=True)
    if way not in set(ConnectionType):
        raise Invalid({"connection_type": "must be 0 (MQTT) or 1 (webhook)"})
    connection = ConnectionType(way)
    if before.connection_type is connection:
        raise Invalid({"connection_type": "is this one already"})
    old, new = kind_of(before.connection_type), kind_of(connection)
    changes = {**address_of(before.id, connection), "connection_type": int(connection), "updated_at": now}
    with postgres.session() as session:
        stored_credentials.lock_source(session, before.id)
        after = sources.update_columns(session, before.id, changes)
        overlap = broker_sync.overlap(credentials.OVERLAP) if old == "mqtt" else credentials.OVERLAP
        stored_credentials.let_expire(session, before.id, old, now + overlap)
        audit_log.add(session, "source-connection-switched", **_about(viewer, before, now), details={"to": new})
    secret = credentials.rotate(before.id, new, now)
    CACHE.forget()
    return NewSource(after or before, secret)


def rotate(viewer: Viewer, source_id: str, now: datetime) -> str:
    """Make a new credential; the old one holds for 24 hours more. Returns the new one, to be shown once."""
    record = access.source_for(viewer, source_id, own=True)
    secret = credentials.rotate(record.id, kind_of(record.connection_type), now)
    _note(viewer, "source-credential-made", record, now)
    return secret


def revoke(viewer: Viewer, source_id: str, now: datetime) -> int:
    """Revoke every credential of a source at once, of either kind; returns how many there were."""
    record = access.source_for(viewer, source_id, own=True)
    revoked = credentials.revoke(record.id, "mqtt", now) + credentials.revoke(record.id, "webhook", now)
    _note(viewer, "source-credentials-revoked", record, now)
    return revoked


def delete(viewer: Viewer, source_id: str, typed_name: str, now: datetime) -> None:
    """Delete a source and, soon after, all that was measured; raises Invalid unless its name was typed.

    Nothing comes in any more when this returns, but from listeners that do not know yet: hence the second purge.
    """
    record = access.source_for(viewer, source_id, own=True)
    if typed_name.strip() != record.name.strip():
        raise Invalid({"confirmation": "must be the name of the source, exactly as it is written"})
    credentials.revoke(record.id, "mqtt", now)
    credentials.revoke(record.id, "webhook", now)
    with postgres.session() as session:
        sources.remove(session, record.id)
        audit_log.add(session, "source-deleted", **_about(viewer, record, now), details={"name": record.name})
    CACHE.forget()
    broker_sync.access_changed(record.id)
    purge_later(record.id, now)


def purge_later(source_id: UUID, now: datetime) -> None:
    """Have everything removed that a deleted source left, now and once more when all processes know that it is gone."""
    name = str(source_id)
    for delay in (0, _STRAGGLERS_SECONDS):
        at = datetime.fromtimestamp(now.timestamp() + delay, now.tzinfo) if delay else None
        queue.defer("sources:purge", {"source_id": name}, lock=f"purge:{name}", schedule_at=at)


def _followed(before: SourceRecord, after: SourceRecord, now: datetime) -> SourceRecord:
    """Have others follow a change of fields."""
    CACHE.forget()
    if before.is_active is not after.is_active:
        broker_sync.access_changed(after.id)
    if any(getattr(before, each) != getattr(after, each) for each in ACCOUNTED):
        name = str(after.id)
        queue.defer("sources:account_anew", {"source_id": name}, queueing_lock=f"account_anew {name}")
    if any(getattr(before, each) != getattr(after, each) for each in (*_PLACE, "time_zone")):
        weather_jobs.source_moved(after, now)
    return after


def _note(viewer: Viewer, action: str, record: SourceRecord, now: datetime) -> None:
    with postgres.session() as session:
        audit_log.add(session, action, **_about(viewer, record, now))


def _about(viewer: Viewer, record: SourceRecord, now: datetime) -> dict[str, Any]:
    return {**audit.by(viewer.account_id, now), "target_kind": "source", "target_id": str(record.id)}
