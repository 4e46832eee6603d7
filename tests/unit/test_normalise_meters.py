"""Inverters that publish bare values (P1-P4, P7-P9): what no shared vector pins."""

import json
from typing import Any

import pytest

from solar.normalise import Source, normalise_batch
from tests.unit.normalising import burst, mqtt, replay, reported

SOLAR_ASSISTANT = {
    "inverter_1/pv_power/state": "1000",
    "inverter_2/pv_power/state": "800",
    "inverter_1/grid_power/state": "-5",
    "inverter_2/grid_power/state": "10",
    "battery_1/power/state": "-500",
    "battery_1/current/state": "-10",
    "inverter_1/max_charge_current/state": "60",
    "inverter_1/capacity_point_1/state": "50",
    "inverter_1/export_power_rate/state": "5000",
    "inverter_1/charger_source_priority/state": "Solar first",
}


def test_solarassistant_sums_inverters_where_there_is_no_total() -> None:
    fields = reported(replay(burst(SOLAR_ASSISTANT, "solar_assistant/")).only)
    assert fields == {
        "solarPower": 1800,
        "gridPower": 5,
        "batteryPower": -500,
        "batteryCurrent": -10,
        "loadPower": 2305,
    }


def test_solarassistant_takes_strings_for_an_inverter_that_sends_no_total() -> None:
    later = {
        "inverter_1/pv_power_1/state": "600",
        "inverter_1/pv_power_2/state": "450",
        "inverter_2/pv_power/state": "800",
    }
    result = replay(burst(SOLAR_ASSISTANT, "x/solar_assistant/"), burst(later, "x/solar_assistant/", 20))
    assert reported(result.readings[1]) == {"solarPower": 1850}


def test_solarassistant_settings_alone_are_no_dead_letter() -> None:
    result = replay(mqtt("solar_assistant/inverter_1/max_charge_current/state", "60"))
    assert (result.readings, result.dead_letters) == ([], 0)


def victron(values: dict[str, Any], after: float = 0) -> list[Any]:
    wrapped = {topic: {"value": value} for topic, value in values.items()}
    return burst(wrapped, "N/c0619ab00001/", after)


def test_victron_adds_pv_of_all_places_and_leaves_copies_and_parts_out() -> None:
    fields = reported(
        replay(
            victron(
                {
                    "system/0/Dc/Pv/Power": 1000,
                    "system/0/Ac/PvOnGrid/L1/Power": 200,
                    "system/0/Ac/PvOnGrid/L2/Power": 150,
                    "system/0/Ac/PvOnOutput/L1/Power": 300,
                    "system/0/Ac/Consumption/L1/Power": 700,
                    "system/0/Ac/ConsumptionOnInput/L1/Power": 50,
                    "system/0/Ac/ConsumptionOnOutput/L1/Power": 650,
                    "system/0/Dc/Battery/Soc": 60,
                    "solarcharger/278/Yield/Power": 1000,
                    "vebus/276/Soc": 41,
                    "battery/512/Soc": 42,
                }
            )
        ).only
    )
    assert fields == {"solarPower": 1650, "loadPower": 700, "stateOfCharge": 60}


def test_victron_ignores_limits_beside_the_value_and_empty_payloads() -> None:
    values = [
        mqtt("N/x/system/0/Dc/Battery/Voltage", {"value": 52, "min": 40, "max": 60}),
        mqtt("N/x/system/0/Dc/Battery/Soc", b"", 1),
    ]
    assert reported(replay(values).only) == {"batteryVoltage": 52}


def test_victron_services_stand_in_for_a_silent_system() -> None:
    values = {
        "pvinverter/20/Ac/L1/Power": 500,
        "pvinverter/20/Ac/L2/Power": 520,
        "solarcharger/278/Yield/Power": 300,
        "battery/512/Dc/0/Power": -400,
        "battery/512/Dc/0/Voltage": 52,
    }
    assert reported(replay(victron(values)).only) == {"solarPower": 1320, "batteryPower": -400, "batteryVoltage": 52}


