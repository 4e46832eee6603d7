"""Refreshing the weather over real HTTP into real databases: every answer, every fault, and nothing lost by any."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pandas as pd
import pytest
from pvlib import solarposition

from data import mongo, postgres, settings_store, weather, weather_hours
from data.settings_store import SettingType
from services.weather import keeping as weather_keeping
from services.weather import places as weather_sources
from services.weather import refresh as weather_refresh
from services.weather import views as reading
from services.weather.places import FORECAST
from solar.days import end_of_day, local_date, start_of_day
from solar.simulation import hourly_weather
from tests.storage.weather_scene import NOW, RECORDED, WUERZBURG, Scene, owner, source_at, weather_scene

TODAY = date(2026, 6, 10)


@pytest.fixture
def scene(stores: dict[str, str]) -> Iterator[Scene]:
    with weather_scene() as made:
        yield made


def days_of(source_id: str) -> pd.DataFrame:
    with postgres.session() as session:
        return weather.between(session, UUID(source_id), NOW - timedelta(days=900), NOW + timedelta(days=30))


def stored(source_id: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Everything that is kept of a source's weather: days, observed hours, the newest forecast's hours."""
    database = mongo.database()
    observed = weather_hours.observed(database, source_id, TODAY - timedelta(days=900), TODAY + timedelta(days=30))
    newest = weather_hours.newest_forecast(database, source_id, NOW + timedelta(days=900))
    return days_of(source_id), observed, pd.DataFrame() if newest is None else newest.hours


def progress_of(source_id: str) -> Any:
    with postgres.session() as session:
        return weather_sources.job_progress.of_source(session, FORECAST, UUID(source_id))


def test_a_refresh_keeps_forecast_and_observation_apart(scene: Scene) -> None:
    source = source_at(owner())
    assert weather_refresh.refresh_all(scene.client, NOW) == weather_refresh.Round(1, 1, 0, 0)
    days, observed, forecast = stored(source)
    dates = [local_date(each.to_pydatetime(), "Europe/Berlin") for each in days["date"]]
    assert dates == [TODAY + timedelta(days=each) for each in range(-weather_refresh.PAST_DAYS, 8)]
    assert days["is_observed"].tolist() == [day < TODAY for day in dates]
    assert days.drop(columns=["uv_index_max"]).notna().all().all() and (days["issued_at"] == NOW).all()
    assert forecast.index[0] == NOW.replace(minute=0) + timedelta(hours=1) and forecast.notna().all().all()
    assert observed.index[-1] == NOW.replace(minute=0)
    assert observed.index[0] == start_of_day(dates[0], "Europe/Berlin") + timedelta(hours=1)


def test_frames_for_forecasting_hold_hour_starts(scene: Scene) -> None:
    source = source_at(owner())
    weather_refresh.refresh_all(scene.client, NOW)
    start, end = NOW.replace(minute=0) - timedelta(days=2), NOW.replace(minute=0)
    history = reading.history_frame(source, start, end)
    truth = hourly_weather(*WUERZBURG[:2], start + timedelta(hours=1), end + timedelta(hours=1))
    assert list(history.columns) == ["shortwave_radiation", "dni", "dhi", "temperature_2m"]
    assert list(history.index) == list(pd.date_range(start, end, freq="h", inclusive="left"))
    assert (history["shortwave_radiation"].to_numpy() == truth["shortwave_radiation"].to_numpy()).all()
    assert history.notna().all().all()
    forecast = reading.forecast_frame(source, NOW)
    assert forecast.index[0] == NOW.replace(minute=0) and len(forecast) > 170
    assert reading.forecast_frame(source, NOW - timedelta(seconds=1)).empty


