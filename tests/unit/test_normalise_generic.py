"""Shapes nobody wrote a profile for: names, suffixes, phases, strings, channels, lists, units."""

from typing import Any

import pytest

from solar.normalise.generic import match
from solar.normalise.names import ALIASES
from solar.vocabulary import FIELDS
from tests.unit.normalising import NOON, burst, mqtt, replay, reported, webhook

SHAPES_ALIASES = {
    "stateOfCharge": "soc, battery_soc, battery_state_of_charge, battery_level, battery_percent",
    "stateOfHealth": "soh, battery_soh",
    "batteryVoltage": "battery_volt, vbat, bat_voltage, bms_voltage",
    "batteryCurrent": "ibat, bat_current, bms_current",
    "batteryTemperature": "battery_temp, bat_temp, bms_temp",
    "batteryPower": "bat_power, pbat, charge_power, battery_charge_power, discharge_power, battery_discharge_power",
    "solarPower": "pv_power, pv_input_power, ppv, solar_watts, production_power, pv1_power, pv12_power",
    "solarVoltage": "pv_voltage, vpv",
    "solarCurrent": "pv_current, ipv",
    "loadPower": "house_power, home_power, consumption_power, ac_output_active_power",
    "loadPercentage": "load_percent, load_pct",
    "outputVoltage": "ac_output_voltage, inverter_voltage",
    "outputFrequency": "ac_output_frequency",
    "gridPower": "meter_power, net_power, import_power, grid_import_power, export_power, grid_export_power, "
    "feed_in_power, grid_power_l1, grid_power_L3",
    "gridVoltage": "mains_voltage, ac_input_voltage",
    "gridFrequency": "grid_freq, mains_frequency, ac_input_frequency",
    "dailyEnergyProduced": "daily_energy, today_energy, energy_today, e_today, pv_energy_today",
    "totalEnergyProduced": "total_energy, lifetime_energy, e_total, pv_energy_total",
    "dailyEnergyConsumed": "load_energy_today",
    "totalEnergyConsumed": "load_energy_total",
    "totalEnergyImported": "energy_imported, import_total",
    "totalEnergyExported": "energy_exported, export_total",
    "dailyEnergyImported": "import_today",
    "dailyEnergyExported": "export_today",
    "inverterTemperature": "inverter_temp, heatsink_temperature",
    "operatingMode": "mode, work_mode, inverter_mode",
    "deviceStatus": "status, state",
    "faultCodes": "fault_code, fault_codes, faults, error_codes",
    "warningCodes": "warning_code, warning_codes, warnings",
}


@pytest.mark.parametrize(("field", "names"), SHAPES_ALIASES.items())
def test_every_promised_alias_in_any_writing(field: str, names: str) -> None:
    for name in names.split(", "):
        for written in (name, name.upper(), name.replace("_", "-"), name.replace("_", " ").title()):
            found = match(written)
            assert found is not None, written
            assert found.field == field, written


def test_every_canonical_name_is_itself() -> None:
    for name in FIELDS:
        found = match(f"some/prefix/{name}")
        assert found is not None
        assert (found.field, found.canonical) == (name, True)


def test_no_alias_says_otherwise_than_a_canonical_name() -> None:
    canonical = {name.lower(): name for name in FIELDS}
    assert [alias for alias, meaning in ALIASES.items() if canonical.get(alias, meaning.field) != meaning.field] == []


@pytest.mark.parametrize(
    "path",
    [
        *("temperature", "voltage", "current", "power", "energy", "data/power", "sensor/1/temperature"),
        *("vehicle/soc", "car/battery_soc", "forecast/pv_power", "limits/charge_power", "max/charge_power"),
        *("max_charge_power", "pv_power_avg", "load_power_24h", "pv1_voltage", "pv2_current", "grid_voltage_l2"),
        *("battery_capacity_kwh", "remainingCapacity_Wh", "load/power_factor", "wifi/status", "grid/total_energy"),
        *("battery/energy_today", "uptime", "grid", "total", "l1", "a", "", "/", "soc/x"),
    ],
)
def test_what_is_not_mapped(path: str) -> None:
    assert match(path) is None


