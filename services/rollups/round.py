"""One round of roll-ups: marks of some sources are claimed, their buckets, hours and days made anew, marks finished."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from data import mongo, readings, rollup_marks, rollup_states, rollups
from data.errors import StorageUnavailable
from data.rollup_marks import ANY_FIELD, BUCKET, Mark
from data.rollup_writes import Writes
from services.rollups import sites as rollup_sites
from services.rollups.energy import BEGINNING, END, Stretch, account_for
from services.rollups.readings import ENERGY_FIELDS
from services.rollups.sites import Site
from solar import days

log = logging.getLogger("rollups")
Document = dict[str, Any]
Window = tuple[datetime, datetime]
SOURCES_AT_ONCE = 100
DAYS_AT_ONCE = 31
SPARK_FIELDS = ("solarPower", "loadPower")
SPARK_SPAN = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)
_EVER = (BEGINNING, END)
# Shorter than any day, so that a frozen one is never within.
_NIGHT = timedelta(hours=18)


@dataclass
class _Work:
    """What there is to do for one source: its stretches, and the windows of which hours and days must follow."""

    site: Site
    standing: Document
    stretches: list[Stretch]
    windows: list[Window] = field(default_factory=list)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(sorted(self.standing.get("fields", ())))


def make(source_ids: Sequence[str], boundary: datetime) -> set[str]:
    """Make anew what is marked of some sources before `boundary`, the start of a bucket; returns those that failed.

    The caller holds their locks. Raises StorageUnavailable where a store is away: the marks then stay.
    """
    try:
        _make(source_ids, boundary)
    except StorageUnavailable:
        raise
    except Exception:
        if len(source_ids) == 1:
            log.exception("the roll-ups of source %s fail", source_ids[0])
            return set(source_ids)
    else:
        return set()
    return set().union(*(make([each], boundary) for each in source_ids))


def _make(source_ids: Sequence[str], boundary: datetime) -> None:
    database = mongo.database()
    marks = rollup_marks.claim(database, source_ids, boundary, DAYS_AT_ONCE)
    works = _works(marks)
    _make_five_minutes(works)
    writes = Writes(database)
    for work in works:
        _account_for(work, boundary, writes)
    writes.flush()
    _make_hours_and_days(works)
    _keep_sparks(works, boundary)
    rollup_marks.finish(database, marks)


def _account_for(work: _Work, boundary: datetime, writes: Writes) -> None:
    near = _near(work.stretches)
    work.windows += [(each.start, each.end) for each in work.stretches]
    for stretch in near:
        work.windows.append(account_for(work.site, work.standing, stretch, boundary, writes))
        # The next stretch of a source rests on what was found for the one before.
        if len(near) > 1 or writes.are_many:
            writes.flush()


def _works(marks: Sequence[Mark]) -> list[_Work]:
    """What there is to do by source; marks of sources that are gone are forgotten, frozen days are left out."""
    database = mongo.database()
    by_source: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_source[mark.source_id].append(mark)
    sites = rollup_sites.sites(list(by_source))
    named = {each: {name for mark in some for name in mark.fields} - {ANY_FIELD} for each, some in by_source.items()}
    rollup_states.add_fields(database, {each: names for each, names in named.items() if each in sites and names})
    standings = rollup_states.standings(database, list(sites))
    works = []
    for source_id, some in by_source.items():
        site = sites.get(source_id)
        if site is None:
            rollup_marks.delete_source(database, source_id)
            continue
        standing = standings.get(source_id, {})
        _follow_settings(site, standing)
        works.append(_Work(site, standing, _open_stretches(site, standing, some)))
    return works


def _follow_settings(site: Site, standing: Document) -> None:
    """Where the owner changed what energies depend on, mark everything that can still be made anew."""
    before = standing.get("settings")
    if before is None or before == site.settings:
        return
    log.info("source %s was changed: making its roll-ups anew", site.source_id)
    database, source_id = mongo.database(), site.source_id
    if before["timeZone"] != site.time_zone:
        rollups.forget_days(database, source_id)
        kept = rollups.frozen_days(database, source_id, *_EVER)
        rollup_states.forget_days(database, source_id, [*kept, *(_ends(kept, before["timeZone"]))])
    standing.pop("tail", None)
    rollup_states.set_standing(database, source_id, tail=None, settings=site.settings)
    first, newest = readings.first_at(database, source_id), readings.newest_at(database, source_id)
    if first is not None and newest is not None:
        rollup_marks.mark_range(database, source_id, first, newest + BUCKET)


def _ends(starts: Iterable[datetime], time_zone: str) -> list[datetime]:
    return [days.end_of_day(days.local_date(each, time_zone), time_zone) for each in starts]


def _open_stretches(site: Site, standing: Document, marks: Sequence[Mark]) -> list[Stretch]:
    """The marked stretches in time order, joined where they touch and cut at days that are frozen."""
    fields = frozenset(name for mark in marks for name in mark.fields)
    changed = fields - {ANY_FIELD} | (set(ENERGY_FIELDS) if ANY_FIELD in fields else frozenset())
    pieces: list[Window] = []
    for start, end in _joined((mark.start, mark.end) for mark in marks):
        pieces += _without_frozen(site, standing, start, end)
    return [Stretch(start, end, frozenset(changed)) for start, end in pieces]


def _joined(windows: Iterable[Window], apart: timedelta = timedelta(0)) -> list[Window]:
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start - joined[-1][1] <= apart:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without_frozen(site: Site, standing: Document, start: datetime, end: datetime) -> list[Window]:
    frozen_until = standing.get("frozenUntil")
    if frozen_until is None or start >= frozen_until:
        return [(start, end)]
    frozen = rollups.frozen_days(mongo.database(), site.source_id, start - _ONE_DAY - _HOUR, end)
    pieces = _by_day(site, start, end)
    refused = [(begin, until) for day, begin, until in pieces if day in frozen]
    if refused:
        log.warning(
            "source %s: readings came for %d days whose readings are gone by retention; these days stay as they are",
            site.source_id, len(refused),
        )
        rollup_states.note_refused(mongo.database(), site.source_id, [begin for begin, _ in refused])
    return _joined((begin, until) for day, begin, until in pieces if day not in frozen)


def _by_day(site: Site, start: datetime, end: datetime) -> list[tuple[datetime, datetime, datetime]]:
    """Cut a window at local midnights: the start of the day, and the part of the window in it."""
    pieces = []
    for day in days.dates_of_range(start, end, site.time_zone):
        begin, until = days.start_of_day(day, site.time_zone), days.end_of_day(day, site.time_zone)
        pieces.append((begin, max(begin, start), min(until, end)))
    return pieces


def _make_five_minutes(works: Sequence[_Work]) -> None:
    """Make the buckets, those of sources with the same window together."""
    together: dict[Window, list[_Work]] = defaultdict(list)
    for work in works:
        for stretch in work.stretches:
            for _, start, end in _by_day(work.site, stretch.start, stretch.end):
                if work.site.slots:
                    rollups.make_five_minutes(
                        mongo.database(), [work.site.source_id], start, end, work.fields, work.site.slots
                    )
                else:
                    together[start, end].append(work)
    for (start, end), some in together.items():
        rollups.make_five_minutes(mongo.database(), _ids(some), start, end, _fields(some))


def _ids(works: Iterable[_Work]) -> list[str]:
    return [work.site.source_id for work in works]


def _fields(works: Iterable[_Work]) -> Collection[str]:
    return {name for work in works for name in work.fields}


def _near(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The stretches, those that only a night lies between as one: they share the days to account for."""
    windows = _joined(((each.start, each.end) for each in stretches), apart=_NIGHT)
    return [Stretch(start, end, stretches[0].fields) for start, end in windows]


