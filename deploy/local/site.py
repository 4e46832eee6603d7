"""Recorded sites: the readings of `telemetry.csv.gz` as messages of a device (format: the data folder's README)."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.local.errors import StartError


@dataclass(frozen=True)
class Recorded:
    """One row: its time (aware, UTC) and the fields it has; a blank one is absent, not 0."""

    at: datetime
    fields: dict[str, float]

    def message(self) -> bytes:
        """The row as a device would publish it, in the canonical names."""
        return json.dumps({"timestamp": self.at.isoformat(), **self.fields}).encode()


class Site:
    """One folder of a recorded site."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "telemetry.csv.gz"
        try:
            self._zone = ZoneInfo(json.loads((folder / "site.json").read_text())["timezone"])
        except (OSError, ValueError, KeyError) as error:
            raise StartError(f"{folder} is not a recorded site: its site.json cannot be used ({error}).") from None
        if not self._file.exists():
            raise StartError(f"{folder} is not a recorded site: it has no telemetry.csv.gz.")

    def rows(self, day: date | None = None, last_day_becomes: date | None = None) -> Iterator[Recorded]:
        """The rows that have a value, of one local day or of all; moved by whole days when a last day is given."""
        move = last_day_becomes - (day or self._last_day()) if last_day_becomes else timedelta()
        for row in self._read():
            if row.fields and (day is None or row.at.astimezone(self._zone).date() == day):
                yield Recorded(self._moved(row.at, move), row.fields)

    def today(self, now: datetime) -> date:
        """The local day at the site."""
        return now.astimezone(self._zone).date()

    def _read(self) -> Iterator[Recorded]:
        with gzip.open(self._file, "rt", newline="") as file:
            for row in csv.DictReader(file):
                at = datetime.fromisoformat(row.pop("timestamp"))
                yield Recorded(at, {name: float(text) for name, text in row.items() if text})

    def _last_day(self) -> date:
        return max(row.at for row in self._read() if row.fields).astimezone(self._zone).date()

    def _moved(self, at: datetime, by: timedelta) -> datetime:
        # On the wall clock: noon stays noon when one of the days is in summer time and the other is not.
        return (at.astimezone(self._zone) + by).astimezone(UTC) if by else at
