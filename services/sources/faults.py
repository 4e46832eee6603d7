"""Faults and warnings of a source: open ones, and those of the last month."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from data import mongo, quality_reads, readings
from services import access
from services.people.viewer import Viewer
from solar.episodes import Episodes, Sighting, episodes_of
from solar.fault_words import Words, words_of

RECENT = timedelta(days=30)
Severity = Literal["fault", "warning"]
_FIELDS: tuple[tuple[str, Severity], ...] = (("faultCodes", "fault"), ("warningCodes", "warning"))


@dataclass(frozen=True, slots=True)
class SourceFault:
    """A code of a source with what it means, where that is known; open while the newest state still reports it."""

    code: str
    severity: Severity
    words: Words | None
    open: bool
    episodes: Episodes


def faults_of(viewer: Viewer, source_id: str, now: datetime) -> list[SourceFault]:
    """Return the faults and warnings of the last month: open ones first, faults before warnings, the newest first."""
    source = access.source_for(viewer, source_id)
    database, key = mongo.database(), str(source.id)
    newest = readings.newest(database, key)
    if newest is None:
        return []
    profile = str(newest.get("metadata", {}).get("profile") or "")
    state = readings.latest(database, [key]).get(key, {}).get("values", {})
    found = []
    for field, severity in _FIELDS:
        seen = quality_reads.codes_between(database, key, field, now - RECENT, now + timedelta(minutes=10))
        sightings = [Sighting(each["code"], each["first"], each["last"], each["readings"]) for each in seen]
        for each in episodes_of(sightings):
            words = words_of(each.code, profile=profile, warning=severity == "warning")
            is_open = each.code in state.get(field, ())
            found.append(SourceFault(each.code, severity, words, is_open, each))
    return sorted(found, key=lambda each: (not each.open, each.severity == "warning", -each.episodes.last.timestamp()))
