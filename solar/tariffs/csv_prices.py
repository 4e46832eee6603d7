"""Prices from CSV text: entries of a history or dynamic hourly prices, or errors naming line and field."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import zip_longest
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from solar.days import start_of_day, zone_of
from solar.tariffs.checks import entry_clashes, hourly_clashes, read_entry, read_hour, read_start
from solar.tariffs.prices import HourlyPrice, PriceEntry

Read = TypeVar("Read")
MOST_ROWS = 200_000
AN_HOUR = timedelta(hours=1)

# Header names are compared without case, spaces and underscores.
_ENTRY_COLUMNS = {
    "effectiveFrom": ("effectivefrom", "from", "date", "start", "validfrom"),
    "pricePerKwh": ("priceperkwh", "price", "buy", "importprice"),
    "exportPricePerKwh": ("exportpriceperkwh", "exportprice", "export", "sell", "feedin"),
    "standingCharge": ("standingcharge",),
    "standingPeriod": ("standingperiod",),
}
_HOUR_COLUMNS = {
    "start": ("start", "startsat", "from", "timestamp", "time", "date"),
    "end": ("end", "endsat", "to"),
    "price": ("price", "priceperkwh", "total", "importprice"),
    "exportPrice": ("exportprice", "exportpriceperkwh", "export"),
}
_NUMBERS = ("pricePerKwh", "exportPricePerKwh", "standingCharge", "price", "exportPrice")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line of a file (1 is the header) in one field."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class PriceImport(Generic[Read]):
    """What was read. With any error nothing should be kept: `prices` then holds only the good lines."""

    prices: tuple[Read, ...]
    errors: tuple[LineError, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    values: dict[str, str]


def parse_entries(text: str, time_zone: str, existing: Sequence[PriceEntry] = ()) -> PriceImport[PriceEntry]:
    """Read a price history: columns effectiveFrom, pricePerKwh and optionally exportPricePerKwh, standingCharge,
    standingPeriod, separated by comma, semicolon (then decimal commas are read too) or tab.

    Lines that start at the same instant as another, or as an `existing` entry, are errors.
    """
    rows, errors = _rows(text, _ENTRY_COLUMNS, ("effectiveFrom", "pricePerKwh"))
    read: list[tuple[int, PriceEntry]] = []
    for row in rows:
        entry, faults = read_entry(row.values)
        errors += [LineError(row.line, name, message) for name, message in faults.items()]
        if entry is not None:
            read.append((row.line, entry))
    clashes = entry_clashes([entry for _, entry in read], time_zone, existing)
    errors += [LineError(read[clash.position][0], clash.field, clash.message) for clash in clashes]
    return PriceImport(tuple(entry for _, entry in read), tuple(sorted(errors, key=lambda error: error.line)))


def parse_hourly(text: str, time_zone: str) -> PriceImport[HourlyPrice]:
    """Read dynamic prices: columns start, price and optionally end, exportPrice.

    A start without zone is local time; where clocks go back, the second line with the same clock is the second pass.
    Without an end a price holds until the next start, at most an hour; the last one as long as the one before.
    """
    rows, errors = _rows(text, _HOUR_COLUMNS, ("start", "price"))
    zone = zone_of(time_zone)
    starts = _instants(rows, "start", zone, errors)
    ends = _ends(rows, starts, zone, errors)
    read: list[tuple[int, HourlyPrice]] = []
    for row in rows:
        if row.line not in starts or row.line not in ends:
            continue
        try:
            values = row.values
            hour = read_hour(starts[row.line], ends[row.line], values.get("price"), values.get("exportPrice"))
        except ValueError as error:
            errors.append(LineError(row.line, str(error).split(" ", 1)[0], str(error)))
            continue
        read.append((row.line, hour))
    clashes = hourly_clashes([hour for _, hour in read])
    errors += [LineError(read[clash.position][0], clash.field, clash.message) for clash in clashes]
    return PriceImport(tuple(hour for _, hour in read), tuple(sorted(errors, key=lambda error: error.line)))


def _rows(
    text: str, columns: dict[str, tuple[str, ...]], needed: tuple[str, ...]
) -> tuple[list[_Row], list[LineError]]:
    lines = text.removeprefix("\ufeff")
    delimiter = max(";\t,", key=lines.partition("\n")[0].count)
    reader = csv.reader(StringIO(lines, newline=""), delimiter=delimiter)
    try:
        header = [_field_of(name, columns) for name in next(reader, [])]
        missing = [name for name in needed if name not in header]
        if missing:
            return [], [LineError(1, name, f"The first line must name a column {name}.") for name in missing]
        rows = list(_read_rows(reader, header, decimal_comma=delimiter == ";"))
    except csv.Error as error:
        return [], [LineError(reader.line_num, "", f"This is not CSV: {error}.")]
    if not rows:
        return [], [LineError(1, "", "There is no price below the first line.")]
    if len(rows) > MOST_ROWS:
        return [], [LineError(rows[-1].line, "", f"At most {MOST_ROWS} prices can be imported at once.")]
    return rows, []


def _read_rows(reader: Any, header: list[str | None], *, decimal_comma: bool) -> Iterator[_Row]:
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if decimal_comma:
            values |= {name: values[name].replace(",", ".", 1) for name in _NUMBERS if name in values}
        yield _Row(reader.line_num, values)


def _field_of(name: str, columns: dict[str, tuple[str, ...]]) -> str | None:
    key = name.strip().lower().replace("_", "").replace(" ", "")
    return next((field for field, names in columns.items() if key in names), None)


def _instants(rows: list[_Row], field: str, zone: ZoneInfo, errors: list[LineError]) -> dict[int, datetime]:
    seen: set[datetime] = set()
    instants: dict[int, datetime] = {}
    for row in rows:
        try:
            start = read_start(row.values.get(field), field)
            if not isinstance(start, datetime):
                instants[row.line] = start_of_day(start, zone.key)
            elif start.tzinfo:
                instants[row.line] = start.astimezone(UTC)
            else:
                instants[row.line] = _local(start, start in seen, zone, field)
                seen.add(start)
        except ValueError as error:
            errors.append(LineError(row.line, field, str(error)))
    return instants


def _local(clock: datetime, second_pass: bool, zone: ZoneInfo, field: str) -> datetime:
    instant = clock.replace(tzinfo=zone, fold=int(second_pass)).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != clock:
        raise ValueError(f"{field}: the clock never showed {clock} in {zone.key}.")
    return instant


def _ends(
    rows: list[_Row], starts: dict[int, datetime], zone: ZoneInfo, errors: list[LineError]
) -> dict[int, datetime]:
    ends: dict[int, datetime] = {}
    for row in rows:
        if row.values.get("end") and row.line in starts:
            try:
                end = read_start(row.values["end"], "end")
                ends[row.line] = _end(end, starts[row.line], zone)
            except ValueError as error:
                errors.append(LineError(row.line, "end", str(error)))
    order = sorted(starts, key=lambda line: starts[line])
    length = AN_HOUR
    for line, following in zip_longest(order, order[1:]):
        if following is not None:
            length = min(starts[following] - starts[line], AN_HOUR) or AN_HOUR
        ends.setdefault(line, starts[line] + length)
    return ends


def _end(end: date | datetime, start: datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(end, datetime):
        return start_of_day(end, zone.key)
    if end.tzinfo:
        return end.astimezone(UTC)
    # A clock that was moved in between gives several readings of the same text: the nearest one after the start.
    passes = [end.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    by_clock = start + (end - start.astimezone(zone).replace(tzinfo=None))
    return min((each for each in (*passes, by_clock) if each > start), default=start)
