"""Filling the weather of the past: how far back, how politely, what is asked for once; and the tasks that do it all."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pandas as pd
import pytest

from data import mongo, postgres, queue, settings_store, sources, weather, weather_budget, weather_hours
from data.settings_store import SettingType
from jobs.queue import make_app
from jobs.scheduler import BEATS
from services import housekeeping
from services.errors import Invalid, NotFound, TooMany
from services.ingestion import history
from services.people.viewer import Viewer
from services.sources import changes as source_changes
from services.weather import archive as weather_archive
from services.weather import jobs as weather_jobs
from services.weather import refresh as weather_refresh
from services.weather import views as reading
from services.weather.places import ARCHIVE, job_progress
from solar.days import local_date, start_of_day
from tests.servers import forget_settings
from tests.storage.weather_scene import NOW, Scene, owner, source_at, weather_scene

TODAY = date(2026, 6, 10)
ZONE = "Europe/Berlin"


@pytest.fixture
def scene(stores: dict[str, str]) -> Iterator[Scene]:
    with weather_scene() as made:
        yield made


def installed(days_ago: int) -> dict[str, Any]:
    return {"installation_date": start_of_day(TODAY - timedelta(days=days_ago), ZONE)}


def observed_dates(source_id: str, zone: str = ZONE) -> list[date]:
    with postgres.session() as session:
        found = weather.between(session, UUID(source_id), NOW - timedelta(days=900), NOW + timedelta(days=30))
    return [local_date(each.to_pydatetime(), zone) for each in found.loc[found["is_observed"], "date"]]


def spans_asked(scene: Scene) -> list[tuple[str, str]]:
    queries = [httpx.URL(each).params for each in scene.asked if "archive" in each]
    return [(each["start_date"], each["end_date"]) for each in queries]


def fill(scene: Scene, source_id: str | None = None) -> weather_archive.Filling:
    return weather_archive.fill(scene.client, source_id, scene.pauses.append)


def test_history_reaches_back_to_the_installation_and_is_asked_for_once(scene: Scene) -> None:
    source = source_at(owner(), **installed(100))
    done = fill(scene)
    # The archive is two days behind; a request spans a quarter of a year at most, and pauses lie between them.
    assert (done.requests, done.failed, scene.pauses) == (2, 0, [weather_archive.PAUSE_SECONDS])
    dates = observed_dates(source)
    assert dates[0] == TODAY - timedelta(days=100) and dates[-1] >= TODAY - timedelta(days=4)
    assert dates == [dates[0] + timedelta(days=each) for each in range(len(dates))]
    assert [first for first, _ in spans_asked(scene)] == ["2026-03-10", "2026-03-02"]
    again = fill(scene)
    assert again.requests == 1 and (TODAY - date.fromisoformat(spans_asked(scene)[-1][0])).days <= 4
    frame = reading.history_frame(source, NOW - timedelta(days=99), NOW - timedelta(days=5))
    assert len(frame) == 94 * 24 and frame.notna().all().all()


def test_history_reaches_back_two_years_at_most(scene: Scene) -> None:
    source = source_at(owner(), **installed(3000))
    assert fill(scene, source).requests == 8
    assert observed_dates(source)[0] == TODAY - weather_archive.LONGEST_HISTORY


def test_history_reaches_back_to_the_first_reading(scene: Scene) -> None:
    source = source_at(owner())
    assert fill(scene) == weather_archive.Filling(0, 0, 0) and scene.asked == []
    first = NOW - timedelta(days=20)
    history.store_history(source, pd.DataFrame({"solarPower": [100.0]}, index=pd.DatetimeIndex([first])), NOW)
    fill(scene)
    assert observed_dates(source)[0] == TODAY - timedelta(days=20)


def test_sources_of_a_place_share_requests_and_each_keeps_its_own_span(scene: Scene) -> None:
    alice = owner()
    old, young = source_at(alice, **installed(40)), source_at(alice, **installed(10))
    assert fill(scene).requests == 1
    assert observed_dates(old)[0] == TODAY - timedelta(days=40)
    assert observed_dates(young)[0] == TODAY - timedelta(days=10)


def test_the_archive_replaces_what_forecasts_told_of_the_past_and_is_not_replaced_by_them(scene: Scene) -> None:
    source = source_at(owner(), **installed(10))
    weather_refresh.refresh_all(scene.client, NOW)
    fill(scene)
    origins = {each["date"]: each["origin"] for each in mongo.database()[weather_hours.OBSERVATIONS].find()}
    assert origins["2026-06-06"] == "archive" and origins["2026-06-09"] == "recent"
    scene.later(hours=6)
    weather_refresh.refresh_all(scene.client, scene.now)
    assert {each["date"]: each["origin"] for each in mongo.database()[weather_hours.OBSERVATIONS].find()} == origins
    dates = observed_dates(source)
    assert dates == [TODAY - timedelta(days=each) for each in range(10, 0, -1)]


@pytest.mark.parametrize(
    "place",
    [(34.05, -118.24, "America/Los_Angeles"), (27.7, 85.3, "Asia/Kathmandu"), (-36.8, 174.7, "Pacific/Auckland")],
    ids=lambda place: place[2],
)
def test_local_days_over_changes_of_clocks_are_whole_in_every_zone(
    scene: Scene, place: tuple[float, float, str]
) -> None:
    zone = place[2]
    source = source_at(owner(), place, **installed(260))
    fill(scene)
    dates = observed_dates(source, zone)
    assert len(dates) > 250 and dates == [dates[0] + timedelta(days=each) for each in range(len(dates))]
    with postgres.session() as session:
        days = weather.between(session, UUID(source), NOW - timedelta(days=300), NOW)
    stored = mongo.database()[weather_hours.OBSERVATIONS].find({"sunSourceId": source}, sort=[("date", 1)])
    hours = [each["values"]["shortwave_radiation"] for each in stored]
    assert (days["shortwave_radiation_sum"] - [sum(each) * 0.0036 for each in hours]).abs().max() < 0.06
    assert {len(each) for each in hours} == ({24} if zone == "Asia/Kathmandu" else {23, 24, 25})


@pytest.mark.parametrize("kind", ["units", "truncated", "ragged", "page"])
def test_a_fault_leaves_what_is_there_and_the_next_night_goes_on(scene: Scene, kind: str) -> None:
    source = source_at(owner(), **installed(150))
    scene.faults({}, *[{"kind": kind}] * 4)
    assert fill(scene).failed == 1
    half = observed_dates(source)
    assert 80 < len(half) < 100
    with postgres.session() as session:
        progress = job_progress.of_source(session, ARCHIVE, UUID(source))
    assert progress is not None and progress.state == "failed" and progress.message
    scene.faults()
    assert weather_archive.fill(scene.another_client(), None, scene.pauses.append).failed == 0
    assert set(half) < set(observed_dates(source)) and observed_dates(source)[0] == TODAY - timedelta(days=150)


def test_history_leaves_forecasts_their_share_of_the_budget(scene: Scene) -> None:
    source = source_at(owner(), **installed(700))
    assert weather_budget.spend(mongo.database(), 6290, 9000, NOW)
    client = scene.another_client(weather_archive.BUDGET_SHARE)
    done = weather_archive.fill(client, source, scene.pauses.append)
    assert done.failed == 1 and len(scene.asked) == 1
    assert weather_refresh.refresh_all(scene.client, NOW).refreshed == 1


def run_jobs(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what waits with a real worker, whose client is the one of the settings."""
    monkeypatch.setenv("AMPRA_WEATHER_URL", scene.server.url)
    forget_settings()

    async def work() -> None:
        app = make_app()
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(work())


