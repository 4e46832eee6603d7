"""Power groups: made, changed and removed by their owner, with the sum and the ranking of what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from data import audit_log, groups, mongo, postgres, queue, rollup_reads, sources
from data.groups import GroupRecord
from data.sources import SourceRecord
from services import access, audit
from services.errors import Invalid
from services.people.viewer import Viewer
from services.sources import rules as source_rules
from services.telemetry import queries as telemetry
from solar import days
from solar.vocabulary import CHANNELS

RANKED_DAYS = 30
_FIELDS = ("name", "description")
# With fewer days a yield would say more of the weather than of the plant.
_LEAST_DAYS = 3
_PRODUCED = list(CHANNELS).index("produced")


@dataclass(frozen=True, slots=True)
class Member:
    """A source of a group: now (W, NaN where not known), today's kWh, and its yield over the ranked days.

    `specific_yield` is kWh per kWp and day over `measured_days` local days, None where the capacity or too many days
    are not known.
    """

    record: SourceRecord
    newest_at: datetime | None
    solar_watts: float
    load_watts: float
    grid_watts: float
    produced_today_kwh: float
    specific_yield: float | None
    measured_days: int


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """A group in a list."""

    record: GroupRecord
    source_count: int
    capacity_watts: float
    solar_watts: float
    produced_today_kwh: float


def faults(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for each field of a group that breaks its rule; those of a source's name and description."""
    found = {name: "is no field of a group" for name in values if name not in _FIELDS}
    for name in _FIELDS:
        value = values.get(name)
        if value is None:
            if name == "name" and name in values:
                found[name] = "must not be empty"
        elif sentence := source_rules.RULES[name](value):
            found[name] = sentence
    return found


def create_group(owner_id: str, name: str, description: str | None = None) -> GroupRecord:
    """Make a group. Raises Invalid."""
    given = {"name": name, "description": description}
    _check(given)
    with postgres.session() as session:
        return groups.create(session, {**given, "user_id": owner_id})


def update(viewer: Viewer, group_id: str, changes: Mapping[str, Any], now: datetime) -> GroupRecord:
    """Change name or description; raises Invalid."""
    record = access.group_for(viewer, group_id, manage=True)
    _check(changes)
    with postgres.session() as session:
        return groups.update_columns(session, record.id, {**changes, "updated_at": now}) or record


def delete(viewer: Viewer, group_id: str, now: datetime) -> GroupRecord:
    """Delete a group; its sources go on without one. Returns what it was."""
    record = access.group_for(viewer, group_id, own=True)
    with postgres.session() as session:
        groups.remove(session, record.id)
        about = {**audit.by(viewer.account_id, now), "target_kind": "group", "target_id": str(record.id)}
        audit_log.add(session, "group-deleted", **about, details={"name": record.name})
    if record.logo_url:
        queue.defer("sources:remove_images", {"kind": "group", "owner_id": str(record.id)})
    return record


def summaries(viewer: Viewer, now: datetime) -> list[GroupSummary]:
    """Return the groups that a viewer may see, with what their sources do together."""
    records, fleet = access.visible_groups(viewer), telemetry.fleet(viewer, now)
    by_group = dict(iter(fleet.groupby(fleet["group_id"].astype(str))))
    return [_summary(each, by_group.get(str(each.id), fleet.iloc[:0])) for each in records]


def _summary(record: GroupRecord, some: pd.DataFrame) -> GroupSummary:
    return GroupSummary(
        record, len(some), float(some["capacity_watts"].astype(float).sum()), _sum(some, "solarPower"),
        _sum(some, "produced"),
    )


def members(viewer: Viewer, group_id: str, now: datetime) -> list[Member]:
    """Return the sources of a group that a viewer may see, the best specific yield first, those without one last."""
    group = access.group_for(viewer, group_id)
    with postgres.session() as session:
        records = sources.list_in_group(session, group.id)
    fleet = telemetry.fleet(viewer, now, [str(each.id) for each in records])
    rows: Any = fleet.drop(columns="spark").to_dict("index")
    found = [_member(each, rows[str(each.id)], now) for each in records if str(each.id) in rows]
    return sorted(found, key=lambda each: (each.specific_yield is None, -(each.specific_yield or 0)))


def _member(record: SourceRecord, row: Mapping[str, Any], now: datetime) -> Member:
    produced = _produced(record, now)
    capacity = record.installed_capacity_watts
    is_ranked = bool(capacity) and len(produced) >= _LEAST_DAYS
    return Member(
        record,
        None if pd.isna(row["timestamp"]) else row["timestamp"].to_pydatetime(),
        float(row["solarPower"]),
        float(row["loadPower"]),
        float(row["gridPower"]),
        float(row["produced"]),
        sum(produced.values()) / len(produced) / (capacity / 1000) if capacity and is_ranked else None,
        len(produced),
    )


def _produced(record: SourceRecord, now: datetime) -> dict[date, float]:
    """The kWh of each whole local day of the ranked ones of which they are known."""
    today = days.local_date(now, record.time_zone)
    first = days.start_of_day(today - timedelta(days=RANKED_DAYS), record.time_zone)
    found = rollup_reads.daily(mongo.database(), str(record.id), first, days.start_of_day(today, record.time_zone))
    kwh = {date.fromisoformat(each["date"]): each["kwh"][_PRODUCED] for each in found}
    return {day: value for day, value in kwh.items() if value is not None}


def _sum(frame: pd.DataFrame, name: str) -> float:
    """The sum of what is known; NaN where nothing is."""
    return float(frame[name].sum(min_count=1)) if len(frame) else float("nan")


def _check(values: Mapping[str, Any]) -> None:
    if errors := faults(values):
        raise Invalid(errors)
