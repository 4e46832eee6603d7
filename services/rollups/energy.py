"""Energies of a source brought up to date after readings changed: of days by the accounting, of buckets from power.

The accounting goes on from the newest checkpoint that the change does not reach: that of the open day, which trails the
newest reading by four hours, or else the state saved at the start of a day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data import mongo, readings, rollup_marks, rollup_states, rollups
from data.rollup_marks import BUCKET, bucket_of
from data.rollup_writes import Writes
from data.rollups import BucketEnergy, DayRows
from services.rollups.readings import ENERGY_FIELDS, REACH, load
from services.rollups.sites import Site
from solar import days
from solar.energy import (
    BATTERY_FIELDS,
    START,
    Checkpoint,
    DayEnergy,
    Progress,
    State,
    affected_from,
    bucket_energy,
    candidate_as_json,
    candidate_from_json,
    go_on,
    note_as_json,
    rank,
)
from solar.vocabulary import POWER_FIELDS

Document = dict[str, Any]
# An hour more than needed, so that readings that come a little late still find the checkpoint good.
TRAIL = REACH + timedelta(hours=1)
# A step may end today that began when an inverter went to sleep, a night or two ago.
TRAIL_DAYS = timedelta(days=2)
_GAP = timedelta(minutes=90)
_ONE_DAY = timedelta(days=1)
_LONGEST_CATCH_UP = timedelta(days=4)
BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Buckets `[start, end)` of one source that changed, and the numeric fields that changed in them."""

    start: datetime
    end: datetime
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Work:
    """One stretch to account for, with what is known of its source."""

    site: Site
    standing: Document
    stretch: Stretch
    newest: datetime
    first_open: datetime | None

    @property
    def fields(self) -> list[str]:
        """The energy fields that the source was ever seen to report."""
        known = set(self.standing.get("fields", ()))
        return [name for name in ENERGY_FIELDS if name in known]

    def day_of(self, instant: datetime) -> date:
        return days.local_date(instant, self.site.time_zone)

    def start_of(self, day: date) -> datetime:
        return days.start_of_day(day, self.site.time_zone)


def account_for(
    site: Site, standing: Document, stretch: Stretch, boundary: datetime, writes: Writes
) -> tuple[datetime, datetime]:
    """Bring all energies up to date that a stretch changed; returns the range of buckets whose energies are new.

    `standing` is what is known of the source (see `data.rollup_states`) and is changed; `boundary` is the start of the
    open bucket. Days that are frozen are left as they are. What is found waits in `writes`, and must be written before
    another stretch of this source is accounted for.
    """
    database = mongo.database()
    newest = readings.newest_at(database, site.source_id) or stretch.end - BUCKET
    work = _Work(site, standing, stretch, newest, _first_open_before(site, standing, stretch.start))
    checkpoint = _checkpoint(work)
    last = _last(work, checkpoint)
    frame = load(site.source_id, checkpoint.at, work.start_of(last + _ONE_DAY), newest, work.fields, site.slots)
    keep = _keep(work, checkpoint) if last >= work.day_of(newest) else None
    progress = go_on(
        frame,
        checkpoint,
        last=last,
        time_zone=site.time_zone,
        installed_capacity_watts=site.installed_capacity_watts,
        keep=keep,
    )
    _note_battery(work, frame)
    _keep_days(work, checkpoint, last, progress, writes)
    _keep_standing(work, checkpoint, last, progress, writes)
    return _set_buckets(work, frame, boundary, writes)


def rows_now(site: Site, standing: Document, stretch: Stretch) -> list[DayEnergy]:
    """Return the energies of today, and of the days before that a stretch of newest readings changes; keeps nothing.

    For readings that the worker has not come to yet. Empty where it is too far behind to be made up for here.
    """
    newest = readings.newest_at(mongo.database(), site.source_id)
    if newest is None:
        return []
    work = _Work(site, standing, stretch, newest, _first_open_before(site, standing, stretch.start))
    checkpoint = _checkpoint(work)
    if newest - checkpoint.at > _LONGEST_CATCH_UP:
        return []
    last = work.day_of(newest)
    frame = load(site.source_id, checkpoint.at, work.start_of(last + _ONE_DAY), newest, work.fields, site.slots)
    progress = go_on(
        frame, checkpoint, last=last, time_zone=site.time_zone, installed_capacity_watts=site.installed_capacity_watts
    )
    first = _first_changed(work, checkpoint)
    seen = bool(standing.get("batterySeen")) or not BATTERY_FIELDS.isdisjoint(frame.columns[frame.notna().any()])
    return rank(
        [each for each in progress.candidates if each.date >= first],
        battery=_has_battery(site, seen),
        corrections=[each for each in site.corrections if first <= each.date <= last],
        imports=imported_rows(site, work.start_of(first), work.start_of(last + _ONE_DAY)),
    )