def test_forecasts_are_kept_as_issued_and_thinned_to_one_a_day(scene: Scene) -> None:
    source = source_at(owner())
    for _ in range(3):
        weather_refresh.refresh_all(scene.client, scene.now)
        scene.later(hours=6)
    kept = list(mongo.database()[weather_hours.FORECASTS].find({}, sort=[("issuedAt", 1)]))
    assert [each["issuedAt"] for each in kept] == [NOW + timedelta(hours=6 * each) for each in range(3)]
    assert [each["expiresAt"] - each["issuedAt"] for each in kept] == [
        weather_hours.KEEP_FIRST_OF_DAY, weather_hours.KEEP, weather_hours.KEEP,
    ]
    earlier, later = (reading.forecast_frame(source, NOW + timedelta(hours=each)) for each in (1, 13))
    both = earlier.index.intersection(later.index)
    assert (earlier.loc[both, "temperature_2m"] != later.loc[both, "temperature_2m"]).any()


def test_a_day_that_passed_becomes_observed_and_keeps_its_uv_index(scene: Scene) -> None:
    source = source_at(owner())
    weather_refresh.refresh_all(scene.client, NOW)
    forecast = days_of(source).set_index("date").loc[start_of_day(TODAY, "Europe/Berlin")]
    scene.later(days=1)
    weather_refresh.refresh_all(scene.client, scene.now)
    passed = days_of(source).set_index("date").loc[start_of_day(TODAY, "Europe/Berlin")]
    assert not forecast["is_observed"] and passed["is_observed"]
    assert passed["uv_index_max"] == pytest.approx(forecast["uv_index_max"], rel=0.5)
    assert passed["issued_at"] == scene.now
    # Once all hours of a day were observed they are not written again.
    per_writing = [{"$group": {"_id": "$storedAt", "n": {"$sum": 1}}}]
    counts = mongo.database()[weather_hours.OBSERVATIONS].aggregate(per_writing)
    assert {each["_id"]: each["n"] for each in counts} == {NOW: weather_refresh.PAST_DAYS, scene.now: 2}


def test_one_request_serves_all_sources_within_a_kilometre(scene: Scene) -> None:
    alice, bob = owner(), owner("bob@example.org")
    near = [source_at(each, (49.79 + 0.002 * step, 9.95, "Europe/Berlin")) for step, each in enumerate((alice, bob))]
    far = source_at(alice, (48.1, 11.6, "Europe/Berlin"))
    assert weather_refresh.refresh_all(scene.client, NOW) == weather_refresh.Round(2, 3, 0, 0)
    assert len(scene.asked) == 2
    one, other = (stored(each) for each in near)
    assert all(mine.equals(theirs) for mine, theirs in zip(one, other, strict=True))
    assert not days_of(far)["temperature_max"].equals(one[0]["temperature_max"])


def test_who_does_not_want_it_or_has_no_place_or_is_off_is_left_alone(scene: Scene) -> None:
    alice, bob = owner(), owner("bob@example.org")
    with postgres.session() as session:
        settings_store.put(session, bob, SettingType.AUTO_UPDATE_WEATHER_DATA, "0")
    unwilling, placeless = source_at(bob), source_at(alice, (None, None, "Europe/Berlin"))
    off = source_at(alice, (50.5, 8.0, "Europe/Berlin"), is_active=False)
    assert weather_refresh.refresh_all(scene.client, NOW).places == 0 and scene.asked == []
    assert weather_refresh.refresh_source(scene.client, placeless, NOW).places == 0
    assert weather_refresh.refresh_source(scene.client, unwilling, NOW).refreshed == 1
    assert days_of(off).empty and len(days_of(unwilling)) == 14


def test_a_round_goes_on_where_it_was_interrupted(scene: Scene) -> None:
    alice = owner()
    for latitude in (47.0, 48.0, 49.0):
        source_at(alice, (latitude, 10.0, "Europe/Berlin"))
    scene.faults({}, *[{"kind": "status", "status": 503}] * 4)
    assert weather_refresh.refresh_all(scene.client, NOW) == weather_refresh.Round(3, 2, 1, 1)
    scene.later(minutes=15)
    assert weather_refresh.refresh_all(scene.client, scene.now) == weather_refresh.Round(1, 1, 0, 0)
    scene.later(hours=6)
    assert weather_refresh.refresh_all(scene.client, scene.now).places == 3