def _make_hours_and_days(works: Sequence[_Work]) -> None:
    """Let hours follow their buckets, and days their hours, those of sources with the same windows together."""
    together: dict[tuple[datetime, datetime, Window], list[_Work]] = defaultdict(list)
    for work in works:
        for start, end in _joined(work.windows):
            for begin, first, last in _by_day(work.site, start, end):
                until = days.end_of_day(days.local_date(begin, work.site.time_zone), work.site.time_zone)
                together[begin, until, _whole_hours(begin, until, first, last)].append(work)
    for (begin, until, hours), some in together.items():
        database, ids, fields = mongo.database(), _ids(some), _fields(some)
        rollups.make_coarser(database, rollups.FIVE_MINUTES, ids, begin, hours, fields)
        rollups.make_coarser(database, rollups.HOURS, ids, begin, (begin, until), fields)


def _whole_hours(begin: datetime, until: datetime, first: datetime, last: datetime) -> Window:
    """The hours, counted from the begin of the day, that a part of the day touches."""
    start = begin + (first - begin) // _HOUR * _HOUR
    end = begin - (begin - last) // _HOUR * _HOUR
    return start, min(end, until)


def _keep_sparks(works: Sequence[_Work], boundary: datetime) -> None:
    """Keep the last day of hourly powers where lists of sources find them at once."""
    database, since = mongo.database(), boundary - SPARK_SPAN - _HOUR
    live = [work for work in works if any(end > since for _, end in work.windows)]
    if not live:
        return
    found = rollups.sparks(database, _ids(live), since, SPARK_FIELDS)
    rollup_states.keep_sparks(database, {each: _spark(found.get(each, [])) for each in _ids(live)})


def _spark(hours: Sequence[Document]) -> Document:
    """Hours as one list a field, None where there is none: what a list of a thousand sources reads at once."""
    if not hours:
        return {}
    begin = hours[0]["start"]
    length = (hours[-1]["start"] - begin) // _HOUR + 1
    values: dict[str, list[float | None]] = {name: [None] * length for name in SPARK_FIELDS}
    for each in hours:
        for name in SPARK_FIELDS:
            values[name][(each["start"] - begin) // _HOUR] = each.get(name)
    return {"from": begin, **values}
