"""What the roll-ups must know of a source, and of the corrections its owner made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from data import corrections, postgres, sources
from data.corrections import CorrectionRecord
from data.rollups import Slot
from data.sources import SourceRecord
from solar.energy import DayEnergy


@dataclass(frozen=True, slots=True)
class Site:
    """A source as the accounting sees it; slots do not count, and corrections stand in for what was measured."""

    source_id: str
    time_zone: str
    installed_capacity_watts: float | None
    has_battery: bool | None
    slots: tuple[Slot, ...] = ()
    corrections: tuple[DayEnergy, ...] = ()
    retention_raw_days: int | None = None
    retention_five_minutes_days: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What energies depend on beside readings: when it changes, they are made anew."""
        return {
            "timeZone": self.time_zone,
            "capacity": self.installed_capacity_watts,
            "hasBattery": self.has_battery,
        }


def sites(source_ids: Sequence[str]) -> dict[str, Site]:
    """Return those of some sources that exist, by id; raises StorageUnavailable."""
    with postgres.session() as session:
        records = sources.by_ids(session, source_ids)
        made = corrections.active(session, [each.id for each in records])
    return {str(each.id): _site(each, made.get(each.id, ())) for each in records}


def site_of(record: SourceRecord) -> Site:
    """Return a source as the accounting sees it."""
    with postgres.session() as session:
        return _site(record, corrections.active(session, [record.id]).get(record.id, ()))


def slots_of(source_id: UUID) -> tuple[Slot, ...]:
    """Return the slots of a source that do not count."""
    with postgres.session() as session:
        return _slots(corrections.active(session, [source_id]).get(source_id, ()))


def _site(record: SourceRecord, made: Iterable[CorrectionRecord]) -> Site:
    some = list(made)
    return Site(
        str(record.id),
        record.time_zone,
        record.installed_capacity_watts,
        record.has_battery,
        _slots(some),
        tuple(
            DayEnergy(each.date, each.channel, each.kwh, "corrected", 1.0, 0.0)
            for each in some
            if each.date is not None and each.channel is not None and each.kwh is not None
        ),
        record.retention_raw_days,
        record.retention_five_minutes_days,
    )


def _slots(made: Iterable[CorrectionRecord]) -> tuple[Slot, ...]:
    return tuple(
        Slot(each.starts_at, each.ends_at, frozenset(each.fields))
        for each in made
        if each.starts_at is not None and each.ends_at is not None
    )
