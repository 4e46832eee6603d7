"""Rules of the energy accounting that deserve an example of their own: input, limits, buckets, explanations, states."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from solar.energy import (
    START,
    Candidate,
    ChannelState,
    Computation,
    PowerState,
    State,
    affected_from,
    bucket_energy,
    compute_days,
    daily_energy,
    explain,
    judge,
    limit_kilowatts,
)

DAY = date(2025, 6, 10)
BERLIN: dict[str, Any] = {"time_zone": "Europe/Berlin", "installed_capacity_watts": 5000}


def frame(minutes: list[float], start: str = "2025-06-10T08:00Z", **columns: list[float]) -> pd.DataFrame:
    index = pd.DatetimeIndex([pd.Timestamp(start) + timedelta(minutes=m) for m in minutes])
    return pd.DataFrame(columns, index=index)


def computed(readings: pd.DataFrame, first: date = DAY, last: date = DAY, state: State = START) -> Computation:
    return compute_days(readings, state, first=first, last=last, **BERLIN)


def test_no_readings_no_rows() -> None:
    assert daily_energy(frame([]), **BERLIN) == []
    assert daily_energy(frame([0], stateOfCharge=[50.0]), **BERLIN) == []
    assert daily_energy(frame([0], solarPower=[500.0]), **BERLIN) == []


@pytest.mark.parametrize(
    ("channel", "capacity", "limit"),
    [
        ("produced", 5000, 6.0),
        ("imported", 5000, 20.0),
        ("imported", 10000, 30.0),
        ("produced", None, 20.0),
        ("produced", 0, 20.0),
        ("charged", None, 20.0),
    ],
)
def test_limits(channel: str, capacity: float | None, limit: float) -> None:
    assert limit_kilowatts(channel, capacity) == pytest.approx(limit)


@pytest.mark.parametrize(
    ("field", "bad", "kwh"),
    [
        ("solarPower", 20001.0, 1.0),
        ("solarPower", -101.0, 1.0),
        ("solarPower", -100.0, 0.5),
        ("loadPower", -1.0, 1.0),
        ("gridPower", -20001.0, 1.0),
        ("solarPower", float("inf"), 1.0),
        ("totalEnergyProduced", -1.0, 1.0),
    ],
)
def test_impossible_values_count_as_not_reported(field: str, bad: float, kwh: float) -> None:
    values = [1.0, bad, 2.0] if field.startswith("total") else [1000.0, bad, 1000.0]
    rows = daily_energy(frame([0, 30, 60], **{field: values}), **BERLIN)
    assert rows[0].kwh == pytest.approx(kwh)


def test_a_rejected_value_leaves_its_instant_to_the_next_one() -> None:
    rows = daily_energy(frame([0, 60, 60], solarPower=[1000.0, 99999.0, 3000.0]), **BERLIN)
    assert rows[0].kwh == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (pd.DatetimeIndex(["2025-06-10 08:00"]), "index"),
        (pd.Index([1]), "index"),
        (pd.DatetimeIndex([pd.NaT]).tz_localize("UTC"), "timestamp"),
    ],
)
def test_times_without_zone_are_refused(index: pd.Index, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        daily_energy(pd.DataFrame({"solarPower": [1.0]}, index=index), **BERLIN)


def test_bad_input_is_named() -> None:
    good = frame([0, 30], solarPower=[1.0, 2.0])
    with pytest.raises(ValueError, match="time_zone"):
        daily_energy(good, time_zone="Mars/Base", installed_capacity_watts=5000)
    for capacity in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="installed_capacity_watts"):
            daily_energy(good, time_zone="UTC", installed_capacity_watts=capacity)
    with pytest.raises(ValueError, match="solarPower"):
        daily_energy(good.astype(object).replace(1.0, "much"), **BERLIN)


def test_nanoseconds_other_zones_and_missing_objects_are_read() -> None:
    index = pd.date_range("2025-06-10 10:00", periods=3, freq="30min", tz="Europe/Berlin").as_unit("ns")
    values = pd.DataFrame({"solarPower": pd.array([1000, None, 1000], dtype="Int64")}, index=index)
    assert daily_energy(values, **BERLIN)[0].kwh == pytest.approx(1.0)


def test_has_battery_false_leaves_battery_terms_out() -> None:
    readings = frame(
        [0, 60],
        totalEnergyProduced=[10.0, 14.0],
        totalEnergyImported=[5.0, 5.0],
        totalEnergyExported=[1.0, 2.0],
        batteryPower=[np.nan, 700.0],
    )
    assert "consumed" not in {row.channel for row in daily_energy(readings, **BERLIN)}
    rows = daily_energy(readings, **BERLIN, has_battery=False)
    assert next(row for row in rows if row.channel == "consumed").kwh == pytest.approx(3.0)


@pytest.mark.parametrize(("imported", "kwh"), [(0.85, 0.0), (0.8, 0.0), (0.79, None)])
def test_a_negative_balance_is_nothing_or_unknown(imported: float, kwh: float | None) -> None:
    readings = frame(
        [0, 60],
        totalEnergyProduced=[10.0, 10.0],
        totalEnergyImported=[5.0, 5.0 + imported],
        totalEnergyExported=[1.0, 2.0],
    )
    found = [row.kwh for row in daily_energy(readings, **BERLIN) if row.channel == "consumed"]
    assert found == ([] if kwh is None else [kwh])


def test_buckets_are_cut_at_their_edges_and_add_up_to_the_day() -> None:
    minutes = list(range(0, 180, 7))
    powers = [2000 * np.sin(m / 20) for m in minutes]
    readings = frame(minutes, gridPower=powers, loadPower=[1200.0] * len(minutes))
    edges = pd.date_range("2025-06-10T08:00Z", "2025-06-10T11:00Z", freq="5min")
    found = bucket_energy(readings, edges, installed_capacity_watts=5000)
    rows = {row.channel: row for row in daily_energy(readings, **BERLIN)}
    for channel in ("imported", "exported", "consumed"):
        assert found.kwh[channel].sum() == pytest.approx(rows[channel].kwh, abs=1e-12)
    assert found.kwh["consumed"].iloc[0] == pytest.approx(0.1)
    assert found.coverage["consumed"].iloc[:35].tolist() == [1.0] * 35
    assert np.isnan(found.kwh["consumed"].iloc[-1])
    assert found.coverage["consumed"].iloc[-1] == 0.0
    assert "produced" not in found.kwh


def test_buckets_continue_from_a_state() -> None:
    readings = frame([0, 10, 20], loadPower=[600.0, 1200.0, 1200.0])
    edges = pd.date_range("2025-06-10T08:05Z", periods=4, freq="5min")
    state = computed(readings, last=DAY).states[DAY + timedelta(days=1)]
    assert state.powers["loadPower"] == PowerState(int(pd.Timestamp("2025-06-10T08:20Z").value // 1000), 1200.0)
    before = State({}, {"loadPower": PowerState(int(pd.Timestamp("2025-06-10T08:00Z").value // 1000), 600.0)})
    whole = bucket_energy(readings, edges, installed_capacity_watts=None)
    rest = bucket_energy(readings.iloc[1:], edges, installed_capacity_watts=None, state=before)
    pd.testing.assert_frame_equal(whole.kwh, rest.kwh)
    again = bucket_energy(readings, edges, installed_capacity_watts=None, state=before)
    pd.testing.assert_frame_equal(whole.kwh, again.kwh)


@pytest.mark.parametrize("edges", [["2025-06-10T08:00Z"], ["2025-06-10T08:00Z", "2025-06-10T08:00Z"]])
def test_buckets_need_rising_edges(edges: list[str]) -> None:
    with pytest.raises(ValueError, match="edges"):
        bucket_energy(frame([0, 5], loadPower=[1.0, 2.0]), pd.DatetimeIndex(edges), installed_capacity_watts=None)


def test_a_number_is_explained_by_its_sources_and_odd_steps() -> None:
    readings = frame(
        [0, 15, 30, 45, 60, 150],
        totalEnergyProduced=[8000.0, 8000.5, 99999.0, 8001.0, 0.3, 0.8],
        solarPower=[2000.0, 2000.0, 2000.0, 2000.0, np.nan, np.nan],
    )
    told = explain(computed(readings), DAY, "produced", time_zone="Europe/Berlin")
    assert told.row is not None
    assert [(c.source, verdict) for c, verdict in told.verdicts] == [("lifetime", "taken"), ("power", "knows-less")]
    assert [(n.kind, n.start.minute, n.end.minute, n.kwh) for n in told.notes] == [
        ("excursion", 30, 45, None),
        ("reset", 45, 0, 0.3),
    ]
    assert explain(computed(readings), DAY, "charged", time_zone="Europe/Berlin").verdicts == []


@pytest.mark.parametrize(
    ("covered", "recovered", "verdicts"),
    [
        ((100, 100, 100), (0, 0, 0), ["taken", "ranks-lower", "ranks-lower"]),
        ((95, 100, 100), (0, 0, 0), ["taken", "ranks-lower", "ranks-lower"]),
        ((94, 100, 100), (0, 0, 0), ["knows-less", "taken", "ranks-lower"]),
        ((50, 60, 20), (50, 40, 80), ["covers-less", "taken", "covers-less"]),
        ((90, 0, 94), (4, 100, 2), ["knows-less", "covers-less", "taken"]),
    ],
)
def test_sources_that_know_or_cover_less_are_dropped_before_the_rank(
    covered: tuple[int, ...], recovered: tuple[int, ...], verdicts: list[str]
) -> None:
    sources = zip(("lifetime", "day", "power"), covered, recovered, strict=True)
    candidates = [Candidate(DAY, "produced", s, 1.0, 0.0, c, r, 100) for s, c, r in sources]  # type: ignore[arg-type]
    assert [verdict for _, verdict in judge(candidates)] == verdicts


def test_a_day_is_final_once_readings_reach_three_hours_beyond_the_first_one_after_it() -> None:
    evening = frame([0, 12 * 60, 15 * 60], start="2025-06-10T21:00Z", loadPower=[1.0, 1.0, 1.0])
    assert computed(evening).final == {DAY}
    assert computed(evening.iloc[:2]).final == frozenset()
    assert computed(evening.iloc[:1]).final == frozenset()


def test_the_state_inside_an_excursion_remembers_what_is_dropped() -> None:
    spiky = frame([0, 20, 40, 60], start="2025-06-10T21:30Z", totalEnergyProduced=[100.0, 9999.0, 9999.0, 101.0])
    whole = computed(spiky, last=DAY + timedelta(days=1))
    state = whole.states[DAY + timedelta(days=1)].counters["totalEnergyProduced"]
    at = int(datetime(2025, 6, 10, 21, 30, tzinfo=UTC).timestamp() * 1_000_000)
    assert state == ChannelState(100.0, at, at, True, at + 60 * 60_000_000)
    assert affected_from(whole.states[DAY + timedelta(days=1)], ["totalEnergyProduced"]) == spiky.index[0]
    assert affected_from(START, ["totalEnergyProduced"]) is None


@pytest.mark.parametrize(("minutes", "recovered"), [(90, 0.0), (91, 3.0)])
def test_a_step_over_midnight_is_trusted_up_to_ninety_minutes(minutes: int, recovered: float) -> None:
    evening = frame([0, minutes], start="2025-06-10T21:30Z", totalEnergyConsumed=[50.0, 53.0])
    rows = daily_energy(evening, **BERLIN)
    assert [row.kwh for row in rows] == pytest.approx([3 * 30 / minutes, 3 * (minutes - 30) / minutes])
    assert sum(row.recovered_kwh for row in rows) == pytest.approx(recovered)
    assert all(row.coverage == 0 for row in rows) == (recovered > 0)


def test_a_level_of_old_is_enough_to_go_on_days_later() -> None:
    days_apart = frame([0, 60, 3 * 1440], totalEnergyConsumed=[50.0, 51.0, 75.0])
    whole = computed(days_apart, last=date(2025, 6, 13))
    later = computed(days_apart.iloc[2:], date(2025, 6, 12), date(2025, 6, 13), whole.states[date(2025, 6, 12)])
    assert later.rows == [row for row in whole.rows if row.date >= date(2025, 6, 12)]
    assert sum(row.kwh for row in whole.rows) == pytest.approx(25.0)
    assert sum(row.recovered_kwh for row in whole.rows) == pytest.approx(24.0)
