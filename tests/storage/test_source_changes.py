"""What owners change of their sources and groups, and that nobody else can, against real PostgreSQL and MongoDB."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from data import mongo, readings, rollup_marks
from data.sources import ConnectionType
from jobs.tasks import sources as tasks
from services import access
from services.errors import Invalid, NotFound
from services.ingestion import credentials
from services.ingestion import entering as ingest
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import updating as rollups
from services.sources import changes as source_changes
from services.sources import groups
from services.telemetry import queries as telemetry
from solar import normalise
from tests.servers import fetch

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("stores")


def person(email: str) -> Viewer:
    account = accounts.create_user(email, "Sunshine42", "", "")
    return Viewer(account.id, "", email, frozenset({"User"}))


@pytest.fixture
def alice(stores: dict[str, str]) -> Viewer:
    return person("alice@example.org")


@pytest.fixture
def bob(stores: dict[str, str]) -> Viewer:
    return person("bob@example.org")


def make(owner: Viewer, **values: Any) -> str:
    return str(source_changes.create(owner, {"name": "Roof", "connection_type": 0, **values}, NOW).record.id)


def send(source_id: str, at: datetime, **fields: float) -> ingest.Receipt:
    body = json.dumps({"timestamp": at.isoformat(), **fields}).encode()
    return ingest.accept([ingest.Delivery(source_id, normalise.Message("mqtt", "data", body, at))], at)[0]


def queued(task: str) -> list[Any]:
    return [args for (args,) in fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", task)]


def test_fields_change_all_or_none(alice: Viewer) -> None:
    source_id = make(alice)
    with pytest.raises(Invalid) as caught:
        source_changes.update(alice, source_id, {"name": "Barn", "latitude": 91.0, "currency": "XXQ"}, LATER)
    assert caught.value.errors.keys() == {"latitude", "currency"}
    assert access.source_for(alice, source_id).name == "Roof"
    after = source_changes.update(alice, source_id, {"name": "Barn", "tilt_degrees": 12.0}, LATER)
    assert (after.name, after.tilt_degrees, after.updated_at) == ("Barn", 12.0, LATER)


def test_half_a_place_is_refused_also_where_the_other_half_is_stored(alice: Viewer) -> None:
    source_id = make(alice, latitude=38.6, longitude=-0.9)
    assert source_changes.faults(alice, source_id, {"longitude": None}, NOW).keys() == {"longitude"}
    assert source_changes.faults(alice, source_id, {"latitude": None, "longitude": None}, NOW) == {}
    assert source_changes.faults(alice, source_id, {"latitude": 40.0}, NOW) == {}


def test_a_new_zone_has_the_days_made_anew(alice: Viewer) -> None:
    source_id = make(alice, time_zone="Europe/Madrid")
    # 23:30 UTC of the 20th is the 21st in Madrid and the 20th in New York.
    late = datetime(2026, 6, 20, 23, 30, tzinfo=UTC)
    for minutes in range(0, 25, 5):
        send(source_id, late + timedelta(minutes=minutes), solarPower=1200.0)
    rollups.refresh_source(source_id, LATER)
    assert telemetry.energies(alice, source_id, late.date(), NOW.date()).kwh["produced"].index.tolist() == [NOW.date()]
    assert rollup_marks.due_sources(mongo.database(), NOW) == []

    source_changes.update(alice, source_id, {"time_zone": "America/New_York"}, LATER)
    assert queued("sources:account_anew") == [{"source_id": source_id}]
    tasks.account_anew(source_id)
    rollups.refresh_source(source_id, LATER)
    assert telemetry.energies(alice, source_id, late.date(), NOW.date()).kwh["produced"].index.tolist() == [late.date()]


def test_a_field_that_nothing_is_accounted_by_leaves_the_days_alone(alice: Viewer) -> None:
    source_id = make(alice)
    source_changes.update(alice, source_id, {"name": "Barn", "system_cost": 5}, LATER)
    assert queued("sources:account_anew") == []


def test_an_inactive_source_takes_nothing_in_and_its_key_no_connection(alice: Viewer) -> None:
    first, second = make(alice), make(alice, name="B")
    assert source_changes.set_active(alice, [first, second], is_active=False, now=NOW) == 2
    assert source_changes.set_active(alice, [first, second], is_active=False, now=NOW) == 0
    assert send(first, NOW, solarPower=1.0).refused == "inactive source"
    source_changes.set_active(alice, [first], is_active=True, now=NOW)
    assert send(first, NOW, solarPower=1.0).stored == 1


def test_switching_the_connection_keeps_history_and_the_old_way_for_a_day(alice: Viewer) -> None:
    made = source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW)
    source_id = str(made.record.id)
    send(source_id, NOW, solarPower=1.0)
    switched = source_changes.switch_connection(alice, source_id, ConnectionType.WEBHOOK, LATER)
    assert switched.record.webhook_url == f"/api/webhook/sunsource/{source_id}"
    assert credentials.webhook_secrets(source_id, LATER) == [switched.secret]
    day = timedelta(hours=24)
    assert credentials.verify_mqtt_key(source_id, made.secret, LATER + day - timedelta(seconds=1))
    assert not credentials.verify_mqtt_key(source_id, made.secret, LATER + day)
    assert readings.count(mongo.database(), source_id) == 1
    with pytest.raises(Invalid):
        source_changes.switch_connection(alice, source_id, ConnectionType.WEBHOOK, LATER)


def test_a_rotated_credential_is_new_and_revoking_ends_both(alice: Viewer) -> None:
    made = source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW)
    source_id = str(made.record.id)
    new = source_changes.rotate(alice, source_id, LATER)
    assert credentials.verify_mqtt_key(source_id, made.secret, LATER)
    assert source_changes.revoke(alice, source_id, LATER) == 2
    assert not credentials.verify_mqtt_key(source_id, new, LATER)


def test_deleting_needs_the_name_and_removes_everything_everywhere(alice: Viewer) -> None:
    made = source_changes.create(alice, {"name": "Roof", "connection_type": 0}, NOW)
    source_id = str(made.record.id)
    other = make(alice, name="Other")
    for each in (source_id, other):
        send(each, NOW, solarPower=1000.0)
        ingest.accept([ingest.Delivery(each, normalise.Message("mqtt", "data", b"nonsense", NOW))], NOW)
        rollups.refresh_source(each, NOW + timedelta(minutes=10))
    with pytest.raises(Invalid, match="confirmation"):
        source_changes.delete(alice, source_id, "roof", NOW)
    source_changes.delete(alice, source_id, " Roof ", NOW)
    assert not credentials.verify_mqtt_key(source_id, made.secret, NOW)
    assert send(source_id, LATER, solarPower=1.0).refused == "unknown source"
    with pytest.raises(NotFound):
        access.source_for(alice, source_id)
    assert queued("sources:purge") == [{"source_id": source_id}] * 2
    tasks.purge(source_id)
    assert traces(source_id) == {}
    assert traces(other).keys() >= {"normalized_sun_source_data", "dead_letters", "latest_readings", "rollups_5m"}


def traces(source_id: str) -> dict[str, int]:
    """How many documents of each collection speak of a source."""
    database = mongo.database()
    about = {"$or": [{"sunSourceId": source_id}, {"_id": {"$regex": f"^{source_id}"}}]}
    counted = {name: database[name].count_documents(about) for name in database.list_collection_names()}
    return {name: count for name, count in counted.items() if count}


def test_a_duplicate_has_the_fields_and_nothing_measured(alice: Viewer) -> None:
    group = groups.create_group(alice.account_id, "Hill")
    made = source_changes.create(
        alice, {"name": "Roof", "connection_type": 1, "latitude": 38.6, "longitude": -0.9, "tilt_degrees": 30.0,
                "payload_mapping": {"invert": ["gridPower"]}}, NOW, group_id=str(group.id),
    )  # fmt: skip
    send(str(made.record.id), NOW, solarPower=1.0)
    copy = source_changes.duplicate(alice, str(made.record.id), "Roof 2", LATER)
    assert copy.secret != made.secret and copy.record.webhook_url != made.record.webhook_url
    for name in ("latitude", "longitude", "tilt_degrees", "payload_mapping", "time_zone", "power_group_id"):
        assert getattr(copy.record, name) == getattr(made.record, name)
    assert readings.count(mongo.database(), str(copy.record.id)) == 0


def test_a_group_is_changed_and_removed_and_its_sources_stay(alice: Viewer) -> None:
    group = groups.create_group(alice.account_id, "Hill")
    source_id = make(alice)
    assert source_changes.move(alice, [source_id], str(group.id), NOW) == 1
    assert access.source_for(alice, source_id).power_group_id == group.id
    assert groups.update(alice, str(group.id), {"name": "Valley", "description": None}, NOW).name == "Valley"
    assert groups.faults({"name": "", "description": "x" * 501}).keys() == {"name", "description"}
    groups.delete(alice, str(group.id), NOW)
    assert access.source_for(alice, source_id).power_group_id is None
    source_changes.move(alice, [source_id], None, NOW)


def test_a_group_sums_and_ranks_by_specific_yield(alice: Viewer) -> None:
    group = groups.create_group(alice.account_id, "Hill")
    strong = make(alice, name="Strong", installed_capacity_watts=2000.0)
    large = make(alice, name="Large", installed_capacity_watts=10_000.0)
    young = make(alice, name="Young", installed_capacity_watts=1000.0)
    source_changes.move(alice, [strong, large, young], str(group.id), NOW)
    for source_id, watts, days in ((strong, 1000.0, 4), (large, 2000.0, 4), (young, 900.0, 1)):
        for back in range(days + 1):
            for minutes in range(0, 60, 5):
                send(source_id, NOW - timedelta(days=back, minutes=minutes), solarPower=watts)
        rollups.refresh_source(source_id, NOW + timedelta(minutes=10))
    found = groups.members(alice, str(group.id), NOW)
    assert [each.record.name for each in found] == ["Strong", "Large", "Young"]
    assert [each.measured_days for each in found] == [4, 4, 1]
    assert found[2].specific_yield is None
    assert found[0].specific_yield is not None and found[1].specific_yield is not None
    assert found[0].specific_yield / found[1].specific_yield == pytest.approx(2.5)
    (summary,) = groups.summaries(alice, NOW)
    assert (summary.source_count, summary.capacity_watts, summary.solar_watts) == (3, 13_000.0, 3900.0)
    assert summary.produced_today_kwh == pytest.approx(sum(each.produced_today_kwh for each in found))


def test_an_empty_group_sums_to_nothing_known(alice: Viewer) -> None:
    groups.create_group(alice.account_id, "Hill")
    (summary,) = groups.summaries(alice, NOW)
    assert summary.source_count == 0
    assert summary.solar_watts != summary.solar_watts


def test_what_belongs_to_somebody_else_is_not_found(alice: Viewer, bob: Viewer) -> None:
    source_id, group = make(alice), groups.create_group(alice.account_id, "Hill")
    mine, group_id = make(bob), str(group.id)
    attempts: list[Any] = [
        lambda each: source_changes.update(bob, each, {"name": "Mine"}, NOW),
        lambda each: source_changes.faults(bob, each, {}, NOW),
        lambda each: source_changes.set_active(bob, [mine, each], is_active=False, now=NOW),
        lambda each: source_changes.move(bob, [mine, each], None, NOW),
        lambda each: source_changes.duplicate(bob, each, "Mine", NOW),
        lambda each: source_changes.switch_connection(bob, each, ConnectionType.WEBHOOK, NOW),
        lambda each: source_changes.rotate(bob, each, NOW),
        lambda each: source_changes.revoke(bob, each, NOW),
        lambda each: source_changes.zone_for(bob, each, 1.0, 1.0),
        lambda each: source_changes.delete(bob, each, "Roof", NOW),
    ]
    for attempt in attempts:
        for each in (source_id, str(uuid4()), "no id"):
            with pytest.raises(NotFound):
                attempt(each)
    for call in (
        lambda: source_changes.move(bob, [mine], group_id, NOW),
        lambda: source_changes.create(bob, {"name": "B", "connection_type": 0}, NOW, group_id=group_id),
        lambda: groups.update(bob, group_id, {"name": "Mine"}, NOW),
        lambda: groups.delete(bob, group_id, NOW),
        lambda: groups.members(bob, group_id, NOW),
    ):
        with pytest.raises(NotFound):
            call()
    assert access.source_for(alice, source_id).name == "Roof"
    assert access.source_for(bob, mine).is_active
    assert groups.summaries(bob, NOW) == []
