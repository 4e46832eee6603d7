"""The collections in a real MongoDB: what their validators and indexes refuse."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, WriteError

from data import mongo
from data.models.documents import COLLECTIONS, READING_SCHEMA
from migrations.mongo import apply
from solar.vocabulary import FIELDS
from tests.storage import seed

READINGS = "normalized_sun_source_data"
INSTANT = datetime(2026, 6, 21, 10, tzinfo=UTC)


@pytest.fixture
def database(stores: dict[str, str]) -> Database[dict[str, Any]]:
    return mongo.database()


def _reading(**fields: Any) -> dict[str, Any]:
    return {"sunSourceId": str(uuid4()), "timestamp": INSTANT, **fields}


def test_the_telemetry_fields_of_the_original_keep_their_types() -> None:
    properties: Mapping[str, Any] = READING_SCHEMA["properties"]
    kinds = dict(seed.lines(seed.TELEMETRY))
    assert {name: properties[name]["bsonType"] for name in kinds} == kinds
    assert set(FIELDS) <= set(properties)


def test_a_whole_reading_is_taken(database: Database[dict[str, Any]]) -> None:
    values: dict[str, Any] = {"number": 1.5, "text": "on", "list": ["E01"]}
    whole = _reading(**{each.name: values[each.kind] for each in FIELDS.values()}, rawData={"x": 1}, metadata={})
    database[READINGS].insert_one(whole)
    assert database[READINGS].find_one({"sunSourceId": whole["sunSourceId"]}) == whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"solarPower": 1}, {"solarPower": "1.5"}, {"solarPower": None}, {"faultCodes": "E01"}, {"faultCodes": [1]},
        {"rawData": "text"}, {"timestamp": "2026-06-21"}, {"sunSourceId": "roof"}, {"solar_power": 1.5},
    ],
)  # fmt: skip
def test_a_reading_outside_the_vocabulary_is_refused(database: Database[dict[str, Any]], wrong: dict[str, Any]) -> None:
    with pytest.raises(WriteError, match="Document failed validation"):
        database[READINGS].insert_one({**_reading(), **wrong})


@pytest.mark.parametrize("missing", ["sunSourceId", "timestamp"])
def test_a_reading_needs_source_and_time(database: Database[dict[str, Any]], missing: str) -> None:
    with pytest.raises(WriteError, match="Document failed validation"):
        database[READINGS].insert_one({name: value for name, value in _reading().items() if name != missing})


@pytest.mark.parametrize("name", ["predictions", "model_metadata"])
def test_forecasts_need_their_source(database: Database[dict[str, Any]], name: str) -> None:
    database[name].insert_one({"sunSourceId": str(uuid4()), "createdAt": INSTANT, "anything": [1]})
    with pytest.raises(WriteError, match="Document failed validation"):
        database[name].insert_one({"createdAt": INSTANT})


UNIQUE = {
    READINGS: _reading(),
    "ingest_counts": {"sunSourceId": "a", "hour": INSTANT},
    "webhook_ids": {"sunSourceId": "a", "webhookId": "m1", "createdAt": INSTANT},
    "open_batches": {"sunSourceId": "a", "open": True},
    "dead_letters": {"sunSourceId": "a", "digest": "00", "receivedAt": INSTANT},
    "rollups_5m": {"sunSourceId": str(uuid4()), "start": INSTANT},
    "rollups_1h": {"sunSourceId": str(uuid4()), "start": INSTANT},
    "rollups_1d": {"sunSourceId": str(uuid4()), "start": INSTANT},
    "energy_days": {"sunSourceId": str(uuid4()), "start": INSTANT},
    "imported_days": {"sunSourceId": str(uuid4()), "start": INSTANT},
}


@pytest.mark.parametrize("name", UNIQUE)
def test_the_same_thing_twice_is_refused(database: Database[dict[str, Any]], name: str) -> None:
    database[name].insert_one(dict(UNIQUE[name]))
    with pytest.raises(DuplicateKeyError):
        database[name].insert_one(dict(UNIQUE[name]))


def test_closed_batches_of_one_source_may_wait_together(database: Database[dict[str, Any]]) -> None:
    waiting = {"sunSourceId": "a"}
    database["open_batches"].insert_many([dict(waiting), dict(waiting), {**waiting, "open": True}])
    assert database["open_batches"].count_documents({}) == 3


@pytest.mark.parametrize(
    ("name", "field", "days"), [("dead_letters", "receivedAt", 30), ("webhook_ids", "createdAt", 1)]
)
def test_what_is_kept_for_a_time_only(database: Database[dict[str, Any]], name: str, field: str, days: int) -> None:
    index = database[name].index_information()[f"{field}_1"]
    assert index["expireAfterSeconds"] == days * 86_400


def test_a_changed_index_and_validator_are_put_right(database: Database[dict[str, Any]]) -> None:
    database["dead_letters"].drop_index("receivedAt_1")
    database["dead_letters"].create_index("receivedAt", expireAfterSeconds=5)
    database.command("collMod", READINGS, validator={})
    apply(database)
    assert database["dead_letters"].index_information()["receivedAt_1"]["expireAfterSeconds"] == 30 * 86_400
    with pytest.raises(WriteError, match="Document failed validation"):
        database[READINGS].insert_one(_reading(solarPower="1"))


def test_readings_and_roll_ups_are_packed_tightly(database: Database[dict[str, Any]]) -> None:
    for name in (READINGS, "rollups_5m"):
        options = database.command("collStats", name)["wiredTiger"]["creationString"]
        assert "block_compressor=zstd" in options


def test_every_collection_is_made(database: Database[dict[str, Any]]) -> None:
    assert set(COLLECTIONS) <= set(database.list_collection_names())


def test_times_come_back_aware_and_writes_wait_for_the_journal(database: Database[dict[str, Any]]) -> None:
    database[READINGS].insert_one(_reading())
    found = database[READINGS].find_one()
    assert found is not None and found["timestamp"] == INSTANT
    assert database.write_concern.document == {"w": "majority", "j": True, "wtimeout": 10_000}
