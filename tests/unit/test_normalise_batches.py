"""Bare values gathered, retained messages, availability, and readings of one instant joined."""

from datetime import timedelta
from typing import Any

import pytest

from solar.normalise import Message, Reading, Source, kind_of, merge, normalise, normalise_batch
from tests.unit.normalising import NOON, burst, mqtt, replay, reported, webhook

SOURCE = Source("Europe/Berlin", 8000.0)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (mqtt("data", {"soc": 5}), "single"),
        (mqtt("/data/", "5"), "single"),
        (mqtt("esp/soc", "5"), "batch"),
        (mqtt("esp/all", {"soc": 5}), "batch"),
        (mqtt("esp/all", {"soc": 5, "ts": 1782036000}), "single"),
        (mqtt("esp/all", {"soc": 5, "ts": None}), "batch"),
        (mqtt("esp/all", {"soc": 5, "ts": "soon"}), "batch"),
        (mqtt("esp/all", {"soc": 5, "ts": 5}), "single"),
        (mqtt("esp/all", [{"ts": 1782036000, "values": {"soc": 5}}]), "single"),
        (mqtt("hw", {"total_power_import_kwh": 5, "timestamp": 1782036000}), "batch"),
        (mqtt("esp/last_update", "1782036000"), "batch"),
        (mqtt("esp/soc", "5", retained=True), "nothing"),
        (mqtt("esp/soc", {"soc": 5, "ts": 1782036000}, retained=True), "single"),
        (mqtt("data", {"soc": 5}, retained=True), "nothing"),
        (mqtt("esp/soc", ""), "nothing"),
        (mqtt("esp/status", "online"), "nothing"),
        (mqtt("esp/status", "charging"), "batch"),
        (mqtt("esp/LWT", "Offline"), "nothing"),
        (mqtt("esp/available", "2"), "nothing"),
        (mqtt("esp/available", "250"), "batch"),
        (mqtt("esp/connected", "true"), "nothing"),
        (mqtt("homeassistant/sensor/x/config", {"stat_t": "x"}), "nothing"),
        (mqtt("esp/soc", b"x" * 1_048_577), "single"),
        (webhook({"soc": 5}, "input/post"), "single"),
        (webhook(""), "single"),
    ],
)
def test_kinds(message: Message, kind: str) -> None:
    assert kind_of(message, SOURCE, {}) == kind


def test_a_batch_lasts_less_than_ten_seconds_from_its_first_message() -> None:
    result = replay(
        mqtt("esp/status", "online"),
        mqtt("esp/soc", "5", 3),
        mqtt("esp/pv_power", "7", 12.999),
        mqtt("esp/pv_power", "8", 13),
    )
    assert [(reading.timestamp - NOON, reported(reading)) for reading in result.readings] == [
        (timedelta(seconds=3), {"stateOfCharge": 5, "solarPower": 7}),
        (timedelta(seconds=13), {"solarPower": 8}),
    ]


def test_a_topic_that_comes_twice_keeps_its_first_value() -> None:
    reading = replay(mqtt("esp/soc", "5"), mqtt("esp/soc", "6", 1)).only
    assert reported(reading) == {"stateOfCharge": 5}
    assert reading.raw == {"esp/soc": 5, "esp/soc (2)": 6}


def test_a_message_that_says_nothing_opens_a_batch_all_the_same() -> None:
    reading = replay(mqtt("esp/pv_power", "unavailable"), mqtt("esp/soc", "5", 4)).only
    assert (reading.timestamp, reported(reading)) == (NOON, {"stateOfCharge": 5})


def test_objects_and_values_of_one_burst_are_one_reading() -> None:
    result = replay(mqtt("esp/battery", {"soc": 5}), mqtt("esp/grid/power", {"value": -0.3, "unit": "kW"}, 1))
    assert reported(result.only) == {"stateOfCharge": 5, "gridPower": -300}


def test_a_message_with_its_own_time_stands_alone_in_a_burst() -> None:
    timed = {"pv_power": 9, "ts": "2026-06-21T09:00:00Z"}
    result = replay(mqtt("esp/soc", "5"), mqtt("esp/all", timed, 1), mqtt("esp/grid/power", "6", 2))
    assert [reported(reading) for reading in result.readings] == [
        {"solarPower": 9},
        {"stateOfCharge": 5, "gridPower": 6},
    ]


@pytest.mark.parametrize("topic", ["last_update", "x/lastSuccess", "Last-Updated", "timestamp", "measured_at/state"])
def test_a_topic_that_is_a_time_gives_the_batch_its_time(topic: str) -> None:
    reading = replay(mqtt("esp/soc", "5"), mqtt(f"esp/{topic}", "1782035990", 1)).only
    assert reading.timestamp == NOON - timedelta(seconds=10)
    assert reading.metadata["derived"] == []


def test_of_several_times_the_newest_right_one_counts() -> None:
    times = [mqtt(f"esp/{n}/last_update", str(at), 1) for n, at in enumerate((1782035990, 1782035995, 1999999999, 5))]
    assert replay(mqtt("esp/soc", "5"), times).only.timestamp == NOON - timedelta(seconds=5)
    wrong = replay(mqtt("esp/soc", "5"), mqtt("esp/last_update", "1999999999", 1)).only
    assert (wrong.timestamp, wrong.metadata["derived"]) == (NOON, ["timestamp"])
    assert "timestamp" in wrong.metadata["rejected"]


