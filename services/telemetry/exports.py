"""Telemetry taken out of Ampra as CSV or Excel: streamed, with units and zone in the header, to be read in again."""

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import IO, Literal

from data import mongo, readings, rollup_states
from services import access
from services.errors import Invalid
from services.people.viewer import Viewer
from services.telemetry.export_tables import LEVELS, Level, Sheet, Value, Wanted, sheet
from solar import days
from solar.vocabulary import NUMERIC_FIELDS

Format = Literal["csv", "xlsx"]
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# What a sheet of Excel holds, less its header.
MOST_SHEET_ROWS = 1_048_575
_ROWS_AT_ONCE = 1_000
_BYTES_AT_ONCE = 256 * 1024
_MEMORY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """A file on its way: its name, its type, and its bytes as they are made."""

    file_name: str
    content_type: str
    chunks: Iterator[bytes]


def export(
    viewer: Viewer, source_id: str, level: str, file_format: str, first: date, last: date, now: datetime
) -> Export:
    """Return telemetry of the local dates from `first` to `last`, both included, at a level, as a file.

    `level` is raw, 5m, 1h or days; `file_format` csv or xlsx. Raises NotFound, Invalid.
    """
    source = access.source_for(viewer, source_id)
    errors = {}
    if level not in LEVELS:
        errors["level"] = f"must be one of {', '.join(LEVELS)}"
    if file_format not in TYPES:
        errors["format"] = "must be csv or xlsx"
    if not date(1990, 1, 1) <= first <= last <= date(2200, 1, 1):
        errors["to"] = "must be a date, not before the one it begins with"
    if errors:
        raise Invalid(errors)
    known = rollup_states.standings(mongo.database(), [str(source.id)]).get(str(source.id), {}).get("fields", ())
    start, end = days.start_of_day(first, source.time_zone), days.end_of_day(last, source.time_zone)
    fields = [name for name in NUMERIC_FIELDS if name in known]
    if (level, file_format) == ("raw", "xlsx") and _is_too_much(str(source.id), start, end):
        raise Invalid({"format": "must be csv for so much: a sheet of Excel holds 1,048,576 rows"})
    made = sheet(_level(level), Wanted(str(source.id), fields, source.time_zone, start, min(end, _after(now))))
    name = f"ampra-{_plain(source.name)}-{LEVELS[_level(level)].replace(' ', '-')}-{first}-{last}.{file_format}"
    chunks = _csv(made) if file_format == "csv" else _workbook(made)
    return Export(name, TYPES[file_format], chunks)


def _is_too_much(source_id: str, start: datetime, end: datetime) -> bool:
    most = MOST_SHEET_ROWS + 1
    return readings.count_between(mongo.database(), source_id, start, end, most) >= most


def _level(text: str) -> Level:
    return next(each for each in LEVELS if each == text)


def _after(now: datetime) -> datetime:
    # Clocks of devices may be some minutes ahead.
    return now + timedelta(days=366)


def _plain(name: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:40] or "source"


def _csv(made: Sheet) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    # The mark tells Excel that it is UTF-8.
    buffer.write("\ufeff")
    writer.writerow(made.header)
    rows = iter(made.rows)
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        writer.writerows([_text(value) for value in row] for row in some)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue().encode()


def _text(value: Value) -> str | float | int | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    # Texts that begin like a formula must not become one in a spreadsheet.
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _workbook(made: Sheet) -> Iterator[bytes]:
    # A workbook is a ZIP file with its table of contents at the end: it is made on disk, row by row, then sent.
    with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as file:
        _write_workbook(made, file)
        file.seek(0)
        while chunk := file.read(_BYTES_AT_ONCE):
            yield chunk


def _write_workbook(made: Sheet, file: IO[bytes]) -> None:
    # Only here: it takes 8 MB of each process, and few people ask for a workbook.
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet("Ampra")
        page.freeze_panes(1, 1)
        page.set_column(0, 1, 26)
        page.write_row(0, 0, made.header, book.add_format({"bold": True}))
        for number, row in enumerate(islice(made.rows, MOST_SHEET_ROWS), 1):
            for column, value in enumerate(row):
                if value is not None:
                    page.write(number, column, _text(value))
