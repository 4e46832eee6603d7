"""The parts of the forecast: quality of data, trees, mix, bands and scoreboard."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from solar.forecasting import Baselines, scoreboard
from solar.forecasting.bands import Band
from solar.forecasting.bands import fit as fit_band
from solar.forecasting.mix import Rule
from solar.forecasting.mix import fit as fit_mix
from solar.forecasting.quality import clipping_limit, outages, stuck
from solar.forecasting.trees import Forest, grow
from tests.unit.forecast_histories import SITE, history


def test_stuck_values_are_found_and_zeros_are_not() -> None:
    values = pd.Series([0.0] * 30 + [5.0] * 20 + [1.0, 2.0, 2.0, 3.0])
    assert list(np.flatnonzero(stuck(values, 30))) == list(range(30, 50))
    assert not stuck(values, 10).any()


def test_an_outage_needs_three_bright_hours() -> None:
    expected = np.full(20, 100.0)
    power = pd.Series([50.0] * 4 + [0.0] * 6 + [50.0] * 4 + [0.0] * 5 + [50.0])
    assert list(np.flatnonzero(outages(power, expected, 30))) == list(range(4, 10))
    assert not outages(power, np.r_[expected[:12] * 0, expected[12:]], 30).any()


def test_a_plateau_is_clipping_and_a_peak_is_not() -> None:
    power = history(60)["solarPower"].to_numpy()
    assert clipping_limit(np.minimum(power, 2500.0)) == pytest.approx(2500)
    assert clipping_limit(4000 * np.random.default_rng(1).beta(2, 2, 5000)) is None


def test_trees_say_what_scikit_learn_says_also_after_json() -> None:
    random = np.random.default_rng(5)
    features = random.normal(size=(3000, 4))
    features[::9, 2] = np.nan
    target = features[:, 0] * features[:, 1] + np.nan_to_num(features[:, 2])
    forest = grow(features, target, rounds=30)
    theirs = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=30, max_leaf_nodes=15, learning_rate=0.05, min_samples_leaf=40,
        l2_regularization=1.0, early_stopping=False, random_state=0,
    ).fit(features, target)
    assert np.allclose(forest.predict(features), theirs.predict(features), atol=1e-9)
    read = Forest.from_dict(json.loads(json.dumps(forest.to_dict())))
    assert np.allclose(read.predict(features), theirs.predict(features), atol=1e-4)


def mixed(good: int) -> tuple[np.ndarray, str]:
    random = np.random.default_rng(4)
    truth = random.uniform(0, 1, (80, 24))
    experts = truth + random.normal(0, 0.5, (3, 80, 24))
    experts[good] = truth + random.normal(0, 0.05, truth.shape)
    usable = np.ones(truth.shape, dtype=bool)
    prior = np.array([0.0, 0.0, 1.0])
    return fit_mix(experts, truth, usable, np.arange(80.0)[::-1], prior, Rule(1.0, 60, (0, 1)))


def test_the_mix_keeps_to_an_expert_that_is_right() -> None:
    weights, method = mixed(good=2)
    assert method == "mix" and weights[2] > 0.8


def test_the_mix_gives_way_to_a_baseline_that_is_better() -> None:
    weights, method = mixed(good=0)
    assert method == "baseline" and list(weights) == [1, 0, 0]


def test_bands_cover_what_they_promise() -> None:
    random = np.random.default_rng(6)
    level, time = random.uniform(0, 1, 8000), random.uniform(0, 1, 8000)
    error = random.normal(0, 0.02 + 0.2 * level)
    band = fit_band(level, time, error, np.repeat(np.arange(160.0), 50), bounded=False)
    fresh = random.uniform(0, 1, 4000)
    below, above = band.offsets(fresh, random.uniform(0, 1, 4000))
    new = random.normal(0, 0.02 + 0.2 * fresh)
    assert np.mean((new >= -below) & (new <= above)) == pytest.approx(0.8, abs=0.04)
    assert Band.from_dict(band.to_dict()) == band
    narrow, wide = band.offsets(np.array([0.1, 0.9]), np.array([0.5, 0.5]))[1]
    assert wide > 3 * narrow


def test_baselines_know_only_days_before_the_origin() -> None:
    index = pd.date_range("2024-01-01", periods=20 * 24, freq="60min", tz="Europe/Madrid").tz_convert("UTC")
    values = pd.Series(np.repeat(np.arange(20.0), 24), index)
    base = Baselines.of(values, SITE, 60, sun=True)
    last, week = base.at(pd.Timestamp("2024-01-11"), index[-5:])
    assert set(last) == {9.0} and set(week) == {6.0}


def test_the_scoreboard_by_hand() -> None:
    record = pd.DataFrame({
        "lead": [1, 1, 1, 2], "truth": [100.0, 200.0, 0.0, np.nan], "p10": [80.0, 210.0, 0.0, 0.0],
        "p50": [110.0, 220.0, 0.0, 1.0], "p90": [130.0, 260.0, 0.0, 2.0], "last_day": [160.0, 260.0, 0.0, 1.0],
        "week_mean": [140.0, 240.0, 0.0, 1.0], "daylight": [True, True, False, True],
    })
    board = scoreboard(record, 1000.0)
    assert list(board.index) == [1]
    row = board.loc[1]
    assert row["count"] == 3 and row["mae"] == pytest.approx(10) and row["bias"] == pytest.approx(10)
    assert row["mae_percent_of_capacity"] == pytest.approx(1)
    assert row["mae_percent_of_capacity_daylight"] == pytest.approx(1.5)
    assert row["skill"] == pytest.approx(1 - 30 / 80)
    assert row["coverage_percent"] == pytest.approx(50)
    assert np.isnan(scoreboard(record, None).loc[1, "mae_percent_of_capacity"])
