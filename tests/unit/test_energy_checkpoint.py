"""Going on from checkpoints as readings come in gives what the whole history gives, and checkpoints survive JSON."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from solar import days
from solar.energy import START, Candidate, Checkpoint, DayEnergy, compute_days, go_on, rank
from tests.unit.energy_histories import frame_of, history

FIELDS = ("totalEnergyProduced", "dailyEnergyProduced", "solarPower", "gridPower", "totalEnergyImported")
COUNTERS = tuple(name for name in FIELDS if "Power" not in name)
REACH = timedelta(hours=3)
HOUR = 3_600_000_000
SITE = {"installed_capacity_watts": 5000.0}


def _live(readings: Sequence[dict[str, Any]], zone: str, cuts: Sequence[int]) -> dict[tuple[date, str, str], Candidate]:
    """What stands after the readings came in some at a time, each time going on from the last checkpoint."""
    begin = days.local_date(readings[0]["timestamp"], zone)
    checkpoint = Checkpoint.at_start_of(begin, zone, START)
    standing: dict[tuple[date, str, str], Candidate] = {}
    for cut in sorted({*cuts, len(readings)}):
        there = [each for each in readings[:cut] if each["timestamp"] >= checkpoint.at]
        if not there:
            continue
        newest = there[-1]["timestamp"]
        last = days.local_date(newest, zone)
        keep = max(checkpoint.at, newest - REACH)
        first = max(checkpoint.first, days.local_date(keep, zone) - timedelta(days=30))
        progress = go_on(frame_of(there), checkpoint, last=last, time_zone=zone, keep=(keep, first), **SITE)
        standing = {key: each for key, each in standing.items() if each.date < checkpoint.first}
        standing |= {(each.date, each.channel, each.source): each for each in progress.candidates}
        assert progress.next is not None
        checkpoint = Checkpoint.from_json(json.loads(json.dumps(progress.next.as_json())))
        assert checkpoint == progress.next
    return standing


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@hypothesis.given(st.one_of(history(FIELDS), history(COUNTERS)), st.lists(st.integers(1, 40), max_size=8))
def test_going_on_equals_the_whole(made: tuple[str, list[dict[str, Any]]], cuts: list[int]) -> None:
    zone, readings = made
    first = days.local_date(readings[0]["timestamp"], zone)
    last = days.local_date(readings[-1]["timestamp"], zone)
    whole = compute_days(frame_of(readings), START, first=first, last=last, time_zone=zone, **SITE)
    standing = _live(readings, zone, cuts)
    expected = {(each.date, each.channel, each.source): each for each in whole.candidates}
    assert standing.keys() == expected.keys()
    for key, candidate in expected.items():
        got = standing[key]
        assert (got.covered, got.recovered, got.length) == (candidate.covered, candidate.recovered, candidate.length)
        assert got.kwh == pytest.approx(candidate.kwh, abs=1e-9)
        assert got.recovered_kwh == pytest.approx(candidate.recovered_kwh, abs=1e-9)
        assert (got.hours is None) == (candidate.hours is None) == ((key[0], key[1], "power") in expected)
        if candidate.hours is not None:
            assert got.hours == pytest.approx(candidate.hours, abs=1e-9)
            assert sum(candidate.hours) == pytest.approx(candidate.kwh, abs=1e-9)
            assert len(candidate.hours) == -(-candidate.length // HOUR)


def _row(channel: str, kwh: float, method: Any) -> DayEnergy:
    return DayEnergy(date(2026, 5, 1), channel, kwh, method, 1.0, 0.0)


def _measured(channel: str, kwh: float) -> Candidate:
    day = 86_400_000_000
    return Candidate(date(2026, 5, 1), channel, "lifetime", kwh, 0.0, day, 0, day)


def test_a_correction_stands_in_for_what_was_measured_and_the_balance_follows() -> None:
    measured = [_measured("produced", 10), _measured("imported", 2), _measured("exported", 5)]
    rows = {each.channel: each for each in rank(measured, battery=False)}
    assert rows["consumed"].kwh == pytest.approx(7)
    given = [_row("produced", 12, "corrected")]
    rows = {each.channel: each for each in rank(measured, battery=False, corrections=given)}
    assert (rows["produced"].kwh, rows["produced"].method) == (12, "corrected")
    assert rows["consumed"].kwh == pytest.approx(9)


def test_an_import_stands_only_where_nothing_was_measured() -> None:
    brought = [_row("produced", 99, "imported"), _row("charged", 4, "imported")]
    rows = {each.channel: each for each in rank([_measured("produced", 10)], battery=True, imports=brought)}
    assert (rows["produced"].kwh, rows["charged"].kwh) == (10, 4)
    assert [each.method for each in rank([], battery=True, imports=brought)] == ["imported", "imported"]
