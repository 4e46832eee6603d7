"""Sources, groups, credentials and settings of users against a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from data import groups, postgres, settings, settings_store
from data import sources as stored
from data.errors import StorageUnavailable
from data.settings_store import SettingType
from services.errors import Invalid, NotFound
from services.ingestion import credentials
from services.people import accounts
from services.people.accounts import Account
from services.sources import groups as group_service
from services.sources import making as sources
from services.sources.making import NewSource

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("stores")


@pytest.fixture
def alice(stores: dict[str, str]) -> Account:
    return accounts.create_user("alice@example.org", "Sunshine42", "Alice", "")


@pytest.fixture
def bob(stores: dict[str, str]) -> Account:
    return accounts.create_user("bob@example.org", "Sunshine42", "Bob", "")


def _make(owner: Account, **values: Any) -> NewSource:
    group_id = values.pop("group_id", None)
    given = {"name": "Roof", "connection_type": 0, **values}
    return sources.create_source(owner.id, given, NOW, group_id=group_id)


def _everything_stored() -> str:
    with postgres.session() as session:
        tables = ("sun_sources", "source_credentials")
        return " ".join(str(session.execute(text(f"SELECT * FROM {each}")).all()) for each in tables)


def test_an_mqtt_source_has_its_topic_and_a_key_kept_as_hash(alice: Account) -> None:
    made = _make(alice)
    assert made.record.mqtt_topic == f"ampra/sources/{made.record.id}/data"
    assert made.record.webhook_url is None
    assert len(bytes.fromhex(made.secret)) == 32
    assert made.record.mqtt_api_key == f"sha256:{credentials.fingerprint(made.secret)}"
    assert made.secret not in _everything_stored()
    assert made.secret not in repr(made)


def test_a_webhook_source_has_its_path_and_a_sealed_secret(alice: Account) -> None:
    made = _make(alice, connection_type=1)
    assert made.record.webhook_url == f"/api/webhook/sunsource/{made.record.id}"
    assert made.record.mqtt_topic is None
    assert credentials.webhook_secrets(str(made.record.id), NOW) == [made.secret]
    assert made.secret not in _everything_stored()


def test_a_source_keeps_what_was_given_and_finds_its_zone(alice: Account) -> None:
    given: dict[str, Any] = {
        "latitude": 38.6, "longitude": -0.86, "system_cost": 12500.55, "installation_date": NOW - HOUR,
        "has_battery": True, "payload_mapping": {"fields": {}}, "installed_capacity_watts": 5000,
    }  # fmt: skip
    record = _make(alice, **given).record
    assert {name: getattr(record, name) for name in given if name != "system_cost"} == {
        name: value for name, value in given.items() if name != "system_cost"
    }
    assert str(record.system_cost) == "12500.55"
    assert (record.time_zone, record.currency, record.is_active) == ("Europe/Madrid", "EUR", True)


def test_a_zone_given_comes_before_that_of_the_place(alice: Account) -> None:
    assert _make(alice, latitude=38.6, longitude=-0.86, time_zone="Asia/Tokyo").record.time_zone == "Asia/Tokyo"
    assert _make(alice).record.time_zone == "UTC"


def test_somebody_elses_group_is_refused(alice: Account, bob: Account) -> None:
    group = group_service.create_group(bob.id, "Bob's")
    for group_id in (group.id, uuid4()):
        with pytest.raises(Invalid, match="own groups"):
            _make(alice, group_id=group_id)


def test_sources_are_found_by_owner_group_and_id(alice: Account, bob: Account) -> None:
    group = group_service.create_group(alice.id, "Hill", "Both roofs")
    second = _make(alice, name="B", group_id=group.id).record
    first = _make(alice, name="A").record
    other = _make(bob, name="C").record
    with postgres.session() as session:
        assert stored.list_owned(session, alice.id) == [first, second]
        assert stored.list_in_group(session, group.id) == [second]
        assert stored.list_all(session) == [first, second, other]
        assert stored.by_ids(session, [str(other.id), str(first.id), "no id", str(uuid4())]) == [first, other]
        assert stored.get(session, uuid4()) is None
        assert groups.list_owned(session, alice.id) == [group]
        assert groups.list_owned(session, bob.id) == []


def test_sources_are_changed_and_removed(alice: Account) -> None:
    source_id = _make(alice).record.id
    with postgres.session() as session:
        changed = stored.update_columns(session, source_id, {"name": "Barn"})
        assert changed is not None and changed.name == "Barn"
    with postgres.session() as session:
        assert stored.remove(session, source_id) is True
        assert stored.remove(session, source_id) is False
        assert stored.update_columns(session, source_id, {"name": "Barn"}) is None


@pytest.mark.parametrize(("name", "description"), [("", None), ("x" * 101, None), ("Hill", "x" * 501)])
def test_a_group_follows_its_rules(alice: Account, name: str, description: str | None) -> None:
    with pytest.raises(Invalid):
        group_service.create_group(alice.id, name, description)


def test_a_key_opens_its_own_source_only(alice: Account) -> None:
    first, second = _make(alice), _make(alice)
    assert credentials.verify_mqtt_key(str(first.record.id), first.secret, NOW)
    assert not credentials.verify_mqtt_key(str(second.record.id), first.secret, NOW)
    for source_id, key in ((str(first.record.id), ""), (str(first.record.id), "\ud800"), ("no id", first.secret)):
        assert not credentials.verify_mqtt_key(source_id, key, NOW)


def test_rotation_leaves_the_old_key_for_a_day(alice: Account) -> None:
    made = _make(alice)
    source_id = str(made.record.id)
    new = credentials.rotate(made.record.id, "mqtt", NOW)
    day = timedelta(hours=24)
    for moment, old_holds in ((NOW, True), (NOW + day - timedelta(seconds=1), True), (NOW + day, False)):
        assert credentials.verify_mqtt_key(source_id, made.secret, moment) is old_holds
        assert credentials.verify_mqtt_key(source_id, new, moment)


def test_rotating_again_does_not_prolong_the_oldest_key(alice: Account) -> None:
    made = _make(alice)
    credentials.rotate(made.record.id, "mqtt", NOW)
    credentials.rotate(made.record.id, "mqtt", NOW + 23 * HOUR)
    assert not credentials.verify_mqtt_key(str(made.record.id), made.secret, NOW + 24 * HOUR)


def test_both_webhook_secrets_hold_during_rotation_newest_first(alice: Account) -> None:
    made = _make(alice, connection_type=1)
    new = credentials.rotate(made.record.id, "webhook", NOW + HOUR)
    assert credentials.webhook_secrets(str(made.record.id), NOW + HOUR) == [new, made.secret]
    assert credentials.webhook_secrets(str(made.record.id), NOW + 25 * HOUR) == [new]


def test_revocation_acts_at_once_here_and_within_two_seconds_elsewhere(alice: Account) -> None:
    made = _make(alice)
    source_id = str(made.record.id)
    elsewhere = credentials._Remembered()
    assert len(elsewhere.of(source_id, "mqtt", NOW)) == 1
    new = credentials.rotate(made.record.id, "mqtt", NOW)
    assert credentials.revoke(made.record.id, "mqtt", NOW) == 2
    assert not credentials.verify_mqtt_key(source_id, made.secret, NOW)
    assert not credentials.is_valid_fingerprint(source_id, credentials.fingerprint(new), NOW)
    assert elsewhere.of(source_id, "mqtt", NOW + timedelta(seconds=2)) == []
    with postgres.session() as session:
        record = stored.get(session, made.record.id)
    assert record is not None and record.mqtt_api_key is None


@pytest.mark.parametrize("change", [credentials.rotate, credentials.revoke])
def test_an_unknown_source_has_no_credentials(change: Any) -> None:
    with pytest.raises(NotFound):
        change(UUID(int=1), "mqtt", NOW)
    assert credentials.webhook_secrets(str(UUID(int=1)), NOW) == []


def test_known_good_keys_serve_five_minutes_without_postgres(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = _make(alice), _make(alice)
    source_id = str(made.record.id)
    assert credentials.verify_mqtt_key(source_id, made.secret, NOW)
    away = postgres.engine_for("postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setattr(postgres, "engine", lambda: away)
    assert credentials.verify_mqtt_key(source_id, made.secret, NOW + timedelta(minutes=5) - timedelta(seconds=1))
    with pytest.raises(StorageUnavailable):
        credentials.verify_mqtt_key(source_id, made.secret, NOW + timedelta(minutes=5))
    with pytest.raises(StorageUnavailable):
        credentials.verify_mqtt_key(str(other.record.id), other.secret, NOW)


def test_sealed_secrets_survive_a_new_sealing_key_beside_the_old_one(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _make(alice, connection_type=1)
    old = settings.get().sealing_key
    try:
        monkeypatch.setenv("AMPRA_SEALING_KEY", f"{'n' * 32},{old}")
        settings.get.cache_clear()
        assert credentials.webhook_secrets(str(made.record.id), NOW) == [made.secret]
        monkeypatch.setenv("AMPRA_SEALING_KEY", "n" * 32)
        settings.get.cache_clear()
        with pytest.raises(StorageUnavailable, match="AMPRA_SEALING_KEY"):
            credentials.webhook_secrets(str(made.record.id), NOW)
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()


def test_user_settings_are_kept_one_value_each(alice: Account) -> None:
    with postgres.session() as session:
        assert settings_store.of_user(session, alice.id) == {}
        settings_store.put(session, alice.id, SettingType.TEMPERATURE_UNIT, "1")
        settings_store.put(session, alice.id, SettingType.TEMPERATURE_UNIT, "0")
        settings_store.put(session, alice.id, SettingType.AUTO_RUN_PREDICTIONS, "1")
        with pytest.raises(ValueError, match="TEMPERATURE_UNIT may be 0, 1"):
            settings_store.put(session, alice.id, SettingType.TEMPERATURE_UNIT, "2")
        assert settings_store.of_user(session, alice.id) == {
            SettingType.TEMPERATURE_UNIT: "0", SettingType.AUTO_RUN_PREDICTIONS: "1",
        }  # fmt: skip