def test_many_that_ask_at_once_share_one_request(scene: Scene) -> None:
    alice = owner()
    sources = [source_at(alice) for _ in range(5)]
    for each in sources:
        weather_refresh.refresh_source(scene.client, each, NOW)
    assert len(scene.asked) == 1 and all(len(days_of(each)) == 14 for each in sources)


FAULTS: list[tuple[dict[str, Any], int, str]] = [
    ({"kind": "status", "status": 500}, 4, "The weather service answered 500 (on demand)."),
    ({"kind": "status", "status": 429, "retry_after": 7200}, 1, "The weather service answered 429 (on demand)."),
    ({"kind": "status", "status": 429, "reason": "Daily API request limit exceeded."}, 1, "answered 429 (Daily API"),
    ({"kind": "status", "status": 400, "reason": "Invalid timezone"}, 1, "answered 400 (Invalid timezone)."),
    ({"kind": "slow", "seconds": 0.6}, 4, "The weather service cannot be reached (ReadTimeout)."),
    ({"kind": "truncated"}, 4, "The weather service cannot be reached (RemoteProtocolError)."),
    ({"kind": "page"}, 4, "The weather service sent an answer that is not whole."),
    ({"kind": "units"}, 1, "is '°F'; only °C can be used."),
    ({"kind": "nulls"}, 1, "answer holds no value for the days ahead."),
    ({"kind": "ragged"}, 1, "values for 14 times."),
]


@pytest.mark.parametrize(("fault", "requests", "words"), FAULTS, ids=lambda each: str(each)[:40])
def test_a_fault_loses_nothing_and_is_told(scene: Scene, fault: dict[str, Any], requests: int, words: str) -> None:
    source = source_at(owner())
    weather_refresh.refresh_all(scene.client, NOW)
    before = stored(source)
    scene.later(hours=6)
    client = scene.another_client()
    client.http.timeout = httpx.Timeout(0.4 if fault["kind"] == "slow" else 5.0)
    scene.faults(*[fault] * 4)
    done = weather_refresh.refresh_all(client, scene.now)
    assert (done.failed, len(scene.asked) - 1) == (1, requests)
    assert all(earlier.equals(now) for earlier, now in zip(before, stored(source), strict=True))
    progress = progress_of(source)
    assert progress.state == "failed" and words in progress.message and progress.message.endswith(".")
    assert (progress.done_at, progress.updated_at) == (NOW, scene.now)
    scene.faults()
    assert weather_refresh.refresh_all(scene.another_client(), scene.now).refreshed == 1 or "Daily" in words
    assert progress_of(source).state == ("failed" if "Daily" in words else "done")


def test_a_crash_between_the_steps_is_mended_by_the_next_refresh(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_at(owner())
    whole = source_at(owner("bob@example.org"), (49.79, 9.99, "Europe/Berlin"))
    weather_refresh.refresh_source(scene.client, whole, NOW)
    for name, module in (("put", weather_keeping.weather), ("put_observed", weather_keeping.weather_hours)):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, _crash)
            with pytest.raises(MemoryError):
                weather_refresh.refresh_source(scene.client, source, NOW)
        assert progress_of(source).state == "running" and len(days_of(source)) in (0, 14)
    assert weather_refresh.refresh_source(scene.client, source, NOW).refreshed == 1
    assert [len(each) for each in stored(source)] == [len(each) for each in stored(whole)]
    assert mongo.database()[weather_hours.FORECASTS].count_documents({"sunSourceId": source}) == 1