def test_one_dead_letter_for_a_batch_of_which_no_topic_is_known() -> None:
    unknown = replay(burst({"a": "1", "b": "x", "c": "{broken"}, "esp/"))
    assert (unknown.readings, unknown.dead_letters) == ([], 1)
    reading = replay(burst({"a": "1", "soc": "5", "c": "{broken"}, "esp/")).only
    assert reported(reading) == {"stateOfCharge": 5}
    assert reading.raw["esp/c"] == "{broken"
    only_times = replay(mqtt("esp/last_update", "1782035990"))
    assert (only_times.readings, only_times.dead_letters) == ([], 0)


def test_the_unit_of_a_sibling_topic_holds_in_any_order_and_is_remembered() -> None:
    result = replay(
        burst({"x/pv_power/unit": "kW", "x/pv_power/value": "3.2", "x/soc": "5"}),
        mqtt("x/pv_power/value", "3.4", 20),
    )
    assert [reading.fields["solarPower"] for reading in result.readings] == [3200, 3400]


def test_retained_units_are_learnt_and_no_reading() -> None:
    result = replay(mqtt("x/pv_power/unit", "kW", retained=True), mqtt("x/pv_power/state", "3.2", 60))
    assert reported(result.only) == {"solarPower": 3200}


def test_a_batch_message_alone_is_a_batch_of_its_own() -> None:
    outcome = normalise(mqtt("esp/soc", "5"), SOURCE, {})
    assert [reported(reading) for reading in outcome.readings] == [{"stateOfCharge": 5}]


def test_whatever_is_handed_over_as_a_batch_is_taken_as_what_it_is() -> None:
    messages = [
        mqtt("esp/soc", "5"),
        mqtt("data", {"pv_power": 9}, 1),
        mqtt("esp/status", "online", 1),
        mqtt("data", "nonsense", 2),
    ]
    outcome = normalise_batch(messages, SOURCE, {})
    assert [reported(reading) for reading in outcome.readings] == [{"stateOfCharge": 5}, {"solarPower": 9}]
    assert [letter.reason for letter in outcome.dead_letters] == ["not JSON"]
    assert normalise_batch([], SOURCE, {}).readings == ()


def reading_of(fields: dict[str, Any]) -> Reading:
    return normalise(mqtt("data", {"ts": NOON.timestamp(), **fields}), SOURCE, {}).readings[0]


def test_merging_the_same_reading_changes_nothing() -> None:
    reading = reading_of({"pv_power": 2500, "load_power": 640, "battery_power": 100, "x": 1})
    assert merge(reading, reading, SOURCE) == reading


def test_a_reported_value_replaces_a_derived_one_and_derived_ones_are_made_anew() -> None:
    earlier = reading_of({"solarVoltage": 400, "solarCurrent": 5, "loadPower": 500, "batteryPower": 0})
    assert (earlier.fields["solarPower"], earlier.fields["gridPower"]) == (2000, -1500)
    merged = merge(earlier, reading_of({"solarPower": 1900}), SOURCE)
    assert (merged.fields["solarPower"], merged.fields["gridPower"]) == (1900, -1400)
    assert merged.metadata["derived"] == ["gridPower"]
    again = merge(merged, reading_of({"gridPower": -1450, "loadPower": 9}), SOURCE)
    assert (again.fields["gridPower"], again.fields["loadPower"], again.metadata["derived"]) == (-1450, 500, [])


def test_a_rejected_value_is_not_replaced_by_a_derived_one_also_later() -> None:
    earlier = reading_of({"gridPower": 99999, "loadPower": 500, "batteryPower": 0})
    merged = merge(earlier, reading_of({"solarPower": 1900}), SOURCE)
    assert "gridPower" not in merged.fields
    assert "gridPower" in merged.metadata["rejected"]


def test_codes_that_arrive_later_are_added() -> None:
    merged = merge(reading_of({"soc": 5}), reading_of({"faults": "F1"}), SOURCE)
    assert merged.fields["faultCodes"] == ["F1"]
    assert merge(merged, reading_of({"faults": "F2"}), SOURCE).fields["faultCodes"] == ["F1"]


def test_a_merged_reading_keeps_both_payloads_and_profiles() -> None:
    plug = normalise(mqtt("t", {"Time": NOON.isoformat(), "ENERGY": {"Power": 5}}), SOURCE, {}).readings[0]
    merged = merge(reading_of({"soc": 5, "cloud": 1}), plug, SOURCE)
    assert merged.metadata["profile"] == "tasmota"
    assert set(merged.raw) == {"ts", "soc", "cloud", "Time", "ENERGY"}
    assert merged.metadata["unmapped"] == ["cloud"]
    assert reported(merged) == {"stateOfCharge": 5, "solarPower": 5}


def test_an_inverter_that_cannot_feed_in_stays_so_when_merged() -> None:
    body = {"ac_output_active_power": 100, "battery_discharge_current": 0, "battery_charging_current": 5}
    earlier = normalise(mqtt("data", body), SOURCE, {}).readings[0]
    later = normalise(mqtt("data", {"pv_power": 900, "battery_voltage": 50}), SOURCE, {}).readings[0]
    assert merge(earlier, later, SOURCE).fields["gridPower"] == 0
