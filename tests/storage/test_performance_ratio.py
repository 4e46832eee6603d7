"""The performance ratio of a time from production and measured radiation, what it covers, and why it is absent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from services.people import accounts
from services.people.viewer import Viewer
from services.telemetry import energy_ranges, explanations, key_figures
from services.weather import archive as weather_archive
from services.weather import refresh as weather_refresh
from services.weather import views as weather
from solar.periods import Period
from tests.storage.returns_data import make_source, store_days
from tests.storage.weather_scene import NOW, WUERZBURG, Scene, weather_scene

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 4)
WEEK = Period("custom", FIRST, LAST)
CAPACITY = 5000.0


@pytest.fixture
def scene(stores: dict[str, str]) -> Iterator[Scene]:
    with weather_scene() as made:
        yield made


def owner() -> Viewer:
    made = accounts.create_user("alice@example.org", "Sunny-day-7", "Alice", "", is_email_verified=True)
    return Viewer(made.id, "Alice", "alice@example.org")


def plant(viewer: Viewer, **values: object) -> str:
    """A plant that produced 20 kWh on each of four days."""
    place = dict(zip(("latitude", "longitude", "time_zone"), WUERZBURG, strict=True))
    installed = {"installation_date": datetime(2026, 5, 25, tzinfo=UTC)}
    source_id = make_source(viewer, **{**place, **installed, "installed_capacity_watts": CAPACITY, **values})
    store_days(source_id, [(FIRST + timedelta(days=number), {"produced": 20.0}) for number in range(4)], WUERZBURG[2])
    return source_id


def figures(viewer: Viewer, source_id: str) -> key_figures.PeriodFigures:
    found = energy_ranges.energy_range(viewer, source_id, WEEK, "none", NOW)
    return key_figures.figures_of(viewer, source_id, found)


def test_the_ratio_is_yield_over_measured_radiation(scene: Scene) -> None:
    viewer = owner()
    source_id = plant(viewer)
    weather_refresh.refresh_source(scene.client, source_id, NOW)
    weather_archive.fill(scene.client, source_id, scene.pauses.append)
    radiation = weather.observed_days(viewer, source_id, FIRST, LAST)["radiation_kwh"]
    assert len(radiation) == 4
    found = figures(viewer, source_id)
    assert found.values["performanceRatio"] == pytest.approx(80.0 / 5.0 / radiation.sum())
    assert found.covered["performanceRatio"] == pytest.approx(1.0)
    told = explanations.why(viewer, source_id, "performanceRatio", WEEK, NOW)
    assert (told.days_used, told.radiation_kwh) == (4, pytest.approx(radiation.sum()))
    assert told.inputs[0].kwh == pytest.approx(80.0)


def test_without_weather_it_is_absent_with_its_reason(stores: dict[str, str]) -> None:
    viewer = owner()
    found = figures(viewer, plant(viewer))
    assert "performanceRatio" not in found.values
    assert found.reasons["performanceRatio"] == "no-radiation"
    assert found.covered["performanceRatio"] == 0.0
    assert explanations.why(viewer, plant(viewer), "performanceRatio", WEEK, NOW).reason == "no-radiation"
