"""What ingestion must know of a source, cached per process so that PostgreSQL may be away for a while."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data import postgres, sources
from data.errors import StorageUnavailable
from solar import normalise

# A source that is switched off stops within five seconds, of which brokers that ask us take three.
FRESH_FOR = timedelta(seconds=1.5)
KNOWN_GOOD_FOR = timedelta(minutes=5)
# So long PostgreSQL is not asked again after it did not answer.
PAUSE = timedelta(seconds=2)
MOST_REMEMBERED = 20_000


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
    """Facts of sources, read at most every 1.5 s each; while PostgreSQL is away the last ones serve for 5 minutes."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._failed_at: datetime | None = None
        self._lock = threading.Lock()

    def look_up(self, source_ids: Iterable[str], now: datetime) -> tuple[dict[str, SourceFacts], set[str]]:
        """Return the facts of those sources that exist, and the ids of which nobody can say just now."""
        wanted = set(source_ids)
        with self._lock:
            stale = [each for each in wanted if not self._is_younger(each, now, FRESH_FOR)]
            unknown = self._read(stale, now) if stale else set()
            known = {each: self._entries[each].facts for each in wanted - unknown}
            self._forget_surplus()
        return {each: facts for each, facts in known.items() if facts is not None}, unknown

    def one(self, source_id: str, now: datetime) -> SourceFacts | None:
        """Return the facts of one source, None where there is none; raises StorageUnavailable where nobody can say."""
        known, unknown = self.look_up([source_id], now)
        if unknown:
            raise StorageUnavailable("PostgreSQL does not answer, and this source is not known well enough")
        return known.get(source_id)

    def forget(self) -> None:
        """Forget everything: what changed just now must count at once."""
        with self._lock:
            self._entries.clear()
            self._failed_at = None

    def _is_younger(self, source_id: str, now: datetime, age: timedelta) -> bool:
        entry = self._entries.get(source_id)
        # Either way in time: a clock that was set back must not keep old facts good.
        return entry is not None and abs(now - entry.read_at) < age

    def _read(self, source_ids: list[str], now: datetime) -> set[str]:
        """Read facts anew; returns the ids of which nothing good enough is known where that fails."""
        if self._failed_at is None or abs(now - self._failed_at) >= PAUSE:
            try:
                with postgres.session() as session:
                    found = {str(record.id): record for record in sources.by_ids(session, source_ids)}
            except StorageUnavailable:
                # Asking may take seconds to fail, and everything that comes in waits for it.
                self._failed_at = now
            else:
                self._keep(source_ids, found, now)
                return set()
        return {each for each in source_ids if not self._is_younger(each, now, KNOWN_GOOD_FOR)}

    def _keep(self, source_ids: list[str], found: dict[str, sources.SourceRecord], now: datetime) -> None:
        self._failed_at = None
        for each in source_ids:
            record = found.get(each)
            self._entries[each] = _Entry(facts_of(record) if record else None, now)

    def _forget_surplus(self) -> None:
        """Forget what does not exist: strangers may ask about as many sources as they can make up."""
        if len(self._entries) > MOST_REMEMBERED:
            self._entries = {each: entry for each, entry in self._entries.items() if entry.facts is not None}


def facts_of(record: sources.SourceRecord) -> SourceFacts:
    """Return a source as ingestion sees it."""
    context = normalise.Source(
        time_zone=record.time_zone,
        installed_capacity_watts=record.installed_capacity_watts,
        mapping=record.payload_mapping,
        profile=record.payload_profile,
        has_battery=record.has_battery,
    )
    return SourceFacts(str(record.id), record.user_id, record.is_active, context)


CACHE = FactsCache()
