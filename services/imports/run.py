"""Taking in a file that was brought: by chunks, with its progress in a row; doing it again changes nothing."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import pandas as pd

from data import (
    import_files,
    imports,
    mongo,
    postgres,
    reading_writes,
    readings,
    rollup_marks,
    rollup_reads,
    rollup_states,
    rollups,
    sources,
)
from data.errors import StorageUnavailable
from data.imports import ImportRecord
from data.sources import SourceRecord
from services.errors import Invalid
from services.imports import plans as import_plans
from services.imports import rows as import_rows
from services.imports import tables as import_tables
from services.imports.plans import Plan
from services.imports.rows import Refusals
from services.ingestion import documents
from services.ingestion.documents import Document
from services.rollups import energy as rollup_energy
from services.rollups import sites as rollup_sites
from services.rollups import updating as rolling
from solar import days, normalise
from solar.energy import daily_energy
from solar.vocabulary import CHANNELS, NUMERIC_FIELDS

log = logging.getLogger("imports")
ROWS_AT_ONCE = 2000
# Up to so many readings a dry run says what their days would be, and of so many days what changes.
MOST_COMPARED, MOST_LISTED_DAYS = 200_000, 400
FROZEN = "the readings of this day are gone by retention, so its roll-ups stay as they are"
_LOCK_SECONDS = 300.0
_ONE_DAY = timedelta(days=1)


@dataclass
class _Run:
    """An import that is under way."""

    record: ImportRecord
    source: SourceRecord
    plan: Plan
    now: datetime
    is_dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Refusals = field(default_factory=Refusals)
    first: datetime | None = None
    last: datetime | None = None
    rows: int = 0

    @property
    def context(self) -> normalise.Source:
        # The file speaks by the plan, not by what the device's profile would make of it.
        source = self.source
        return normalise.Source(
            self.plan.time_zone, source.installed_capacity_watts, has_battery=source.has_battery
        )

    def note(self, **more: Any) -> None:
        """Write how far it has come."""
        span = {"first": self.first.isoformat(), "last": self.last.isoformat()} if self.first and self.last else {}
        refused = {"refused": sum(self.refusals.counts.values()), "reasons": self.refusals.as_json()}
        counts = {**self.counts, **refused, **span, **more.pop("counts", {})}
        with postgres.session() as session:
            imports.change(session, self.record.id, {"rows_done": self.rows, "counts": counts, **more})


def run(import_id: str, now: datetime) -> None:
    """Follow the plan of an import to its end; raises StorageUnavailable, after which it may be run again."""
    with postgres.session() as session:
        record = imports.get(session, UUID(import_id))
        source = sources.get(session, record.sun_source_id) if record else None
    if record is None or source is None or record.state in ("done", "failed"):
        return
    upload_id = record.plan["uploadId"]
    try:
        counts = _follow(record, source, upload_id, now)
    except StorageUnavailable:
        raise
    except Invalid as error:
        _end(record, now, state="failed", error=str(error))
    except Exception:
        log.exception("import %s of source %s fails", record.id, source.id)
        _end(record, now, state="failed", error="It could not be taken in; this is our fault, and it is in the log.")
    else:
        _end(record, now, state="done", counts=counts)
        if not record.plan["dry"]:
            import_files.delete(mongo.database(), upload_id)


def _end(record: ImportRecord, now: datetime, **values: Any) -> None:
    with postgres.session() as session:
        imports.change(session, record.id, {"finished_at": now, **values})


def _follow(record: ImportRecord, source: SourceRecord, upload_id: str, now: datetime) -> dict[str, Any]:
    if import_files.find(mongo.database(), upload_id) is None:
        raise Invalid({"file": "must be brought again: it was kept for a week"})
    total = _count_rows(record.file_name, upload_id)
    with import_files.opened(mongo.database(), upload_id) as content:
        table = import_tables.read(record.file_name, content)
        plan = import_plans.plan_of(record.plan, table.header)
        work = _Run(record, source, plan, now, bool(record.plan["dry"]))
        work.note(state="running", rows_total=total)
        extra = _take_readings(work, table) if plan.kind == "readings" else _take_days(work, table)
        work.note(counts=extra)
    with postgres.session() as session:
        done = imports.get(session, record.id)
    return dict(done.counts) if done else {}


def _count_rows(name: str, upload_id: str) -> int:
    with import_files.opened(mongo.database(), upload_id) as content:
        return sum(1 for _ in import_tables.read(name, content).rows)


def _take_readings(work: _Run, table: import_tables.Table) -> dict[str, Any]:
    compared: list[normalise.Reading] = []
    frozen = _FrozenDays(work.source)
    rows = import_rows.readings(table, work.plan, work.context, work.now, work.refusals)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        work.rows = some[-1][0]
        taken = []
        for number, reading in some:
            if reading is not None and frozen.holds(reading.timestamp):
                work.refusals.add(FROZEN, number)
            elif reading is not None:
                taken.append(reading)
        _store(work, taken)
        if work.is_dry and len(compared) + len(taken) <= MOST_COMPARED:
            compared += taken
        work.note()
    return {"days": _compared(work, compared)} if work.is_dry and len(compared) == _taken_rows(work) else {}


def _taken_rows(work: _Run) -> int:
    return sum(work.counts[name] for name in ("stored", "merged", "duplicate"))


class _FrozenDays:
    """Which local days of a source are frozen, asked once a day."""

    def __init__(self, source: SourceRecord) -> None:
        self._source = source
        self._known: dict[date, bool] = {}

    def holds(self, instant: datetime) -> bool:
        zone = self._source.time_zone
        day = days.local_date(instant, zone)
        if day not in self._known:
            start = days.start_of_day(day, zone)
            found = rollups.frozen_days(mongo.database(), str(self._source.id), start, start + rollup_marks.BUCKET)
            self._known[day] = bool(found)
        return self._known[day]


def _store(work: _Run, taken: Sequence[normalise.Reading]) -> None:
    source_id, database = str(work.source.id), mongo.database()
    made = [documents.of_reading(source_id, each) for each in taken]
    if not made:
        return
    stamps = [each.timestamp for each in taken]
    work.first, work.last = min([*stamps, *_known(work.first)]), max([*stamps, *_known(work.last)])

    def merge(earlier: Document, later: Document) -> Document:
        return documents.merged(earlier, later, work.context)

    if work.is_dry:
        work.counts.update(_fates(readings.at_instants(database, source_id, stamps), made, merge))
        return
    written = reading_writes.write(database, made, merge)
    rollup_marks.mark(database, made)
    reading_writes.keep_latest(database, [max(made, key=lambda each: each["timestamp"])])
    work.counts.update(written.outcome(position) for position in range(len(made)))


def _known(instant: datetime | None) -> list[datetime]:
    return [] if instant is None else [instant]


def _fates(
    there: dict[datetime, Document], made: Iterable[Document], merge: reading_writes.Merge
) -> Iterator[str]:
    """What would become of each document."""
    for each in made:
        earlier = there.get(each["timestamp"])
        if earlier is None:
            there[each["timestamp"]] = each
            yield "stored"
        else:
            joined = merge(earlier, each)
            yield "duplicate" if joined == earlier else "merged"
            there[each["timestamp"]] = joined


def _compared(work: _Run, taken: Sequence[normalise.Reading]) -> list[dict[str, Any]]:
    """The days of a dry run: what is known of each now, and what the file alone says."""
    if not taken:
        return []
    index = pd.DatetimeIndex([each.timestamp for each in taken])
    values = [{name: value for name, value in each.fields.items() if name in NUMERIC_FIELDS} for each in taken]
    rows = daily_energy(
        pd.DataFrame(values, index=index),
        time_zone=work.source.time_zone,
        installed_capacity_watts=work.source.installed_capacity_watts,
        has_battery=work.source.has_battery,
    )
    said: dict[str, dict[str, float]] = {}
    for row in rows:
        said.setdefault(row.date.isoformat(), {})[row.channel] = row.kwh
    return _day_lines(work, said)


def _day_lines(work: _Run, said: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    before = _energies_before(work.source, [date.fromisoformat(day) for day in said])
    lines = [{"date": day, "now": before.get(day, {}), "file": said[day]} for day in sorted(said)]
    return lines[:MOST_LISTED_DAYS]


def _energies_before(source: SourceRecord, dates: Sequence[date]) -> dict[str, dict[str, float]]:
    if not dates:
        return {}
    start, end = (days.start_of_day(day, source.time_zone) for day in (min(dates), max(dates) + _ONE_DAY))
    found = rollup_reads.daily(mongo.database(), str(source.id), start, end)
    return {
        each["date"]: {name: kwh for name, kwh in zip(CHANNELS, each["kwh"], strict=True) if kwh is not None}
        for each in found
    }


def _take_days(work: _Run, table: import_tables.Table) -> dict[str, Any]:
    said, work.rows = import_rows.day_energies(table, work.plan, work.now, work.refusals)
    if not said:
        return {}
    source, database, zone = work.source, mongo.database(), work.source.time_zone
    start, end = days.start_of_day(min(said), zone), days.end_of_day(max(said), zone)
    work.first, work.last = start, end - _ONE_DAY
    known = {each["date"]: each["kwh"] for each in rollup_states.imported_days(database, str(source.id), start, end)}
    for day, channels in said.items():
        before = known.get(day.isoformat())
        is_same = before is not None and all(before.get(name) == kwh for name, kwh in channels.items())
        work.counts["stored" if before is None else "duplicate" if is_same else "merged"] += 1
    if work.is_dry:
        return {"days": _day_lines(work, {day.isoformat(): channels for day, channels in said.items()})}
    made = [
        {"start": days.start_of_day(day, zone), "date": day.isoformat(), "kwh": channels, "importedAt": work.now}
        for day, channels in sorted(said.items())
    ]
    rollup_states.keep_imported_days(database, str(source.id), made)
    _rank(source, start, end)
    return {}


def _rank(source: SourceRecord, start: datetime, end: datetime) -> None:
    """Let the energies of days follow what was imported for them."""
    source_id = str(source.id)
    with rolling.held(source_id, _LOCK_SECONDS) as is_held:
        if not is_held:
            raise StorageUnavailable("the roll-ups of this source are being made")
        standing = rollup_states.standings(mongo.database(), [source_id]).get(source_id, {})
        rollup_energy.rank_again(rollup_sites.site_of(source), bool(standing.get("batterySeen")), start, end)


def remove_days(source: SourceRecord, start: datetime, end: datetime) -> int:
    """Take back the imported energies of the local days that start in `[start, end)`; returns of how many days."""
    gone = rollup_states.delete_imported_days(mongo.database(), str(source.id), start, end)
    _rank(source, start, end)
    return gone
