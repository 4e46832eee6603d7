"""From an original Ampra to here: everything comes once, however often and however interrupted."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pymongo
import pyotp
import pytest

from data import mongo
from services.ingestion import credentials
from services.original import run
from services.original.tally import Refused, Report
from services.people import accounts, second_factor
from services.rollups import updating as rollups
from tests import servers
from tests.storage import telemetry_data as made
from tests.storage.original_ampra import (
    KEY,
    PASSWORD,
    READINGS_EACH,
    SECRET,
    TOTP_KEY,
    Installation,
    guid,
    original_ampra,
    readings,
)
from tests.storage.second_home import everything

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
ROOF, BARN = str(guid("roof")), str(guid("barn"))
TABLES = {"PowerGroups": "power_groups", "SunSources": "sun_sources", "WeatherData": "weather_data",
          "KwhPriceHistories": "kwh_price_histories", "SunSourceSharings": "sun_source_sharings",
          "UserSettings": "user_settings", "Users": "users", "AspNetUserRoles": "user_roles"}


@pytest.fixture
def there(stores: dict[str, str]) -> Iterator[Installation]:
    with original_ampra(stores["AMPRA_POSTGRES_URL"], stores["AMPRA_MONGO_URL"]) as installation:
        yield installation


def take(there: Installation, *, is_dry: bool = False) -> Report:
    return run.run(there.postgres_url, there.mongo_url, NOW, is_dry=is_dry)


def sums(url: str) -> list[dict[str, Any]]:
    """What the readings of each source amount to in a MongoDB."""
    names = ("solarPower", "loadPower", "stateOfCharge", "dailyEnergyProduced")
    totals = {name: {"$sum": f"${name}"} for name in names}
    group = {"$group": {"_id": "$sunSourceId", "count": {"$sum": 1}, "last": {"$max": "$timestamp"}, **totals}}
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        found = client.get_default_database()["normalized_sun_source_data"].aggregate([group, {"$sort": {"_id": 1}}])
        return list(found)


def left(report: Report) -> int:
    return sum(sum(each.left.values()) for each in report.tallies.values())


def test_counts_and_totals_are_equal_and_people_and_devices_go_on(there: Installation, stores: dict[str, str]) -> None:
    report = take(there)
    assert left(report) == 0, report.lines()
    for theirs, ours in TABLES.items():
        assert servers.fetch(f"SELECT count(*) FROM {ours}") == [(len(there.rows(theirs)),)], ours
    prices = servers.fetch("SELECT sum(price_per_kwh) FROM kwh_price_histories")
    assert prices == [(sum(row[2] for row in there.rows("KwhPriceHistories")),)]
    assert sums(stores["AMPRA_MONGO_URL"]) == sums(there.mongo_url)
    assert mongo.database()["predictions"].count_documents({}) == 6
    olga = accounts.authenticate("olga@example.org", PASSWORD, NOW)
    assert olga is not None
    assert olga.roles == frozenset({"Overseer"})
    assert accounts.authenticate("alice@example.org", "Another-1", NOW) is None
    # The hash was replaced by ours, and the password still holds.
    assert servers.fetch("SELECT left(password_hash, 7) FROM users WHERE id = %s", olga.id) == [("$argon2",)]
    assert accounts.authenticate("olga@example.org", PASSWORD, NOW) is not None
    assert credentials.verify_mqtt_key(ROOF, KEY, NOW)
    assert credentials.webhook_secrets(BARN, NOW) == [SECRET]
    assert servers.fetch("SELECT time_zone, mqtt_api_key LIKE 'sha256:%%' FROM sun_sources WHERE id = %s", ROOF) == [
        ("Europe/Berlin", True)]
    bob = str(guid("bob"))
    assert second_factor.check(bob, pyotp.TOTP(TOTP_KEY).at(NOW), NOW)
    assert second_factor.check(bob, "aaaaa-bbbbb", NOW)
    found = mongo.database()["normalized_sun_source_data"].find_one({"sunSourceId": ROOF, "faultCodes": "E1"})
    assert found is not None
    assert found.keys() & {"batteryVoltage", "deviceStatus"} == set()
    assert found["metadata"]["original"] == {"firmware": "1.2"}
    assert isinstance(found["loadPower"], float)
    assert rollups.refresh_source(ROOF, made.FAR_AHEAD)
    assert sum(each["readings"] for each in mongo.database()["rollups_1h"].find({"sunSourceId": ROOF})) == READINGS_EACH


def test_a_dry_run_changes_nothing_and_says_what_comes(there: Installation) -> None:
    before = everything()
    said = take(there, is_dry=True)
    assert everything() == before
    came = take(there)
    assert {kind: each.brought for kind, each in said.tallies.items()} == {
        kind: each.brought for kind, each in came.tallies.items()}
    assert came.tallies["readings"].brought == 3 * READINGS_EACH


def test_a_second_run_brings_only_what_is_new(there: Installation, stores: dict[str, str]) -> None:
    take(there)
    before = everything()
    again = take(there)
    assert sum(each.brought for each in again.tallies.values()) == 0
    assert everything() == before
    with pymongo.MongoClient[dict[str, Any]](there.mongo_url) as client:
        new = readings("roof", READINGS_EACH, READINGS_EACH + 10)
        client.get_default_database()["normalized_sun_source_data"].insert_many(new)
    servers.run_sql(servers.settings_url(), "UPDATE sun_sources SET name = 'Mine' WHERE id = %s", ROOF)
    assert take(there).tallies["readings"].brought == 10
    assert sums(stores["AMPRA_MONGO_URL"]) == sums(there.mongo_url)
    assert servers.fetch("SELECT name FROM sun_sources WHERE id = %s", ROOF) == [("Mine",)]


def test_killed_midway_and_run_again_it_ends_the_same(there: Installation, stores: dict[str, str]) -> None:
    with pymongo.MongoClient[dict[str, Any]](there.mongo_url) as client:
        many = [each for n in range(8) for each in readings("shed", 1_000 + 1_000 * n, 2_000 + 1_000 * n)]
        client.get_default_database()["normalized_sun_source_data"].insert_many(many)
    urls = ("--postgres", there.postgres_url, "--mongo", there.mongo_url)
    command = [sys.executable, "-m", "deploy.import_ampra", *urls]
    environment = {**os.environ, **stores}
    process = subprocess.Popen(command, cwd=servers.PROJECT, env=environment, stdout=subprocess.DEVNULL)
    arrived = mongo.database()["normalized_sun_source_data"]
    assert servers.wait_until(lambda: arrived.estimated_document_count() > 0, 60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < arrived.count_documents({}) < len(many)
    done = subprocess.run(command, cwd=servers.PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sums(stores["AMPRA_MONGO_URL"]) == sums(there.mongo_url)
    assert rollups.refresh_source(str(guid("shed")), made.FAR_AHEAD)
    hours = mongo.database()["rollups_1h"].find({"sunSourceId": str(guid("shed"))})
    assert sum(each["readings"] for each in hours) == len(many) + READINGS_EACH


def test_whoever_is_here_already_keeps_the_account(there: Installation) -> None:
    alice = accounts.create_user("Alice@example.org", "Sunny-day-7", "Alice", "", is_email_verified=True)
    report = take(there)
    assert report.tallies["users"].brought == 2
    assert any("keep it, with its password" in sentence for sentence in report.notes)
    assert servers.fetch("SELECT count(*) FROM sun_sources WHERE user_id = %s", alice.id) == [(2,)]
    assert accounts.authenticate("alice@example.org", "Sunny-day-7", NOW) is not None


def test_what_cannot_come_is_named(there: Installation) -> None:
    there.run('UPDATE "SunSources" SET "Currency" = \'XXQ\' WHERE "Id" = %s', guid("barn"))
    there.run('UPDATE "SunSources" SET "Latitude" = 123 WHERE "Id" = %s', guid("roof"))
    there.run('UPDATE "Users" SET "Email" = NULL WHERE "Id" = %s', str(guid("olga")))
    report = take(there)
    assert report.tallies["users"].left == {"no e-mail address": 1}
    assert list(report.tallies["sources"].left) == ["currency must be a currency code of ISO 4217, such as EUR"]
    assert report.tallies["readings"].left == {"their source did not come": READINGS_EACH}
    assert any("came without latitude" in sentence for sentence in report.notes)
    there.run('UPDATE "Users" SET "Email" = \'BOB@example.org\' WHERE "Id" = %s', str(guid("alice")))
    with pytest.raises(Refused, match="Two accounts"):
        take(there)


def test_another_database_is_refused(stores: dict[str, str]) -> None:
    with pytest.raises(Refused, match="not one of the original"):
        run.run(stores["AMPRA_POSTGRES_URL"], stores["AMPRA_MONGO_URL"], NOW, is_dry=True)
