"""The rules of a source's fields."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.errors import Invalid
from services.sources import rules as source_rules
from services.sources import time_zones

NOW = datetime(2026, 6, 21, 10, tzinfo=UTC)
LEAST: dict[str, Any] = {"name": "Roof", "connection_type": 0}


def test_a_source_needs_a_name_and_a_connection() -> None:
    source_rules.check_new(LEAST, NOW)
    with pytest.raises(Invalid) as caught:
        source_rules.check_new({}, NOW)
    assert set(caught.value.errors) == {"name", "connection_type"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 100), ("description", ""), ("description", "two\nlines"), ("latitude", -90),
        ("longitude", 180.0), ("installed_capacity_watts", 0), ("installed_capacity_watts", 1_000_000),
        ("currency", "JPY"), ("system_cost", Decimal("0")), ("system_cost", 12500.5), ("installation_date", NOW),
        ("time_zone", "Asia/Kathmandu"), ("has_battery", None), ("tilt_degrees", 90), ("azimuth_degrees", 360),
        ("retention_raw_days", 7), ("retention_raw_days", None), ("retention_five_minutes_days", 36_500),
    ],
)  # fmt: skip
def test_what_is_allowed(field: str, value: Any) -> None:
    source_rules.check({field: value}, NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "   "), ("name", "x" * 101), ("name", None), ("name", 5), ("name", "a\0b"),
        ("description", "x" * 501), ("connection_type", 2), ("connection_type", True), ("connection_type", "0"),
        ("latitude", 90.01), ("latitude", float("nan")), ("latitude", "38"), ("longitude", -181),
        ("installed_capacity_watts", -1), ("installed_capacity_watts", 1_000_000.5), ("currency", "EURO"),
        ("currency", "eur"), ("currency", None), ("currency", ["EUR"]), ("system_cost", Decimal("-0.01")),
        ("system_cost", Decimal("NaN")), ("maintenance_cost_per_year", float("inf")), ("is_active", 1),
        ("installation_date", NOW + timedelta(seconds=1)), ("installation_date", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("time_zone", "Europe/Atlantis"), ("time_zone", None), ("payload_mapping", "x"), ("user_id", "bob"),
        ("mqtt_api_key", "x"), ("id", "x"), ("retention_raw_days", 6), ("retention_raw_days", 30.5),
        ("retention_five_minutes_days", 36_501), ("retention_five_minutes_days", "a year"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_said_for_its_field(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        source_rules.check({field: value, "currency": "EUR"} if field != "currency" else {field: value}, NOW)
    assert list(caught.value.errors) == [field]


def test_half_a_place_is_refused() -> None:
    with pytest.raises(Invalid, match="longitude"):
        source_rules.check_new({**LEAST, "latitude": 38.6}, NOW)


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (38.6, -0.86, "Europe/Madrid"), (27.7, 85.3, "Asia/Kathmandu"), (-36.8, 174.7, "Pacific/Auckland"),
        (34.05, -118.24, "America/Los_Angeles"), (0, -30, "Etc/GMT+2"),
    ],
)  # fmt: skip
def test_the_zone_of_a_place(latitude: float, longitude: float, zone: str) -> None:
    assert time_zones.of_place(latitude, longitude) == zone
