"""Home Assistant: discovery, state streams, posted states, and ESPHome."""

from typing import Any

from solar.normalise import Message
from tests.unit.normalising import NOON, burst, mqtt, replay, reported, webhook


def config(topic: str, description: Any, prefix: str = "homeassistant/") -> Message:
    """A retained discovery message that came a minute before."""
    return mqtt(f"{prefix}{topic}/config", description, -60, retained=True)


def test_device_discovery_with_short_keys_base_topic_and_templates() -> None:
    device = {
        "dev": {"ids": ["a"]},
        "~": "roof",
        "stat_t": "~/all",
        "cmps": {
            "pv_power": {"p": "sensor", "unit_of_meas": "kW", "val_tpl": "{{ value_json.pv.power }}"},
            "x2": {"p": "sensor", "name": "Battery SoC", "val_tpl": "{{ value_json['soc'] | float }}"},
            "x3": {"p": "sensor", "name": "Grid power", "stat_t": "~/grid/state", "unit_of_meas": "W"},
            "x4": {"p": "button", "name": "Restart", "cmd_t": "~/restart"},
        },
    }
    result = replay(
        config("device/roof", device),
        mqtt("roof/all", {"pv": {"power": 3.2}, "soc": "55"}),
        mqtt("roof/grid/state", "-100", 0.5),
    )
    assert reported(result.only) == {"solarPower": 3200, "stateOfCharge": 55, "gridPower": -100}
    assert result.only.metadata["profile"] == "homeassistant"


def test_the_name_comes_before_the_object_id() -> None:
    known = config("sensor/roof/pv_power", {"name": "Load power", "state_topic": "roof/17"})
    assert reported(replay(known, mqtt("roof/17", "640")).only) == {"loadPower": 640}
    foreign = config("sensor/roof/load_power", {"name": "Strom im Haus", "stat_t": "roof/17", "unit_of_meas": "kW"})
    assert reported(replay(foreign, mqtt("roof/17", "0.64")).only) == {"loadPower": 640}


def test_a_state_topic_may_be_whole_and_another_prefix_may_stand_before() -> None:
    topic = "ampra/sources/00000000-0000-0000-0000-000000000000/roof/17/state"
    known = config("sensor/load_power", {"state_topic": topic}, "ha/")
    assert reported(replay(known, mqtt("roof/17/state", "640")).only) == {"loadPower": 640}


def test_a_discovered_message_with_its_own_time_is_a_reading_by_itself() -> None:
    known = config("sensor/x/p", {"name": "PV power", "stat_t": "x/s", "val_tpl": "{{ value_json.p / 10 }}"})
    reading = replay(known, mqtt("x/s", {"p": 12345, "ts": NOON.timestamp() - 60})).only
    assert reported(reading) == {"solarPower": 1234.5}
    assert reading.timestamp.timestamp() == NOON.timestamp() - 60


def test_templates_that_only_home_assistant_can_work_out_are_not_guessed() -> None:
    description = {"name": "PV power", "stat_t": "x/s", "val_tpl": "{{ value_json.a + value_json.b }}"}
    result = replay(config("sensor/x/p", description), mqtt("x/s", {"a": 1, "b": 2}))
    assert (result.readings, result.dead_letters) == ([], 1)


def test_withdrawn_entities_are_forgotten() -> None:
    known = config("sensor/roof/load_power", {"stat_t": "roof/17"})
    result = replay(known, config("sensor/roof/load_power", ""), mqtt("roof/17", "640"))
    assert (result.readings, result.dead_letters) == ([], 1)


def test_discovery_never_is_a_dead_letter() -> None:
    result = replay(
        config("button/x/restart", {"cmd_t": "x"}),
        config("sensor/x/y", "{broken"),
        config("switch/x/y", {"unique_id": "1"}, "other/"),
    )
    assert (result.readings, result.dead_letters) == ([], 0)


def test_mapping_and_profile_come_before_discovery() -> None:
    known = config("sensor/roof/pv_power", {"name": "PV power", "state_topic": "roof/17"})
    mapping = {"fields": {"roof/17": {"field": "loadPower"}}}
    assert reported(replay(known, mqtt("roof/17", "640"), mapping=mapping).only) == {"loadPower": 640}


def test_state_stream_with_units_prefixes_and_somebody_elses_battery() -> None:
    values = {
        "pv_power/state": "2.45",
        "pv_power/unit_of_measurement": '"kW"',
        "pv_power/friendly_name": '"PV Power"',
        "pv_power/last_updated": "2026-06-21T09:59:59+00:00",
        "solis_battery_soc/state": "44",
        "phone_battery_level/state": "90",
        "grid_power/state": "unavailable",
    }
    reading = replay(burst(values, "homeassistant/sensor/")).only
    assert reported(reading) == {"solarPower": 2450, "stateOfCharge": 44}
    assert reading.timestamp.timestamp() == NOON.timestamp() - 1
    assert "homeassistant/sensor/phone_battery_level" in reading.metadata["unmapped"]


def test_a_single_state_and_a_list_by_mqtt() -> None:
    state = {
        "entity_id": "sensor.pv_power",
        "state": "2450",
        "attributes": {"unit_of_measurement": "W"},
        "last_updated": "2026-06-21T09:59:58+00:00",
    }
    single = replay(webhook(state)).only
    assert reported(single) == {"solarPower": 2450}
    assert single.timestamp.timestamp() == NOON.timestamp() - 2
    assert reported(replay(webhook({"states": [state]})).only) == {"solarPower": 2450}
    hot = {"entity_id": "sensor.a_inverter_temperature", "state": "104", "attributes": {"unit_of_measurement": "°F"}}
    listed = replay(mqtt("ha", [hot])).only
    assert reported(listed) == {"inverterTemperature": 40}
    assert listed.metadata["profile"] == "homeassistant"


def test_esphome_with_availability_and_log_lines() -> None:
    values = {
        "status": "online",
        "sensor/pv_power/state": "1200",
        "sensor/battery_soc/state": "44",
        "debug": "[D][sensor:094]: 'PV power': Sending state 1200",
    }
    assert reported(replay(burst(values, "garage/")).only) == {"solarPower": 1200, "stateOfCharge": 44}