def _first_open_before(site: Site, standing: Document, start: datetime) -> datetime | None:
    """The end of the last frozen day before an instant: nothing before it can be accounted for again."""
    until = standing.get("frozenUntil")
    if until is None:
        return None
    frozen = rollups.frozen_days(mongo.database(), site.source_id, min(until, start) - timedelta(days=400), start)
    if not frozen:
        return None
    return days.end_of_day(days.local_date(max(frozen), site.time_zone), site.time_zone)


def _checkpoint(work: _Work) -> Checkpoint:
    tail = work.standing.get("tail")
    if tail is not None:
        checkpoint = Checkpoint.from_json(tail)
        reached = affected_from(checkpoint.state, work.stretch.fields)
        begins = work.start_of(checkpoint.first)
        if checkpoint.at <= work.stretch.start - REACH and (reached is None or reached >= begins):
            return checkpoint
    return _day_checkpoint(work)


def _day_checkpoint(work: _Work) -> Checkpoint:
    """The start of the day that the change may reach back to, or of the last one before it with a saved state."""
    day = work.day_of(work.stretch.start - REACH)
    checkpoint = _saved(work, day)
    reached = affected_from(checkpoint.state, work.stretch.fields)
    if reached is not None and reached < checkpoint.at:
        checkpoint = _saved(work, work.day_of(reached))
    return checkpoint


def _saved(work: _Work, day: date) -> Checkpoint:
    if work.first_open is not None:
        day = max(day, work.day_of(work.first_open))
    found = rollup_states.latest_state(mongo.database(), work.site.source_id, work.start_of(day))
    if found is None:
        return Checkpoint.at_start_of(day, work.site.time_zone, START)
    state = State.from_json(found["state"])
    return Checkpoint.at_start_of(date.fromisoformat(found["date"]), work.site.time_zone, state)


def _last(work: _Work, checkpoint: Checkpoint) -> date:
    """The last day to account for: that of the change, or today where it is as good as there."""
    last = max(work.day_of(work.stretch.end - timedelta(microseconds=1)), checkpoint.first)
    today = work.day_of(work.newest)
    return today if last < today <= last + _ONE_DAY else last


def _keep(work: _Work, checkpoint: Checkpoint) -> tuple[datetime, date]:
    at = max(checkpoint.at, bucket_of(work.newest - TRAIL))
    return at, max(checkpoint.first, work.day_of(at) - TRAIL_DAYS)


def _note_battery(work: _Work, frame: pd.DataFrame) -> None:
    """Keep whether any battery field was ever reported; where that changes, consumption of all days may change."""
    seen = any(name in frame.columns and frame[name].notna().any() for name in BATTERY_FIELDS)
    before = work.standing.get("batterySeen")
    if not seen and before:
        first = work.start_of(work.day_of(work.stretch.start))
        last = work.start_of(work.day_of(work.stretch.end - timedelta(microseconds=1)) + _ONE_DAY)
        seen = rollups.is_reported(mongo.database(), work.site.source_id, BATTERY_FIELDS, (first, last))
    if before == seen:
        return
    work.standing["batterySeen"] = seen
    rollup_states.set_standing(mongo.database(), work.site.source_id, batterySeen=seen)
    if before is not None:
        rank_again(work.site, seen, BEGINNING, END)


def rank_again(site: Site, battery_seen: bool, start: datetime, end: datetime) -> None:
    """Choose the energies of the local days that start in `[start, end)` anew from what is known of each of them."""
    database = mongo.database()
    known = rollup_states.energy_days(database, site.source_id, start, end)
    starts = {each["start"]: each["date"] for each in known}
    rows = rank(
        [candidate_from_json(each) for day in known for each in day.get("candidates", ())],
        battery=_has_battery(site, battery_seen),
        corrections=[
            each for each in site.corrections if start <= days.start_of_day(each.date, site.time_zone) < end
        ],
        imports=imported_rows(site, start, end),
    )
    with_energy = rollups.days_with_energy(database, site.source_id, start, end)
    starts |= {each: days.local_date(each, site.time_zone).isoformat() for each in with_energy}
    starts |= {days.start_of_day(row.date, site.time_zone): row.date.isoformat() for row in rows}
    writes = Writes(database)
    writes.add(rollups.DAYS, rollups.day_changes(site.source_id, _day_rows(starts, rows)))
    writes.flush()


