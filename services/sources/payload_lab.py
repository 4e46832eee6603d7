"""The payload lab: the last messages of a source beside what they become, tried with another mapping, and saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data import arrivals, mongo, queue, rereading
from data.sources import ConnectionType, SourceRecord
from services import access
from services.errors import Invalid
from services.ingestion.source_facts import CACHE, facts_of
from services.people.viewer import Viewer
from services.sources import changes as source_changes
from services.sources import specimens
from services.sources.specimens import Specimen
from solar import normalise
from solar.normalise.mapping_faults import faults_of
from solar.normalise.provenance import Origin, origins
from solar.vocabulary import FIELDS

MOST_SHOWN = 20
LARGEST_PASTE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a reading: its value in the canonical unit, and where it comes from in words."""

    field: str
    value: Any
    unit: str
    origin: str
    is_derived: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a specimen becomes: rows of the reading, what was refused and why, and its leaves with what each feeds.

    `reason` says why it became no reading; `profile` names the recognised device family.
    """

    timestamp: datetime | None
    rows: tuple[Row, ...]
    rejected: Mapping[str, str]
    origins: tuple[Origin, ...]
    profile: str
    reason: str | None
    more_readings: int

    @property
    def unmapped(self) -> list[Origin]:
        """The leaves that no rule took."""
        return [each for each in self.origins if each.fate == "unmapped"]


def received(viewer: Viewer, source_id: str) -> list[Specimen]:
    """Return the newest messages of a source, readings and dead letters, newest first."""
    record = access.source_for(viewer, source_id, manage=True)
    database, name = mongo.database(), str(record.id)
    found = [specimens.of_document(each) for each in rereading.newest_raw(database, name, MOST_SHOWN)]
    found += [specimens.of_letter(each) for each in arrivals.dead_letters(database, name, MOST_SHOWN)]
    return sorted(found, key=lambda each: each.received_at, reverse=True)[:MOST_SHOWN]


def pasted(viewer: Viewer, source_id: str, text: str, now: datetime) -> Specimen:
    """Return a pasted message as a specimen; nothing is stored. Raises Invalid."""
    record = access.source_for(viewer, source_id, manage=True)
    if not text.strip() or len(text.encode("utf-8", "replace")) > LARGEST_PASTE_BYTES:
        raise Invalid({"message": f"must have 1 to {LARGEST_PASTE_BYTES:,} bytes"})
    is_mqtt = record.connection_type is ConnectionType.MQTT
    return specimens.of_text(text, "data" if is_mqtt else "", "mqtt" if is_mqtt else "webhook", now)


def trial(
    viewer: Viewer, source_id: str, specimen: Specimen, mapping: Mapping[str, Any] | None, profile: str | None
) -> Trial:
    """Return what a specimen becomes with a mapping and a device family; nothing is stored. Raises Invalid."""
    record = access.source_for(viewer, source_id, manage=True)
    _check(mapping, profile)
    context = replace(facts_of(record).context, mapping=mapping, profile=profile)
    known = arrivals.memories(mongo.database(), [str(record.id)]).get(str(record.id))
    memory: normalise.Memory = known.learnt if known else {}
    outcome = specimens.outcome_of(specimen.messages, context, memory)
    leaves = tuple(origins(specimen.messages, context, memory))
    if not outcome.readings:
        reason = outcome.dead_letters[0].reason if outcome.dead_letters else "it holds nothing to store"
        return Trial(None, (), {}, leaves, profile or "", reason, 0)
    reading = outcome.readings[0]
    return Trial(
        reading.timestamp, tuple(_rows(reading, leaves)), reading.metadata["rejected"], leaves,
        reading.metadata["profile"], None, len(outcome.readings) - 1,
    )


def _rows(reading: normalise.Reading, leaves: tuple[Origin, ...]) -> list[Row]:
    derived = set(reading.metadata["derived"])
    feeding: dict[str, list[str]] = {}
    for each in leaves:
        if each.field is not None:
            feeding.setdefault(each.field, []).append(each.path)
    return [
        Row(name, value, FIELDS[name].unit, "" if name in derived else " + ".join(feeding.get(name, ())[:3]),
            name in derived)
        for name, value in reading.fields.items() if value != []
    ]  # fmt: skip


def save(
    viewer: Viewer, source_id: str, mapping: Mapping[str, Any] | None, profile: str | None, now: datetime
) -> SourceRecord:
    """Keep a mapping and a device family for what comes from now on; raises Invalid."""
    cleaned = {name: value for name, value in (mapping or {}).items() if value}
    changes = {"payload_mapping": cleaned or None, "payload_profile": profile or None}
    return source_changes.update(viewer, source_id, changes, now)


def read_again(viewer: Viewer, source_id: str) -> None:
    """Have everything that is kept of a source's messages read again with its mapping."""
    record = access.source_for(viewer, source_id, manage=True)
    name = str(record.id)
    CACHE.forget()
    queue.defer("sources:read_again", {"source_id": name}, queueing_lock=f"read_again {name}")


def faults(mapping: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a mapping, a sentence for each path."""
    return faults_of(json.loads(json.dumps(mapping)))


def _check(mapping: Mapping[str, Any] | None, profile: str | None) -> None:
    if mapping and (found := faults(mapping)):
        raise Invalid(found)
    if profile and profile != "generic" and profile not in normalise.PROFILES:
        raise Invalid({"payload_profile": "must be a known device family, or generic"})
