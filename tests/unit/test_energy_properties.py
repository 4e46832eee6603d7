"""What must hold for every history: order and repeats do not matter, states continue exactly, no energy is made up."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solar import days
from solar.energy import START, Computation, State, affected_from, compute_days, daily_energy
from tests.unit.energy_histories import frame_of, history

FIELDS = [
    "totalEnergyProduced",
    "dailyEnergyProduced",
    "solarPower",
    "totalEnergyImported",
    "gridPower",
    "batteryPower",
]
Made = tuple[str, list[dict[str, Any]]]


def compute(frame: pd.DataFrame, state: State, first: date, last: date, zone: str) -> Computation:
    return compute_days(frame, state, first=first, last=last, time_zone=zone, installed_capacity_watts=5000)


def span(zone: str, readings: list[dict[str, Any]]) -> tuple[date, date]:
    return days.local_date(readings[0]["timestamp"], zone), days.local_date(readings[-1]["timestamp"], zone)


@settings(max_examples=150, deadline=None)
@given(history(FIELDS), st.randoms(use_true_random=False))
def test_shuffled_and_repeated_readings_give_the_same_rows(made: Made, chance: random.Random) -> None:
    zone, readings = made
    arrived = readings + [chance.choice(readings) for _ in range(len(readings) // 2)]
    chance.shuffle(arrived)
    options: dict[str, Any] = {"time_zone": zone, "installed_capacity_watts": 5000}
    assert daily_energy(frame_of(arrived), **options) == daily_energy(frame_of(readings), **options)


@settings(max_examples=150, deadline=None)
@given(history(FIELDS), st.randoms(use_true_random=False))
def test_a_reading_split_into_messages_gives_the_same_rows(made: Made, chance: random.Random) -> None:
    zone, readings = made
    parts = [{"timestamp": r["timestamp"], k: v} for r in readings for k, v in r.items() if k != "timestamp"]
    chance.shuffle(parts)
    options: dict[str, Any] = {"time_zone": zone, "installed_capacity_watts": 5000}
    assert daily_energy(frame_of(parts), **options) == daily_energy(frame_of(readings), **options)


@settings(max_examples=200, deadline=None)
@given(history(FIELDS, longest=60))
def test_each_day_from_its_saved_state_equals_the_whole(made: Made) -> None:
    zone, readings = made
    frame = frame_of(readings)
    first, last = span(zone, readings)
    whole = compute(frame, START, first, last, zone)
    for day in days.dates(first, last):
        saved = State.from_json(json.loads(json.dumps(whole.states[day].as_json())))
        rest = frame[frame.index >= days.start_of_day(day, zone)]
        alone = compute_days(
            rest, saved, first=day, last=day, time_zone=zone, installed_capacity_watts=5000, battery_seen=True
        )
        assert alone.candidates == [c for c in whole.candidates if c.date == day]
        assert alone.states[day + timedelta(days=1)] == whole.states[day + timedelta(days=1)]


@settings(max_examples=100, deadline=None)
@given(history(FIELDS, longest=60))
def test_days_not_affected_by_new_readings_keep_their_rows(made: Made) -> None:
    """What the worker does when readings arrive: start over from the date that the state before them points to."""
    zone, readings = made
    old, new = readings[: len(readings) * 2 // 3], readings[len(readings) * 2 // 3 :]
    if not old or not new:
        return
    whole = compute(frame_of(readings), START, *span(zone, readings), zone)
    earlier = compute(frame_of(old), START, *span(zone, readings), zone)
    settled = max(span(zone, old)[0], days.local_date(new[0]["timestamp"] - timedelta(hours=3), zone))
    reach = affected_from(earlier.states[settled], FIELDS)
    first_changed = settled if reach is None else min(settled, days.local_date(reach, zone))
    kept = [c for c in earlier.candidates if c.date < first_changed]
    assert kept == [c for c in whole.candidates if c.date < first_changed]


@st.composite
def rising(draw: st.DrawFn) -> Made:
    """A lifetime counter that only rises, slowly enough, with gaps of any length."""
    zone, readings = draw(history(["gridPower"], longest=60))
    level, before = 1000.0, readings[0]["timestamp"]
    for reading in readings:
        hours = (reading["timestamp"] - before) / timedelta(hours=1)
        level += draw(st.floats(0, 1)) * hours * 5
        before = reading["timestamp"]
        reading["totalEnergyProduced"] = level
    return zone, readings


@settings(max_examples=200, deadline=None)
@given(rising())
def test_the_days_of_a_rising_counter_add_up_to_its_difference(made: Made) -> None:
    zone, readings = made
    first, last = span(zone, readings)
    whole = compute(frame_of(readings), START, first, last, zone)
    booked = sum(c.kwh for c in whole.candidates if c.source == "lifetime")
    difference = readings[-1]["totalEnergyProduced"] - readings[0]["totalEnergyProduced"]
    known = sum(c.known for c in whole.candidates if c.source == "lifetime")
    elapsed = (readings[-1]["timestamp"] - readings[0]["timestamp"]) // timedelta(microseconds=1)
    assert booked == pytest.approx(difference, abs=1e-8)
    assert known == elapsed


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2025, 3, 30), 23),
        ("Europe/Berlin", date(2025, 6, 10), 24),
        ("Europe/Berlin", date(2025, 10, 26), 25),
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),
        ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
        ("Asia/Kathmandu", date(2025, 3, 30), 24),
        ("America/Havana", date(2025, 3, 9), 23),
        ("America/Havana", date(2025, 11, 2), 25),
        ("Africa/Cairo", date(2025, 4, 25), 23),
        ("Africa/Cairo", date(2025, 10, 30), 25),
    ],
)
def test_a_constant_kilowatt_fills_a_day_of_any_length(zone: str, day: date, hours: float) -> None:
    start = days.start_of_day(day, zone) - timedelta(hours=3)
    times = pd.date_range(start, periods=12 * 32, freq="5min")
    values = {"loadPower": 1000.0, "totalEnergyProduced": np.arange(len(times)) / 12, "gridPower": -1000.0}
    rows = daily_energy(pd.DataFrame(values, index=times), time_zone=zone, installed_capacity_watts=5000)
    for channel in ("consumed", "produced", "exported"):
        row = next(r for r in rows if (r.date, r.channel) == (day, channel))
        assert (row.kwh, row.coverage) == (pytest.approx(hours), 1.0)


def test_a_date_the_zone_skipped_has_no_row_and_breaks_no_neighbourhood() -> None:
    times = [datetime(2011, 12, 30, 4, tzinfo=UTC), datetime(2011, 12, 30, 16, tzinfo=UTC)]
    counters = {"totalEnergyProduced": [100.0, 108.0], "dailyEnergyProduced": [np.nan, 3.0]}
    frame = pd.DataFrame(counters, index=pd.DatetimeIndex(times))
    rows = daily_energy(frame, time_zone="Pacific/Apia", installed_capacity_watts=5000)
    assert [(r.date, r.kwh, r.method, r.recovered_kwh) for r in rows] == [
        (date(2011, 12, 29), 5.0, "lifetime", 0.0),
        (date(2011, 12, 31), 3.0, "lifetime", 0.0),
    ]
