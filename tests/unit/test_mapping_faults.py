"""What is said of a mapping before it is kept."""

from typing import Any

import pytest

from solar.normalise.mapping import read_mapping
from solar.normalise.mapping_faults import MOST_FIELDS, faults_of

GOOD: dict[str, Any] = {
    "role": "grid",
    "invert": ["batteryPower"],
    "fields": {"a.b": {"field": "gridPower", "unit": "kW", "factor": -1}, "c": "solarPower", "wifi": None},
}


def test_a_good_mapping_has_no_faults_and_is_taken_whole() -> None:
    assert faults_of(GOOD) == {}
    assert faults_of({}) == {}
    taken = read_mapping(GOOD)
    assert len(taken.rules) == 3 and taken.role == "grid" and taken.inverted == {"batteryPower"}


@pytest.mark.parametrize(
    ("mapping", "where"),
    [
        ([], "mapping"),
        ({"colour": 1}, "colour"),
        ({"role": "roof"}, "role"),
        ({"invert": ["operatingMode"]}, "invert"),
        ({"invert": "gridPower"}, "invert"),
        ({"fields": []}, "fields"),
        ({"fields": {str(each): None for each in range(MOST_FIELDS + 1)}}, "fields"),
        ({"fields": {"a": "sunPower"}}, "a"),
        ({"fields": {"a": 5}}, "a"),
        ({"fields": {"": "gridPower"}}, ""),
        ({"fields": {"x" * 301: "gridPower"}}, "x" * 301),
        ({"fields": {"a": {"field": "gridPower", "scale": 2}}}, "a"),
        ({"fields": {"a": {"field": "gridPower", "unit": "kWh"}}}, "a"),
        ({"fields": {"a": {"field": "gridPower", "unit": 5}}}, "a"),
        ({"fields": {"a": {"field": "gridPower", "factor": 0}}}, "a"),
        ({"fields": {"a": {"field": "gridPower", "factor": True}}}, "a"),
        ({"fields": {"a": {"field": "gridPower", "factor": float("nan")}}}, "a"),
    ],
)
def test_each_fault_is_said_where_it_is(mapping: Any, where: str) -> None:
    assert faults_of(mapping).keys() == {where}
