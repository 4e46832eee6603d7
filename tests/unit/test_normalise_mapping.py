"""The mapping an owner gives a source, and what is kept of payloads."""

import json
from typing import Any

import pytest

from solar.normalise import Source, normalise
from solar.normalise.mapping import read_mapping
from tests.unit.normalising import burst, form, mqtt, replay, reported, webhook


def mapped(payload: Any, fields: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return reported(replay(mqtt("data", payload), mapping={"fields": fields, **rest}).only)


def test_unit_and_factor_both_apply_and_come_before_everything_in_the_message() -> None:
    fields = {"a": {"field": "solarPower", "unit": "kW", "factor": -1}}
    assert mapped({"a": {"value": -3.2, "unit": "W"}}, fields) == {"solarPower": 3200}


def test_without_a_unit_the_message_and_then_the_suffix_tell_it() -> None:
    fields = {"x_kw": {"field": "loadPower"}, "y": {"field": "solarPower", "factor": 2}, "z": "gridPower"}
    powers = mapped({"x_kw": 1.5, "y": "2 kW", "z": 7}, fields)
    assert powers == {"loadPower": 1500, "solarPower": 4000, "gridPower": 7}


def test_several_paths_on_one_field_are_added_once_all_shown() -> None:
    fields = {
        "a": {"field": "loadPower"},
        "b.c": {"field": "loadPower"},
        "d": {"field": "batteryCurrent"},
        "e": {"field": "batteryCurrent"},
    }
    result = replay(
        mqtt("data", {"a": 100, "b": {"c": 50}, "d": 1, "e": 2}),
        mqtt("data", {"a": 110, "soc": 5}, 60),
        mapping={"fields": fields},
    )
    assert [reported(reading) for reading in result.readings] == [
        {"loadPower": 150, "batteryCurrent": 3},
        {"stateOfCharge": 5},
    ]


@pytest.mark.parametrize(
    "path",
    [
        "esp/roof/17/state",
        "roof/17",
        "roof.17",
        "17",
        "ESP/Roof/17",
        "ampra/sources/0-1/esp/roof/17/state",
        "esproof17",
    ],
)
def test_a_path_or_its_tail_in_any_writing(path: str) -> None:
    mapping = {"fields": {path: {"field": "solarPower"}}}
    assert reported(replay(mqtt("esp/roof/17/state", "5"), mapping=mapping).only) == {"solarPower": 5}


def test_the_longest_path_decides_and_null_drops() -> None:
    fields = {"power": {"field": "loadPower"}, "pv/power": {"field": "solarPower"}, "soc": None}
    assert mapped({"pv": {"power": 1}, "house": {"power": 2}, "soc": 5}, fields) == {"solarPower": 1, "loadPower": 2}
    dropped = replay(mqtt("data", {"soc": 5}), mapping={"fields": {"soc": None}})
    assert (dropped.readings, dropped.dead_letters) == ([], 0)


def test_a_dropped_phase_is_no_part_of_the_sum() -> None:
    assert mapped({"pv1_power": 5, "pv2_power": 7}, {"pv2_power": None}) == {"solarPower": 5}


def test_texts_and_codes_can_be_bound() -> None:
    fields = {"m": {"field": "operatingMode"}, "e": {"field": "faultCodes"}}
    assert mapped({"m": "eco", "e": "1,2"}, fields) == {"operatingMode": "eco", "faultCodes": ["1", "2"]}


def test_invert_turns_what_profile_alias_or_canonical_name_gave_but_not_the_mapping() -> None:
    assert mapped({"import_power": 100, "export_power": 0}, {}, invert=["gridPower"]) == {"gridPower": -100}
    assert mapped({"gridPower": 100}, {}, invert=["gridPower"]) == {"gridPower": -100}
    assert mapped({"gridPower": "100 W"}, {}, invert=["gridPower"]) == {"gridPower": -100}
    assert mapped({"g": 100}, {"g": {"field": "gridPower"}}, invert=["gridPower"]) == {"gridPower": 100}
    sofar = {"grid_power": 340, "batterySOC": 5, "solarPV": 9}
    assert mapped(sofar, {}, invert=["gridPower"])["gridPower"] == 340


def test_a_role_says_whose_a_bare_power_is() -> None:
    assert mapped({"power": 500, "voltage": 230}, {}, role="load") == {"loadPower": 500}


@pytest.mark.parametrize(
    "mapping",
    [
        5,
        [],
        "x",
        {"fields": 5},
        {"fields": {"a": 5, "b": {"field": "nope"}, "c": {}}},
        {"role": "roof", "invert": "gridPower"},
        {"invert": ["nope", None, 5]},
        {"fields": {"": {"field": "solarPower"}}},
    ],
)
def test_a_mapping_that_does_not_follow_the_rules_is_left_out(mapping: Any) -> None:
    assert read_mapping(mapping).role is None
    assert reported(replay(mqtt("data", {"gridPower": 7}), mapping=mapping).only) == {"gridPower": 7}


SECRET = "0123456789abcdef0123"


@pytest.mark.parametrize(
    "message",
    [
        webhook({"key": SECRET, "pv_power": 5}),
        mqtt("data", {"apikey": SECRET, "Password": SECRET, "pv_power": 5}),
        mqtt("data", {"auth": {"access-token": SECRET}, "pv_power": 5}),
        mqtt("esp/all", {"API_KEY": SECRET, "pv_power": 5}),
        form(f"pv_power=5&apikey={SECRET}", f"input/post?apikey={SECRET}"),
        webhook([{"ts": 1782036000, "pv_power": 5, "secret": SECRET}]),
        webhook({"readings": [{"ts": 1782036000, "pv_power": 5}], "key": SECRET}),
    ],
)
def test_secrets_are_not_kept(message: Any) -> None:
    reading = replay(message).only
    assert reading.fields["solarPower"] == 5
    assert SECRET not in str(reading)


@pytest.mark.parametrize(
    "message",
    [
        webhook({"key": SECRET, "cloud": 5}),
        webhook(f'{{"token" : "{SECRET}", broken'),
        form(f"cloud=5&apikey={SECRET}&key={SECRET}"),
        mqtt("esp/cloud", {"password": SECRET}),
    ],
)
def test_secrets_are_not_kept_in_dead_letters(message: Any) -> None:
    letters = normalise(message, Source("UTC"), {}).dead_letters
    assert len(letters) == 1
    assert SECRET not in str(letters[0])


def test_raw_data_fit_a_document() -> None:
    deep = json.loads('{"a":' * 80 + "1" + "}" * 80)
    body = {"pv_power": 5, "big": 2**64 - 1, "nul\0key": "\ud800", "deep": deep, "list": [[[2**63]]]}
    raw = replay(mqtt("data", json.dumps(body))).only.raw
    assert raw["big"] == float(2**64 - 1)
    assert raw["nulkey"] == "?"
    assert "(nested too deep)" in str(raw["deep"])
    assert raw["list"] == [[[float(2**63)]]]


def test_metadata_of_a_reading() -> None:
    reading = replay(mqtt("data", {"pv_power": 5, "cloud": {"cover": 1}, "soc": 300})).only
    assert set(reading.metadata) == {"transport", "receivedAt", "topic", "profile", "derived", "rejected", "unmapped"}
    assert (reading.metadata["transport"], reading.metadata["topic"]) == ("mqtt", "data")
    assert reading.metadata["unmapped"] == ["cloud/cover"]
    batch = replay(burst({"soc": "5", "cloud": "1"}, "esp/")).only
    assert (batch.metadata["topic"], batch.metadata["unmapped"]) == ("esp/soc", ["esp/cloud"])
