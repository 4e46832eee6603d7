"""Days and intervals of our own making for the tests of returns, stored as the roll-ups store theirs."""

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from data import mongo, rollups
from data.rollup_writes import Writes
from services.people.viewer import Viewer
from services.returns.basis import CACHE
from services.sources import making as sources
from solar.days import start_of_day

DAILY = Path(__file__).parents[3] / "shared" / "data" / "powerwall_daily" / "daily.csv"
CHANNELS = ("produced", "consumed", "imported", "exported")
ZONE = "Europe/Berlin"
NOW = datetime(2026, 6, 21, 9, tzinfo=UTC)
Kwh = Mapping[str, float]
_ROW = {"coverage": 1.0, "method": "lifetime", "recoveredKwh": 0.0}


def make_source(viewer: Viewer, **values: Any) -> str:
    """A source with known costs, but for what is given."""
    CACHE.forget()
    given = {
        "name": "Roof", "connection_type": 0, "time_zone": ZONE, "currency": "EUR", "system_cost": Decimal(8000),
        "maintenance_cost_per_year": Decimal(100), "installation_date": start_of_day(date(2025, 6, 1), ZONE),
    }  # fmt: skip
    return str(sources.create_source(viewer.account_id, {**given, **values}, datetime.now(UTC)).record.id)


def store_days(source_id: str, days: Iterable[tuple[date, Kwh]], zone: str = ZONE) -> None:
    """Store the energies of local days."""
    rows = [
        rollups.DayRows(
            start_of_day(day, zone), day.isoformat(),
            {name: {"kwh": kwh, **_ROW} for name, kwh in known.items()},
        )
        for day, known in days
    ]
    writes = Writes(mongo.database())
    writes.add(rollups.DAYS, rollups.day_changes(source_id, rows))
    writes.flush()


def store_hours(source_id: str, hours: Iterable[tuple[datetime, Kwh]], collection: str = rollups.HOURS) -> None:
    """Store the energies of hours, or of five minutes."""
    rows = [
        {"sunSourceId": source_id, "start": start, "readings": 1, "fields": {}, "energy": dict(kwh),
         "coverage": dict.fromkeys(kwh, 1.0)}
        for start, kwh in hours
    ]
    mongo.database()[collection].insert_many(rows)


def steady(first: date, count: int, **kwh: float) -> list[tuple[date, Kwh]]:
    """The same energies on every day."""
    return [(first + timedelta(days=number), kwh) for number in range(count)]


def seasonal(first: date, count: int) -> list[tuple[date, Kwh]]:
    """A home whose production follows the season, with a little noise that is always the same."""
    made = []
    for number in range(count):
        day = first + timedelta(days=number)
        summer = 1 - abs(182 - day.timetuple().tm_yday) / 182
        produced, consumed = 6 + 34 * summer + number * 7 % 11, 14 + 8 * (1 - summer) + number * 5 % 7
        direct = min(produced, consumed) * 0.6
        made.append((day, {
            "produced": round(produced, 2), "consumed": round(consumed, 2), "imported": round(consumed - direct, 2),
            "exported": round(produced - direct, 2),
        }))
    return made


def measured_years() -> list[tuple[date, Kwh]]:
    """Almost five measured years of a house, where they are present."""
    with DAILY.open(encoding="utf-8") as file:
        columns = dict(zip(CHANNELS, ("solar", "home", "fromGrid", "toGrid"), strict=True))
        return [
            (date.fromisoformat(row["date"]), {name: float(row[column]) for name, column in columns.items()})
            for row in csv.DictReader(file)
        ]
