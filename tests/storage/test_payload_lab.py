"""The payload lab against real stores: what came beside what it became, mappings tried, saved, applied to the past."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data import mongo, readings
from data import rereading as stored_again
from jobs.tasks import sources as tasks
from services import access
from services.errors import Invalid, NotFound
from services.ingestion import entering as ingest
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import updating as rollups
from services.sources import changes as source_changes
from services.sources import payload_lab, rereading
from services.telemetry import queries as telemetry
from solar import normalise
from tests.servers import fetch

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def alice(stores: dict[str, str]) -> Viewer:
    account = accounts.create_user("alice@example.org", "Sunshine42", "", "")
    return Viewer(account.id, "", "", frozenset({"User"}))


@pytest.fixture
def source_id(alice: Viewer) -> str:
    made = source_changes.create(alice, {"name": "Roof", "connection_type": 0, "time_zone": "Europe/Madrid"}, NOW)
    return str(made.record.id)


def send(source_id: str, payload: Any, at: datetime = NOW, topic: str = "data") -> ingest.Receipt:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return ingest.accept([ingest.Delivery(source_id, normalise.Message("mqtt", topic, body, at))], at)[0]


def stored(source_id: str) -> list[dict[str, Any]]:
    return [each for some in stored_again.walk(mongo.database(), source_id, NOW + timedelta(days=9)) for each in some]


def test_messages_stand_beside_what_they_became(alice: Viewer, source_id: str) -> None:
    send(source_id, {"ts": "2026-06-21 11:34:40", "PV": {"power": "4 570 W"}, "load_power": 1350, "soc": 166,
                     "battery": {"voltage": 51.8, "current": 33.6}, "mppt2_flag": 1})
    send(source_id, b"hello", NOW + timedelta(seconds=1))
    letter, reading = payload_lab.received(alice, source_id)
    assert (letter.kind, letter.text, letter.reason) == ("letter", "hello", "not JSON")
    found = payload_lab.trial(alice, source_id, reading, None, None)
    rows = {each.field: each for each in found.rows}
    assert (rows["solarPower"].value, rows["solarPower"].origin) == (4570, "PV/power")
    assert (rows["loadPower"].value, rows["loadPower"].origin) == (1350, "load_power")
    assert rows["batteryPower"].is_derived and rows["batteryPower"].value == pytest.approx(51.8 * 33.6)
    assert found.rejected.keys() == {"stateOfCharge"}
    assert [(each.path, each.value) for each in found.unmapped] == [("mppt2_flag", 1)]
    assert found.timestamp == datetime(2026, 6, 21, 9, 34, 40, tzinfo=UTC)
    assert payload_lab.trial(alice, source_id, letter, None, None).reason == "not JSON"


def test_the_trial_says_what_was_stored(alice: Viewer, source_id: str) -> None:
    payloads: list[Any] = [
        {"pv_power": 1200, "grid_power": -300}, [{"name": "pv_power", "value": 2, "unit": "kW"}],
        {"timestamp": "2026-06-21T08:00:00Z", "solarPower": 5, "inverter_1": {"power": 3}},
    ]
    for number, payload in enumerate(payloads):
        send(source_id, payload, NOW + timedelta(seconds=number))
    by_instant = {each["timestamp"]: each for each in stored(source_id)}
    for specimen in payload_lab.received(alice, source_id):
        found = payload_lab.trial(alice, source_id, specimen, None, None)
        document = by_instant[specimen.timestamp]
        assert {each.field: each.value for each in found.rows} == {
            name: document[name] for name in document if name in normalise_fields() and document[name] != []
        }


def normalise_fields() -> set[str]:
    from solar.vocabulary import FIELDS

    return set(FIELDS)


def test_a_pasted_message_is_tried_and_nothing_stored(alice: Viewer, source_id: str) -> None:
    specimen = payload_lab.pasted(alice, source_id, '{"Sonne": 3.2, "netz": 1}', NOW)
    mapping = {"fields": {"Sonne": {"field": "solarPower", "unit": "kW"}, "netz": {"field": "gridPower", "factor": -1}}}
    rows = {each.field: each.value for each in payload_lab.trial(alice, source_id, specimen, mapping, None).rows}
    assert (rows["solarPower"], rows["gridPower"]) == (3200, -1)
    assert stored(source_id) == []
    for text in ("", "x" * (payload_lab.LARGEST_PASTE_BYTES + 1)):
        with pytest.raises(Invalid):
            payload_lab.pasted(alice, source_id, text, NOW)
    with pytest.raises(Invalid, match="Sonne"):
        payload_lab.trial(alice, source_id, specimen, {"fields": {"Sonne": "sunPower"}}, None)
    with pytest.raises(Invalid, match="payload_profile"):
        payload_lab.trial(alice, source_id, specimen, None, "toaster")


def test_a_saved_mapping_holds_from_now_on_and_for_the_past_when_asked(alice: Viewer, source_id: str) -> None:
    for minutes in range(0, 30, 5):
        send(source_id, {"soc": 50, "Sonne": 3.2}, NOW + timedelta(minutes=minutes))
    later = NOW + timedelta(hours=1)
    rollups.refresh_source(source_id, later)
    payload_lab.save(alice, source_id, {"fields": {"Sonne": {"field": "solarPower", "unit": "kW"}}}, None, later)
    from services.ingestion.source_facts import CACHE

    CACHE.forget()
    send(source_id, {"soc": 50, "Sonne": 2.0}, later)
    assert [each.get("solarPower") for each in stored(source_id)] == [None] * 6 + [2000.0]
    payload_lab.read_again(alice, source_id)
    queued = fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'sources:read_again'")
    assert queued == [({"source_id": source_id},)]
    tasks.read_again(source_id)
    assert [each.get("solarPower") for each in stored(source_id)] == [3200.0] * 6 + [2000.0]
    assert all(each["metadata"]["unmapped"] == [] for each in stored(source_id))
    done = rereading.progress(alice, source_id)
    assert done is not None
    assert (done.state, done.percent, done.stage) == ("done", 100, "6 of 7 readings changed")
    newest = telemetry.latest(alice, source_id)
    assert newest is not None and newest.fields["solarPower"] == 2000.0
    rollups.refresh_source(source_id, later + timedelta(minutes=10))
    kwh = telemetry.energies(alice, source_id, NOW.date(), NOW.date()).kwh["produced"].iloc[0]
    assert kwh == pytest.approx((3.2 * 25 + 2.6 * 35) / 60)
    tasks.read_again(source_id)
    done = rereading.progress(alice, source_id)
    assert done is not None and done.stage == "0 of 7 readings changed"


def test_reading_again_takes_a_field_away_from_the_latest_state_too(alice: Viewer, source_id: str) -> None:
    send(source_id, {"pv_power": 5, "grid_power": 9})
    payload_lab.save(alice, source_id, {"fields": {"grid_power": None}}, None, NOW)
    rereading.run(source_id, NOW + timedelta(seconds=1))
    newest = telemetry.latest(alice, source_id)
    assert newest is not None and "gridPower" not in newest.fields and newest.fields["solarPower"] == 5


def test_values_gathered_from_topics_are_read_again_together(alice: Viewer, source_id: str) -> None:
    for topic, value in (("pv/watts", b"1500"), ("battery/soc", b"66"), ("battery/mystery", b"7")):
        send(source_id, value, NOW, topic)
    ingest.close_due_batches(NOW + timedelta(seconds=11))
    (specimen,) = payload_lab.received(alice, source_id)
    found = payload_lab.trial(alice, source_id, specimen, None, None)
    assert [each.path for each in found.unmapped] == ["battery/mystery"]
    payload_lab.save(alice, source_id, {"fields": {"battery/mystery": "batteryTemperature"}}, None, NOW)
    counts = rereading.run(source_id, NOW + timedelta(minutes=1))
    assert (counts.changed, counts.left) == (1, 0)
    (document,) = stored(source_id)
    assert (document["batteryTemperature"], document["stateOfCharge"]) == (7.0, 66.0)


def test_what_cannot_be_read_so_stays_as_it_is(alice: Viewer, source_id: str) -> None:
    send(source_id, {"Sonne": 5, "soc": 50})
    before = stored(source_id)
    payload_lab.save(alice, source_id, {"fields": {"soc": None}}, None, NOW)
    counts = rereading.run(source_id, NOW + timedelta(minutes=1))
    assert (counts.total, counts.left) == (1, 1)
    assert stored(source_id) == before


def test_a_reading_that_changed_meanwhile_is_not_overwritten(alice: Viewer, source_id: str) -> None:
    send(source_id, {"timestamp": NOW.isoformat(), "soc": 50})
    (before,) = stored(source_id)
    send(source_id, {"timestamp": NOW.isoformat(), "pv_power": 9})
    assert stored_again.replace(mongo.database(), [(before, {**before, "stateOfCharge": 1.0})]) == 0
    (after,) = stored(source_id)
    assert (after["stateOfCharge"], after["solarPower"]) == (50.0, 9.0)


def test_the_lab_is_the_owner_s_alone(alice: Viewer, source_id: str) -> None:
    send(source_id, {"soc": 50})
    specimen = payload_lab.received(alice, source_id)[0]
    account = accounts.create_user("bob@example.org", "Sunshine42", "", "")
    bob = Viewer(account.id, "", "", frozenset({"User"}))
    for call in (
        lambda: payload_lab.received(bob, source_id),
        lambda: payload_lab.pasted(bob, source_id, "{}", NOW),
        lambda: payload_lab.trial(bob, source_id, specimen, None, None),
        lambda: payload_lab.save(bob, source_id, {"invert": ["gridPower"]}, None, NOW),
        lambda: payload_lab.read_again(bob, source_id),
        lambda: rereading.progress(bob, source_id),
    ):
        with pytest.raises(NotFound):
            call()
    assert access.source_for(alice, source_id).payload_mapping is None
    assert readings.count(mongo.database(), source_id) == 1
