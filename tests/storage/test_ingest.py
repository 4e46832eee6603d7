"""Ingestion against real stores: what arrives is kept once, completed by later messages, and never silently lost."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from data import arrivals, mongo, readings
from deploy.local.ports import free_port
from services.ingestion import documents
from services.ingestion import entering as ingest
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.sources import making as sources
from solar import normalise
from tests import servers

NOW = datetime(2026, 6, 21, 12, 0, 30, tzinfo=UTC)
STAMP = "2026-06-21T12:00:00Z"


@pytest.fixture
def source_id(stores: dict[str, str]) -> str:
    """A source of an owner."""
    owner = accounts.create_user("owner@example.org", "Sunny-day-7", "", "")
    values = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": 8000.0, "time_zone": "Europe/Berlin"}
    return str(sources.create_source(owner.id, values, NOW).record.id)


def _deliver(source_id: str, body: Any, topic: str = "data", at: datetime = NOW) -> ingest.Receipt:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    message = normalise.Message(transport="mqtt", topic=topic, body=raw, received_at=at)
    return ingest.accept([ingest.Delivery(source_id, message)], at)[0]


def _stored(source_id: str) -> list[dict[str, Any]]:
    return list(mongo.database()[readings.COLLECTION].find({"sunSourceId": source_id}).sort("timestamp", 1))


def test_the_same_message_three_times_is_one_reading(source_id: str) -> None:
    body = {"timestamp": STAMP, "solarPower": 4200, "loadPower": 900}
    receipts = [_deliver(source_id, body) for _ in range(3)]
    assert [(each.stored, each.duplicate) for each in receipts] == [(1, 0), (0, 1), (0, 1)]
    assert len(_stored(source_id)) == 1


def test_twins_within_one_round_are_one_reading(source_id: str) -> None:
    body = json.dumps({"timestamp": STAMP, "solarPower": 4200}).encode()
    message = normalise.Message(transport="mqtt", topic="data", body=body, received_at=NOW)
    receipts = ingest.accept([ingest.Delivery(source_id, message)] * 5, NOW)
    assert sum(each.stored for each in receipts) == 1
    assert len(_stored(source_id)) == 1


def test_a_reading_is_kept_in_the_vocabulary_with_what_was_sent(source_id: str) -> None:
    _deliver(source_id, {"ts": STAMP, "pv_power_kw": 4.2, "soc": 150, "colour": "blue"})
    (kept,) = _stored(source_id)
    assert kept["timestamp"] == datetime(2026, 6, 21, 12, tzinfo=UTC)
    assert kept["solarPower"] == pytest.approx(4200)
    assert "stateOfCharge" not in kept
    assert "stateOfCharge" in kept["metadata"]["rejected"]
    assert kept["metadata"]["unmapped"] == ["colour"]
    assert kept["metadata"]["transport"] == "mqtt"
    assert kept["metadata"]["receivedAt"] == NOW
    assert kept["rawData"]["colour"] == "blue"
    assert kept["faultCodes"] == kept["warningCodes"] == []


def test_a_second_message_for_the_instant_adds_what_the_first_lacked(source_id: str) -> None:
    _deliver(source_id, {"timestamp": STAMP, "solarPower": 4200})
    receipt = _deliver(source_id, {"timestamp": STAMP, "solarPower": 1, "loadPower": 900})
    (kept,) = _stored(source_id)
    assert (receipt.stored, receipt.merged) == (0, 1)
    assert (kept["solarPower"], kept["loadPower"]) == (4200, 900)


def test_bare_values_become_one_reading_after_ten_seconds(source_id: str) -> None:
    for offset, (topic, value) in enumerate([("pv_power", 4200), ("load_power", 900), ("battery_soc", 66)]):
        receipt = _deliver(source_id, value, topic, NOW + timedelta(seconds=offset))
        assert receipt.pending
    assert _stored(source_id) == []
    assert ingest.close_due_batches(NOW + timedelta(seconds=9)) == 0
    assert ingest.close_due_batches(NOW + timedelta(seconds=11)) == 1
    (kept,) = _stored(source_id)
    assert (kept["timestamp"], kept["solarPower"], kept["loadPower"], kept["stateOfCharge"]) == (NOW, 4200, 900, 66)


def test_two_batches_in_a_row_stay_two(source_id: str) -> None:
    for seconds in (0, 5, 10, 14):
        _deliver(source_id, 4000 + seconds, "pv_power", NOW + timedelta(seconds=seconds))
    ingest.close_due_batches(NOW + timedelta(seconds=30))
    kept = _stored(source_id)
    assert [each["timestamp"] for each in kept] == [NOW, NOW + timedelta(seconds=10)]
    assert [each["solarPower"] for each in kept] == [4000, 4010]


@pytest.mark.parametrize("body", [b"\xff\xfe not json", b"[1, 2", b'{"colour": "blue"}'])
def test_what_is_not_understood_is_a_dead_letter(source_id: str, body: bytes) -> None:
    receipts = [_deliver(source_id, body) for _ in range(3)]
    assert all(each.dead for each in receipts)
    (letter,) = arrivals.dead_letters(mongo.database(), source_id)
    assert letter["body"] == body
    assert letter["times"] == 3
    assert _stored(source_id) == []


def test_dead_letters_are_capped_per_source(source_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "DEAD_LETTERS_PER_SOURCE", 5)
    for number in range(9):
        _deliver(source_id, f"no {number}".encode(), at=NOW + timedelta(seconds=number))
    kept = [letter["body"] for letter in arrivals.dead_letters(mongo.database(), source_id)]
    assert kept == [f"no {number}".encode() for number in (8, 7, 6, 5, 4)]


def test_an_unknown_source_is_refused(stores: dict[str, str]) -> None:
    receipt = _deliver("00000000-0000-4000-8000-000000000000", {"solarPower": 1})
    assert receipt.refused == "unknown source"


def test_counts_are_kept_per_hour(source_id: str) -> None:
    _deliver(source_id, {"timestamp": STAMP, "solarPower": 4200, "soc": 150})
    _deliver(source_id, {"timestamp": STAMP, "solarPower": 4200})
    _deliver(source_id, b"nonsense")
    hour = NOW.replace(minute=0, second=0)
    (counts,) = arrivals.counts_between(mongo.database(), source_id, hour, hour + timedelta(hours=1))
    assert {name: counts[name] for name in ("stored", "duplicate", "dead", "rejectedValues", "maxLateSeconds")} == {
        "stored": 1, "duplicate": 1, "dead": 1, "rejectedValues": 1, "maxLateSeconds": 30,
    }


def test_the_latest_state_keeps_the_newest_value_of_each_field(source_id: str) -> None:
    _deliver(source_id, {"timestamp": "2026-06-21T12:00:00Z", "solarPower": 4000, "soc": 50})
    _deliver(source_id, {"timestamp": "2026-06-21T12:00:10Z", "solarPower": 4100})
    _deliver(source_id, {"timestamp": "2026-06-21T11:00:00Z", "solarPower": 1, "soc": 1})
    state = readings.latest(mongo.database(), [source_id])[source_id]
    assert state["timestamp"] == datetime(2026, 6, 21, 12, 0, 10, tzinfo=UTC)
    assert (state["values"]["solarPower"], state["values"]["stateOfCharge"]) == (4100, 50)


def test_integers_beyond_64_bits_and_odd_keys_can_be_kept(source_id: str) -> None:
    _deliver(source_id, {"timestamp": STAMP, "solarPower": 1, "serial": 10**40, "a.b": {"$c": 1, "d\0e": 2}})
    (kept,) = _stored(source_id)
    assert kept["rawData"]["serial"] == 1e40


@pytest.fixture(autouse=True)
def _fresh_facts() -> None:
    """Facts that another test left must not serve this one."""
    CACHE.forget()


@contextmanager
def _postgres_away(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Our settings name a port on which nobody listens."""
    with monkeypatch.context() as patch:
        patch.setenv("AMPRA_POSTGRES_URL", f"postgresql://ampra:x@127.0.0.1:{free_port()}/ampra")
        servers.forget_settings()
        yield
    servers.forget_settings()


