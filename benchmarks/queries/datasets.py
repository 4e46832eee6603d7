"""The data sets: a year at 10 s and at 5 min, ten years of days, and a fleet with a month each at 5 min.

Readings of the first three, and of the fleet's first sources, are written, marked and rolled up by Ampra itself. The
other sources of the fleet are copies of those: their readings, hours, days and latest states are there, and of the
5-minute buckets the last two days.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import numpy as np
import pandas as pd
from bson.raw_bson import RawBSONDocument
from pymongo.write_concern import WriteConcern

from benchmarks.energy import CAPACITY, ZONE, home
from data import mongo, postgres, reading_writes, rollup_marks
from data import sources as stored_sources
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import updating as rollups
from tests import servers

Document = dict[str, Any]
READINGS = "normalized_sun_source_data"
SOON = WriteConcern(w=1, j=False)
EMAIL, PASSWORD = "bench@example.org", "Sunny-day-7"
TEMPLATES = 10
# The last day ends in an open bucket in the afternoon.
UNFINISHED = timedelta(hours=8, minutes=52, seconds=30)
_COPIED = ("rollups_1h", "rollups_1d", "energy_days", "latest_readings", "rollup_sources")
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Plan:
    """How much there is."""

    days: int
    years: int
    fleet: int
    fleet_days: int


FULL, QUICK = Plan(365, 10, 1000, 31), Plan(30, 2, 100, 7)


@dataclass(frozen=True)
class Data:
    """What was made: ids by name, the instant up to which there are readings, and what making it showed."""

    owner_id: str
    sources: Mapping[str, str]
    fleet: list[str]
    end: datetime
    made: Mapping[str, float]

    @property
    def viewer(self) -> Viewer:
        """The owner of all of them."""
        return Viewer(self.owner_id, "Bench", EMAIL)


def prepare(folder: Path, plan: Plan) -> Data:
    """Return the data sets, made where they are not there yet."""
    file = folder / "ready.json"
    if file.exists():
        found = json.loads(file.read_text())
        return Data(**{**found, "end": datetime.fromisoformat(found["end"])})
    # What an interrupted run left.
    servers.empty(os.environ["AMPRA_POSTGRES_URL"], os.environ["AMPRA_MONGO_URL"])
    data = _make(plan)
    file.write_text(json.dumps({**asdict(data), "end": data.end.isoformat()}))
    return data


def table(days: int, seconds: int) -> pd.DataFrame:
    """Readings of the benchmark's home with a battery's fields, up to the unfinished last day."""
    whole = home(days)
    end = whole.index[0] + timedelta(days=days) - UNFINISHED
    found = whole[whole.index < end].iloc[:: seconds // 10].copy()
    clock = np.asarray(found.index.hour + found.index.minute / 60)
    found["stateOfCharge"] = np.round(55 + 40 * np.sin(clock / 24 * 2 * np.pi), 1)
    found["batteryVoltage"] = np.round(51.2 + 0.8 * np.cos(clock), 2)
    found["inverterTemperature"] = np.round(35 + 10 * np.sin(clock / 12), 1)
    return found.round(2)


def documents(source_id: str, frame: pd.DataFrame) -> Iterator[Document]:
    """The readings as ingestion stores them."""
    names = list(frame.columns)
    short = ["pv", "load", "bat", "grid", "e_pv", "e_load", "e_imp", "e_exp", "e_chg", "e_dis", "soc", "vbat", "temp"]
    for stamp, row in zip(frame.index.to_pydatetime(), frame.to_numpy().tolist(), strict=True):
        yield {
            "sunSourceId": source_id,
            "timestamp": stamp.astimezone(UTC),
            **dict(zip(names, row, strict=True)),
            "faultCodes": [],
            "warningCodes": [],
            "rawData": {"ts": int(stamp.timestamp()), **dict(zip(short, row, strict=False))},
            "metadata": {
                "transport": "mqtt", "receivedAt": stamp.astimezone(UTC), "topic": "data", "profile": "generic",
                "derived": [], "rejected": {}, "unmapped": [],
            },
        }  # fmt: skip


def _make(plan: Plan) -> Data:
    owner = accounts.create_user(EMAIL, PASSWORD, "Bench", "", is_email_verified=True).id
    made: dict[str, float] = {}
    began = time.perf_counter()
    sources = {name: _source(owner, name) for name in ("year at 10 s", "year at 5 min", "years of days")}
    _say("a source at 10 s")
    fine = table(plan.days, 10)
    end = fine.index[-1].to_pydatetime().astimezone(UTC) + timedelta(seconds=10)
    made |= write(sources["year at 10 s"], fine, end)
    made |= _sizes(len(fine), plan.days)
    _say("a source at 5 min")
    write(sources["year at 5 min"], fine.iloc[::30], end)
    _say("years of days")
    write(sources["years of days"], _years(plan.years, end), end)
    _say("a fleet")
    fleet = _fleet(owner, plan, end)
    made["making_seconds"] = time.perf_counter() - began
    return Data(owner, sources, fleet, end, made)


def _say(what: str) -> None:
    print(f"making {what} ...", flush=True)


def _source(owner: str, name: str) -> str:
    values = {
        "name": name, "user_id": owner, "connection_type": 0, "installed_capacity_watts": CAPACITY, "time_zone": ZONE,
    }  # fmt: skip
    with postgres.session() as session:
        return str(stored_sources.create(session, values).id)


def write(source_id: str, frame: pd.DataFrame, end: datetime) -> dict[str, float]:
    """Store a source's readings and roll them up, but for the open bucket; returns how fast the roll-up was."""
    collection = mongo.database().get_collection(READINGS, write_concern=SOON)
    for start in range(0, len(frame), _AT_ONCE):
        collection.insert_many(list(documents(source_id, frame.iloc[start : start + _AT_ONCE])), ordered=False)
    last = list(documents(source_id, frame.iloc[-1:]))
    reading_writes.keep_latest(mongo.database(), last)
    first, newest = frame.index[0].to_pydatetime(), frame.index[-1].to_pydatetime() + timedelta(seconds=1)
    rollup_marks.mark_range(mongo.database(), source_id, first, newest, [str(name) for name in frame.columns])
    began = time.perf_counter()
    rollups.refresh_source(source_id, end)
    return {"rollup_readings_per_second": len(frame) / (time.perf_counter() - began)}


