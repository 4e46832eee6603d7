"""A forecast of a whole house: what it holds to, whatever the data."""

import numpy as np
import pandas as pd
import pvlib
import pytest

from solar.forecasting import Forecast, Model, predict, train
from tests.unit.forecast_histories import END, SITE, history, weather

DAYS = 120


@pytest.fixture(scope="module")
def model() -> Model:
    return train(history(DAYS), SITE, weather(DAYS, ahead=0), END)


@pytest.fixture(scope="module")
def forecast(model: Model) -> Forecast:
    return predict(model, history(DAYS), weather(DAYS), END)


def test_eight_local_days_in_half_hours(forecast: Forecast) -> None:
    assert len(forecast.frame) == 8 * 48
    assert forecast.frame.index[0] == END.tz_convert("UTC")
    assert list(forecast.daily.index) == [(END + pd.DateOffset(days=day)).date() for day in range(8)]
    fields = {name.rsplit("_", 1)[0] for name in forecast.frame.columns}
    assert fields == {"solarPower", "loadPower", "stateOfCharge", "batteryVoltage"}
    assert not forecast.frame.isna().any().any()


def test_bands_are_in_order(forecast: Forecast) -> None:
    for field in ("solarPower", "loadPower", "stateOfCharge", "batteryVoltage"):
        low, middle, high = (forecast.frame[f"{field}_{q}"] for q in ("p10", "p50", "p90"))
        assert (low <= middle + 1e-6).all() and (middle <= high + 1e-6).all(), field
        assert (high - low).max() > 0
    for field in ("solar", "load"):
        low, middle, high = (forecast.daily[f"{field}_kwh_{q}"] for q in ("p10", "p50", "p90"))
        assert (low <= middle).all() and (middle <= high).all()


def test_nothing_at_night_and_nothing_impossible(forecast: Forecast) -> None:
    frame = forecast.frame
    middle = frame.index + pd.Timedelta(minutes=15)
    sun = pvlib.solarposition.get_solarposition(middle, SITE.latitude, SITE.longitude)["elevation"].to_numpy()
    assert (frame.loc[sun < 0, [c for c in frame if c.startswith("solarPower")]] == 0).all().all()
    assert frame["solarPower_p50"][sun > 40].min() > 0
    assert frame.filter(like="Power").min().min() >= 0
    assert frame["solarPower_p90"].max() <= SITE.capacity_watts
    assert frame.filter(like="stateOfCharge").min().min() >= 0 and frame.filter(like="stateOfCharge").max().max() <= 100


def test_weather_makes_it_close_to_what_comes(forecast: Forecast) -> None:
    truth = 5.2 * weather(DAYS)["shortwave_radiation"].reindex(forecast.frame.index)
    error = (forecast.frame["solarPower_p50"] - truth.clip(upper=5000)).abs().mean()
    assert error < 0.04 * 5000
    assert forecast.methods["solarPower"] == ["weather: mix"] * 8


def test_daily_energy_is_the_sum_of_the_half_hours(forecast: Forecast) -> None:
    dates = forecast.frame.index.tz_convert(SITE.zone).date
    sums = forecast.frame[["solarPower_p50", "loadPower_p50"]].groupby(dates).sum() / 2000
    assert np.allclose(sums["solarPower_p50"], forecast.daily["solar_kwh_p50"], rtol=0.01)
    assert np.allclose(sums["loadPower_p50"], forecast.daily["load_kwh_p50"], rtol=0.01)


def test_without_future_weather_memory_speaks(model: Model, forecast: Forecast) -> None:
    calm = predict(model, history(DAYS), None, END)
    assert all(method.startswith("memory") for method in calm.methods["solarPower"])
    assert "solarPower_weather" not in calm.frame
    assert np.allclose(calm.frame["solarPower_p50"], forecast.frame["solarPower_memory"], atol=300)


def test_weather_that_ends_early_is_used_as_far_as_it_reaches(model: Model) -> None:
    short = weather(DAYS)
    short = short[short.index < END.tz_convert("UTC") + pd.Timedelta(days=3)]
    methods = predict(model, history(DAYS), short, END).methods["solarPower"]
    assert [method.split(":")[0] for method in methods] == ["weather"] * 3 + ["memory"] * 5


def test_nothing_after_the_origin_is_looked_at(model: Model, forecast: Forecast) -> None:
    known = history(DAYS)
    known[known.index >= END] = 1e6
    again = predict(model, known, weather(DAYS), END + pd.Timedelta(hours=10))
    pd.testing.assert_frame_equal(again.frame, forecast.frame)


def test_json_round_trip(model: Model, forecast: Forecast) -> None:
    read = Model.from_json(model.to_json())
    assert read.to_json() == model.to_json()
    again = predict(read, history(DAYS), weather(DAYS), END)
    pd.testing.assert_frame_equal(again.frame, forecast.frame, atol=1e-3)


def test_another_version_is_refused(model: Model) -> None:
    with pytest.raises(ValueError, match="another version"):
        Model.from_json(model.to_json().replace('"version": 1', '"version": 0', 1))


def test_the_evening_peak_of_the_house_is_found(forecast: Forecast) -> None:
    first = forecast.frame["loadPower_p50"].iloc[:48]
    assert first.idxmax().tz_convert(SITE.zone).hour in (20, 21)
    assert 900 < first.max() < 2600


def test_the_battery_is_learnt(model: Model) -> None:
    assert model.battery is not None and model.battery.cells is not None
    assert model.battery.cells.gain == pytest.approx(0.01, rel=0.1)
    assert model.battery.leads[0].scores["skill"] > 0.2


def test_voltage_follows_charge(forecast: Forecast) -> None:
    expected = 48 + forecast.frame["stateOfCharge_p50"] / 20
    assert (forecast.frame["batteryVoltage_p50"] - expected).abs().max() < 0.3


def test_the_model_card_says_what_was_used(model: Model) -> None:
    assert model.data["days"]["solarPower"] == pytest.approx(DAYS, abs=1)
    assert "irradiance" in model.data["features"]
    assert model.scores()["solarPower"][0]["skill"] > 0.3
    assert model.reasons == {}


def test_progress_is_told_and_may_end_the_training() -> None:
    told: list[int] = []

    def progress(percent: int, stage: str) -> None:
        told.append(percent)
        if percent > 20:
            raise KeyboardInterrupt(stage)

    with pytest.raises(KeyboardInterrupt):
        train(history(30), SITE, None, END, progress)
    assert told == sorted(told)


def test_days_out_of_range_are_an_error(model: Model) -> None:
    with pytest.raises(ValueError, match="1 to 8"):
        predict(model, history(DAYS), None, END, days=9)
