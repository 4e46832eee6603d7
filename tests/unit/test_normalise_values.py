"""Numbers, times, limits and derived values."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from solar.normalise import Message
from solar.normalise.numbers import NO_NUMBER, NOT_REPORTED, to_quantity
from solar.normalise.times import to_instant
from tests.unit.normalising import NOON, mqtt, replay, reported


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("2 345,6", 2345.6), ("1,234", 1.234), ("1.234,56", 1234.56), ("1,234.56", 1234.56), ("1.234.567", 1234567)),
        *(("1,23,456.5", 123456.5), ("-95", -95), ("+ 5", 5), ("\u2212 5", -5), ("1\u202f234,5", 1234.5)),
        *(("1\u00a0234", 1234), ("1.6e3", 1600), ("1,6E3", 1600), (".5", 0.5), ("5.", 5), ("  612.5 ", 612.5)),
        *(("007", 7), ("1e-400", 0), ("2450 W", 2450), ("3,2 kW", 3.2), ("50%", 50), ("25 °C", 25), ("7kWh_Σ", 7)),
    ],
)
def test_texts_that_are_numbers(text: str, number: float) -> None:
    assert to_quantity(text)[0] == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["", " ", "NaN", "-inf", "Infinity", "null", "None", "UNKNOWN", "unavailable", "offline", "1e999", "-1e999"]
)
def test_texts_that_report_nothing(text: str) -> None:
    assert to_quantity(text)[0] is NOT_REPORTED


@pytest.mark.parametrize(
    "text",
    [
        "--5",
        "5 bananas",
        "1,2,3",
        "1.2.3",
        "1 2",
        "12 34",
        "1_000",
        "0x10",
        "five",
        "1,2.3,4",
        "5 5 W",
        "²",
        "٥",
        "9" * 80 + "x",
    ],
)
def test_texts_that_are_no_numbers(text: str) -> None:
    assert to_quantity(text)[0] is NO_NUMBER


@pytest.mark.parametrize("value", [None, True, False, float("nan"), float("inf")])
def test_values_that_report_nothing(value: Any) -> None:
    assert to_quantity(value)[0] is NOT_REPORTED


@pytest.mark.parametrize(
    "sent",
    [
        *(1782036000, 1782036000000, 1782036000000000, "1782036000", "1782036000,0", 1782036000.0004),
        *("2026-06-21T10:00:00Z", "2026-06-21T10:00:00z", "2026-06-21t10:00:00Z", "20260621T100000Z"),
        *("2026-06-21 12:00:00+02:00", "2026-06-21 12:00:00 +0200", "2026-06-21T12:00:00.0009+02"),
        *("2026-06-21 12:00:00 CEST+0200", "2026-06-21 12:00:00 CEST", "2026-06-21 10:00:00 UTC"),
        *("2026-06-21T12:00:00", "2026-06-21 12:00", "2026/06/21 12:00:00", "20260621T1200", " 2026-06-21 12:00 "),
    ],
)
def test_ways_to_say_noon_in_berlin(sent: Any) -> None:
    assert to_instant(sent, "Europe/Berlin", NOON) == NOON


@pytest.mark.parametrize("sent", ["", "noon", "12:00", "2026-13-01T00:00:00", 1e300, "9" * 30, "2026-06-21T25:00", []])
def test_what_is_no_time(sent: Any) -> None:
    assert to_instant(sent, "Europe/Berlin", NOON) is None


def test_the_hour_that_spring_leaves_out_and_autumn_repeats() -> None:
    assert to_instant("2026-03-29T02:30:00", "Europe/Berlin", NOON) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    first, second = datetime(2026, 10, 25, 0, 15, tzinfo=UTC), datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    for minutes, expected in ((-31, first), (-30, first), (-29, second), (29, second), (30, first), (600, first)):
        received = second + timedelta(minutes=minutes)
        assert to_instant("2026-10-25T02:15:00", "Europe/Berlin", received) == expected


@pytest.mark.parametrize(
    "sent", ["2026-06-21T10:05:00.001Z", "2009-12-31T23:59:59Z", 0, -5, "2026-06-22T00:00:00", 9e15]
)
def test_a_wrong_clock_gives_the_time_of_receipt(sent: Any) -> None:
    reading = replay(mqtt("data", {"time": sent, "pv_power": 5})).only
    assert reading.timestamp == NOON
    assert reading.metadata["derived"] == ["timestamp"]
    assert "timestamp" in reading.metadata["rejected"]


@pytest.mark.parametrize("sent", [None, "", "unknown", False])
def test_a_time_that_was_left_out_is_no_fault(sent: Any) -> None:
    reading = replay(mqtt("data", {"time": sent, "pv_power": 5})).only
    assert (reading.timestamp, reading.metadata["rejected"]) == (NOON, {})


def test_five_minutes_ahead_and_2010_are_within() -> None:
    assert replay(mqtt("data", {"ts": "2026-06-21T10:05:00Z", "soc": 5})).only.metadata["derived"] == []
    assert replay(mqtt("data", {"ts": "2010-01-01T00:00:00Z", "soc": 5})).only.metadata["derived"] == []


def test_keys_that_only_look_like_times() -> None:
    body = {"gas_timestamp": 1782030000, "TotalStartTime": "2025-01-01T00:00:00", "minute_ts": 1782030000, "Uptime": 5}
    reading = replay(mqtt("data", {**body, "pv_power": 5})).only
    assert reading.timestamp == NOON


def test_a_date_beside_a_clock() -> None:
    reading = replay(mqtt("data", {"date": "2026-06-20", "time": "12:00:00", "pv_power": 5})).only
    assert reading.timestamp == NOON - timedelta(days=1)
    assert reading.metadata["derived"] == []


def test_a_receipt_is_cut_to_milliseconds() -> None:
    message = Message("mqtt", "data", b'{"soc":5}', NOON + timedelta(microseconds=1999))
    assert replay(message).only.timestamp == NOON + timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("capacity", "sent", "stored"),
    [
        (8000.0, {"gridPower": -24000}, {"gridPower": -24000}),
        (8000.0, {"gridPower": 24000.1, "soc": 1}, {"stateOfCharge": 1}),
        (5000.0, {"gridPower": 20000}, {"gridPower": 20000}),
        (None, {"gridPower": 20001, "soc": 1}, {"stateOfCharge": 1}),
        (None, {"solarPower": -133, "loadPower": -133}, {"solarPower": 0, "loadPower": 0}),
        (None, {"solarPower": -134, "loadPower": -134, "soc": 1}, {"stateOfCharge": 1}),
        (8000.0, {"solarPower": -160, "loadPower": -160}, {"solarPower": 0, "loadPower": 0}),
        (8000.0, {"apparentPower": 30000, "soc": 0}, {"stateOfCharge": 0}),
        (8000.0, {"gridFrequency": 75, "soc": 100}, {"gridFrequency": 75, "stateOfCharge": 100}),
        (8000.0, {"gridFrequency": 75.1, "gridVoltage": 1500}, {"gridVoltage": 1500}),
        (8000.0, {"batteryTemperature": -60, "inverterTemperature": 120.5}, {"batteryTemperature": -60}),
        (8000.0, {"dailyEnergyProduced": 0, "totalEnergyImported": -1}, {"dailyEnergyProduced": 0}),
    ],
)
def test_limits(capacity: float | None, sent: dict[str, float], stored: dict[str, float]) -> None:
    reading = replay(mqtt("data", sent), installed_capacity_watts=capacity).only
    assert reported(reading) == stored
    assert set(reading.metadata["rejected"]) == {name for name in sent if name in reading.metadata["rejected"]}
    assert len(reported(reading)) + len(reading.metadata["rejected"]) == len(sent)


@pytest.mark.parametrize(
    ("sent", "derived"),
    [
        ({"solarVoltage": 400, "solarCurrent": 5}, {"solarPower": 2000}),
        ({"solarVoltage": 400, "solarCurrent": -0.1}, {"solarPower": 0}),
        ({"solarVoltage": 400, "solarCurrent": -5}, {}),
        ({"solarPower": -900, "solarVoltage": 400, "solarCurrent": 5}, {}),
        ({"batteryVoltage": 50, "batteryCurrent": 20}, {"batteryPower": 1000}),
        ({"solarPower": 100, "gridPower": -200, "batteryPower": 0}, {"loadPower": 0}),
        ({"solarPower": 100, "gridPower": -300, "batteryPower": 0}, {}),
        ({"solarPower": 100, "gridPower": 50}, {}),
        ({"solarPower": 100, "loadPower": 50, "batteryPower": 99999}, {}),
        ({"solarPower": 100, "loadPower": 500, "batteryPower": 50, "gridPower": 99999}, {}),
        ({"solarPower": 20000, "gridPower": 20000, "batteryPower": 0}, {}),
    ],
)
def test_derived(sent: dict[str, float], derived: dict[str, float]) -> None:
    reading = replay(mqtt("data", {**sent, "ts": NOON.timestamp(), "soc": 5})).only
    assert reading.metadata["derived"] == list(derived)
    assert {name: reading.fields[name] for name in derived} == derived


def test_a_source_without_battery_balances_without_it() -> None:
    body = {"solarPower": 100, "gridPower": 50}
    assert reported(replay(mqtt("data", body), has_battery=False).only) == {**body, "loadPower": 150}
    rejected = {**body, "batteryPower": 99999}
    assert reported(replay(mqtt("data", rejected), has_battery=False).only) == body
