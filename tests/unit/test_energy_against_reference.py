"""The fast accounting and a slow second one written from the same formulas give the same rows."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solar.energy import DayEnergy, daily_energy
from tests.unit.energy_histories import frame_of, history
from tests.unit.energy_reference import Reference

CAPACITIES = st.sampled_from((5000.0, 10000.0, None, 0.0))


def by_key(rows: list[DayEnergy]) -> dict[tuple[date, str], tuple[float, str, float, float]]:
    return {(r.date, r.channel): (r.kwh, r.method, r.coverage, r.recovered_kwh) for r in rows}


def assert_same(zone: str, readings: list[dict[str, Any]], capacity: float | None) -> None:
    got = by_key(daily_energy(frame_of(readings), time_zone=zone, installed_capacity_watts=capacity))
    want = Reference(zone, capacity).rows(readings)
    assert got.keys() == want.keys()
    for key, row in want.items():
        assert got[key][1] == row[1], key
        assert got[key][::2] == pytest.approx(row[::2], abs=1e-7), key
        assert got[key][3] == pytest.approx(row[3], abs=1e-7), key


@settings(max_examples=300, deadline=None)
@given(history(["totalEnergyProduced"]), CAPACITIES)
def test_lifetime_counters(made: tuple[str, list[dict[str, Any]]], capacity: float | None) -> None:
    assert_same(*made, capacity)


@settings(max_examples=300, deadline=None)
@given(history(["dailyEnergyConsumed"]), CAPACITIES)
def test_day_counters(made: tuple[str, list[dict[str, Any]]], capacity: float | None) -> None:
    assert_same(*made, capacity)


@settings(max_examples=200, deadline=None)
@given(history(["totalEnergyProduced", "dailyEnergyProduced", "solarPower"]), CAPACITIES)
def test_anchors_and_ranks(made: tuple[str, list[dict[str, Any]]], capacity: float | None) -> None:
    assert_same(*made, capacity)


@settings(max_examples=200, deadline=None)
@given(history(["solarPower", "loadPower", "gridPower", "batteryPower"]), CAPACITIES)
def test_powers(made: tuple[str, list[dict[str, Any]]], capacity: float | None) -> None:
    assert_same(*made, capacity)


@settings(max_examples=100, deadline=None)
@given(history(["totalEnergyProduced", "gridPower", "totalBatteryCharged", "dailyBatteryDischarged"]), CAPACITIES)
def test_balance(made: tuple[str, list[dict[str, Any]]], capacity: float | None) -> None:
    assert_same(*made, capacity)
