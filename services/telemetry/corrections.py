"""Corrections of telemetry by its owner: a slot that does not count, or the total of a day, with a reason.

Readings stay as they are; what is made of them follows. A correction can be undone and remains as a line.
"""

import math
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from data import audit_log, corrections, mongo, postgres, rollup_marks, rollup_states, rollups
from data.corrections import CorrectionRecord
from data.sources import SourceRecord
from services import access, audit
from services.errors import Invalid, NotFound
from services.people.viewer import Viewer
from services.rollups import energy as rollup_energy
from services.rollups import sites as rollup_sites
from solar import days
from solar.vocabulary import CHANNELS, NUMERIC_FIELDS

LONGEST_REASON = 500
LONGEST_SLOT = timedelta(days=366)
MOST_KWH = 1e6


def history(viewer: Viewer, source_id: str) -> list[CorrectionRecord]:
    """Return all corrections of a source, also those undone, newest first; raises NotFound."""
    source = access.source_for(viewer, source_id)
    with postgres.session() as session:
        return corrections.every(session, source.id)


def exclude(
    viewer: Viewer,
    source_id: str,
    start: datetime,
    end: datetime,
    reason: str,
    now: datetime,
    fields: Collection[str] = (),
) -> CorrectionRecord:
    """Let `[start, end)` of some fields (all by default) count as not reported; raises NotFound, Forbidden, Invalid."""
    source = access.source_for(viewer, source_id, manage=True)
    errors = _reason_errors(reason)
    if start.tzinfo is None or end.tzinfo is None or not start < end <= start + LONGEST_SLOT:
        errors["end"] = "must be later than the start, by at most 366 days"
    if unknown := sorted(set(fields) - set(NUMERIC_FIELDS)):
        errors["fields"] = f"must be numeric fields of the vocabulary; {', '.join(unknown)} is not"
    if not errors and _touches_frozen(source, start, end):
        errors["start"] = "must lie where readings are still kept: retention has deleted those of this time"
    if errors:
        raise Invalid(errors)
    values = {"kind": "exclusion", "starts_at": start, "ends_at": end, "fields": sorted(set(fields))}
    record = _add(viewer, source, values, reason, now)
    _follow(source, record)
    return record


def correct_day(
    viewer: Viewer, source_id: str, day: date, channel: str, kwh: float, reason: str, now: datetime
) -> CorrectionRecord:
    """Set the energy of a channel on a local day; one that held before is undone. Raises as `exclude` does."""
    source = access.source_for(viewer, source_id, manage=True)
    errors = _reason_errors(reason)
    if channel not in CHANNELS:
        errors["channel"] = f"must be one of {', '.join(CHANNELS)}"
    if not (math.isfinite(kwh) and 0 <= kwh <= MOST_KWH):
        errors["kwh"] = "must be a number from 0 to 1,000,000"
    if not date(1990, 1, 1) <= day <= days.local_date(now, source.time_zone):
        errors["date"] = "must be a day from 1990 to today"
    if errors:
        raise Invalid(errors)
    values = {"kind": "day_total", "date": day, "channel": channel, "kwh": float(kwh)}
    record = _add(viewer, source, values, reason, now)
    _follow(source, record)
    return record


def undo(viewer: Viewer, source_id: str, correction_id: UUID, now: datetime) -> CorrectionRecord:
    """Undo a correction that holds; raises NotFound, Forbidden, and Invalid where its readings are gone."""
    source = access.source_for(viewer, source_id, manage=True)
    with postgres.session() as session:
        record = corrections.undo(session, source.id, correction_id, viewer.account_id, now)
        if record is None:
            raise NotFound("there is no such correction, or it is undone")
        if record.starts_at and record.ends_at and _touches_frozen(source, record.starts_at, record.ends_at):
            raise Invalid({"start": "must lie where readings are still kept: this slot can no longer be undone"})
        _note(session, viewer, source, "telemetry-correction-undone", record, now)
    _follow(source, record)
    return record


def _reason_errors(reason: str) -> dict[str, str]:
    is_good = 0 < len(reason.strip()) <= LONGEST_REASON
    return {} if is_good else {"reason": f"must say why, in at most {LONGEST_REASON} characters"}


def _touches_frozen(source: SourceRecord, start: datetime, end: datetime) -> bool:
    begin = days.start_of_day(days.local_date(start, source.time_zone), source.time_zone)
    return bool(rollups.frozen_days(mongo.database(), str(source.id), begin, end))


def _add(
    viewer: Viewer, source: SourceRecord, values: Mapping[str, Any], reason: str, now: datetime
) -> CorrectionRecord:
    made = {"sun_source_id": source.id, "reason": reason.strip(), "created_by": viewer.account_id, "created_at": now}
    with postgres.session() as session:
        if values["kind"] == "day_total":
            day, channel = values["date"], values["channel"]
            corrections.undo_total(session, source.id, day, channel, viewer.account_id, now)
        record = corrections.add(session, {**values, **made})
        _note(session, viewer, source, "telemetry-corrected", record, now)
    return record


def _note(
    session: Any, viewer: Viewer, source: SourceRecord, action: str, record: CorrectionRecord, now: datetime
) -> None:
    details = {"correction": str(record.id), "kind": record.kind, "reason": record.reason}
    who = audit.by(viewer.account_id, now)
    audit_log.add(session, action, **who, target_kind="source", target_id=str(source.id), details=details)


def _follow(source: SourceRecord, record: CorrectionRecord) -> None:
    """Let what is made of readings follow: a day's total at once, and everything else by the worker."""
    database, source_id = mongo.database(), str(source.id)
    if record.date is None:
        if record.starts_at is not None and record.ends_at is not None:
            rollup_marks.mark_range(database, source_id, record.starts_at, record.ends_at, record.fields)
        return
    start, end = days.start_of_day(record.date, source.time_zone), days.end_of_day(record.date, source.time_zone)
    site = rollup_sites.site_of(source)
    standing = rollup_states.standings(database, [source_id]).get(source_id, {})
    rollup_energy.rank_again(site, bool(standing.get("batterySeen")), start, end)
    if not rollups.frozen_days(database, source_id, start, end):
        # A worker that is at this day just now may not know of the correction yet.
        rollup_marks.mark_range(database, source_id, start, start + rollup_marks.BUCKET)