def _crash(*_: Any) -> None:
    raise MemoryError


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/data/openmeteo is not here")
@pytest.mark.parametrize(
    ("file", "place", "at", "words"),
    [
        ("forecast_daily_idaho_2025-07_subset.json", (43.6, -116.2, "GMT"),
         datetime(2025, 7, 20, 12, tzinfo=UTC), "°F"),
        ("forecast_toronto_2026-03.json", (43.7, -79.4, "America/Toronto"), datetime(2026, 3, 5, 12, tzinfo=UTC), "°F"),
        ("archive_daily_nyc_2016-2026.json", (40.7, -74.0, "America/New_York"), NOW, "°F"),
        ("forecast_minutely15_alps_2025-02.json", (46.0, 8.0, "Europe/Berlin"), NOW, "holds no value"),
    ],
)
def test_recorded_answers_that_cannot_be_used_change_nothing(
    scene: Scene, file: str, place: tuple[float, float, str], at: datetime, words: str
) -> None:
    source = source_at(owner(), place)
    scene.now = at
    weather_refresh.refresh_source(scene.client, source, at)
    before = stored(source)
    scene.later(hours=1)
    scene.faults({"kind": "replay", "file": file})
    assert weather_refresh.refresh_source(scene.client, source, scene.now).failed == 1
    assert words in progress_of(source).message
    assert len(before[0]) == 14 and all(one.equals(now) for one, now in zip(before, stored(source), strict=True))


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/data/openmeteo is not here")
def test_a_recorded_answer_of_hours_alone_is_stored_with_days_made_of_them(scene: Scene) -> None:
    file = "forecast_hourly_de_2026-03.json"
    source = source_at(owner(), (50.6, 7.2, "Europe/Berlin"))
    first = date.fromisoformat(json.loads((RECORDED / file).read_text())["hourly"]["time"][0][:10])
    scene.now = start_of_day(first, "Europe/Berlin") + timedelta(hours=8, minutes=10)
    scene.faults({"kind": "replay", "file": file})
    assert weather_refresh.refresh_source(scene.client, source, scene.now).refreshed == 1
    days, observed, forecast = stored(source)
    assert len(days) >= 2 and days["shortwave_radiation_sum"].notna().all() and days["sunrise"].isna().all()
    assert len(observed) == 8 and len(observed) + len(forecast) in (71, 72)


PLACES = [
    (34.05, -118.24, "America/Los_Angeles"), (27.72, 85.32, "Asia/Kathmandu"), (-36.85, 174.76, "Pacific/Auckland"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[2])
@pytest.mark.parametrize("minutes", [0, 720])
def test_days_begin_at_local_midnight_and_the_sun_agrees_with_pvlib(
    scene: Scene, place: tuple[float, float, str], minutes: int
) -> None:
    source, zone = source_at(owner(), place), place[2]
    scene.later(minutes=minutes)
    weather_refresh.refresh_source(scene.client, source, scene.now)
    today = local_date(scene.now, zone)
    days, observed, forecast = stored(source)
    dates = pd.date_range(NOW.date() - timedelta(days=9), periods=24, freq="D", tz="UTC")
    found = solarposition.sun_rise_set_transit_spa(dates, place[0], place[1])
    assert [each.to_pydatetime() for each in days["date"]] == [
        start_of_day(today + timedelta(days=each), zone) for each in range(-weather_refresh.PAST_DAYS, 8)
    ]
    for row in days.itertuples():
        day = local_date(row.date.to_pydatetime(), zone)
        assert row.date < row.sunrise < row.sunset < end_of_day(day, zone)
        for name, at in (("sunrise", row.sunrise), ("sunset", row.sunset)):
            assert (found[name] - at).abs().min() <= pd.Timedelta(minutes=3)
    hours = pd.concat([observed, forecast])["shortwave_radiation"]
    assert hours.index.is_monotonic_increasing and hours.index.is_unique
    # An hour belongs to the day of its middle.
    middles = [local_date(each.to_pydatetime() - timedelta(minutes=30), zone) for each in hours.index]
    sums = (hours * 0.0036).groupby(middles).sum()
    told = days.set_axis([local_date(each.to_pydatetime(), zone) for each in days["date"]])["shortwave_radiation_sum"]
    assert (sums.reindex(told.index[:-1]) - told.iloc[:-1]).abs().max() < 0.15