@pytest.mark.parametrize(
    ("path", "field", "part"),
    [
        ("grid/power/l1", "gridPower", ("L1",)),
        ("grid/l2/power", "gridPower", ("L2",)),
        ("grid/phases/2/power", "gridPower", ("L3",)),
        ("gridPowerA", "gridPower", ("L1",)),
        ("pv/2/power", "solarPower", ("2",)),
        ("pv_string_1_power", "solarPower", ("1",)),
        ("mppt2_power", "solarPower", ("2",)),
        ("inverter_1/pv_power", "solarPower", ("inverter1",)),
        ("inverter_1/pv2_power", "solarPower", ("inverter1", "2")),
        ("inverters/SN7/pv_power", "solarPower", ("inverters/SN7",)),
        ("import_total_t2", "totalEnergyImported", ("2",)),
        ("battery_2_soc", "stateOfCharge", ("2",)),
        ("batteries/SN1/voltage", "batteryVoltage", ("batteries/SN1",)),
        ("grid_power_total", "gridPower", ()),
        ("pv/total_power", "solarPower", ()),
        ("grid_voltage_l1", "gridVoltage", ()),
        ("a/pv_power", "solarPower", ()),
        ("東京/Süd/pv_power", "solarPower", ()),
    ],
)
def test_parts_and_wholes(path: str, field: str, part: tuple[str, ...]) -> None:
    found = match(path)
    assert found is not None
    assert (found.field, found.part) == (field, part)


def only(payload: Any, **source: Any) -> dict[str, Any]:
    return reported(replay(mqtt("data", payload), **source).only)


def test_a_prefix_of_any_length_may_stand_before() -> None:
    topic = "/".join(["Süddach"] * 3000) + "/solar_assistant/total/pv_power/state"
    reading = replay(mqtt(topic, "5")).only
    assert reading.metadata["profile"] == "solarassistant"
    assert reported(reading) == {"solarPower": 5}


def test_a_signed_total_beats_channels_and_one_zero_says_nothing() -> None:
    assert only({"import_power": 100, "export_power": 0, "grid_power": -5}) == {"gridPower": -5}
    assert only({"import_power": 0, "export_power": 700}) == {"gridPower": -700}
    assert only({"export_power": 50}) == {"gridPower": -50}
    assert only({"import_power": 0, "soc": 5}) == {"stateOfCharge": 5}
    assert only({"charge_power": 0, "discharge_power": 0}) == {"batteryPower": 0}
    silent = replay(mqtt("data", {"import_power": 0}))
    assert (silent.readings, silent.dead_letters) == ([], 0)


def test_channels_by_phase_need_every_phase() -> None:
    phases = {"import_power_l1": 100, "import_power_l2": 50, "export_power_l1": 0, "export_power_l2": 20}
    result = replay(
        mqtt("data", phases), mqtt("data", {"import_power_l1": 90, "import_power_l2": 5, "export_power_l1": 0}, 60)
    )
    assert [reported(reading) for reading in result.readings] == [{"gridPower": 130}]


def test_phases_count_for_the_source_not_for_the_message() -> None:
    whole = {"grid_power_l1": 1, "grid_power_l2": 2, "grid_power_l3": 3, "soc": 5}
    part = {"grid_power_l1": 7, "grid_power_l2": None, "grid_power_l3": 9, "soc": 6}
    result = replay(mqtt("data", whole), mqtt("data", part, 60))
    assert [reported(reading) for reading in result.readings] == [
        {"gridPower": 6, "stateOfCharge": 5},
        {"stateOfCharge": 6},
    ]


def test_lists_under_one_key_are_summed_where_sums_make_sense() -> None:
    assert only({"pv_power": [1200, 800], "total_energy": [5, 6], "grid_voltage": [230, 231]}) == {
        "solarPower": 2000,
        "totalEnergyProduced": 11,
        "gridVoltage": 230,
    }


