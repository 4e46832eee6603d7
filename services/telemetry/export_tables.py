"""What an export holds: the columns of each level with their units, and its rows, read from the store as they go."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from data import mongo, readings, rollup_reads, rollups
from solar import days
from solar.vocabulary import CHANNELS, FIELDS, LIST_FIELDS, TEXT_FIELDS

Level = Literal["raw", "5m", "1h", "days"]
LEVELS: Mapping[Level, str] = {"raw": "readings", "5m": "5 minutes", "1h": "hours", "days": "days"}
STATISTICS = ("mean", "min", "max", "last")
Value = str | float | int | datetime | None
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: names of columns, and its rows in time order; instants are aware UTC."""

    header: list[str]
    rows: Iterator[list[Value]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which source, which numeric fields it has, in which zone, and which window."""

    source_id: str
    fields: Sequence[str]
    time_zone: str
    start: datetime
    end: datetime


def sheet(level: Level, wanted: Wanted) -> Sheet:
    """Return the table of a level."""
    return {"raw": _raw, "5m": _five_minutes, "1h": _hours, "days": _days}[level](wanted)


def _named(field: str, statistic: str = "") -> str:
    name = f"{field} {statistic}".strip()
    return f"{name} [{FIELDS[field].unit}]" if FIELDS[field].unit else name


def _times(wanted: Wanted) -> list[str]:
    return ["timestamp [UTC]", f"time [{wanted.time_zone}]"]


def _local(wanted: Wanted) -> Callable[[datetime], str]:
    zone = days.zone_of(wanted.time_zone)
    return lambda instant: instant.astimezone(zone).isoformat()


def _raw(wanted: Wanted) -> Sheet:
    texts = (*TEXT_FIELDS, *LIST_FIELDS)
    header = [*_times(wanted), *(_named(name) for name in wanted.fields), *texts]
    return Sheet(header, _raw_rows(wanted, texts))


def _raw_rows(wanted: Wanted, texts: Sequence[str]) -> Iterator[list[Value]]:
    local = _local(wanted)
    names = [*wanted.fields, *texts]
    for each in readings.walk(mongo.database(), wanted.source_id, wanted.start, wanted.end, names, _BATCH):
        values = [each.get(name) for name in wanted.fields]
        listed = [";".join(found) if isinstance(found := each.get(name), list) else found for name in texts]
        yield [each["timestamp"], local(each["timestamp"]), *values, *listed]


def _five_minutes(wanted: Wanted) -> Sheet:
    return _buckets(wanted, rollups.FIVE_MINUTES)


def _hours(wanted: Wanted) -> Sheet:
    return _buckets(wanted, rollups.HOURS)


def _buckets(wanted: Wanted, level: str) -> Sheet:
    header = [
        *_times(wanted),
        "readings",
        *(_named(name, each) for name in wanted.fields for each in STATISTICS),
        *(f"{name} [kWh]" for name in CHANNELS),
        *(f"{name} covered [0..1]" for name in CHANNELS),
    ]
    return Sheet(header, _bucket_rows(wanted, level))


def _bucket_rows(wanted: Wanted, level: str) -> Iterator[list[Value]]:
    local = _local(wanted)
    found = rollup_reads.walk(mongo.database(), level, wanted.source_id, wanted.start, wanted.end, _BATCH)
    for each in found:
        fields, energy, coverage = each["fields"], each.get("energy", {}), each.get("coverage", {})
        values = [fields.get(name, {}).get(statistic) for name in wanted.fields for statistic in STATISTICS]
        flows = [part.get(name) for part in (energy, coverage) for name in CHANNELS]
        yield [each["start"], local(each["start"]), each["readings"], *values, *flows]


def _days(wanted: Wanted) -> Sheet:
    header = [
        f"date [{wanted.time_zone}]",
        *(f"{name} [kWh]" for name in CHANNELS),
        *(f"{name} covered [0..1]" for name in CHANNELS),
        *(f"{name} method" for name in CHANNELS),
        *(f"{name} recovered [kWh]" for name in CHANNELS),
    ]
    return Sheet(header, _day_rows(wanted))


def _day_rows(wanted: Wanted) -> Iterator[list[Value]]:
    for each in rollup_reads.daily(mongo.database(), wanted.source_id, wanted.start, wanted.end):
        parts: list[Any] = [*each["kwh"], *each["coverage"], *each["method"], *each["recovered"]]
        if any(kwh is not None for kwh in each["kwh"]):
            yield [each["date"], *parts]
