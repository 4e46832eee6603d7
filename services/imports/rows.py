"""Rows of a file as readings, through the normaliser, or as energies of local days; what cannot be is said why."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from services.errors import Invalid
from services.imports.plans import Plan, factor_of
from services.imports.tables import Cell, Table
from solar import days, normalise
from solar.normalise.numbers import to_number
from solar.normalise.times import fault_of, to_instant, whole_milliseconds
from solar.vocabulary import LIST_FIELDS, NUMERIC_FIELDS

TOPIC = "import"
LARGEST_KWH_A_DAY = 1e6


@dataclass(slots=True)
class Refusals:
    """How many rows were refused, by reason, and the first row of each."""

    counts: Counter[str] = field(default_factory=Counter)
    first_rows: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, row: int) -> None:
        """Refuse a row; rows are counted from 1, below the header."""
        self.counts[reason] += 1
        self.first_rows.setdefault(reason, row)

    def as_json(self) -> list[dict[str, Any]]:
        """The reasons, the most frequent first."""
        return [
            {"reason": reason, "rows": rows, "firstRow": self.first_rows[reason]}
            for reason, rows in self.counts.most_common(20)
        ]


class Clock:
    """Reads the times of rows; the hour that autumn repeats is told apart by the order of rows."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self._plan, self._now = plan, now
        self._zone: ZoneInfo = days.zone_of(plan.time_zone)
        self._last: datetime | None = None

    def read(self, cell: Cell) -> datetime:
        """Return an aware UTC instant in whole milliseconds; raises ValueError with a sentence."""
        moment = self._moment(cell)
        if moment is None:
            raise ValueError("the time cannot be read")
        instant = whole_milliseconds(self._placed(moment) if moment.tzinfo is None else moment.astimezone(UTC))
        fault = fault_of(instant, self._now) if self._plan.kind == "readings" else self._fault_of_day(instant)
        if fault:
            raise ValueError(f"the time {fault.partition(',')[0]}")
        self._last = instant
        return instant

    def _moment(self, cell: Cell) -> datetime | None:
        if isinstance(cell, datetime):
            return cell
        if isinstance(cell, date):
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a clock in the plan's zone
        if isinstance(cell, str) and self._plan.time_pattern:
            try:
                return datetime.strptime(cell.strip(), self._plan.time_pattern)  # noqa: DTZ007 - as above
            except ValueError:
                return None
        if isinstance(cell, str):
            try:
                return datetime.fromisoformat(cell.strip())
            except ValueError:
                pass
        return to_instant(cell, self._plan.time_zone, self._now)

    def _placed(self, clock: datetime) -> datetime:
        first = clock.replace(tzinfo=self._zone, fold=0).astimezone(UTC)
        second = clock.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        is_second = second > first and self._last is not None and self._last >= first
        return second if is_second else first

    def _fault_of_day(self, instant: datetime) -> str | None:
        if instant < datetime(1990, 1, 1, tzinfo=UTC):
            return "is before 1990"
        return "lies in the future" if instant > self._now + timedelta(days=1) else None


def readings(
    table: Table, plan: Plan, source: normalise.Source, now: datetime, refusals: Refusals
) -> Iterator[tuple[int, normalise.Reading | None]]:
    """Yield (row number, reading) of each row; None where it was refused."""
    place = {name: position for position, name in reversed(list(enumerate(table.header)))}
    time_at = place[plan.time_column]
    columns = [(place[each.name], each.target, each.unit) for each in plan.columns]
    clock = Clock(plan, now)
    for number, row in enumerate(table.rows, 1):
        try:
            stamp = clock.read(row[time_at] if len(row) > time_at else None)
            yield number, _reading(stamp, row, columns, source, now)
        except ValueError as error:
            refusals.add(str(error), number)
            yield number, None


def _reading(
    stamp: datetime,
    row: Sequence[Cell],
    columns: Sequence[tuple[int, str, str]],
    source: normalise.Source,
    now: datetime,
) -> normalise.Reading:
    body: dict[str, Any] = {"timestamp": stamp.isoformat()}
    for position, target, unit in columns:
        cell = row[position] if len(row) > position else None
        if cell is not None and cell != "":
            body[target] = _value(cell, target, unit)
    message = normalise.Message("import", TOPIC, orjson.dumps(body), now, "application/json")
    outcome = normalise.normalise(message, source, {})
    if not outcome.readings:
        raise ValueError("the row holds no value")
    (reading,) = outcome.readings
    if not any(name in NUMERIC_FIELDS for name in reading.fields):
        rejected = reading.metadata.get("rejected") or {}
        raise ValueError("; ".join(f"{name} {why}" for name, why in rejected.items()) or "the row holds no value")
    return reading


def _value(cell: Cell, target: str, unit: str) -> Any:
    if target in LIST_FIELDS:
        return [each.strip() for each in str(cell).split(";") if each.strip()]
    if target not in NUMERIC_FIELDS:
        return str(cell)
    return {"value": cell, "unit": unit} if unit else cell


def day_energies(
    table: Table, plan: Plan, now: datetime, refusals: Refusals
) -> tuple[dict[date, dict[str, float]], int]:
    """Return kWh per local date and channel, rows of one date added up, and how many rows there were."""
    place = {name: position for position, name in reversed(list(enumerate(table.header)))}
    time_at = place[plan.time_column]
    columns = [(place[each.name], each.target, factor_of(each, "days")[0]) for each in plan.columns]
    clock = Clock(plan, now)
    found: dict[date, dict[str, float]] = defaultdict(dict)
    number = 0
    for number, row in enumerate(table.rows, 1):
        try:
            day = days.local_date(clock.read(row[time_at] if len(row) > time_at else None), plan.time_zone)
            for channel, kwh in _energies(row, columns).items():
                found[day][channel] = found[day].get(channel, 0.0) + kwh
        except ValueError as error:
            refusals.add(str(error), number)
    if any(kwh > LARGEST_KWH_A_DAY for channels in found.values() for kwh in channels.values()):
        raise Invalid({"columns": "must have units that fit: a day would have more than a million kWh"})
    return dict(found), number


def _energies(row: Sequence[Cell], columns: Sequence[tuple[int, str, float]]) -> dict[str, float]:
    found = {}
    for position, channel, factor in columns:
        value = to_number(row[position]) if len(row) > position else None
        if isinstance(value, float):
            if value < 0:
                raise ValueError(f"{channel} is negative")
            found[channel] = value * factor
    return found
