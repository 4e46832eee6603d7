"""Simulations, the clock's talk with admins, the history of work, health, and one's own data, against real stores."""

import io
import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from PIL import Image

from data import mongo, queue, weather_hours
from data.settings_store import SettingType
from jobs import scheduler
from services import background, simulating, simulation, system_state
from services.errors import Forbidden, Invalid, NotFound
from services.people import accounts, api_tokens, own_data, preferences, second_factor
from services.people.viewer import Viewer
from services.sources import groups, images
from services.sources import making as sources
from tests import servers

NOW = datetime(2026, 6, 21, 10, 0, 4, tzinfo=UTC)
PASSWORD = "Sunny-day-7"
SOURCE = {"name": "Roof & Söhne", "connection_type": 1, "installed_capacity_watts": 8e3, "time_zone": "Europe/Madrid"}
pytestmark = pytest.mark.usefixtures("stores")


def person(name: str, *roles: str) -> Viewer:
    email = f"{name}@example.org"
    made = accounts.create_user(email, PASSWORD, name.title(), "", roles=roles or ("User",), is_email_verified=True)
    return Viewer(made.id, made.name, email, made.roles, made.permissions)


def source_of(viewer: Viewer) -> str:
    return str(sources.create_source(viewer.account_id, SOURCE, NOW).record.id)


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "orange").save(written, "PNG")
    return written.getvalue()


def readings(source_id: str) -> list[datetime]:
    found = mongo.database()["normalized_sun_source_data"].find({"sunSourceId": source_id}).sort("timestamp", 1)
    return [each["timestamp"] for each in found]


def test_a_simulation_goes_on_until_it_is_stopped() -> None:
    admin, alice = person("ada", "Admin"), person("alice")
    source = source_of(alice)
    simulation.start(admin, source, 1, NOW)
    with pytest.raises(Invalid):
        simulation.start(admin, source, 1, NOW)
    assert simulating.step(NOW + timedelta(seconds=30)) == 3
    assert simulating.step(NOW + timedelta(seconds=60)) == 3
    assert readings(source) == [NOW.replace(microsecond=0) + timedelta(seconds=10 * n) for n in range(6)]
    assert [(each.name, each.record.readings) for each in simulation.running(admin)] == [("Roof & Söhne", 6)]
    simulation.stop(admin, source, NOW)
    assert simulating.step(NOW + timedelta(seconds=90)) == 0
    assert not simulation.is_any_running()
    with pytest.raises(NotFound):
        simulation.stop(admin, source, NOW)


def test_a_simulation_ends_by_itself_and_makes_up_for_ten_minutes_at_most() -> None:
    admin = person("ada", "Admin")
    source = source_of(admin)
    simulation.start(admin, source, 1, NOW)
    assert simulating.step(NOW + timedelta(minutes=50)) == 60
    assert simulating.step(NOW + timedelta(hours=3)) == 60
    assert readings(source)[-1] == NOW + timedelta(minutes=59, seconds=50)
    assert simulation.running(admin) == []


def test_debug_data_fill_the_past_once() -> None:
    admin = person("ada", "Admin")
    source = source_of(admin)
    simulation.ask_for_past(admin, source, 2, datetime.now(UTC))
    servers.work_off()
    assert len(readings(source)) == 2 * 288
    simulation.ask_for_past(admin, source, 2, datetime.now(UTC))
    servers.work_off()
    assert 2 * 288 <= len(readings(source)) <= 2 * 288 + 1


@pytest.mark.parametrize(("hours", "days"), [(0, 0), (169, 401), (-1, -1)])
def test_what_is_asked_has_limits(hours: int, days: int) -> None:
    admin = person("ada", "Admin")
    source = source_of(admin)
    with pytest.raises(Invalid):
        simulation.start(admin, source, hours, NOW)
    with pytest.raises(Invalid):
        simulation.ask_for_past(admin, source, days, NOW)


