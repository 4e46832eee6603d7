"""Local days of hours, hours as intervals, and places that share one weather."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from solar.weather import HOURLY_COLUMNS, Place, hour_intervals, local_days, shared_places


def hours(start: datetime, count: int) -> pd.DataFrame:
    """Hours of 100 W/m² with the number of the hour as temperature."""
    index = pd.date_range(start, periods=count, freq="h", name="timestamp")
    frame = pd.DataFrame(0.0, index=index, columns=list(HOURLY_COLUMNS))
    frame["shortwave_radiation"], frame["temperature"] = 100.0, np.arange(count, dtype=float)
    return frame


@pytest.mark.parametrize(
    ("zone", "day", "midnight", "length"),
    [
        ("America/Los_Angeles", date(2026, 3, 8), datetime(2026, 3, 8, 8, tzinfo=UTC), 23),
        ("America/Los_Angeles", date(2026, 7, 1), datetime(2026, 7, 1, 7, tzinfo=UTC), 24),
        ("Pacific/Auckland", date(2026, 4, 5), datetime(2026, 4, 4, 11, tzinfo=UTC), 25),
        ("Pacific/Auckland", date(2026, 9, 27), datetime(2026, 9, 26, 12, tzinfo=UTC), 23),
        # Nepal's midnight is at 18:15 UTC: the hour that ends at 19:00 belongs to the new day by its middle.
        ("Asia/Kathmandu", date(2026, 1, 10), datetime(2026, 1, 9, 18, tzinfo=UTC), 24),
    ],
)
def test_days_begin_and_end_where_the_zone_says(zone: str, day: date, midnight: datetime, length: int) -> None:
    days = local_days(hours(midnight - timedelta(days=2), 24 * 5), zone)
    assert days.loc[day, "hours"] == length
    assert days.loc[day, "shortwave_radiation_sum"] == pytest.approx(length * 100 * 0.0036)
    assert days.index.is_unique and list(days.index) == sorted(days.index)


def test_a_day_without_values_is_absent_not_zero() -> None:
    frame = hours(datetime(2026, 1, 1, 1, tzinfo=UTC), 48)
    frame.loc[frame.index[:24], ["shortwave_radiation", "precipitation"]] = np.nan
    days = local_days(frame, "UTC")
    assert np.isnan(days.loc[date(2026, 1, 1), "shortwave_radiation_sum"])
    assert days.loc[date(2026, 1, 1), "hours"] == 0 and days.loc[date(2026, 1, 2), "hours"] == 24


def test_intervals_start_an_hour_before_the_stamp() -> None:
    frame = hours(datetime(2026, 1, 1, 1, tzinfo=UTC), 3)
    frame["shortwave_radiation"] = [1.0, 2.0, 3.0]
    intervals = hour_intervals(frame)
    assert intervals.index[0] == datetime(2026, 1, 1, 0, tzinfo=UTC)
    assert intervals["shortwave_radiation"].tolist() == [1.0, 2.0, 3.0]
    assert intervals["temperature_2m"].tolist() == [0.0, 0.5, 1.5]


def test_sources_within_a_kilometre_share_a_place() -> None:
    found = shared_places([
        ("a", 48.00, 11.00, "Europe/Berlin"), ("b", 48.006, 11.006, "Europe/Berlin"),
        ("c", 48.02, 11.00, "Europe/Berlin"), ("d", 48.00, 11.00, "Europe/Vienna"),
    ])
    assert found == {
        Place(48.0, 11.0, "Europe/Berlin"): ["a", "b"], Place(48.02, 11.0, "Europe/Berlin"): ["c"],
        Place(48.0, 11.0, "Europe/Vienna"): ["d"],
    }


def test_places_do_not_depend_on_the_order_of_sources() -> None:
    draw = np.random.default_rng(4)
    sources = [
        (f"s{number}", 47 + spot // 8 * 0.5 + draw.uniform(-0.002, 0.002),
         9 + spot % 8 * 0.5 + draw.uniform(-0.002, 0.002), "Europe/Berlin")
        for number in range(400) for spot in [number % 50]
    ]
    one, other = shared_places(sources), shared_places(reversed(sources))
    assert one == other and len(one) == 50 and sum(map(len, one.values())) == 400


def test_places_meet_across_the_date_line_and_at_whole_degrees() -> None:
    assert len(shared_places([("a", 0.0, 179.999, "UTC"), ("b", 0.0, -179.999, "UTC")])) == 1
    assert len(shared_places([("a", 49.9999, 150.0, "UTC"), ("b", 50.0001, 150.0, "UTC")])) == 1
    assert len(shared_places([("a", 60.0, 10.0, "UTC"), ("b", 60.0, 10.025, "UTC")])) == 2
