"""Answers become frames in our units and in UTC, and what cannot be understood is refused with the field's name."""

import copy
import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from solar.weather import DAILY_COLUMNS, HOURLY_COLUMNS, WeatherFormatError, parse, parse_leads

DAY: dict[str, Any] = {
    "latitude": 47.7, "longitude": 9.2, "utc_offset_seconds": 7200, "timezone": "Europe/Berlin",
    "daily_units": {
        "time": "iso8601", "weather_code": "wmo code", "temperature_2m_max": "°C", "temperature_2m_min": "°C",
        "sunrise": "iso8601", "sunset": "iso8601", "uv_index_max": "", "precipitation_sum": "mm",
        "shortwave_radiation_sum": "MJ/m²",
    },
    "daily": {
        "time": ["2026-06-01", "2026-06-02"], "weather_code": [0, 61], "temperature_2m_max": [24.5, None],
        "temperature_2m_min": [11.0, 12.5], "sunrise": ["2026-06-01T05:25", "2026-06-02T05:24"],
        "sunset": ["2026-06-01T21:15", "2026-06-02T21:16"], "uv_index_max": [7.1, 6.0],
        "precipitation_sum": [0, 3.4], "shortwave_radiation_sum": [27.1, 12.25],
    },
    "hourly_units": {
        "time": "iso8601", "shortwave_radiation": "W/m²", "direct_normal_irradiance": "W/m²",
        "diffuse_radiation": "W/m²", "temperature_2m": "°C", "cloud_cover": "%", "wind_speed_10m": "km/h",
        "precipitation": "mm", "weather_code": "wmo code",
    },
    "hourly": {
        "time": ["2026-06-01T12:00", "2026-06-01T13:00"], "shortwave_radiation": [700, 750.5],
        "direct_normal_irradiance": [600, 610], "diffuse_radiation": [150, 160], "temperature_2m": [20, 21],
        "cloud_cover": [10, 20], "wind_speed_10m": [36.0, 7.2], "precipitation": [0, 0], "weather_code": [0, 1],
    },
}


def changed(**changes: Any) -> dict[str, Any]:
    """The answer with paths like `daily__time` replaced; None removes."""
    answer = copy.deepcopy(DAY)
    for path, value in changes.items():
        *parents, last = path.split("__")
        where = answer
        for each in parents:
            where = where[each]
        if value is None:
            del where[last]
        else:
            where[last] = value
    return answer


def test_a_whole_answer_is_read() -> None:
    answer = parse(DAY, "Europe/Berlin")
    assert tuple(answer.daily.columns) == DAILY_COLUMNS and tuple(answer.hourly.columns) == HOURLY_COLUMNS
    assert list(answer.daily.index) == [date(2026, 6, 1), date(2026, 6, 2)]
    first = answer.daily.iloc[0]
    assert first["temperature_max"] == 24.5 and first["shortwave_radiation_sum"] == 27.1 and first["weather_code"] == 0
    assert first["sunrise"] == datetime(2026, 6, 1, 3, 25, tzinfo=UTC)
    assert first["sunset"] == datetime(2026, 6, 1, 19, 15, tzinfo=UTC)
    assert math.isnan(answer.daily["temperature_max"].iloc[1])
    assert answer.hourly.index[0] == datetime(2026, 6, 1, 10, tzinfo=UTC) and str(answer.hourly.index.tz) == "UTC"
    assert answer.hourly["wind_speed"].tolist() == pytest.approx([10.0, 2.0])
    assert answer.hourly["shortwave_radiation"].tolist() == [700, 750.5]