def test_owners_do_none_of_it() -> None:
    alice = person("alice")
    source = source_of(alice)
    for forbidden in (
        lambda: simulation.start(alice, source, 1, NOW), lambda: simulation.stop(alice, source, NOW),
        lambda: simulation.ask_for_past(alice, source, 1, NOW), lambda: simulation.running(alice),
        lambda: background.work(alice, NOW), lambda: background.runs(alice),
        lambda: background.run_now(alice, "accounts:sweep", NOW), lambda: system_state.parts(alice, NOW),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            forbidden()


def test_the_clock_says_what_it_does_and_does_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = person("ada", "Admin")
    monkeypatch.setattr(scheduler, "CHECK_SECONDS", 0.1)
    with pytest.raises(NotFound):
        background.run_now(admin, "accounts:sweep", NOW)
    stopping = threading.Event()
    with scheduler.locks.try_hold("a clock of the tests") as lock:
        assert lock is not None
        clock = threading.Thread(target=scheduler._tick, args=(stopping, lock))
        clock.start()
        try:
            assert servers.wait_until(lambda: bool(background.work(admin, NOW).beats))
            background.run_now(admin, "accounts:sweep", NOW)
            assert servers.wait_until(lambda: any(each.task == "accounts:sweep" for each in background.runs(admin)))
        finally:
            stopping.set()
            clock.join()
    beats = {each.task: each for each in background.work(admin, NOW).beats}
    sweep = beats["accounts:sweep"]
    assert sweep.next_run_at is not None
    assert (sweep.next_run_at.hour, sweep.next_run_at.minute) == (3, 5)
    assert "cron" in sweep.every
    with pytest.raises(NotFound):
        background.run_now(admin, "made:up", NOW)


def test_work_done_and_work_that_failed_are_told_apart() -> None:
    admin = person("ada", "Admin")
    queue.defer("accounts:sweep")
    queue.defer("simulations:past", {"source_id": "nonsense", "start": "x", "end": "y"})
    servers.work_off()
    done = {each.task: each for each in background.work(admin, datetime.now(UTC)).tasks}
    assert (done["accounts:sweep"].succeeded, done["accounts:sweep"].failed) == (1, 0)
    assert done["accounts:sweep"].last_success_at is not None
    failed = background.runs(admin, only_failures=True)
    assert failed[0].reason == done["simulations:past"].last_reason
    assert (failed[0].reason or "").startswith("ValueError in jobs/tasks/simulations.py, line ")
    assert [(each.task, each.attempts) for each in failed] == [("simulations:past", 4)]
    assert [each.status for each in background.runs(admin, task="accounts:sweep")] == ["succeeded"]


def test_old_runs_are_forgotten_failures_later() -> None:
    queue.defer("accounts:sweep")
    queue.defer("simulations:past", {"source_id": "nonsense", "start": "x", "end": "y"})
    servers.work_off()
    now = datetime.now(UTC)
    assert background.forget_old_runs(now + timedelta(days=1)) == 0
    assert background.forget_old_runs(now + timedelta(days=3)) == 1
    assert servers.fetch("SELECT count(*) FROM job_failures") == [(1,)]
    assert background.forget_old_runs(now + timedelta(days=31)) == 1
    assert servers.fetch("SELECT count(*) FROM job_failures") == [(0,)]


def test_every_part_of_the_system_is_said() -> None:
    admin = person("ada", "Admin")
    parts = {each.name: each for each in system_state.parts(admin, NOW)}
    assert parts["PostgreSQL"].is_well
    assert parts["MongoDB"].is_well
    assert not parts["Scheduler"].is_well
    assert parts["Scheduler"].sentence == "was never heard"
    assert not parts["Workers"].is_well
    background.note_beats([("accounts:sweep", "daily", None)], NOW)
    parts = {each.name: each for each in system_state.parts(admin, NOW + timedelta(seconds=59))}
    assert parts["Scheduler"].is_well
    assert not {e.name: e for e in system_state.parts(admin, NOW + timedelta(seconds=61))}["Scheduler"].is_well


def test_preferences_have_defaults_and_take_only_what_there_is() -> None:
    alice = person("alice")
    before = preferences.of(alice.account_id)
    assert (before.is_fahrenheit, before.updates_weather, before.runs_predictions) == (False, True, True)
    assert (before.theme, before.has_decimal_comma) == ("auto", False)
    for kind in SettingType:
        preferences.change(alice.account_id, kind, "1")
        with pytest.raises(Invalid):
            preferences.change(alice.account_id, kind, "3")
    after = preferences.of(alice.account_id)
    assert (after.is_fahrenheit, after.theme, after.has_decimal_comma) == (True, "light", True)
    assert preferences.of(person("bob").account_id) == before


def test_the_archive_holds_everything_of_mine_and_no_secret() -> None:
    alice, bob = person("alice"), person("bob")
    source, other = source_of(alice), source_of(bob)
    for each in (source, other):
        simulating.make_past(each, NOW - timedelta(hours=1), NOW, NOW)
    token = api_tokens.make(alice.account_id, "script", "read", 7, NOW)
    account = accounts.load(alice.account_id)
    assert account is not None
    secret = second_factor.offer(account).secret
    preferences.change(alice.account_id, SettingType.TEMPERATURE_UNIT, "1")
    group = str(groups.create_group(alice.account_id, "South").id)
    images.set_icon(alice, source, picture(), NOW)
    images.set_logo(alice, group, picture(), NOW)
    images.set_icon(bob, other, picture(), NOW)
    hours = pd.DataFrame({"temperature": [21.5]}, index=pd.DatetimeIndex([NOW.replace(minute=0, second=0)]))
    weather_hours.put_forecast(mongo.database(), [source, other], weather_hours.Forecast(NOW, False, hours))
    weather_hours.put_observed(
        mongo.database(), {source: [weather_hours.ObservedDay(NOW.date(), "recent", False, hours)]}, NOW
    )
    packed = b"".join(own_data.archive(alice.account_id, NOW))
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert opened.testzip() is None
        pictures = {name: opened.read(name) for name in opened.namelist() if name.endswith(".webp")}
        files = {name: opened.read(name).decode() for name in opened.namelist() if name not in pictures}
    folder = f"sources/roof-s-hne-{source[:8]}"
    lines = files[f"{folder}/normalized_sun_source_data.jsonl"].splitlines()
    assert len(lines) == 12
    assert json.loads(lines[0])["timestamp"] == (NOW - timedelta(hours=1)).isoformat()
    assert set(pictures) == {f"{folder}/icon.webp", f"groups/south-{group[:8]}/logo.webp"}
    assert {each[8:12] for each in pictures.values()} == {b"WEBP"}
    for kind in ("observations", "forecasts"):
        (hourly,) = files[f"{folder}/weather_{kind}.jsonl"].splitlines()
        assert json.loads(hourly)["values"] == {"temperature": [21.5]}
    assert json.loads(files["account.json"])["email"] == "alice@example.org"
    assert json.loads(files["account/user_settings.json"])[0]["value"] == "1"
    everything = "\n".join(files.values())
    hidden = [token, secret, PASSWORD, other, bob.account_id, "argon2", account.security_stamp, "sha256:"]
    hidden += [str(value) for (value,) in servers.fetch("SELECT value FROM user_tokens WHERE length(value) > 5")]
    hidden += [str(value) for (value,) in servers.fetch("SELECT sealed_secret FROM source_credentials")]
    assert [each for each in hidden if each in everything] == []
