"""What had been forecast for past days, filled in as issued then, over real HTTP into real databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from data import mongo, weather_hours
from services.weather import previous_runs
from services.weather import refresh as weather_refresh
from services.weather import views as reading
from solar.days import start_of_day
from solar.simulation import hourly_weather
from tests.storage.weather_scene import NOW, WUERZBURG, Scene, owner, source_at, weather_scene

TODAY = NOW.date()


@pytest.fixture
def scene(stores: dict[str, str]) -> Iterator[Scene]:
    with weather_scene() as made:
        yield made


def installed(owner_id: str, days_ago: int, place: tuple[float, float, str] = WUERZBURG) -> str:
    return source_at(owner_id, place, installation_date=start_of_day(TODAY - timedelta(days=days_ago), place[2]))


def issues(source_id: str) -> list[datetime]:
    found = mongo.database()[weather_hours.FORECASTS].find({"sunSourceId": source_id}, sort=[("issuedAt", 1)])
    return [each["issuedAt"] for each in found]


def midnight(days_ago: int) -> datetime:
    day: date = TODAY - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Pacific/Auckland", "America/Los_Angeles"])
def test_past_forecasts_are_kept_as_issued_and_know_nothing_later(scene: Scene, zone: str) -> None:
    place = (*WUERZBURG[:2], zone)
    source = installed(owner(), 10, place)
    assert previous_runs.fill(scene.client) == 10
    assert issues(source) == [midnight(each) for each in range(10, 0, -1)]
    issued_at = midnight(4)
    found = weather_hours.newest_forecast(mongo.database(), source, issued_at + timedelta(hours=5))
    assert found is not None and found.issued_at == issued_at and found.is_simulated
    assert timedelta(0) < found.hours.index[0] - issued_at <= timedelta(hours=1)
    assert found.hours.index[-1] - issued_at <= timedelta(days=7) and len(found.hours) == 168
    for lead in (1, 7):
        since = found.hours.index[0] + timedelta(days=lead - 1)
        told = hourly_weather(*place[:2], since, since + timedelta(hours=24), lead_days=float(lead))
        kept = found.hours["shortwave_radiation"].reindex(told.index)
        assert kept.to_numpy() == pytest.approx(told["shortwave_radiation"].to_numpy())
    # Observations are another thing, and none came by this.
    assert reading.history_frame(source, midnight(10), midnight(0)).empty


def test_one_request_a_place_and_what_is_there_is_left_alone(scene: Scene) -> None:
    alice = owner()
    one, other = installed(alice, 10), installed(alice, 400)
    weather_refresh.refresh_all(scene.client, scene.now)
    scene.later(days=1)
    asked = len(scene.asked)
    # Of the newest day one was really issued, in the morning.
    assert previous_runs.fill(scene.client) == previous_runs.REACH.days - 1
    assert len(scene.asked) == asked + 1
    assert issues(one) == [*(midnight(each) for each in range(10, 0, -1)), NOW]
    assert len(issues(other)) == previous_runs.REACH.days
    assert previous_runs.fill(scene.client) == 0 and len(scene.asked) == asked + 1
    placeless, fresh = source_at(alice, (None, None, "UTC")), source_at(alice, (10.0, 10.0, "UTC"))
    assert previous_runs.fill(scene.client) == 0 and issues(placeless) == issues(fresh) == []


STATUSES = [{"kind": "status", "status": each} for each in (404, 503)]


@pytest.mark.parametrize("fault", [*STATUSES, {"kind": "units"}, {"kind": "nulls"}])
def test_where_they_are_not_offered_nothing_is_changed(scene: Scene, fault: dict[str, object]) -> None:
    source = installed(owner(), 10)
    scene.faults(*[fault] * 4)
    assert previous_runs.fill(scene.client) == 0
    assert issues(source) == []
    scene.faults()
    assert previous_runs.fill(scene.another_client()) == 10