def test_devices_in_lists_and_objects_are_summed() -> None:
    body = {"inverters": [{"pv_power": 100, "temperature": 40}, {"pv_power": 200, "temperature": 50}]}
    assert only(body) == {"solarPower": 300, "inverterTemperature": 40}
    assert only({"batteries": {"A": {"power": 10, "current": 1}, "B": {"power": 5, "current": 2}}}) == {
        "batteryPower": 15
    }
    listed = [{"sn": "A", "pv_power": 100}, {"sn": "B", "pv_power": 200}]
    assert reported(replay(webhook(listed)).only) == {"solarPower": 300}
    unnamed = [{"pv_power": 100}, {"pv_power": 200, "soc": 4}]
    assert reported(replay(webhook(unnamed)).only) == {"solarPower": 100, "stateOfCharge": 4}


def test_values_that_name_themselves() -> None:
    named = [{"name": "pv_power", "value": 3.2, "unit": "kW", "status": "ok"}, {"key": "soc", "value": "50 %"}]
    assert reported(replay(webhook(named)).only) == {"solarPower": 3200, "stateOfCharge": 50}
    assert reported(replay(webhook([{"n": "pv_power", "v": 3200, "u": "W"}])).only) == {"solarPower": 3200}


def test_readings_in_a_list_keep_their_own_times() -> None:
    rows = [{"ts": 1782035940, "pv_power": 2}, {"ts": 1782036000, "pv_power": 1}, {"ts": 1782035940, "soc": 3}]
    for body in (rows, {"site": "x", "readings": rows}):
        result = replay(webhook(body))
        assert result.dead_letters == 0
        assert [reported(reading) for reading in result.readings] == [
            {"solarPower": 2, "stateOfCharge": 3},
            {"solarPower": 1},
        ]


def test_a_reading_of_a_list_that_is_not_understood_is_a_dead_letter_beside_the_others() -> None:
    rows = [{"ts": 1782035940, "pv_power": 2}, {"ts": 1782036000, "cloud": 1}]
    result = replay(webhook(rows))
    assert (len(result.readings), result.dead_letters) == (1, 1)


def test_several_families_in_one_list() -> None:
    plug = {"Time": "2026-06-21T12:00:00", "ENERGY": {"Power": 5}}
    station = {"generationPower": 7, "usePower": 1, "lastUpdateTime": 1782035940, "batteryPower": 3}
    result = replay(webhook([plug, station]))
    assert [(reading.metadata["profile"], reading.fields["solarPower"]) for reading in result.readings] == [
        ("solarman", 7),
        ("tasmota", 5),
    ]


@pytest.mark.parametrize(
    ("value", "field", "number"),
    [
        ({"value": 3.2, "unit": "kW"}, "solarPower", 3200),
        ({"Value": 0.0032, "Unit": "MW"}, "solarPower", 3200),
        ("3,2 kW", "solarPower", 3200),
        ({"value": 8421, "unit": "Wh"}, "dailyEnergyProduced", 8.421),
        ({"value": 0.5, "unit": "MWh"}, "dailyEnergyProduced", 500),
        ({"value": 51840, "unit_of_measurement": "mV"}, "batteryVoltage", 51.84),
        ({"value": 104, "unit": "°F"}, "inverterTemperature", 40),
        ({"value": 300, "unit": "K"}, "inverterTemperature", 26.85),
        ({"value": 50000, "unit": "mHz"}, "gridFrequency", 50),
        ({"value": 1.5, "unit": "kVA"}, "apparentPower", 1500),
        ({"value": 5, "unit": ""}, "loadPower", 5),
    ],
)
def test_units_in_the_message(value: Any, field: str, number: float) -> None:
    assert only({field: value})[field] == pytest.approx(number)


def test_a_unit_in_the_message_comes_before_the_suffix_and_one_that_does_not_fit_is_rejected() -> None:
    assert only({"pv_power_w": {"value": 3.2, "unit": "kW"}}) == {"solarPower": 3200}
    reading = replay(mqtt("data", {"pv_power": {"value": 5, "unit": "kWh"}, "soc": 5})).only
    assert reported(reading) == {"stateOfCharge": 5}
    assert "kWh" in reading.metadata["rejected"]["solarPower"]


def test_strings_volts_and_amperes_make_no_power_of_one_string() -> None:
    assert only({"pv1_voltage": 380, "pv1_current": 5, "pv2_voltage": 370, "pv2_current": 4, "soc": 5}) == {
        "stateOfCharge": 5
    }


