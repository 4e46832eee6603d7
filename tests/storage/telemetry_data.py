"""Readings of our own making for the tests of roll-ups, written, marked and rolled up as ingestion and worker do it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data import mongo, reading_writes, rollup_marks
from services.rollups import shards
from services.rollups import updating as rollups
from solar.energy import daily_energy
from solar.vocabulary import NUMERIC_FIELDS

Document = dict[str, Any]
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
MADE = ("rollups_5m", "rollups_1h", "rollups_1d", "energy_days", "rollup_sources", "rollup_marks")


def home(start: datetime, end: datetime, step: timedelta, seed: int = 1) -> pd.DataFrame:
    """A home with battery and lifetime counters; its inverter sleeps at night, the meter does not."""
    index = pd.date_range(start, end, freq=step, inclusive="left")
    chance = np.random.default_rng(seed)
    hours = step / timedelta(hours=1)
    clock = np.asarray(index.hour + index.minute / 60)
    solar = 5000 * np.clip(np.sin((clock - 5) / 14 * np.pi), 0, None) * chance.uniform(0.3, 1, index.size)
    load = 300.0 + 2000 * (chance.random(index.size) < 0.1)
    battery = np.clip(solar - load, -1500, 1500)
    grid = load + battery - solar
    table = pd.DataFrame(
        {
            "solarPower": solar,
            "loadPower": load,
            "batteryPower": battery,
            "gridPower": grid,
            "stateOfCharge": 50 + 10 * np.sin(clock),
            "totalEnergyProduced": 1000 + np.round(np.cumsum(solar) * hours / 1000, 2),
            "totalEnergyImported": 500 + np.round(np.cumsum(np.clip(grid, 0, None)) * hours / 1000, 2),
            "dailyEnergyProduced": pd.Series(solar * hours / 1000, index=index)
            .groupby(index.tz_convert("Europe/Berlin").date).cumsum().round(2),
        },
        index=index,
    )
    table.loc[solar == 0, ["solarPower", "totalEnergyProduced", "dailyEnergyProduced"]] = np.nan
    return table


def documents(source_id: str, frame: pd.DataFrame) -> list[Document]:
    """The frame's readings as documents."""
    now = datetime(2026, 7, 1, tzinfo=UTC)
    return [
        {
            "sunSourceId": source_id,
            "timestamp": stamp.to_pydatetime(),
            **{str(name): value for name, value in row.items() if value == value},
            "faultCodes": [],
            "warningCodes": [],
            "rawData": {},
            "metadata": {"transport": "mqtt", "receivedAt": now, "derived": [], "rejected": {}},
        }
        for stamp, row in frame.iterrows()
    ]


def _merge(earlier: Document, later: Document) -> Document:
    return {**later, **earlier} if later.keys() - earlier.keys() else earlier


def write(readings: Sequence[Document]) -> None:
    """Store readings and raise their marks."""
    copies = [{name: value for name, value in each.items() if name != "_id"} for each in readings]
    reading_writes.write(mongo.database(), copies, _merge)
    rollup_marks.mark(mongo.database(), copies)


def split(reading: Document) -> list[Document]:
    """A reading as two messages of one instant, each with a part of the fields."""
    fields = [name for name in reading if name in NUMERIC_FIELDS]
    halves = (fields[::2], fields[1::2])
    return [{name: value for name, value in reading.items() if name not in half} for half in halves]


def forget(source_id: str) -> None:
    """Remove everything there is of a source's telemetry."""
    for name in ("normalized_sun_source_data", *MADE):
        wanted = {"_id": source_id} if name == "rollup_sources" else {"sunSourceId": source_id}
        mongo.database()[name].delete_many(wanted)


def delete(source_id: str, stamps: Iterable[datetime]) -> None:
    """Delete readings and raise their marks."""
    for stamp in stamps:
        mongo.database()["normalized_sun_source_data"].delete_one({"sunSourceId": source_id, "timestamp": stamp})
        rollup_marks.mark_range(mongo.database(), source_id, stamp, stamp + timedelta(seconds=1))


def roll(source_id: str, now: datetime = FAR_AHEAD) -> None:
    """Do what the worker does until nothing is left to do."""
    assert rollups.refresh_source(source_id, now)
    assert shards.due_shards(now) == []


def stored(source_id: str) -> dict[str, Any]:
    """All that is made of a source's readings, by collection and start, without what differs from run to run."""
    made: dict[str, Any] = {}
    for name in MADE[:4]:
        for each in mongo.database()[name].find({"sunSourceId": source_id}, {"_id": 0, "stamp": 0, "sunSourceId": 0}):
            # The day after the last one has its state at the start saved, and nothing else.
            if name != "energy_days" or each.get("candidates"):
                made[f"{name} {each['start'].isoformat()}"] = each
    return made


def rebuilt(source_id: str) -> dict[str, Any]:
    """What a rebuild from scratch makes: everything is thrown away first."""
    for name in MADE:
        wanted = {"_id": source_id} if name == "rollup_sources" else {"sunSourceId": source_id}
        mongo.database()[name].delete_many(wanted)
    rollups.request_rebuild(source_id)
    roll(source_id)
    return stored(source_id)


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two documents differ; numbers may by 1e-9."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        missing = [f"{where}: {name} is on one side only" for name in one.keys() ^ other.keys()]
        both = [(name, one[name], other[name]) for name in one.keys() & other.keys()]
        return missing + [found for name, *pair in both for found in differences(*pair, f"{where}/{name}")]
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return [f"{where}: {len(one)} and {len(other)} entries"]
        pairs = enumerate(zip(one, other, strict=True))
        return [found for at, pair in pairs for found in differences(*pair, f"{where}/{at}")]
    if isinstance(one, float) and isinstance(other, float | int):
        return [] if abs(one - other) <= 1e-9 * max(1.0, abs(one)) else [f"{where}: {one} and {other}"]
    return [] if one == other else [f"{where}: {one} and {other}"]


def expected_days(frame: pd.DataFrame, time_zone: str, capacity: float | None) -> dict[tuple[str, str], float]:
    """The energies of all days straight from the readings, by date and channel."""
    known = frame[[name for name in frame.columns if name in NUMERIC_FIELDS]]
    rows = daily_energy(known, time_zone=time_zone, installed_capacity_watts=capacity)
    return {(row.date.isoformat(), row.channel): row.kwh for row in rows}


def stored_days(source_id: str) -> dict[tuple[str, str], float]:
    """The energies of all days as they are stored."""
    found = mongo.database()["rollups_1d"].find({"sunSourceId": source_id})
    return {(day["date"], name): row["kwh"] for day in found for name, row in day.get("channels", {}).items()}