def test_opendtu_inverters_are_copies_of_the_total_and_stand_in_for_it() -> None:
    inverters = {
        "116180400144/0/power": "300",
        "116180400144/0/yieldday": "1200",
        "116180400144/0/voltage": "231",
        "116180400144/0/temperature": "33",
        "116180400144/1/power": "160",
        "116180400144/1/irradiation": "20",
        "116180400144/0/efficiency": "95",
        "116180400144/status/limit_relative": "100",
        "116180400145/0/power": "200",
        "116180400145/0/yieldday": "800",
    }
    alone = reported(replay(burst(inverters, "solar/")).only)
    assert alone == {
        "solarPower": 500,
        "dailyEnergyProduced": 2,
        "gridVoltage": 231,
        "inverterTemperature": 33,
    }
    beside = reported(replay(burst({**inverters, "ac/power": "505"}, "solar/")).only)
    assert beside["solarPower"] == 505


def test_opendtu_last_update_is_the_time_and_the_newest_counts() -> None:
    values = {
        "1161804001/0/power": "300",
        "1161804001/status/last_update": "1782035990",
        "1161804002/status/last_update": "1782035995",
        "1161804001/status/reachable": "1",
    }
    reading = replay(burst(values, "solar/")).only
    assert reading.timestamp.timestamp() == 1782035995
    assert "timestamp" not in reading.metadata["derived"]


def test_ahoydtu_strings_are_copies_and_stand_in() -> None:
    strings = {
        "ch1/P_DC": "160",
        "ch2/P_DC": "140",
        "ch1/YieldDay": "700",
        "ch2/YieldDay": "500",
        "ch1/YieldTotal": "100",
        "ch2/YieldTotal": "140",
        "available": "2",
        "last_success": "1782035990",
    }
    alone = replay(burst(strings, "inverter/Garage/")).only
    assert reported(alone) == {"solarPower": 300, "dailyEnergyProduced": 1.2, "totalEnergyProduced": 240}
    assert alone.timestamp.timestamp() == 1782035990
    whole = {"ch0/P_AC": "290", "ch0/YieldDay": "1210", "ch0/YieldTotal": "241", "ch0/U_AC": "230", "ch0/F_AC": "50"}
    beside = reported(replay(burst({**strings, **whole}, "inverter/Garage/")).only)
    assert (beside["solarPower"], beside["dailyEnergyProduced"], beside["totalEnergyProduced"]) == (290, 1.21, 241)
    assert (beside["gridVoltage"], beside["gridFrequency"]) == (230, 50)


def test_mppsolar_topics_carry_their_units_and_these_are_remembered() -> None:
    values = {
        "ac_output_active_power/value": "0.4",
        "ac_output_active_power/unit": "kW",
        "bus_voltage/value": "390",
        "battery_charging_current/value": "10",
        "battery_discharge_current/value": "0",
        "battery_voltage/value": "52.0",
        "pv1_charging_power/value": "300",
        "pv2_charging_power/value": "350",
        "battery_capacity/value": "80",
        "battery_capacity/unit": "%",
    }
    result = replay(burst(values, "mpp/status/"), mqtt("mpp/status/ac_output_active_power/value", "0.5", 20))
    first, second = result.readings
    assert first.metadata["profile"] == "mppsolar"
    assert reported(first) == {
        "loadPower": 400,
        "batteryCurrent": 10,
        "batteryVoltage": 52,
        "batteryPower": 520,
        "solarPower": 650,
        "stateOfCharge": 80,
        "gridPower": 270,
    }
    assert reported(second) == {"loadPower": 500}


def test_mppsolar_cannot_feed_in() -> None:
    values = {
        "ac_output_active_power": 100,
        "battery_discharge_current": 0,
        "battery_charging_current": 5,
        "battery_voltage": 50,
        "pv_input_power": 500,
    }
    reading = replay(mqtt("data", values)).only
    assert reading.fields["gridPower"] == 0
    assert "gridPower" in reading.metadata["derived"]


