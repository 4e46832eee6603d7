"""Local days of an answer, hours on an even grid, and the line of production over radiation."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from solar.days import start_of_day
from solar.weather import (
    DAILY_COLUMNS,
    HOURLY_COLUMNS,
    WeatherAnswer,
    WeatherFormatError,
    day_table,
    on_the_hour,
    yield_of,
)

ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Pacific/Auckland")


def answer(zone: str, first: date, days: int, offset: timedelta, *, with_days: bool = True) -> WeatherAnswer:
    """Whole local days: the radiation of an hour is the number of its UTC hour; the service's own sums are 1."""
    start, end = (pd.Timestamp(start_of_day(first + timedelta(days=each), zone)) for each in (0, days))
    # The stamps of the hours whose middles lie in these days.
    half = pd.Timedelta(minutes=30)
    stamps = pd.date_range((start + half).ceil("h"), end + half, freq="h", inclusive="left")
    hourly = pd.DataFrame(0.0, index=stamps, columns=list(HOURLY_COLUMNS))
    hourly["shortwave_radiation"] = stamps.hour.astype(float)
    hourly["weather_code"] = np.arange(len(stamps)) % 4
    dates = [first + timedelta(days=each) for each in range(days if with_days else 0)]
    daily = pd.DataFrame(1.0, index=pd.Index(dates, dtype=object, name="date"), columns=list(DAILY_COLUMNS))
    for name in ("sunrise", "sunset"):
        daily[name] = pd.to_datetime(daily[name] * float("nan"), utc=True)
    return WeatherAnswer(0.0, 0.0, zone, offset, daily, hourly)


@pytest.mark.parametrize("zone", ZONES)
def test_the_services_own_days_hold_where_its_offset_is_theirs(zone: str) -> None:
    first = date(2026, 7, 1)
    offset = start_of_day(first, zone).astimezone(pd.Timestamp(0, tz=zone).tz).utcoffset() or timedelta()
    days = day_table(answer(zone, first, 3, offset), zone)
    assert list(days.index) == [first + timedelta(days=each) for each in range(3)]
    assert (days["shortwave_radiation_sum"] == 1.0).all() and list(days.columns) == list(DAILY_COLUMNS)


@pytest.mark.parametrize(
    ("zone", "change"), [("America/Los_Angeles", date(2026, 3, 8)), ("Pacific/Auckland", date(2026, 4, 5))]
)
def test_days_beyond_a_change_of_clocks_are_cut_anew_from_their_hours(zone: str, change: date) -> None:
    before = change - timedelta(days=1)
    offset = start_of_day(before, zone).astimezone(pd.Timestamp(0, tz=zone).tz).utcoffset() or timedelta()
    given = answer(zone, before, 3, offset)
    days = day_table(given, zone)
    # The day of the change begins with the offset of the answer.
    assert days["shortwave_radiation_sum"].iloc[:2].tolist() == [1.0, 1.0]
    start, end = (pd.Timestamp(start_of_day(change + timedelta(days=each), zone)) for each in (1, 2))
    own = given.hourly[(given.hourly.index > start) & (given.hourly.index <= end)]["shortwave_radiation"]
    assert len(own) == 24 and days["shortwave_radiation_sum"].iloc[2] == pytest.approx(own.sum() * 0.0036)


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_made_of_hours_where_the_answer_has_none(zone: str) -> None:
    first = date(2026, 1, 10)
    given = answer(zone, first, 2, timedelta(), with_days=False)
    days = day_table(given, zone)
    assert list(days.index) == [first, first + timedelta(days=1)] and (days["weather_code"] == 3).all()
    assert days["sunrise"].isna().all() and days["uv_index_max"].isna().all()
    # A day that lacks an hour is not known.
    given.hourly.loc[given.hourly.index[5], "shortwave_radiation"] = np.nan
    assert list(day_table(given, zone).index) == [first + timedelta(days=1)]


def test_hours_are_laid_on_an_even_grid() -> None:
    stamps = pd.date_range(datetime(2026, 1, 1, tzinfo=UTC), periods=6, freq="h")
    frame = pd.DataFrame({"a": [np.nan, 1.0, 2.0, 3.0, 4.0, np.nan]}, index=stamps)
    assert list(on_the_hour(frame.drop(index=stamps[2])).index) == list(stamps[1:5])
    assert on_the_hour(frame.drop(index=stamps[2]))["a"].isna().sum() == 1
    with pytest.raises(WeatherFormatError, match=r"hourly\.time is uneven"):
        on_the_hour(frame.set_axis([*stamps[:3], *(stamps[3:] + pd.Timedelta(minutes=15))], axis="index"))


def made_up_days(slope: float, noise: float, count: int = 100) -> pd.DataFrame:
    """Days that produced `slope` kWh for each kWh/m², with a relative noise."""
    chance = np.random.default_rng(8)
    radiation = chance.uniform(0.5, 8.5, count)
    kwh = slope * radiation * (1 + chance.normal(0, noise, count))
    return pd.DataFrame({"radiation": radiation, "kwh": kwh}, index=pd.date_range("2026-03-01", periods=count))


def test_the_line_is_found_and_days_that_fell_off_it_are_named() -> None:
    days = made_up_days(4.36, 0.03)
    spoilt = list(days.index[[10, 40, 41, 77]])
    days.loc[spoilt, "kwh"] *= 0.5
    found = yield_of(days)
    assert found is not None and found.kwh_per_radiation == pytest.approx(4.36, rel=0.02)
    assert list(found.fell_off) == spoilt and found.r_squared > 0.95


def test_four_days_in_ten_that_are_spoilt_do_not_bend_the_line() -> None:
    days = made_up_days(4.36, 0.02)
    days.iloc[::5, 1] *= 0.3
    days.iloc[1::5, 1] *= 0.6
    found = yield_of(days)
    assert found is not None and found.kwh_per_radiation == pytest.approx(4.36, rel=0.05)


def test_days_known_to_be_unsound_are_held_against_the_line_of_the_others() -> None:
    days = made_up_days(4.36, 0.02)
    days.iloc[:60, 1] *= 0.4
    found = yield_of(days, pd.Series(np.arange(100) >= 60, index=days.index))
    assert found is not None and found.kwh_per_radiation == pytest.approx(4.36, rel=0.02)
    assert set(found.fell_off) == set(days.index[:60])


def test_days_that_lie_together_have_no_outlier() -> None:
    found = yield_of(made_up_days(4.0, 0.15))
    assert found is not None and len(found.fell_off) <= 3


def test_too_few_days_have_no_line() -> None:
    assert yield_of(made_up_days(4.0, 0.01, count=6)) is None
    assert yield_of(made_up_days(4.0, 0.01) * [0.01, 1]) is None
    assert yield_of(made_up_days(0.0, 0.01)) is None