def _has_battery(site: Site, seen: bool) -> bool:
    return seen and site.has_battery is not False


def imported_rows(site: Site, start: datetime, end: datetime) -> list[DayEnergy]:
    """Return the energies that the owner brought from elsewhere for the days that start in `[start, end)`."""
    found = rollup_states.imported_days(mongo.database(), site.source_id, start, end)
    return [
        DayEnergy(date.fromisoformat(each["date"]), channel, kwh, "imported", 1.0, 0.0)
        for each in found
        for channel, kwh in each["kwh"].items()
    ]


def _keep_days(work: _Work, checkpoint: Checkpoint, last: date, progress: Progress, writes: Writes) -> None:
    """Write the accounting and the energies of the days that may have changed."""
    database, source_id = mongo.database(), work.site.source_id
    first = _first_changed(work, checkpoint)
    begin, end = work.start_of(first), work.start_of(last + _ONE_DAY)
    candidates = [each for each in progress.candidates if each.date >= first]
    known = rollups.days_with_energy(database, source_id, begin, end)
    changed = {work.start_of(each.date): each.date.isoformat() for each in candidates}
    changed |= {start: work.day_of(start).isoformat() for start in known}
    for day in days.dates(max(first, work.day_of(work.stretch.start)), last):
        if work.start_of(day) < work.stretch.end:
            changed[work.start_of(day)] = day.isoformat()
    rows = rank(
        candidates,
        battery=_has_battery(work.site, work.standing["batterySeen"]),
        corrections=[each for each in work.site.corrections if first <= each.date <= last],
        imports=imported_rows(work.site, begin, end),
    )
    changed |= {work.start_of(row.date): row.date.isoformat() for row in rows}
    _carry_on(work, last, progress)
    accounts = [_account(work, start, day, progress) for start, day in changed.items()]
    after = {"start": end, "date": (last + _ONE_DAY).isoformat(), "state": progress.states[last + _ONE_DAY].as_json()}
    if work.start_of(checkpoint.first) == checkpoint.at:
        opening = {"start": checkpoint.at, "date": checkpoint.first.isoformat(), "state": checkpoint.state.as_json()}
        accounts.append(opening)
    kept = {*changed, end}
    others = {work.start_of(day): state for day, state in progress.states.items() if work.start_of(day) not in kept}
    renewed = {start: state.as_json() for start, state in others.items()}
    writes.add(rollup_states.DAYS, rollup_states.accounting_changes(source_id, [*accounts, after], renewed))
    writes.add(rollups.DAYS, rollups.day_changes(source_id, _day_rows(changed, rows)))
    work.standing["today"] = _today(last, rows) if last >= work.day_of(work.newest) else work.standing.get("today")


def _first_changed(work: _Work, checkpoint: Checkpoint) -> date:
    reached = affected_from(checkpoint.state, work.stretch.fields)
    earliest = work.stretch.start - REACH
    return max(checkpoint.first, work.day_of(min(earliest, reached) if reached is not None else earliest))


def _account(work: _Work, start: datetime, day: str, progress: Progress) -> Document:
    date_of_day = date.fromisoformat(day)
    end = work.start_of(date_of_day + _ONE_DAY)
    account: Document = {
        "start": start,
        "date": day,
        "candidates": [candidate_as_json(each) for each in progress.candidates if each.date == date_of_day],
        "notes": [note_as_json(each) for each in progress.notes if each.start < end and each.end >= start],
    }
    if date_of_day in progress.states:
        account["state"] = progress.states[date_of_day].as_json()
    return account


def _day_rows(starts: Mapping[datetime, str], rows: Iterable[DayEnergy]) -> list[DayRows]:
    by_date: dict[str, dict[str, Document]] = {day: {} for day in starts.values()}
    for row in rows:
        hours = {} if row.hours is None else {"hours": list(row.hours)}
        by_date[row.date.isoformat()][row.channel] = {**row_document(row), **hours}
    return [DayRows(start, day, by_date[day]) for start, day in sorted(starts.items())]


