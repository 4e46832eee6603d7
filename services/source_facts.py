"""What ingestion must know of a source, cached per process so that PostgreSQL may be away for a while."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import postgres, sources
from data.errors import StorageUnavailable
from solar import normalise

FRESH_FOR = timedelta(seconds=5)
KNOWN_GOOD_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as ingestion sees it; `context` is what the normaliser needs of it."""

    source_id: str
    owner_id: str
    is_active: bool
    context: normalise.Source


@dataclass(frozen=True, slots=True)
class _Entry:
    facts: SourceFacts | None
    read_at: datetime


class FactsCache:
    """Facts of sources, read at most every 5 s each; while PostgreSQL is away the last ones serve for 5 minutes."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def many(self, source_ids: Iterable[str], now: datetime) -> dict[str, SourceFacts]:
        """Return the facts of those sources that exist; raises StorageUnavailable where nothing good is known."""
        wanted = set(source_ids)
        with self._lock:
            stale = [each for each in wanted if not self._is_younger(each, now, FRESH_FOR)]
            if stale:
                self._read(stale, now)
            return {each: facts for each in wanted if (facts := self._entries[each].facts) is not None}

    def one(self, source_id: str, now: datetime) -> SourceFacts | None:
        """Return the facts of one source, or None where there is none."""
        return self.many([source_id], now).get(source_id)

    def forget(self) -> None:
        """Forget everything: what changed just now must count at once."""
        with self._lock:
            self._entries.clear()

    def _is_younger(self, source_id: str, now: datetime, age: timedelta) -> bool:
        entry = self._entries.get(source_id)
        return entry is not None and now - entry.read_at < age

    def _read(self, source_ids: list[str], now: datetime) -> None:
        try:
            with postgres.session() as session:
                found = {str(record.id): record for record in sources.by_ids(session, source_ids)}
        except StorageUnavailable:
            if all(self._is_younger(each, now, KNOWN_GOOD_FOR) for each in source_ids):
                return
            raise
        for each in source_ids:
            record = found.get(each)
            self._entries[each] = _Entry(_facts(record) if record else None, now)


def _facts(record: sources.SourceRecord) -> SourceFacts:
    context = normalise.Source(
        time_zone=record.time_zone,
        installed_capacity_watts=record.installed_capacity_watts,
        mapping=record.payload_mapping,
        profile=record.payload_profile,
        has_battery=record.has_battery,
    )
    return SourceFacts(str(record.id), record.user_id, record.is_active, context)


CACHE = FactsCache()