@pytest.fixture
def today(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """The scene at the time of this machine, since a worker has no other."""
    scene.now = datetime.now(UTC)
    yield scene.now
    monkeypatch.undo()
    forget_settings()


def test_a_new_source_gets_its_weather_at_once(
    scene: Scene, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = owner()
    source = source_at(alice, installation_date=NOW - timedelta(days=30))
    viewer = Viewer(alice, "Alice", "alice@example.org")
    assert [each is not None and each.state for each in reading.progress(viewer, source)] == ["waiting", "waiting"]
    run_jobs(scene, monkeypatch)
    assert [each is not None and each.state for each in reading.progress(viewer, source)] == ["done", "done"]
    shown = reading.view(viewer, source, datetime.now(UTC))
    assert len(shown.days) == 8 and shown.is_simulated and shown.history is not None and shown.history[2] >= 29
    assert len([each for each in scene.asked if "forecast" in each and "previous_day" not in each]) == 1


def test_a_source_that_moved_forgets_the_weather_of_where_it_was(
    scene: Scene, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = owner()
    source = source_at(alice)
    viewer = Viewer(alice, "Alice", "alice@example.org")
    run_jobs(scene, monkeypatch)
    before = reading.view(viewer, source, datetime.now(UTC)).days["temperature_max"]
    source_changes.update(viewer, source, {"latitude": 37.4, "longitude": -6.0}, datetime.now(UTC))
    assert reading.view(viewer, source, datetime.now(UTC)).days.empty
    assert mongo.database()[weather_hours.FORECASTS].count_documents({}) == 0
    run_jobs(scene, monkeypatch)
    after = reading.view(viewer, source, datetime.now(UTC)).days["temperature_max"]
    assert len(after) == 8 and (after.to_numpy() != before.to_numpy()).any()


def test_asking_needs_a_place_and_one_s_own_source_and_some_patience(scene: Scene) -> None:
    alice, bob = owner(), owner("bob@example.org")
    viewer, other = Viewer(alice, "Alice", "a@example.org"), Viewer(bob, "Bob", "b@example.org")
    source, placeless = source_at(alice), source_at(alice, (None, None, ZONE))
    with pytest.raises(NotFound):
        weather_jobs.ask(other, source, NOW)
    with pytest.raises(NotFound):
        reading.view(other, source, NOW)
    with pytest.raises(Invalid, match="latitude"):
        weather_jobs.ask(viewer, placeless, NOW)
    weather_jobs.ask(viewer, source, NOW)
    weather_refresh.refresh_source(scene.client, source, NOW)
    with pytest.raises(TooMany):
        weather_jobs.ask(viewer, source, NOW + timedelta(seconds=30))
    weather_jobs.ask(viewer, source, NOW + timedelta(minutes=3))


def test_an_owner_who_wants_none_gets_no_weather_of_a_new_source_by_itself(scene: Scene) -> None:
    alice = owner()
    with postgres.session() as session:
        settings_store.put(session, alice, SettingType.AUTO_UPDATE_WEATHER_DATA, "0")
    source = source_at(alice)
    viewer = Viewer(alice, "Alice", "a@example.org")
    assert reading.progress(viewer, source) == (None, None)
    assert not reading.view(viewer, source, NOW).is_automatic


def test_the_clock_defers_both_and_a_passing_fault_is_tried_again(
    scene: Scene, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"weather:refresh_all", "weather:fill_archive"} <= {beat.task for beat in BEATS}
    source_at(owner())
    scene.faults(*[{"kind": "status", "status": 503, "retry_after": 60}] * 2)
    number = queue.defer("weather:refresh_all")
    assert number is not None
    run_jobs(scene, monkeypatch)
    # Both are for the same place; what failed waits for its next attempt.
    assert queue.state(number) == "todo"


def test_a_deleted_source_leaves_no_weather(scene: Scene) -> None:
    source = source_at(owner(), **installed(5))
    weather_refresh.refresh_all(scene.client, NOW)
    fill(scene)
    with postgres.session() as session:
        sources.remove(session, UUID(source))
    assert housekeeping.sweep_orphans() == 1
    assert weather_hours.source_ids(mongo.database()) == set()
    with postgres.session() as session:
        assert weather.between(session, UUID(source), NOW - timedelta(days=90), NOW + timedelta(days=9)).empty


def test_weather_of_a_source_deleted_meanwhile_is_not_stored(scene: Scene) -> None:
    alice = owner()
    source, other = source_at(alice), source_at(alice)
    with postgres.session() as session:
        sources.remove(session, UUID(source))
        days = pd.DataFrame({
            **{each: [float("nan")] for each in weather.VALUES}, "date": [NOW], "sunrise": [pd.NaT], "sunset": [pd.NaT],
            "is_observed": [False], "issued_at": [NOW],
        })
        assert weather.put(session, [source, other], days) == 1
