"""Readings in bulk: stored once, absent where not reported, never over what is there, and the newest is the latest."""

import math
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pandas as pd
import pytest

from data import mongo, readings
from services.errors import NotFound
from services.ingestion import entering as ingest
from services.ingestion import history
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from solar import normalise

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
START = datetime(2026, 6, 9, tzinfo=UTC)


@pytest.fixture
def source_id(stores: dict[str, str]) -> str:
    CACHE.forget()
    owner = accounts.create_user("owner@example.org", "Sunny-roof-2026", "A", "B")
    return str(sources.create_source(owner.id, {"name": "Roof", "connection_type": 0}, NOW).record.id)


def frame(count: int) -> pd.DataFrame:
    index = pd.date_range(START, periods=count, freq="5min", name="timestamp")
    return pd.DataFrame({"solarPower": [float(each) for each in range(count)]}, index=index)


def stored(source_id: str) -> list[dict[str, object]]:
    found = mongo.database()["normalized_sun_source_data"].find({"sunSourceId": source_id}).sort("timestamp", 1)
    return list(found)


def test_the_same_history_twice_is_stored_once(source_id: str) -> None:
    given = frame(4500)
    assert history.store_history(source_id, given, NOW) == 4500
    assert history.store_history(source_id, given.iloc[::-1], NOW) == 0
    assert readings.count(mongo.database(), source_id) == 4500


def test_what_is_not_reported_is_absent(source_id: str) -> None:
    given = frame(2)
    given["stateOfCharge"] = [math.nan, 55.5]
    given["operatingMode"] = pd.Series([None, "Hybrid"], dtype=object).to_numpy()
    given["faultCodes"] = pd.Series([["F1"], []], dtype=object).to_numpy()
    history.store_history(source_id, given, NOW)
    first, second = stored(source_id)
    assert "stateOfCharge" not in first and "operatingMode" not in first
    assert (first["faultCodes"], first["warningCodes"], second["faultCodes"]) == (["F1"], [], [])
    assert second["stateOfCharge"] == 55.5 and second["operatingMode"] == "Hybrid"
    assert first["timestamp"] == START and isinstance(first["solarPower"], float)
    assert first["metadata"]["transport"] == "import" and first["metadata"]["receivedAt"] == NOW  # type: ignore[index]


def test_a_reading_that_is_there_stays_and_gains_what_it_lacked(source_id: str) -> None:
    body = b'{"timestamp": "2026-06-09T00:05:00Z", "solarPower": 777}'
    ingest.accept([ingest.Delivery(source_id, normalise.Message("mqtt", "data", body, NOW))], NOW)
    given = frame(3)
    given["loadPower"] = 100.0
    assert history.store_history(source_id, given, NOW) == 2
    middle = stored(source_id)[1]
    assert middle["solarPower"] == 777 and middle["loadPower"] == 100


def test_only_a_newer_reading_becomes_the_latest(source_id: str) -> None:
    history.store_history(source_id, frame(3), NOW)
    earlier = frame(3)
    earlier.index = earlier.index - timedelta(days=30)
    history.store_history(source_id, earlier, NOW)
    latest = readings.latest(mongo.database(), [source_id])[source_id]
    assert latest["timestamp"] == START + timedelta(minutes=10) and latest["values"]["solarPower"] == 2


def test_mistakes_are_named(source_id: str) -> None:
    with pytest.raises(NotFound):
        history.store_history(str(uuid4()), frame(1), NOW)
    with pytest.raises(ValueError, match="aware"):
        history.store_history(source_id, frame(1).tz_localize(None), NOW)
    with pytest.raises(ValueError, match="pvPower"):
        history.store_history(source_id, frame(1).rename(columns={"solarPower": "pvPower"}), NOW)
    assert history.store_history(source_id, frame(0), NOW) == 0