def test_known_sources_go_on_for_five_minutes_without_postgresql(
    source_id: str, stores: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _deliver(source_id, {"timestamp": STAMP, "solarPower": 1})
    other = str(uuid4())
    with _postgres_away(stores, monkeypatch):
        later = NOW + timedelta(minutes=4, seconds=59)
        message = normalise.Message("mqtt", "data", b'{"solarPower": 2}', later)
        known, unknown = ingest.accept([ingest.Delivery(each, message) for each in (source_id, other)], later)
        assert (known.stored, known.postponed) == (1, False)
        assert (unknown.stored, unknown.postponed, unknown.refused) == (0, True, None)
        too_late = NOW + timedelta(minutes=5, seconds=1)
        assert _deliver(source_id, {"solarPower": 3}, at=too_late).postponed
    assert _deliver(source_id, {"solarPower": 3}, at=too_late + timedelta(seconds=3)).stored == 1


def test_partial_messages_of_one_round_all_count_in_the_latest_state(source_id: str) -> None:
    bodies = [{"ts": "2026-06-21T12:00:02Z", "solarPower": 4000}, {"ts": "2026-06-21T12:00:01Z", "soc": 50}]
    _deliver(source_id, {"ts": "2026-06-21T12:00:00Z", "loadPower": 900, "soc": 40})
    _deliver(source_id, bodies)
    state = readings.latest(mongo.database(), [source_id])[source_id]
    assert state["timestamp"] == datetime(2026, 6, 21, 12, 0, 2, tzinfo=UTC)
    values, times = state["values"], state["times"]
    assert (values["solarPower"], values["loadPower"], values["stateOfCharge"]) == (4000, 900, 50)
    assert times["stateOfCharge"] == datetime(2026, 6, 21, 12, 0, 1, tzinfo=UTC)
    _deliver(source_id, [{"ts": "2026-06-21T12:00:03Z", "solarPower": 1}, {"ts": "2026-06-21T11:00:00Z", "soc": 1}])
    state = readings.latest(mongo.database(), [source_id])[source_id]
    assert (state["values"]["solarPower"], state["values"]["stateOfCharge"]) == (1, 50)


def test_a_reading_that_the_store_refuses_is_a_dead_letter_and_the_others_are_kept(
    source_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(each: str, reading: normalise.Reading) -> dict[str, Any]:
        document = of_reading(each, reading)
        if reading.fields["solarPower"] == 2:
            document["solarPower"] = "no double"
        if reading.fields["solarPower"] == 3:
            document["rawData"] = {"too large": 2**80}
        return document

    of_reading = documents.of_reading
    monkeypatch.setattr(documents, "of_reading", spoilt)
    receipt = _deliver(source_id, [{"ts": f"2026-06-21T12:00:0{n}Z", "solarPower": n} for n in range(5)])
    assert (receipt.stored, len(receipt.dead)) == (3, 2)
    assert [each["solarPower"] for each in _stored(source_id)] == [0, 1, 4]
    letters = arrivals.dead_letters(mongo.database(), source_id)
    assert sum(each["times"] for each in letters) == 2


def test_many_large_values_of_one_batch_do_not_overfill_it(source_id: str) -> None:
    for number in range(8):
        large = json.dumps({"pv_power": number, "note": "x" * 1_000_000}).encode()
        assert _deliver(source_id, large, f"tree/{number}", NOW + timedelta(milliseconds=number)).pending
    assert ingest.close_due_batches(NOW + timedelta(seconds=11)) == 2
    assert len(_stored(source_id)) == 2


def test_what_two_processes_learn_of_a_device_is_both_kept(source_id: str) -> None:
    database = mongo.database()
    arrivals.keep_memory(database, source_id, {"parts": {"grid": ["L1"]}}, 0)
    known = arrivals.memories(database, [source_id])[source_id]
    arrivals.keep_memory(database, source_id, {"parts": {"grid": ["L1", "L2"]}, "units": {"a": "W"}}, known.revision)
    arrivals.keep_memory(database, source_id, {"parts": {"grid": ["L1", "L3"]}, "units": {"b": "V"}}, known.revision)
    now = arrivals.memories(database, [source_id])[source_id]
    assert now.learnt == {"parts": {"grid": ["L1", "L2", "L3"]}, "units": {"a": "W", "b": "V"}}


def test_two_writers_of_one_instant_lose_neither_s_fields(source_id: str) -> None:
    fields = ("solarPower", "loadPower", "gridPower", "stateOfCharge", "batteryVoltage", "gridVoltage", "solarVoltage")
    with ThreadPoolExecutor(len(fields)) as threads:
        list(threads.map(lambda name: _deliver(source_id, {"timestamp": STAMP, name: 42}), fields))
    (kept,) = _stored(source_id)
    assert {name: kept[name] for name in fields} == dict.fromkeys(fields, 42)
