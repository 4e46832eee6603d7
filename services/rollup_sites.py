"""What the roll-ups must know of a source, and of the corrections its owner made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data import postgres, sources
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
        return {str(each.id): site_of(each) for each in sources.by_ids(session, source_ids)}


def site_of(record: SourceRecord) -> Site:
    """Return a source as the accounting sees it."""
    return Site(str(record.id), record.time_zone, record.installed_capacity_watts, record.has_battery)
