"""Forecasts of sources with little, odd or broken data: a sensible forecast or a clear refusal."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from solar.forecasting import Model, Refusal, Site, predict, train
from tests.unit.forecast_histories import END, SITE, history, weather

NOWHERE = Site("Europe/Madrid")
SOLAR = ["solarPower"]


def test_place_and_capacity_are_enough_on_the_first_day() -> None:
    nothing = pd.DataFrame({"solarPower": []}, index=pd.DatetimeIndex([], tz="UTC"))
    model = train(nothing, SITE, None, END)
    calm = predict(model, nothing, None, END).frame
    assert 2000 < calm["solarPower_p50"].max() < SITE.capacity_watts
    driven = predict(model, nothing, weather(0), END)
    assert driven.methods["solarPower"][0] == "weather: prior"
    truth = 5.2 * weather(0)["shortwave_radiation"].reindex(driven.frame.index)
    assert (driven.frame["solarPower_p50"] - truth).abs().mean() < 0.06 * SITE.capacity_watts
    assert (driven.frame["solarPower_p90"] - driven.frame["solarPower_p10"]).max() > 500
    assert "loadPower" in driven.reasons


@pytest.mark.parametrize("site", [NOWHERE, replace(SITE, capacity_watts=None)])
def test_the_first_day_without_place_or_capacity_is_refused(site: Site) -> None:
    with pytest.raises(Refusal, match="place and the installed capacity"):
        train(history(0)[:0], site, None, END)


@pytest.mark.parametrize("site", [SITE, NOWHERE])
def test_three_days(site: Site) -> None:
    known = history(3)
    model = train(known, site, None, END)
    frame = predict(model, known, None, END).frame
    assert not frame.isna().any().any()
    assert 1500 < frame["solarPower_p50"].max() <= 6000
    night = frame.index.tz_convert(SITE.zone).hour < 5
    assert (frame.loc[night, "solarPower_p90"] == 0).all()


def test_a_stuck_sensor_is_refused() -> None:
    known = history(30)[SOLAR]
    known["solarPower"] = 1234.0
    with pytest.raises(Refusal, match="never changes"):
        train(known, SITE, None, END)


def test_no_production_at_all_is_refused() -> None:
    with pytest.raises(Refusal, match="zero all along"):
        train(history(30)[SOLAR] * 0, SITE, None, END)


def test_one_stuck_field_does_not_stop_the_others() -> None:
    known = history(40)
    known["loadPower"] = 400.0
    model = train(known, SITE, None, END)
    assert model.load is None and "never changes" in model.reasons["loadPower"]
    assert "loadPower_p50" not in predict(model, known, None, END).frame


def test_no_battery() -> None:
    model = train(history(40)[["solarPower", "loadPower"]], replace(SITE, battery_capacity_kwh=None), None, END)
    assert model.battery is None and "stateOfCharge" in model.reasons


def test_a_full_battery_stays_a_full_battery() -> None:
    known = history(40)
    known["stateOfCharge"] = 100.0
    frame = predict(train(known, SITE, None, END), known, None, END).frame
    assert frame["stateOfCharge_p50"].min() > 98


def test_a_year_of_gaps() -> None:
    known = history(365, minutes=60)
    day = (known.index - known.index[0]).days
    known[(day % 20 < 12) | (day > 300)] = np.nan
    model = train(known, SITE, None, END)
    frame = predict(model, known, None, END).frame
    assert not frame.isna().any().any()
    assert 1500 < frame["solarPower_p50"].max() <= 5600


def test_without_recent_data_the_forecast_is_still_possible() -> None:
    model = train(history(60), SITE, None, END)
    late = END + pd.Timedelta(days=200)
    frame = predict(model, history(60), None, late).frame
    assert len(frame) == 8 * 48 and 500 < frame["solarPower_p50"].max() <= 6000


def test_no_coordinates_the_place_is_estimated() -> None:
    known = history(300, minutes=60)[SOLAR]
    model = train(known, NOWHERE, None, END)
    assert model.solar is not None and model.solar.plant is not None
    assert model.data["place"] == "estimated"
    assert model.solar.plant.latitude == pytest.approx(38.6, abs=7)
    assert model.solar.plant.longitude == pytest.approx(-0.9, abs=5)
    assert model.solar.memory[0].scores["skill"] > 0


def test_no_coordinates_and_few_days_the_best_of_each_hour_counts() -> None:
    model = train(history(30)[SOLAR], NOWHERE, None, END)
    assert model.data["place"] == "unknown" and model.solar is not None and model.solar.plant is None


@pytest.mark.parametrize(("start", "halves"), [("2024-03-29", 8 * 48 - 2), ("2024-10-25", 8 * 48 + 2)])
def test_summer_time_makes_no_jump(start: str, halves: int) -> None:
    end = pd.Timestamp(start, tz="Europe/Madrid")
    known = history(60, end)
    frame = predict(train(known, SITE, None, end), known, None, end).frame
    assert len(frame) == halves and not frame.isna().any().any()
    dates = frame.index.tz_convert(SITE.zone).date
    hours = (frame.index.hour + frame.index.minute / 60).to_numpy()
    noon = [np.average(hours[dates == d], weights=frame.loc[dates == d, "solarPower_p50"]) for d in sorted(set(dates))]
    assert np.ptp(noon) < 0.25
    peaks = [frame.loc[dates == d, "loadPower_p50"].idxmax().tz_convert(SITE.zone).hour for d in sorted(set(dates))]
    assert set(peaks) <= {20, 21}


def test_a_clipped_inverter_is_never_exceeded() -> None:
    known = history(120, limit=3000.0)
    model = train(known, SITE, weather(120, ahead=0), END)
    assert model.solar is not None and model.solar.limit_watts == pytest.approx(3000)
    assert predict(model, known, weather(120), END).frame["solarPower_p90"].max() <= 3000


def test_hours_at_the_export_limit_are_left_out() -> None:
    known = history(60)
    known["gridPower"] = -np.minimum(known["solarPower"], 3000.0)
    known["solarPower"] = known["solarPower"].clip(upper=3000)
    model = train(known, replace(SITE, export_limit_watts=3000.0), None, END)
    assert model.data["left_out"]["curtailed"] > 200


def test_hourly_data_is_foreseen_in_half_hours() -> None:
    known = history(60, minutes=60)
    frame = predict(train(known, SITE, None, END), known, None, END).frame
    assert len(frame) == 8 * 48
    assert frame["solarPower_p50"].diff().abs().max() < 1500
    assert frame["stateOfCharge_p50"].between(0, 100).all()


def test_an_index_without_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="UTC"):
        train(history(5).tz_localize(None), SITE, None, END)


def test_issued_forecasts_move_the_trust_in_the_weather() -> None:
    random = np.random.default_rng(3)
    truth = random.uniform(100, 4000, 2000)
    record = pd.DataFrame({
        "lead": np.repeat([1, 8], 1000), "truth": truth, "memory": truth + random.normal(0, 300, 2000),
        "weather": truth + np.repeat([30, 1500], 1000) * random.normal(0, 1, 2000), "daylight": True,
    })
    record["p50"] = record["weather"]
    record["p10"], record["p90"] = record["p50"] - 300, record["p50"] + 300
    model = train(history(40)[SOLAR], SITE, None, END, record=record)
    assert model.solar is not None
    assert model.solar.trust[0] > 0.9 and model.solar.trust[7] < 0.3 and model.solar.trust[4] == 1
    assert model.solar.widened[0] < 1 < model.solar.widened[7]
    assert Model.from_json(model.to_json()).solar == model.solar