def test_current_of_one_of_several_batteries_is_not_the_batterys() -> None:
    packs = {"battery_1/voltage": 51, "battery_1/current": 10, "battery_2/voltage": 52, "battery_2/current": 20}
    assert reported(replay(burst({name: str(value) for name, value in packs.items()}, "esp/")).only) == {
        "batteryVoltage": 51
    }


def test_the_shallower_then_the_earlier_candidate_counts() -> None:
    assert only({"x": {"soc": 1}, "battery_soc": 2}) == {"stateOfCharge": 2}
    assert only({"x": {"soc": 1}, "y": {"soc": 2}}) == {"stateOfCharge": 1}
    assert only({"x": {"soc": None}, "y": {"soc": 2}}) == {"stateOfCharge": 2}
    assert only({"battery_soc": 1, "stateOfCharge": 2}) == {"stateOfCharge": 2}


def test_codes_and_texts() -> None:
    body = {"fault_codes": ["F18", 0, "none", 34, None, True], "warnings": "0000", "mode": 3, "status": " Offline "}
    reading = replay(mqtt("data", body)).only
    assert reading.fields["faultCodes"] == ["F18", "34"]
    assert reading.fields["warningCodes"] == []
    assert (reading.fields["operatingMode"], reading.fields["deviceStatus"]) == ("3", "Offline")


def test_more_than_64_levels_are_not_read() -> None:
    deep = '{"a":' * 63 + '{"pv_power":5}' + "}" * 63
    assert reported(replay(mqtt("data", deep)).only) == {"solarPower": 5}
    deeper = '{"a":' * 64 + '{"pv_power":5}' + "}" * 64
    assert replay(mqtt("data", deeper)).dead_letters == 1
    assert replay(mqtt("data", "[" * 100_000)).dead_letters == 1


@pytest.mark.parametrize(
    ("message", "dead"),
    [
        (mqtt("data", "1500"), 1),
        (mqtt("data", "null"), 1),
        (mqtt("data", "pv_power=1200"), 1),
        (mqtt("data", {}), 1),
        (mqtt("data", []), 1),
        (mqtt("data", {"pv_power": "hot"}), 1),
        (mqtt("data", {"pv_power": None}), 0),
        (mqtt("data", b" \r\n\0"), 0),
        (webhook(b" \r\n\0"), 1),
        (webhook("hello=world"), 1),
        (webhook("5"), 1),
        (webhook(b"x" * 1_048_577), 1),
        (mqtt("esp/pv_power", "unavailable"), 0),
        (mqtt("esp/pv_power", "true"), 0),
        (mqtt("esp/pv_power", "hot"), 1),
        (mqtt("esp/colour", "5"), 1),
        (mqtt("plug/availability", {"state": "online"}), 0),
        (mqtt("x/Reachable", "1"), 0),
        (mqtt("data", {"pv_power": 5}, retained=True), 0),
        (mqtt("data", "nonsense", retained=True), 0),
    ],
)
def test_what_becomes_no_reading(message: Any, dead: int) -> None:
    result = replay(message)
    assert (result.readings, result.dead_letters) == ([], dead)


def test_a_form_without_content_type_is_read_on_the_webhook() -> None:
    reading = replay(webhook("pv_power=1200&load_power=3%2C5+kW&timestamp=2026-06-21T10%3A00%3A00Z")).only
    assert reported(reading) == {"solarPower": 1200, "loadPower": 3500}
    assert (reading.timestamp, reading.metadata["derived"]) == (NOON, [])


def test_bytes_that_are_no_utf8_cost_only_themselves() -> None:
    assert reported(replay(mqtt("data", b'{"name":"S\xfcd","pv_power":5}')).only) == {"solarPower": 5}


def test_a_chosen_profile_wins_and_generic_can_be_chosen() -> None:
    body = {"grid_power": 340, "batterySOC": 5, "solarPV": 9}
    assert only(body, profile="generic") == {"gridPower": 340, "stateOfCharge": 5}
    assert only(body, profile="no-such-profile")["gridPower"] == -340