def row_document(row: DayEnergy) -> Document:
    """Return an energy as a day's roll-up holds it, but for its hours."""
    return {"kwh": row.kwh, "coverage": row.coverage, "method": row.method, "recoveredKwh": row.recovered_kwh}


def _today(last: date, rows: Iterable[DayEnergy]) -> Document:
    channels = {row.channel: row_document(row) for row in rows if row.date == last}
    return {"date": last.isoformat(), "channels": channels}


def _carry_on(work: _Work, last: date, progress: Progress) -> None:
    """Mark the next day where it no longer begins as its own accounting believed."""
    following, source_id = last + _ONE_DAY, work.site.source_id
    start = work.start_of(following)
    if work.day_of(work.newest) < following:
        return
    frozen_until = work.standing.get("frozenUntil")
    if frozen_until is not None and rollups.frozen_days(mongo.database(), source_id, start, start + BUCKET):
        return
    saved = rollup_states.energy_days(mongo.database(), source_id, start, start + BUCKET)
    if not saved or saved[0].get("state") != progress.states[following].as_json():
        rollup_marks.mark_range(mongo.database(), source_id, start, start + BUCKET, work.fields)


def _keep_standing(work: _Work, checkpoint: Checkpoint, last: date, progress: Progress, writes: Writes) -> None:
    values: Document = {"settings": work.site.settings, "today": work.standing.get("today")}
    if progress.next is not None:
        values["tail"] = progress.next.as_json()
    elif work.standing.get("tail") is not None:
        # Days that the checkpoint of the open day rests on were made anew.
        is_touched = last >= date.fromisoformat(work.standing["tail"]["first"])
        values["tail"] = None if is_touched else work.standing["tail"]
    work.standing.update(values)
    writes.add(rollup_states.SOURCES, [rollup_states.standing_change(work.site.source_id, values)])


def _set_buckets(
    work: _Work, frame: pd.DataFrame, boundary: datetime, writes: Writes
) -> tuple[datetime, datetime]:
    """Set the energies of the buckets that changed: up to the readings on both sides of the change."""
    powers = [name for name in POWER_FIELDS if name in frame.columns]
    start, end = _reaching(frame[powers], work.stretch)
    end = max(min(end, boundary), work.stretch.end)
    if work.first_open is not None:
        start = max(start, work.first_open)
    edges = pd.date_range(start.astimezone(UTC), end.astimezone(UTC), freq=BUCKET)
    near = _near(frame[powers], start, end)
    found = bucket_energy(
        near, edges, installed_capacity_watts=work.site.installed_capacity_watts
    ) if powers and len(near) else None
    energies = [] if found is None else _bucket_documents(found.kwh, found.coverage)
    changes = rollups.bucket_changes(mongo.database(), work.site.source_id, start, end, energies)
    writes.add(rollups.FIVE_MINUTES, changes)
    return start, end


def _near(powers: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    """The readings that the energies of `[start, end)` rest on."""
    return powers[(powers.index >= start - _GAP) & (powers.index <= end + _GAP)]


def _reaching(powers: pd.DataFrame, stretch: Stretch) -> tuple[datetime, datetime]:
    start, end = stretch.start, stretch.end
    near = _near(powers, start, end)
    times, known = pd.DatetimeIndex(near.index), near.notna().to_numpy()
    first, after = int(times.searchsorted(pd.Timestamp(start))), int(times.searchsorted(pd.Timestamp(end)))
    for column in range(known.shape[1]):
        earlier, later = np.flatnonzero(known[:first, column]), np.flatnonzero(known[after:, column])
        if earlier.size:
            start = min(start, times[earlier[-1]].to_pydatetime())
        if later.size:
            end = max(end, times[after + later[0]].to_pydatetime())
    return bucket_of(start), bucket_of(end - timedelta(microseconds=1)) + BUCKET


def _bucket_documents(kwh: pd.DataFrame, coverage: pd.DataFrame) -> list[BucketEnergy]:
    names, starts = [str(name) for name in kwh.columns], pd.DatetimeIndex(kwh.index).to_pydatetime()
    found = []
    for start, values, shares in zip(starts, kwh.to_numpy().tolist(), coverage.to_numpy().tolist(), strict=True):
        known = [at for at, value in enumerate(values) if value == value]
        if known:
            energies = {names[at]: values[at] for at in known}
            found.append(BucketEnergy(start, energies, {names[at]: shares[at] for at in known}))
    return found