@pytest.mark.parametrize("prefix", ["voltronic/", "homeassistant/sensor/voltronic_", ""])
def test_voltronic_topics(prefix: str) -> None:
    values = {
        "PV_in_watts": "100",
        "Load_watt": "300",
        "Load_va": "320",
        "Load_pct": "9",
        "Battery_capacity": "77",
        "Battery_voltage": "50",
        "Battery_charge_current": "0",
        "Battery_discharge_current": "4",
        "AC_grid_voltage": "229",
        "AC_out_voltage": "230",
        "Heatsink_temperature": "40",
        "PV_in_watthour": "15",
        "Load_watthour": "5",
    }
    reading = replay(burst(values, prefix)).only
    assert reading.metadata["profile"] == "voltronic"
    assert reported(reading) == {
        "solarPower": 100,
        "loadPower": 300,
        "apparentPower": 320,
        "loadPercentage": 9,
        "stateOfCharge": 77,
        "batteryVoltage": 50,
        "batteryCurrent": -4,
        "batteryPower": -200,
        "gridPower": 0,
        "gridVoltage": 229,
        "outputVoltage": 230,
        "inverterTemperature": 40,
    }


DEYE_HYBRID = {
    "battery/power": "-1500",
    "battery/current": "-28",
    "battery/soc": "55",
    "dc/total_power": "4000",
    "ac/total_power": "-1000",
    "ac/l1/power": "500",
    "ac/l1/ct/internal": "-400",
    "ac/l1/ct/external": "-390",
    "ac/total_internal_power": "800",
    "battery/daily_charge": "4.1",
    "ac/daily_energy_bought": "1.1",
    "ac/total_energy_sold": "200",
}


def test_deye_hybrid_reads_the_grid_off_the_total_and_keeps_knowing_it() -> None:
    result = replay(
        burst(DEYE_HYBRID, "deye/"), mqtt("deye/ac/total_power", "-900", 20), mqtt("deye/battery/power", "100", 40)
    )
    assert reported(result.readings[0]) == {
        "batteryPower": 1500,
        "batteryCurrent": 28,
        "stateOfCharge": 55,
        "solarPower": 4000,
        "gridPower": -1000,
        "loadPower": 1500,
        "dailyBatteryCharged": 4.1,
        "dailyEnergyImported": 1.1,
        "totalEnergyExported": 200,
    }
    assert reported(result.readings[1]) == {"gridPower": -900}
    assert reported(result.readings[2]) == {"batteryPower": -100}


def test_deye_prefers_the_total_of_the_grid_meter() -> None:
    first = {**DEYE_HYBRID, "ac/total_grid_power": "-777"}
    result = replay(burst(first, "deye/"), burst({"ac/total_power": "-900", "battery/soc": "56"}, "deye/", 20))
    assert result.readings[0].fields["gridPower"] == -777
    assert reported(result.readings[1]) == {"stateOfCharge": 56}


def test_deye_strings_have_counters_of_their_own() -> None:
    values = {"day_energy": "4.2", "dc/pv1/day_energy": "2.0", "dc/pv2/day_energy": "2.1", "dc/pv1/total_energy": "400"}
    result = replay(burst(values, "deye/"), mqtt("deye/dc/pv1/day_energy", "2.2", 20))
    assert [reported(reading) for reading in result.readings] == [
        {"dailyEnergyProduced": 4.2, "totalEnergyProduced": 400}
    ]


def test_deye_sums_external_clamps_and_batteries_last() -> None:
    values = {
        "battery/soc": "50",
        "battery/1/power": "200",
        "battery/2/power": "100",
        "ac/l1/ct/external": "100",
        "ac/l2/ct/external": "50",
    }
    assert reported(replay(burst(values, "deye/")).only) == {
        "stateOfCharge": 50,
        "batteryPower": -300,
        "gridPower": 150,
    }


def test_the_memory_is_plain_json_and_never_changed_in_place() -> None:
    source, memory = Source("Europe/Berlin", 8000), {}
    outcome = normalise_batch(burst(DEYE_HYBRID, "deye/"), source, memory)
    assert memory == {}
    assert json.loads(json.dumps(outcome.memory)) == outcome.memory
    again = normalise_batch(burst(DEYE_HYBRID, "deye/", 60), source, outcome.memory)
    assert again.memory is outcome.memory