def test_epoch_times_are_read() -> None:
    midnight = int(datetime(2026, 5, 31, 22, tzinfo=UTC).timestamp())
    answer = parse(changed(
        daily_units__time="unixtime", daily__time=[midnight, midnight + 86400],
        daily_units__sunrise="unixtime", daily__sunrise=[midnight + 19500, midnight + 105840],
        hourly_units__time="unixtime", hourly__time=[midnight + 43200, midnight + 46800],
    ), "Europe/Berlin")
    assert list(answer.daily.index) == [date(2026, 6, 1), date(2026, 6, 2)]
    assert answer.daily["sunrise"].iloc[0] == datetime(2026, 6, 1, 3, 25, tzinfo=UTC)
    assert answer.hourly.index[0] == datetime(2026, 6, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("section", ["daily", "hourly"])
def test_a_section_that_is_missing_is_empty(section: str) -> None:
    answer = parse(changed(**{section: None, f"{section}_units": None}))
    frame = getattr(answer, section)
    assert frame.empty and tuple(frame.columns) == (DAILY_COLUMNS if section == "daily" else HOURLY_COLUMNS)


def test_variables_that_are_missing_or_null_are_absent_whatever_their_unit() -> None:
    answer = parse(changed(
        daily__uv_index_max=None, hourly__cloud_cover=[None, None], hourly_units__cloud_cover="undefined",
        hourly__precipitation=[None, None], hourly_units__precipitation="inch",
        hourly__temperature_2m=[None, None], hourly_units__temperature_2m=None,
    ))
    assert answer.daily["uv_index_max"].isna().all()
    for name in ("cloud_cover", "precipitation", "temperature"):
        assert answer.hourly[name].isna().all()


@pytest.mark.parametrize("unit", ["", "undefined", None])
def test_numbers_without_dimension_need_no_unit(unit: str | None) -> None:
    answer = parse(changed(daily_units__uv_index_max=unit, daily_units__weather_code=unit))
    assert answer.daily["uv_index_max"].tolist() == [7.1, 6.0] and answer.daily["weather_code"].tolist() == [0, 61]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"daily_units__temperature_2m_max": "°F"}, "daily_units.temperature_2m_max", "only °C"),
        ({"daily_units__precipitation_sum": "inch"}, "daily_units.precipitation_sum", "only mm"),
        ({"hourly_units__wind_speed_10m": "mp/h"}, "hourly_units.wind_speed_10m", "only m/s"),
        ({"hourly_units__wind_speed_10m": "kn"}, "hourly_units.wind_speed_10m", "only m/s"),
        ({"hourly_units__shortwave_radiation": "kJ/m²"}, "hourly_units.shortwave_radiation", "only W/m²"),
        ({"hourly_units__shortwave_radiation": "undefined"}, "hourly_units.shortwave_radiation", "is missing"),
        ({"hourly_units__temperature_2m": None}, "hourly_units.temperature_2m", "is missing"),
        ({"hourly_units__cloud_cover": ""}, "hourly_units.cloud_cover", "is missing"),
        ({"daily_units__uv_index_max": "index"}, "daily_units.uv_index_max", "no unit"),
        ({"daily_units": None}, "daily.time", "iso8601"),
        ({"hourly__temperature_2m": [20]}, "hourly.temperature_2m", "1 values for 2 times"),
        ({"hourly__temperature_2m": "20"}, "hourly.temperature_2m", "no list"),
        ({"hourly__temperature_2m": ["20", "21"]}, "hourly.temperature_2m", "only numbers"),
        ({"hourly__temperature_2m": [True, 20]}, "hourly.temperature_2m", "only numbers"),
        ({"hourly__time": None}, "hourly.time", "is missing"),
        ({"hourly__time": ["noon", "2026-06-01T13:00"]}, "hourly.time", "noon"),
        ({"hourly__time": ["2026-06-01T12:00Z", "2026-06-01T13:00Z"]}, "hourly.time", "without offset"),
        ({"hourly__time": ["2026-06-01T13:00", "2026-06-01T12:00"]}, "hourly.time", "order"),
        ({"daily__time": ["2026-06-01", "2026-06-01"]}, "daily.time", "order"),
        ({"hourly_units__time": "local"}, "hourly.time", "local"),
        ({"daily": []}, "daily", "object"),
        ({"utc_offset_seconds": None}, "utc_offset_seconds", "whole seconds"),
        ({"utc_offset_seconds": 100_000}, "utc_offset_seconds", "whole seconds"),
        ({"timezone": None}, "timezone", "name of a zone"),
        ({"latitude": None}, "latitude", "missing"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(change: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(WeatherFormatError, match=words) as raised:
        parse(changed(**change))
    assert raised.value.field == field


@pytest.mark.parametrize("payload", [None, [], "text", [{"daily": {}}]])
def test_what_is_no_answer_is_refused(payload: object) -> None:
    with pytest.raises(WeatherFormatError, match="answer"):
        parse(payload)


def test_an_error_of_the_service_is_told() -> None:
    with pytest.raises(WeatherFormatError, match="Invalid timezone"):
        parse({"error": True, "reason": "Invalid timezone"})


def test_days_of_another_zone_are_refused() -> None:
    with pytest.raises(WeatherFormatError, match="America/Boise") as raised:
        parse(DAY, "America/Boise")
    assert raised.value.field == "timezone"
    # The same clock by another name is no other zone.
    assert parse(changed(timezone="Europe/Vienna"), "Europe/Berlin").time_zone == "Europe/Vienna"
    with pytest.raises(ValueError, match="Nowhere"):
        parse(DAY, "Nowhere/Land")


@pytest.mark.parametrize(
    ("sunrise", "sunset"),
    [
        ("1970-01-01T00:00", "1970-01-01T00:00"),
        ("2026-06-01T00:00", "2026-06-02T00:00"),
        ("2026-06-01T00:00", "2026-06-01T00:00"),
        (None, None),
        ("", ""),
    ],
)
def test_polar_days_and_nights_have_neither_sunrise_nor_sunset(sunrise: str | None, sunset: str | None) -> None:
    answer = parse(changed(daily__sunrise=[sunrise, "2026-06-02T05:24"], daily__sunset=[sunset, "2026-06-02T21:16"]))
    assert answer.daily[["sunrise", "sunset"]].iloc[0].isna().all()
    assert answer.daily[["sunrise", "sunset"]].iloc[1].notna().all()


def test_neither_horizontal_beam_nor_instants_pass_for_hourly_means() -> None:
    answer = parse(changed(
        hourly__direct_normal_irradiance=None, hourly__diffuse_radiation=None,
        hourly__direct_radiation=[500, 510], hourly__diffuse_radiation_instant=[1, 2],
        hourly_units__direct_radiation="W/m²", hourly_units__diffuse_radiation_instant="W/m²",
    ))
    assert answer.hourly[["direct_normal_irradiance", "diffuse_radiation"]].isna().all().all()


def test_previous_runs_are_read_by_lead() -> None:
    leads = parse_leads(changed(
        hourly__shortwave_radiation_previous_day1=[600, 650], hourly_units__shortwave_radiation_previous_day1="W/m²",
        hourly__temperature_2m_previous_day3=[18, None], hourly_units__temperature_2m_previous_day3="°C",
    ), "Europe/Berlin")
    assert sorted(leads) == [0, 1, 3]
    assert leads[1]["shortwave_radiation"].tolist() == [600, 650] and leads[1]["temperature"].isna().all()
    assert leads[3]["temperature"].iloc[0] == 18 and leads[0]["shortwave_radiation"].iloc[0] == 700
    assert leads[1].index[0] == datetime(2026, 6, 1, 10, tzinfo=UTC)
    with pytest.raises(WeatherFormatError, match="°C") as raised:
        parse_leads(changed(
            hourly__temperature_2m_previous_day3=[18, 19], hourly_units__temperature_2m_previous_day3="°F"
        ))
    assert raised.value.field == "hourly_units.temperature_2m_previous_day3"


def test_an_offset_of_quarter_hours_is_kept() -> None:
    answer = parse(changed(utc_offset_seconds=20700, timezone="Asia/Kathmandu"), "Asia/Kathmandu")
    assert answer.hourly.index[0] == datetime(2026, 6, 1, 6, 15, tzinfo=UTC)
    assert answer.utc_offset == timedelta(hours=5, minutes=45)
