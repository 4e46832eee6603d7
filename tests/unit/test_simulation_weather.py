"""The simulated weather is one with the simulated sky, follows season and place, and forecasts fade with their lead."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from solar.simulation import SiteSpec, daily_weather, hourly_weather, simulate, simulated_weather, sky

SPEC = SiteSpec(50.25, 10.25, "Europe/Berlin", 35, 180, 8.2, 8.0, 10.0, 5.0, 4500, 7)
START = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def hours() -> pd.DataFrame:
    return simulated_weather(SPEC, START, START + timedelta(days=366))


def test_irradiance_closes_and_stays_within_physics() -> None:
    above = sky(50.25, 10.25, pd.date_range(START, periods=1440 * 10, freq="min"))
    height = np.clip(np.sin(np.radians(above["elevation"])), 0, None)
    assert np.allclose(above["ghi"], above["dni"] * height + above["dhi"])
    assert (above[["ghi", "dni", "dhi"]] >= 0).all().all() and above["dni"].max() < 1100
    assert (above["ghi"] <= 1361 * height * 1.15 + 5).all()
    assert above["cloud_cover"].between(0, 1).all()
    assert (above.loc[above["elevation"] < -1, "ghi"] == 0).all()


def test_an_instant_has_one_sky_however_it_is_asked_for() -> None:
    times = pd.date_range(START, periods=500, freq="7min")
    together = sky(50.25, 10.25, times)
    for at in (0, 123, 499):
        alone = sky(50.25, 10.25, times[at : at + 1])
        pd.testing.assert_frame_equal(alone, together.iloc[at : at + 1], check_freq=False)


def test_sun_is_hidden_about_as_often_as_clouds_cover_the_sky() -> None:
    above = sky(35.0, 10.25, pd.date_range(datetime(2025, 6, 1, tzinfo=UTC), periods=1440 * 20, freq="min"))
    noonish = above[(above["elevation"] > 30) & above["cloud_cover"].between(0.4, 0.6)]
    hidden = (noonish["dni"] < 450).mean()
    assert len(noonish) > 500 and 0.3 < hidden < 0.7


def test_hours_are_the_means_of_the_hour_before_the_stamp(hours: pd.DataFrame) -> None:
    stamp = pd.Timestamp("2025-06-10T10:00Z")
    minutes = sky(*SPEC.place, pd.date_range(stamp - timedelta(hours=1), periods=720, freq="5s"))
    assert hours.loc[stamp, "shortwave_radiation"] == pytest.approx(minutes["ghi"].mean(), rel=0.15)
    noon = hours[(hours.index.hour == 11)]
    assert noon["shortwave_radiation"].mean() > 200


def test_year_has_the_weather_of_its_latitude(hours: pd.DataFrame) -> None:
    assert 950 < hours["shortwave_radiation"].sum() / 1000 < 1300
    assert 7 < hours["temperature"].mean() < 13
    by_month = hours["temperature"].groupby(hours.index.month).mean()
    assert by_month[7] > by_month[1] + 12
    assert 400 < hours["precipitation"].sum() < 1600
    assert hours["weather_code"].isin([0, 1, 2, 3, 51, 61, 63, 65, 71, 73, 75, 95]).all()


def test_seasons_turn_with_the_hemisphere() -> None:
    south = hourly_weather(-37.0, 175.0, START, START + timedelta(days=366))
    by_month = south.groupby(south.index.month)[["temperature", "shortwave_radiation"]].mean()
    assert (by_month.loc[1] > by_month.loc[7]).all()


def test_sky_of_a_day_decides_what_the_panels_give(hours: pd.DataFrame) -> None:
    readings = simulate(SPEC, START, START + timedelta(days=60), timedelta(minutes=5))
    made = readings["solarPower"].groupby(readings.index.floor("D")).mean()
    shone = hours["shortwave_radiation"].groupby((hours.index - timedelta(hours=1)).floor("D")).mean()
    same_day = np.corrcoef(made, shone.reindex(made.index))[0, 1]
    next_day = np.corrcoef(made.iloc[:-1], shone.reindex(made.index).iloc[1:])[0, 1]
    assert same_day > 0.9 and same_day > next_day + 0.3


def test_forecasts_fade_with_their_lead(hours: pd.DataFrame) -> None:
    start, end = START + timedelta(days=60), START + timedelta(days=160)
    truth = hours["shortwave_radiation"].loc[start : end - timedelta(hours=1)]
    errors = [
        (hourly_weather(*SPEC.place, start, end, lead_days=lead)["shortwave_radiation"] - truth).abs().mean()
        for lead in (0.0, 1.0, 3.0, 7.0)
    ]
    assert errors == sorted(errors) and errors[3] > 1.5 * errors[1]
    assert 0.08 < errors[1] / truth.mean() < 0.3


def test_forecast_is_what_was_forecast_so_long_before() -> None:
    issued = datetime(2025, 5, 10, 6, tzinfo=UTC)
    forecast = simulated_weather(SPEC, issued - timedelta(hours=12), issued + timedelta(days=8), issued_at=issued)
    behind = simulated_weather(SPEC, issued - timedelta(hours=12), issued)
    pd.testing.assert_frame_equal(forecast.loc[: issued - timedelta(hours=1)], behind, check_freq=False)
    again = simulated_weather(SPEC, issued - timedelta(hours=12), issued + timedelta(days=8), issued_at=issued)
    pd.testing.assert_frame_equal(forecast, again)
    stamp = pd.Timestamp(issued + timedelta(days=3))
    assert list(forecast.index) == sorted(set(forecast.index)) and len(forecast) == 12 + 8 * 24
    earlier = hourly_weather(*SPEC.place, stamp.to_pydatetime(), stamp + timedelta(hours=1), lead_days=3.0)
    assert forecast.loc[stamp, "cloud_cover"] == earlier["cloud_cover"].iloc[0]


def test_days_are_made_from_their_hours(hours: pd.DataFrame) -> None:
    starts = [datetime(2025, 6, 1, 22, tzinfo=UTC) + timedelta(days=each) for each in range(4)]
    days = daily_weather(hours, *SPEC.place, starts)
    assert len(days) == 3
    first = hours.loc[starts[0] + timedelta(hours=1) : starts[1]]
    assert days["shortwave_radiation_sum"].iloc[0] == pytest.approx(
        first["shortwave_radiation"].sum() * 0.0036, abs=0.01
    )
    assert ((days["sunset"] - days["sunrise"]) > timedelta(hours=15)).all()
    assert (days["temperature_max"] > days["temperature_min"]).all()


def test_polar_days_have_neither_sunrise_nor_sunset() -> None:
    start = datetime(2025, 6, 20, 22, tzinfo=UTC)
    hours = hourly_weather(69.65, 18.95, start, start + timedelta(days=2))
    days = daily_weather(hours, 69.65, 18.95, [start, start + timedelta(days=1)])
    assert days["sunrise"].isna().all() and days["sunset"].isna().all()


def test_no_hours_asked_for_gives_no_hours() -> None:
    assert simulated_weather(SPEC, START, START).empty