def _sizes(readings: int, days: int) -> dict[str, float]:
    """Bytes on disk per reading and, of the roll-ups, per year of one source; indexes included."""
    database = mongo.database()
    database.client.admin.command("fsync")
    taken = {}
    for name in (READINGS, "rollups_5m", "rollups_1h", "rollups_1d", "energy_days"):
        found = database.command("collStats", name)
        taken[name] = found["storageSize"] + found["totalIndexSize"]
    sizes = {f"{name}_bytes_per_source_year": size / days * 365 for name, size in taken.items() if name != READINGS}
    return {"raw_bytes_per_reading": taken[READINGS] / readings, **sizes}


def _years(years: int, end: datetime) -> pd.DataFrame:
    """A reading every two hours: too far apart for power, so that days come from counters."""
    index = pd.date_range(end - timedelta(days=round(365.25 * years)), end, freq="2h")
    hour = np.asarray(index.hour)
    solar = 900 * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)
    return pd.DataFrame(
        {
            "solarPower": solar,
            "loadPower": 400.0,
            "totalEnergyProduced": np.round(np.cumsum(solar) * 2 / 1000, 2),
            "totalEnergyConsumed": np.round(np.arange(len(index)) * 0.8, 2),
            "totalEnergyImported": np.round(np.arange(len(index)) * 0.3, 2),
            "totalEnergyExported": np.round(np.arange(len(index)) * 0.2, 2),
        },
        index=index,
    )


def _fleet(owner: str, plan: Plan, end: datetime) -> list[str]:
    templates = min(TEMPLATES, plan.fleet)
    month = table(plan.days, 300)
    month = month[month.index >= end - timedelta(days=plan.fleet_days)]
    ids = [_source(owner, f"Fleet {number:04}") for number in range(plan.fleet)]
    for number, source_id in enumerate(ids[:templates]):
        write(source_id, (month * (1 + number / 100)).round(2), end)
    since = end - timedelta(days=2)
    for number, source_id in enumerate(ids[templates:]):
        _copy(ids[number % templates], source_id, since)
    return ids


def _copy(template: str, source_id: str, since: datetime) -> None:
    """Copy what a source has to another one, byte by byte but for the id."""
    newest = {"rollups_5m": {"start": {"$gte": since}}}
    for name in (READINGS, "rollups_5m", *_COPIED):
        key = "_id" if name in ("latest_readings", "rollup_sources") else "sunSourceId"
        hidden = {} if key == "_id" else {"_id": 0}
        raw = mongo.database().get_collection(name, codec_options=_RAW, write_concern=SOON)
        found = raw.find({key: template, **newest.get(name, {})}, hidden or None).batch_size(_AT_ONCE)
        copies = [RawBSONDocument(bytes(each.raw).replace(template.encode(), source_id.encode())) for each in found]
        if copies:
            raw.insert_many(copies, ordered=False, bypass_document_validation=True)


_RAW = bson.CodecOptions(document_class=RawBSONDocument)


def day_of(end: datetime) -> date:
    """Return the local date of the last readings."""
    return pd.Timestamp(end).tz_convert(ZONE).date()
