"""How long telemetry is kept: readings, then five minutes, while hours and days stay; nothing goes that is not proven.

A local day whose readings are deleted is frozen: its roll-ups stay as they are, and readings that come for it later are
kept and reported, but not rolled up.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from data import mongo, readings, retention, rollup_marks, rollup_reads, rollup_states, rollups, settings
from data.retention import Window
from data.rollup_marks import BUCKET
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.rollups import sites as rollup_sites
from services.rollups import updating as rolling
from services.rollups.sites import Site
from solar import days

log = logging.getLogger("retention")
CHECKED_DAYS = 3
_LOCK_SECONDS = 120.0
_ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Done:
    """What a run did with one source: readings and 5-minute buckets deleted, and days that were not proven."""

    readings: int = 0
    five_minutes: int = 0
    unproven_days: int = 0
    unequal_days: int = 0


def sources_with_telemetry() -> list[str]:
    """Return the ids of all sources that retention has to look at."""
    return rollup_states.source_ids(mongo.database())


def apply(source_id: str, now: datetime) -> Done:
    """Delete what is old enough and proven to be in the coarser level; days that differ are marked to be made anew.

    Nothing is done where the roll-ups of the source are being made for longer than two minutes, or it is gone.
    """
    site = rollup_sites.sites([source_id]).get(source_id)
    done = Done()
    if site is None:
        return done
    with rolling.held(source_id, _LOCK_SECONDS) as is_held:
        if is_held:
            _check_newest(site, now, done)
            done.readings += retention.resume_deleting(mongo.database(), source_id)
            _delete_readings(site, now, done)
            _delete_five_minutes(site, now, done)
    return done


def house_days() -> dict[str, int]:
    """Return for how many days readings and 5 minutes are kept of sources that say nothing, by field of a source."""
    given = settings.get()
    return {
        "retention_raw_days": given.retention_raw_days,
        "retention_five_minutes_days": given.retention_five_minutes_days,
    }


def _days_kept(site: Site) -> tuple[int, int]:
    house = house_days()
    raw = site.retention_raw_days or house["retention_raw_days"]
    return raw, site.retention_five_minutes_days or house["retention_five_minutes_days"]


def _day_of(site: Site, instant: datetime) -> Window:
    day = days.local_date(instant, site.time_zone)
    return days.start_of_day(day, site.time_zone), days.end_of_day(day, site.time_zone)


def _check_newest(site: Site, now: datetime, done: Done) -> None:
    """Mark those of the newest days whose roll-ups count other readings than there are: a mark may have been lost."""
    if site.slots:
        return
    database = mongo.database()
    for back in range(1, CHECKED_DAYS + 1):
        day = _day_of(site, now - back * _ONE_DAY)
        if _is_marked(site, day):
            continue
        there = readings.count_between(database, site.source_id, *day)
        if there != rollup_reads.readings_of_day(database, site.source_id, day[0]):
            done.unequal_days += 1
            rollup_marks.mark_range(database, site.source_id, *day)


def _is_marked(site: Site, day: Window) -> bool:
    found = rollup_marks.ranges(mongo.database(), site.source_id, day[0])
    return any(start < day[1] and end > day[0] for start, end in found)


def _delete_readings(site: Site, now: datetime, done: Done) -> None:
    database, source_id = mongo.database(), site.source_id
    until = now - timedelta(days=_days_kept(site)[0])
    fields = rollup_states.standings(database, [source_id]).get(source_id, {}).get("fields", [])
    at = readings.first_at(database, source_id)
    while at is not None and (day := _day_of(site, at))[1] <= until:
        if not rollups.frozen_days(database, source_id, day[0], day[0] + BUCKET):
            done.readings += _freeze_and_delete(site, day, fields, now, done)
        at = retention.next_reading_at(database, source_id, day[1], until)


def _freeze_and_delete(site: Site, day: Window, fields: Sequence[str], now: datetime, done: Done) -> int:
    database, source_id = mongo.database(), site.source_id
    taken = retention.snapshot(database, source_id, day)
    if _is_marked(site, day) or not _is_proven(site, day, fields):
        done.unproven_days += 1
        log.warning("source %s, day of %s: roll-ups are not proven; its readings stay", source_id, day[0].isoformat())
        rollup_marks.mark_range(database, source_id, *day)
        return 0
    retention.freeze(database, source_id, day, now, taken.size)
    deleted = retention.delete_snapshot(database, taken)
    retention.finish_deleting(database, source_id, day)
    return deleted


def _is_proven(site: Site, day: Window, fields: Sequence[str]) -> bool:
    """Whether buckets, hours and the day are what the readings say, and the accounting can go on after the day."""
    database, source_id = mongo.database(), site.source_id
    following = rollup_states.energy_days(database, source_id, day[1], day[1] + BUCKET)
    return (
        bool(following and "state" in following[0])
        and not retention.differs_from_readings(database, source_id, day, fields, site.slots)
        and not retention.differs_from_five_minutes(database, source_id, day, fields)
        and not retention.differs_from_hours(database, source_id, day, fields)
    )


def _delete_five_minutes(site: Site, now: datetime, done: Done) -> None:
    database, source_id = mongo.database(), site.source_id
    until = now - timedelta(days=_days_kept(site)[1])
    first = rollup_reads.first_start(database, rollups.FIVE_MINUTES, source_id)
    if first is None:
        return
    fields = rollup_states.standings(database, [source_id]).get(source_id, {}).get("fields", [])
    for day in retention.frozen_between(database, source_id, first - _ONE_DAY - timedelta(hours=1), until - _ONE_DAY):
        if retention.differs_from_five_minutes(database, source_id, day, fields):
            done.unproven_days += 1
            log.warning("source %s, day of %s: hours are not proven; 5 minutes stay", source_id, day[0].isoformat())
        else:
            done.five_minutes += retention.delete_five_minutes(database, source_id, day)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there of a source and how long it stays: first instants (aware UTC) of each level, days, and refusals.

    `refused` are the times, newest last, for which readings came after retention had frozen their day.
    """

    raw_days: int
    five_minutes_days: int
    first_reading_at: datetime | None
    first_five_minutes_at: datetime | None
    first_day_at: datetime | None
    refused: tuple[datetime, ...]


def kept(viewer: Viewer, source_id: str) -> Kept:
    """Return what is kept of a source; raises NotFound."""
    record: SourceRecord = access.source_for(viewer, source_id)
    site, database = rollup_sites.site_of(record), mongo.database()
    standing: dict[str, Any] = rollup_states.standings(database, [site.source_id]).get(site.source_id, {})
    raw, five_minutes = _days_kept(site)
    return Kept(
        raw,
        five_minutes,
        readings.first_at(database, site.source_id),
        rollup_reads.first_start(database, rollups.FIVE_MINUTES, site.source_id),
        rollup_reads.first_start(database, rollups.DAYS, site.source_id),
        tuple(standing.get("refused", ())),
    )
