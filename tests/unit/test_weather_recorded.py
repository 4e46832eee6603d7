"""Real answers of the service are read, or refused where they are imperial; sun times agree with pvlib's."""

import copy
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pvlib import solarposition

from solar.weather import WeatherAnswer, WeatherFormatError, parse

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "openmeteo"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared/data/openmeteo is not here")


def recorded(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((RECORDED / name).read_text(encoding="utf-8"))
    return loaded


def without_imperial(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without the variables that come in imperial units."""
    kept = copy.deepcopy(answer)
    for section in ("daily", "hourly"):
        for name, unit in answer.get(f"{section}_units", {}).items():
            if unit in ("°F", "inch", "mp/h"):
                del kept[section][name], kept[f"{section}_units"][name]
    return kept


def largest_difference_to_pvlib(answer: WeatherAnswer, days: slice = slice(None)) -> timedelta:
    """The largest distance of a sunrise or sunset to the nearest one that pvlib finds for the place."""
    frame = answer.daily.iloc[days]
    first, last = frame.index[0], frame.index[-1]
    dates = pd.date_range(first - timedelta(days=1), last + timedelta(days=2), freq="D", tz="UTC")
    found = solarposition.sun_rise_set_transit_spa(dates, answer.latitude, answer.longitude)
    worst = timedelta()
    for name in ("sunrise", "sunset"):
        assert frame[name].notna().all()
        for at in frame[name]:
            worst = max(worst, (found[name] - at).abs().min().to_pytimedelta())
    return worst


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("forecast_daily_idaho_2025-07_subset.json", "daily_units.temperature_2m_max"),
        ("forecast_toronto_2026-03.json", "daily_units.temperature_2m_max"),
        ("archive_daily_nyc_2016-2026.json", "daily_units.temperature_2m_max"),
    ],
)
def test_imperial_answers_are_refused(name: str, field: str) -> None:
    with pytest.raises(WeatherFormatError, match="°F") as raised:
        parse(recorded(name))
    assert raised.value.field == field


def test_sunset_dated_on_the_next_day_stays_with_its_day() -> None:
    answer = parse(without_imperial(recorded("forecast_daily_idaho_2025-07_subset.json")))
    first = answer.daily.loc[date(2025, 7, 28)]
    assert first["sunrise"] == datetime(2025, 7, 28, 12, 20, tzinfo=UTC)
    assert first["sunset"] == datetime(2025, 7, 29, 3, 27, tzinfo=UTC)
    assert first["shortwave_radiation_sum"] == 27.96 and first["uv_index_max"] == 7.25
    assert largest_difference_to_pvlib(answer) <= timedelta(minutes=3)


def test_days_cut_by_another_zone_are_refused_for_a_source() -> None:
    with pytest.raises(WeatherFormatError, match="America/Boise"):
        parse(without_imperial(recorded("forecast_daily_idaho_2025-07_subset.json")), "America/Boise")


def test_hourly_answer_with_horizontal_beam_is_read() -> None:
    answer = parse(recorded("forecast_hourly_de_2026-03.json"), "Europe/Berlin")
    assert len(answer.hourly) == 72 and answer.daily.empty
    assert answer.hourly.index[0] == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert answer.hourly["direct_normal_irradiance"].isna().all()
    assert answer.hourly["shortwave_radiation"].max() > 300
    assert answer.hourly["wind_speed"].iloc[0] == pytest.approx(4.3 / 3.6)


def test_quarter_hours_with_instants_only_give_no_hours() -> None:
    answer = parse(recorded("forecast_minutely15_alps_2025-02.json"), "Europe/Paris")
    assert answer.hourly.empty and answer.daily.empty


def test_forecast_with_a_past_day_is_read() -> None:
    answer = parse(without_imperial(recorded("forecast_toronto_2026-03.json")), "America/Toronto")
    assert len(answer.hourly) == 192 and len(answer.daily) == 8
    assert answer.hourly["shortwave_radiation"].isna().all() and answer.hourly["weather_code"].notna().all()
    assert largest_difference_to_pvlib(answer) <= timedelta(minutes=3)


def test_archive_with_one_offset_all_year_has_the_right_sun() -> None:
    answer = parse(without_imperial(recorded("archive_daily_nyc_2016-2026.json")), "America/New_York")
    assert len(answer.daily) == 3653
    # Summer is where reading the times on the wall clock would be an hour off.
    assert largest_difference_to_pvlib(answer, slice(0, 3653, 40)) <= timedelta(minutes=3)
