"""What the returns of a source rest on, kept in memory while neither its days nor its prices change.

Loading and valuing ten years of days takes some tenths of a second; an assumption that changes needs neither.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from data.sources import SourceRecord
from services.returns import energies as returns_energies
from services.returns import tariff as source_tariff
from services.returns.energies import Version
from services.returns.tariff import Stored
from solar.days import local_date
from solar.returns import (
    DayEnergy,
    DayValue,
    Ground,
    Measured,
    Plant,
    day_values,
    ground,
    interval_parts,
    measured,
)
from solar.tariffs import Tariff

MOST_SOURCES = 24
MOST_SUMMARIES = 5_000


@dataclass(frozen=True, slots=True)
class Key:
    """What a basis depends on; where it is the same, so is the basis."""

    source_id: str
    time_zone: str
    as_of: date
    prices_version: int
    energies: Version


@dataclass(frozen=True, slots=True)
class Basis:
    """The days of a source through `as_of`, valued by its tariff."""

    as_of: date
    stored: Stored
    tariff: Tariff
    days: tuple[DayEnergy, ...]
    values: tuple[DayValue, ...]
    ground: Ground


@dataclass(slots=True)
class _Entry:
    key: Key
    basis: Basis
    results: OrderedDict[Plant, Measured]


def last_day(now: datetime, time_zone: str) -> date:
    """Return the last local day that is counted: yesterday, since today is not over."""
    return local_date(now, time_zone) - timedelta(days=1)


def key_of(source: SourceRecord, prices_version: int, as_of: date) -> Key:
    """Return what the basis of a source depends on just now."""
    energies = returns_energies.versions([source], {source.time_zone: as_of})[source.id]
    return Key(str(source.id), source.time_zone, as_of, prices_version, energies)


class BasisCache:
    """The newest basis of the sources looked at last, and what it says about the plants (costs) asked for last."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._summaries: OrderedDict[str, tuple[Key, Plant, Measured]] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    def basis(self, source: SourceRecord, key: Key) -> Basis:
        """Return the basis of a source, made anew where its key is another."""
        return self._entry(source, key).basis

    def measured(self, source: SourceRecord, key: Key, plant: Plant) -> tuple[Basis, Measured]:
        """Return the basis and what it measured for a plant."""
        entry = self._entry(source, key)
        result = entry.results.get(plant)
        if result is None:
            result = measured(plant, entry.basis.values, key.as_of)
            with self._lock:
                entry.results[plant] = result
                # The saved costs and the ones being tried.
                while len(entry.results) > 2:
                    entry.results.popitem(last=False)
        return entry.basis, result

    def summary(self, source: SourceRecord, key: Key, plant: Plant) -> Measured:
        """Return what was measured for a plant without its days, of which a fleet would hold too many."""
        with self._lock:
            known = self._summaries.get(key.source_id)
        if known is not None and known[:2] == (key, plant):
            return known[2]
        slim = replace(measured(plant, make(source, key.as_of).values, key.as_of), values=(), account=())
        with self._lock:
            self._summaries[key.source_id] = (key, plant, slim)
            self._summaries.move_to_end(key.source_id)
            while len(self._summaries) > MOST_SUMMARIES:
                self._summaries.popitem(last=False)
        return slim

    def has_summary(self, key: Key, plant: Plant) -> bool:
        """Tell whether the summary of a source is known already."""
        with self._lock:
            known = self._summaries.get(key.source_id)
        return known is not None and known[:2] == (key, plant)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._summaries.clear()

    def _entry(self, source: SourceRecord, key: Key) -> _Entry:
        with self._lock:
            making = self._making.setdefault(key.source_id, threading.Lock())
        # Several panels of one page ask at once: one of them makes it, the others wait.
        with making:
            with self._lock:
                entry = self._entries.get(key.source_id)
            if entry is None or entry.key != key:
                entry = _Entry(key, make(source, key.as_of), OrderedDict())
            with self._lock:
                self._entries[key.source_id] = entry
                self._entries.move_to_end(key.source_id)
                while len(self._entries) > MOST_SOURCES:
                    dropped, _ = self._entries.popitem(last=False)
                    self._making.pop(dropped, None)
        return entry


def make(source: SourceRecord, as_of: date) -> Basis:
    """Load the days and prices of a source and value each day once."""
    days = returns_energies.daily(source, as_of)
    stored = source_tariff.load(source.id)
    tariff = source_tariff.tariff_of(stored, source.time_zone, as_of.year)
    values = value(source, days, tariff)
    return Basis(as_of, stored, tariff, tuple(days), values, ground(values, tariff, as_of))


def value(source: SourceRecord, days: Sequence[DayEnergy], tariff: Tariff) -> tuple[DayValue, ...]:
    """Value days by a tariff, with the energies within the day where its price varies."""
    varying = [day.date for day in days if _varies(tariff, day.date)]
    if not varying:
        return day_values(days, tariff)
    first, last = varying[0], varying[-1]
    found = returns_energies.intervals(source, first, last, returns_energies.step_for(tariff))
    return day_values(days, tariff, interval_parts(found, tariff, first, last))


def _varies(tariff: Tariff, day: date) -> bool:
    entry = tariff.entry_on(day)
    return entry is not None and entry.varies_within_day


CACHE = BasisCache()
