"""Forecasts in the real stores: trained, made, scored, planned, thinned; and what becomes of awkward sources."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from data import forecasts, mongo, object_store, postgres, settings_store, sources
from data.settings_store import SettingType
from services import housekeeping
from services.forecast import files, planning, progress, scoring, work
from tests.storage.forecast_data import BEGIN, NOW, TODAY, ZONE, measured, owner, source, store, store_weather

pytestmark = pytest.mark.usefixtures("stores")
DAY = timedelta(days=1)


def silent(_percent: int, _stage: str) -> None:
    return


def made(source_id: str, now: Any = NOW) -> tuple[forecasts.Issue | None, dict[str, Any]]:
    """Train and forecast; the newest forecast, and what is kept of the model."""
    work.train(source_id, now, silent)
    return forecasts.newest(mongo.database(), source_id), forecasts.model(mongo.database(), source_id)


def record_of(source_id: str) -> sources.SourceRecord:
    with postgres.session() as session:
        found = sources.get(session, UUID(source_id))
    assert found is not None
    return found


def test_a_source_is_trained_forecast_and_scored() -> None:
    alice = owner()
    name = source(alice)
    frame = measured(50)
    store(name, frame, BEGIN + 2 * DAY)
    store_weather(name, 50)
    told: list[int] = []
    assert work.train(name, NOW, lambda percent, _stage: told.append(percent)) is None
    assert told == sorted(told) and told[-1] >= 95
    issue, about = forecasts.newest(mongo.database(), name), forecasts.model(mongo.database(), name)
    assert issue is not None
    assert (issue.date, len(issue.frame), len(issue.daily)) == (TODAY.isoformat(), 8 * 48, 8)
    assert issue.frame.index[0] == BEGIN and issue.weather_issued_at == NOW
    assert {each.rsplit("_", 1)[0] for each in issue.frame} == {
        "solarPower", "loadPower", "stateOfCharge", "batteryVoltage",
    }
    assert issue.methods["solarPower"] == ["weather: mix"] * 8
    assert about["dataUsed"]["solarPower"] == pytest.approx(50, abs=1)
    assert about["weatherDays"] >= 49 and about["skill"] > 0 and about["mae"] > 0
    assert {"features", "versions", "firstAt", "lastAt", "r2", "rmse", "trainedAt"} <= set(about)
    model = files.get(name)
    assert model is not None and model.trained_at.startswith("2024-06-15")

    # Nothing is over yet; two days later two days are.
    assert forecasts.scoreboard(mongo.database(), name)["fields"]["solarPower"] == []
    later = BEGIN + 2 * DAY + timedelta(hours=1)
    assert scoring.score(record_of(name), later) == 2
    board = forecasts.scoreboard(mongo.database(), name)["fields"]
    assert [row["lead"] for row in board["solarPower"]] == [1, 2]
    truth = frame["solarPower"].reindex(issue.frame.index[:48])
    expected = float((issue.frame["solarPower_p50"].iloc[:48] - truth).abs().mean())
    assert board["solarPower"][0]["mae"] == pytest.approx(expected, rel=1e-3)
    assert board["solarPower"][0]["baseline_mae"] > board["solarPower"][0]["mae"]
    lesson = scoring.lesson_rows(record_of(name), later)
    assert lesson is not None and set(lesson["lead"]) == {1, 2} and lesson["weather"].notna().all()

    housekeeping.purge(name)
    assert forecasts.source_ids(mongo.database()) == [] and object_store.list_keys(f"models/{name}/") == []


def test_without_weather_memory_speaks() -> None:
    name = source(owner())
    store(name, measured(20)[["solarPower"]])
    issue, about = made(name)
    assert issue is not None and issue.weather_issued_at is None
    assert all(each.startswith("memory") for each in issue.methods["solarPower"])
    assert about["weatherDays"] == 0 and "irradiance" not in about["features"]


def test_a_weather_forecast_of_last_week_counts_no_more() -> None:
    name = source(owner())
    store(name, measured(20)[["solarPower"]])
    store_weather(name, 20, now=NOW - 4 * DAY)
    issue, _ = made(name)
    assert issue is not None and issue.weather_issued_at is None
    assert issue.methods["solarPower"][1].startswith("memory")


def test_three_days_are_enough_where_place_and_capacity_are_known() -> None:
    name = source(owner())
    store(name, measured(3))
    store_weather(name, 3)
    issue, about = made(name)
    assert issue is not None
    assert 0 < issue.daily["solar_kwh_p50"].iloc[0] < 6 * 14
    assert about["dataUsed"]["solarPower"] == pytest.approx(3, abs=1)


def test_nothing_known_is_refused_in_a_sentence_and_looked_at_again_later() -> None:
    name = source(owner(), latitude=None, longitude=None, installed_capacity_watts=None)
    sentence = work.train(name, NOW, silent)
    assert sentence and sentence.endswith(".")
    assert forecasts.model(mongo.database(), name)["refusal"] == sentence
    assert forecasts.newest(mongo.database(), name) is None
    assert planning.due(NOW + timedelta(minutes=30)) == []
    assert planning.due(NOW + timedelta(hours=7)) == [(planning.TRAIN, name)]


def test_no_battery_means_no_state_of_charge() -> None:
    name = source(owner(), has_battery=False, battery_capacity_kwh=None)
    store(name, measured(30))
    issue, about = made(name)
    assert issue is not None and "loadPower_p50" in issue.frame
    assert not any(each.startswith(("stateOfCharge", "batteryVoltage")) for each in issue.frame)
    assert about["reasons"]["stateOfCharge"].endswith(".")


def test_a_sensor_that_stands_still_is_not_believed() -> None:
    name = source(owner(), latitude=None, longitude=None)
    frame = measured(30)[["solarPower"]]
    frame["solarPower"] = 777.0
    store(name, frame)
    work.train(name, NOW, silent)
    issue = forecasts.newest(mongo.database(), name)
    if issue is None:
        assert forecasts.model(mongo.database(), name)["refusal"]
    else:
        assert issue.frame["solarPower_p50"].between(0, 6000).all()


def test_a_gap_of_a_year_is_bridged() -> None:
    name = source(owner())
    recent, old = measured(25)[["solarPower"]], measured(25)[["solarPower"]]
    old.index = old.index - pd.Timedelta(days=400)
    store(name, pd.concat([old, recent]))
    issue, about = made(name)
    assert issue is not None and np.isfinite(issue.frame["solarPower_p50"]).all()
    assert about["dataUsed"]["solarPower"] == pytest.approx(50, abs=3)
    assert 5 < issue.daily["solar_kwh_p50"].iloc[0] < 6 * 14


def test_what_is_due() -> None:
    alice = owner()
    name = source(alice)
    assert planning.due(NOW) == [(planning.TRAIN, name)]
    settings = {"triedAt": NOW, "trainedAt": NOW, "site": planning.facts_of(record_of(name)), "historyDays": 200,
                "weatherDays": 200, "predictedAt": NOW, "predictedFor": TODAY.isoformat(), "weatherIssuedAt": NOW}
    forecasts.put_model(mongo.database(), name, settings)
    assert planning.due(NOW + timedelta(minutes=30)) == []
    # Not at midnight but at one o'clock of the source's clock.
    assert planning.due(BEGIN + DAY + timedelta(minutes=59)) == []
    assert planning.due(BEGIN + DAY + timedelta(minutes=61)) == [(planning.PREDICT, name)]
    store_weather(name, 2, now=NOW + timedelta(hours=2))
    assert planning.due(NOW + timedelta(hours=3)) == [(planning.PREDICT, name)]
    assert planning.due(NOW + 7 * DAY) == [(planning.TRAIN, name)]
    with postgres.session() as session:
        sources.update_columns(session, UUID(name), {"installed_capacity_watts": 9000.0})
    assert planning.due(NOW + timedelta(minutes=1)) == [(planning.TRAIN, name)]
    progress.note(progress.TRAINING, name, "running", NOW)
    assert planning.due(NOW + timedelta(minutes=1)) == []
    progress.note(progress.TRAINING, name, "failed", NOW, message="It broke.")
    assert planning.due(NOW + timedelta(minutes=59)) == []
    assert planning.due(NOW + timedelta(minutes=61)) == [(planning.TRAIN, name)]
    with postgres.session() as session:
        settings_store.put(session, alice.account_id, SettingType.AUTO_RUN_PREDICTIONS, "0")
    assert planning.due(NOW + timedelta(minutes=61)) == []


def test_a_young_source_is_trained_again_as_it_grows() -> None:
    name = source(owner())
    known = {"triedAt": NOW, "trainedAt": NOW, "site": planning.facts_of(record_of(name)), "historyDays": 4,
             "predictedAt": NOW, "predictedFor": TODAY.isoformat()}
    forecasts.put_model(mongo.database(), name, known)
    store(name, measured(5))
    assert planning.due(NOW + timedelta(minutes=11)) == []
    store(name, measured(8))
    assert planning.due(NOW + timedelta(minutes=9)) == []
    assert planning.due(NOW + timedelta(minutes=11)) == [(planning.TRAIN, name)]


def issue_at(at: Any) -> forecasts.Issue:
    frame = pd.DataFrame({"solarPower_p50": [1.0, 2.0]}, pd.date_range(at, periods=2, freq="30min"))
    daily = pd.DataFrame({"solar_kwh_p50": [1.5]}, [at.date().isoformat()])
    return forecasts.Issue(at, at.date().isoformat(), ZONE, frame, daily, {}, {}, [], at, None)


def test_old_forecasts_are_thinned() -> None:
    name, database = source(owner()), mongo.database()
    ages = (1, 1.2, 20, 20.2, 99, 150, 500)
    for age in ages:
        forecasts.put(database, name, issue_at(NOW.replace(hour=20) - age * DAY))
    forecasts.thin(database, name, NOW)
    whole = forecasts.whole_since(database, name, NOW - 1000 * DAY)
    assert len(forecasts.scored_since(database, name, NOW - 1000 * DAY)) == len(ages) - 1
    kept = sorted(round((NOW.replace(hour=20) - each.created_at) / DAY, 1) for each in whole)
    assert kept == [1, 1.2, 20.2, 99]
    forecasts.put(database, name, issue_at(NOW.replace(hour=20) - 1 * DAY))
    assert len(forecasts.whole_since(database, name, NOW - 2 * DAY)) == 2
