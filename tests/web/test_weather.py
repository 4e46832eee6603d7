"""The weather page over HTTP: what its owner, others, and an owner without weather are told; nothing good is lost."""

import json
import re
from collections.abc import Iterator
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from services.people import preferences
from services.people.preferences import SettingType
from services.weather import archive as weather_archive
from services.weather import jobs as weather_jobs
from services.weather import refresh as weather_refresh
from tests import servers
from tests.storage.weather_scene import WUERZBURG, Scene, source_at, weather_scene
from tests.web.asking import all_callbacks, ask
from tests.web.conftest import Person

FOLLOW = "weather-place-text.children <- weather-pace-interval.n_intervals"
DRAW = "weather-days-slot.children <- weather-revision-store.data"
COMPARE = "weather-yield-chart.figure <- weather-revision-store.data"
REFRESH = "weather-asked-store.data <- weather-refresh-button.n_clicks"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def scene(stores: dict[str, str]) -> Iterator[Scene]:
    """The weather service and a client of it, at the time of the page's own clock."""
    with weather_scene() as made:
        made.now = servers.now()
        yield made


class Page:
    """The page of a source as somebody's browser asks for it."""

    def __init__(self, app: ModuleType, client: FlaskClient, source_id: str) -> None:
        self.client, self.source_id = client, source_id
        self.callbacks = {each.name: each for each in all_callbacks(app)}

    def ask(self, name: str) -> str:
        """What a callback answers, as text without escapes."""
        answer = ask(self.client, self.callbacks[name], {"weather-source-store.data": self.source_id})
        assert answer.status in {200, 204}, answer.text
        return json.dumps(json.loads(answer.text), ensure_ascii=False) if answer.text else ""

    def all(self) -> str:
        """Everything that the page shows."""
        return "\n".join(self.ask(each) for each in (FOLLOW, DRAW, COMPARE))


def test_an_owner_sees_eight_days_and_where_they_come_from(app: ModuleType, scene: Scene, alice: Person) -> None:
    source = source_at(alice.account.id)
    weather_refresh.refresh_all(scene.client, scene.now)
    page = Page(app, alice.client, source)
    follow, drawn = page.ask(FOLLOW), page.ask(DRAW)
    assert "49.79° N, 9.95° E · forecast of" in follow and "times in Europe/Berlin" in follow
    assert "card weather-notice" not in follow
    assert drawn.count("weather-day ") + drawn.count('weather-day"') >= 8
    assert drawn.count("kWh/m²") >= 8 and drawn.count("MJ/m²") >= 8 and drawn.count("Sunrise and sunset") == 8
    # Weather that was made up does not claim to be Open-Meteo's.
    assert "open-meteo.com" not in drawn and "imulat" in drawn
    assert "History: " in drawn and "6 days" in drawn


def test_somebody_else_learns_nothing(app: ModuleType, scene: Scene, alice: Person, bob: Person) -> None:
    source = source_at(alice.account.id)
    weather_refresh.refresh_all(scene.client, scene.now)
    for name in (FOLLOW, DRAW, COMPARE, REFRESH):
        theirs, nobodys = (Page(app, bob.client, each).ask(name) for each in (source, NOBODYS))
        assert theirs.replace(source, NOBODYS) == nobodys
        assert "Not found" in theirs and "49.79" not in theirs


def test_a_source_without_coordinates_is_skipped_and_its_owner_told(
    app: ModuleType, scene: Scene, alice: Person
) -> None:
    source = source_at(alice.account.id, (None, None, "Europe/Berlin"))
    assert weather_refresh.refresh_all(scene.client, scene.now).places == 0
    page = Page(app, alice.client, source)
    follow = page.ask(FOLLOW)
    assert "need the latitude and longitude" in follow and f"/source/{source}?tab=location" in follow
    assert json.loads(follow)["response"]["weather-refresh-button"] == {"disabled": True}
    assert "is needed, with the longitude, before weather can be fetched" in page.ask(REFRESH)
    assert scene.asked == []


def test_a_source_without_weather_yet_says_when_it_comes(app: ModuleType, scene: Scene, alice: Person) -> None:
    preferences.change(alice.account.id, SettingType.AUTO_UPDATE_WEATHER_DATA, "0")
    page = Page(app, alice.client, source_at(alice.account.id))
    assert "press Refresh now" in page.ask(FOLLOW)
    assert "History: none yet" in page.ask(DRAW) and "weather-charts gone" in page.ask(DRAW)
    preferences.change(alice.account.id, SettingType.AUTO_UPDATE_WEATHER_DATA, "1")
    assert "within six hours, or at once" in page.ask(FOLLOW)


def test_the_last_good_weather_stays_with_its_age_while_the_service_is_away(
    app: ModuleType, scene: Scene, alice: Person
) -> None:
    source = source_at(alice.account.id)
    scene.later(hours=-30)
    weather_refresh.refresh_all(scene.client, scene.now)
    page = Page(app, alice.client, source)
    before = page.ask(DRAW)
    assert "This forecast is 1 d 6 h old" in page.ask(FOLLOW)
    scene.later(hours=30)
    scene.faults(*[{"kind": "status", "status": 503}] * 8)
    assert weather_refresh.refresh_all(scene.client, scene.now).failed == 1
    follow = page.ask(FOLLOW)
    assert "could not be refreshed" in follow and "answered 503" in follow and "1 d 6 h old" in follow
    assert page.ask(DRAW) == before


def test_the_page_asks_for_a_refresh_and_shows_how_far_it_is(app: ModuleType, scene: Scene, alice: Person) -> None:
    source = source_at(alice.account.id)
    page = Page(app, alice.client, source)
    assert json.loads(page.ask(REFRESH))["response"]["weather-asked-store"]["data"]
    assert "Refreshing the forecast" in page.ask(FOLLOW) and "Waiting for a free worker" in page.ask(FOLLOW)
    queued = servers.fetch("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY task_name")
    assert {name for (name,) in queued} >= {"weather:fill_archive", "weather:refresh_source"}
    scene.now = servers.now()
    assert weather_refresh.refresh_source(scene.client, source, scene.now).refreshed == 1
    weather_archive.fill(scene.client, source, pause=lambda _: None)
    follow = page.ask(FOLLOW)
    # A source without a past has nothing to wait for either.
    assert "Refreshing the forecast" not in follow and "Filling the history" not in follow
    assert json.loads(follow)["response"]["weather-pace-interval"] == {"interval": 60_000}
    assert f"less than {weather_jobs.LEAST_BETWEEN.seconds // 60} minutes ago" in page.ask(REFRESH)


def test_temperatures_and_numbers_are_written_as_the_reader_wants(
    app: ModuleType, scene: Scene, alice: Person
) -> None:
    source = source_at(alice.account.id, WUERZBURG)
    weather_refresh.refresh_all(scene.client, scene.now)
    page = Page(app, alice.client, source)
    assert "Celsius" in page.ask(DRAW) and '"separators": ".' in page.ask(DRAW)
    preferences.change(alice.account.id, SettingType.TEMPERATURE_UNIT, "1")
    preferences.change(alice.account.id, SettingType.NUMBER_FORMAT, "1")
    drawn, follow = page.ask(DRAW), page.ask(FOLLOW)
    assert "Fahrenheit" in drawn and "Celsius" not in drawn and "°F" in drawn
    assert "49,79° N; 9,95° E" in follow and '"separators": ",' in drawn
    words = re.findall(r'"children": "([^"]*\d[.,]\d[^"]*)"', drawn)
    assert len(words) > 20 and not [each for each in words if re.search(r"\d\.\d", each)]
