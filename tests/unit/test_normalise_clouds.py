"""Families that send objects, lists or forms (P5, P6, P10, P14-P17, P19-P26): what no shared vector pins."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.normalising import NOON, burst, form, mqtt, replay, reported, webhook


def grott(values: dict[str, Any], buffered: str = "no", time: str = "2026-06-21T12:00:00") -> Any:
    return mqtt("energy/growatt", {"device": "I", "time": time, "buffered": buffered, "values": values})


def test_grott_buffered_data_keep_their_own_time_and_plain_inverters_their_output() -> None:
    reading = replay(
        grott(
            {"pvpowerin": 31450, "pvpowerout": 30000, "totworktime": 9, "pv1voltage": 3652},
            "yes",
            "2026-06-20T12:00:00",
        )
    ).only
    assert reading.timestamp == NOON - timedelta(days=1)
    assert reported(reading) == {"solarPower": 3000}


def test_grott_hybrid_discharging_and_importing_with_counters_of_today() -> None:
    values = {
        "pvpowerin": 100,
        "pvpowerout": 5000,
        "pvgridpower": 5010,
        "vbat": 512,
        "pdischarge1": 5000,
        "p1charge1": 0,
        "pactouserr": 1200,
        "pactogridr": 0,
        "plocaloadr": 6230,
        "etouser_tod": 11,
        "etogrid_tod": 22,
        "eharge1_tod": 33,
        "edischarge1_tod": 44,
        "elocalload_tod": 55,
    }
    assert reported(replay(grott(values)).only) == {
        "solarPower": 10,
        "batteryVoltage": 51.2,
        "batteryPower": -500,
        "gridPower": 120,
        "loadPower": 623,
        "dailyEnergyImported": 1.1,
        "dailyEnergyExported": 2.2,
        "dailyBatteryCharged": 3.3,
        "dailyBatteryDischarged": 4.4,
        "dailyEnergyConsumed": 5.5,
    }


def test_openinvertergateway_without_battery_takes_the_output() -> None:
    values = {"InverterStatus": 1, "InputPower": 2000, "OutputPower": 1900.5}
    assert reported(replay(mqtt("energy/solar", values)).only) == {"solarPower": 1900.5}


STATION = {
    "generationPower": 3000,
    "usePower": 700,
    "gridPower": 1800,
    "purchasePower": None,
    "wirePower": -1800,
    "batteryPower": -500,
    "batterySoc": 66,
    "generationValue": 12.3,
    "generationTotal": 4000,
    "lastUpdateTime": 1782036000.0,
}


@pytest.mark.parametrize(
    ("change", "grid", "battery"),
    [
        ({}, -1800, 500),
        ({"gridPower": 0, "purchasePower": 250}, 250, 500),
        ({"batteryPower": None, "chargePower": -500, "dischargePower": 0}, -1800, 500),
        ({"batteryPower": None, "chargePower": None, "dischargePower": -600}, -1800, -600),
        ({"batteryPower": None, "dischargePower": 600}, -1800, -600),
    ],
)
def test_solarman_station(change: dict[str, Any], grid: float, battery: float) -> None:
    reading = replay(webhook({**STATION, **change})).only
    assert (reading.fields["gridPower"], reading.fields["batteryPower"]) == (grid, battery)
    assert (reading.fields["solarPower"], reading.fields["loadPower"]) == (3000, 700)
    assert (reading.fields["dailyEnergyProduced"], reading.fields["totalEnergyProduced"]) == (12.3, 4000)
    assert reading.timestamp == NOON


def fronius(data: dict[str, Any]) -> Any:
    return webhook({"Head": {"Timestamp": "2026-06-21T12:00:00+02:00", "Status": {"Code": 0}}, "Body": {"Data": data}})


def test_fronius_inverter_data_of_one_and_of_all() -> None:
    one = {
        "PAC": {"Unit": "W", "Value": 1500},
        "DAY_ENERGY": {"Unit": "Wh", "Value": 8000},
        "TOTAL_ENERGY": {"Unit": "Wh", "Value": 900000},
        "YEAR_ENERGY": {"Unit": "Wh", "Value": 5},
        "UAC": {"Unit": "V", "Value": 231},
        "FAC": {"Unit": "Hz", "Value": 50},
        "UDC": {"Unit": "V", "Value": 400},
        "IDC": {"Unit": "A", "Value": 3.9},
        "DeviceStatus": {"ErrorCode": 0},
    }
    assert reported(replay(fronius(one)).only) == {
        "solarPower": 1500,
        "dailyEnergyProduced": 8,
        "totalEnergyProduced": 900,
        "gridVoltage": 231,
        "gridFrequency": 50,
        "solarVoltage": 400,
        "solarCurrent": 3.9,
    }
    everyone = {
        "PAC": {"Unit": "kW", "Values": {"1": 1.5, "2": 0.9}},
        "DAY_ENERGY": {"Unit": "Wh", "Values": {"1": 8000, "2": 10}},
        "DeviceStatus": {"ErrorCode": 567},
    }
    assert reported(replay(fronius(everyone)).only) == {
        "solarPower": 2400,
        "dailyEnergyProduced": 8.01,
        "faultCodes": ["567"],
    }


def test_envoy_without_working_meter_counts_its_inverters() -> None:
    body = {
        "production": [
            {"type": "inverters", "activeCount": 18, "readingTime": 1782035700, "wNow": 4385, "whLifetime": 31250711},
            {"type": "eim", "activeCount": 0, "readingTime": 1782036000, "wNow": 0, "whLifetime": 0},
        ],
        "consumption": [{"type": "eim", "activeCount": 0, "measurementType": "total-consumption", "wNow": 0}],
    }
    reading = replay(webhook(body)).only
    assert reported(reading) == {"solarPower": 4385, "totalEnergyProduced": 31250.711}
    assert reading.timestamp.timestamp() == 1782035700


def test_homewizard_sums_phases_and_tariffs_without_totals_and_has_no_time() -> None:
    body = {
        "active_power_l1_w": 100,
        "active_power_l2_w": -300,
        "total_power_import_t1_kwh": 10,
        "total_power_import_t2_kwh": 5,
        "external": [{"unique_id": "x", "timestamp": 1782030000, "value": 2569.6, "unit": "m3"}],
    }
    reading = replay(mqtt("data", body)).only
    assert reported(reading) == {"gridPower": -200, "totalEnergyImported": 15}
    assert reading.timestamp == NOON


def test_solaredge2mqtt_adds_the_charger_and_ignores_leader_and_followers() -> None:
    flow = {
        "pv_production": 4180,
        "inverter": {"pv_production": 1},
        "grid": {"consumption": 0, "delivery": 10},
        "battery": {"charge": 0, "discharge": 0},
        "consumer": {"house": 675, "evcharger": 3000, "total": 3675},
    }
    copy = {**flow, "pv_production": 2000}
    result = replay(
        mqtt("solaredge/powerflow/leader", copy),
        mqtt("solaredge/powerflow/follower1", copy, 0.5),
        mqtt("solaredge/powerflow", flow, 1),
    )
    assert reported(result.only) == {"solarPower": 4180, "gridPower": -10, "batteryPower": 0, "loadPower": 3675}


def test_sofar2mqtt_marks_decide() -> None:
    assert replay(mqtt("data", {"grid_power": 340})).only.fields["gridPower"] == 340
    assert (
        replay(mqtt("data", {"grid_power": 340, "batterySOC": 5, "running_state": "x"})).only.fields["gridPower"]
        == -340
    )


def test_sofar2mqtt_is_remembered_on_its_topic_and_nowhere_else() -> None:
    result = replay(
        mqtt("home/sofar", {"grid_power": 340, "batterySOC": 5, "solarPV": 1}),
        mqtt("home/sofar", {"grid_power": 350}, 20),
        mqtt("home/meter", {"grid_power": 360}, 40),
    )
    assert [reading.fields["gridPower"] for reading in result.readings] == [-340, -350, 360]


def test_givtcp_topics_and_what_is_not_mapped() -> None:
    values = {
        "Power/Power/PV_Power": "3000",
        "Power/Power/Grid_Power": "500",
        "Power/Power/Import_Power": "0",
        "Power/Power/Export_Power": "500",
        "Power/Power/Charge_Power": "0",
        "Power/Power/Discharge_Power": "250",
        "Power/Power/SOC_kWh": "5",
        "Energy/Today/Battery_Charge_Energy_Today_kWh": "1.5",
        "Energy/Total/AC_Charge_Energy_Total_kWh": "50",
        "Energy/Today/Invertor_Energy_Today_kWh": "9",
    }
    assert reported(replay(burst(values, "GivEnergy/SA1/")).only) == {
        "solarPower": 3000,
        "gridPower": -500,
        "batteryPower": -250,
        "loadPower": 2750,
        "dailyBatteryCharged": 1.5,
    }


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("d=20260621&t=12:00&v1=1500000&v3=800000&c1=1", {"totalEnergyProduced": 1500, "totalEnergyConsumed": 800}),
        ("d=20260621&t=12:00&v1=1500000&v3=8000&c1=2", {"totalEnergyProduced": 1500, "dailyEnergyConsumed": 8}),
        ("d=20260621&t=12:00&v1=1500&v3=800000&c1=3", {"dailyEnergyProduced": 1.5, "totalEnergyConsumed": 800}),
        ("d=20260621&t=12:00&v1=5&v2=300&v3=5&v4=0&n=1", {"gridPower": -300}),
        ("d=20260621&t=12:00&v2=0&v4=250&n=1", {"gridPower": 250}),
    ],
)
def test_pvoutput_switches(body: str, fields: dict[str, float]) -> None:
    reading = replay(form(body)).only
    assert reported(reading) == fields
    assert reading.timestamp == NOON


def test_pvoutput_batch_with_empty_places() -> None:
    result = replay(form("data=20260621,11:50,1000,200,,50;20260621,11:55,,210,;20260621,12:00,1200,,5"))
    assert [(reading.timestamp, reported(reading)) for reading in result.readings] == [
        (NOON - timedelta(minutes=10), {"dailyEnergyProduced": 1, "solarPower": 200, "loadPower": 50}),
        (NOON - timedelta(minutes=5), {"solarPower": 210}),
        (NOON, {"dailyEnergyProduced": 1.2, "dailyEnergyConsumed": 0.005}),
    ]


NODE = {"fields": {"16.2": {"field": "solarPower"}}}


@pytest.mark.parametrize(
    ("body", "times", "powers"),
    [
        ("data=[[520,16,1,200],[530,16,1,210]]&time=1782035000", [1782035520, 1782035530], [200, 210]),
        ("data=[[520,16,1,200],[530,16,1,210]]&sentat=543", [1782035977, 1782035987], [200, 210]),
        ("data=[[-10,16,1,200],[-4,16,1,210]]&offset=0", [1782035990, 1782035996], [200, 210]),
        ("data=[[520,16,1,200],[530,16,1,210]]", [1782035990, 1782036000], [200, 210]),
    ],
)
def test_emoncms_bulk_times(body: str, times: list[int], powers: list[float]) -> None:
    result = replay(form(body, "input/bulk"), mapping=NODE)
    assert [reading.timestamp.timestamp() for reading in result.readings] == times
    assert [reading.fields["solarPower"] for reading in result.readings] == powers
    assert result.dead_letters == 0


def test_emoncms_posts() -> None:
    legacy = replay(form("node=5&json={pv_power:2950,load_power:640}")).only
    assert reported(legacy) == {"solarPower": 2950, "loadPower": 640}
    mapping = {"fields": {"5.1": {"field": "solarPower"}, "2": {"field": "loadPower"}}}
    values = replay(form("node=5&csv=100,200&time=2026-06-21T11:00:00"), mapping=mapping).only
    assert reported(values) == {"solarPower": 100, "loadPower": 200}
    assert values.timestamp == NOON - timedelta(hours=1)
    bare = replay(webhook('fulljson={"pv_power":100}&apikey=0123456789abcdef', "input/post")).only
    assert reported(bare) == {"solarPower": 100}
    assert "0123456789abcdef" not in str(bare.raw)


def test_thingsboard_gateway_joins_devices_at_one_ts() -> None:
    body = {
        "Inverter A": [
            {"ts": 1782036000000, "values": {"pv_power": 1000}},
            {"ts": 1782036060000, "values": {"pv_power": 1100}},
        ],
        "Inverter B": [{"ts": 1782036000000, "values": {"pv_power": 500}}],
        "Battery": [{"ts": 1782036000000, "values": {"soc": 50}}],
    }
    result = replay(mqtt("v1/gateway/telemetry", body, 61))
    assert [reported(reading) for reading in result.readings] == [{"solarPower": 1500, "stateOfCharge": 50}]
    assert result.dead_letters == 0


def test_thingsboard_list_is_one_reading_a_ts() -> None:
    body = [{"ts": 1782036000000, "values": {"pv_power": 1000}}, {"ts": 1782035940000, "values": {"pv_power": 900}}]
    assert [reading.fields["solarPower"] for reading in replay(webhook(body)).readings] == [900, 1000]


def test_openems_topics_and_keys() -> None:
    topics = {"_sum/EssSoc": "50", "_sum/EssDischargePower": "200", "ess0/Soc": "51", "meter0/ActivePower": "7"}
    assert reported(replay(burst(topics, "edge/")).only) == {"stateOfCharge": 50, "batteryPower": -200}
    keys = {"_sum/EssSoc": 49, "_sum/GridBuyActiveEnergy": {"value": 1000, "unit": "Wh_Σ"}, "ess0/Soc": 4}
    assert reported(replay(webhook(keys)).only) == {"stateOfCharge": 49, "totalEnergyImported": 1}


def test_foxess_kilowatts_with_and_without_unit() -> None:
    named = [
        {"unit": "kW", "name": "PVPower", "variable": "pvPower", "value": 3.2},
        {"unit": "kW", "variable": "loadsPower", "value": 0.7},
        {"variable": "feedinPower", "value": 1.5},
        {"variable": "gridConsumptionPower", "value": 0},
        {"variable": "batChargePower", "value": 0},
        {"variable": "batDischargePower", "value": 1.0},
        {"variable": "SoC", "value": 55, "unit": "%"},
        {"variable": "invTemperation", "value": 41, "unit": "℃"},
    ]
    reading = replay(webhook({"result": [{"time": "2026-06-21 12:00:00 CEST+0200", "datas": named}]})).only
    assert reported(reading) == {
        "solarPower": 3200,
        "loadPower": 700,
        "gridPower": -1500,
        "batteryPower": -1000,
        "stateOfCharge": 55,
        "inverterTemperature": 41,
    }
    assert reading.timestamp == NOON
    assert reading.metadata["derived"] == []
    assert reported(replay(mqtt("data", {"pvPower": 1.5, "loadsPower": 0.5})).only) == {
        "solarPower": 1500,
        "loadPower": 500,
    }


def test_zendure_reports_are_partial() -> None:
    whole = {
        "solarInputPower": 300,
        "packInputPower": 0,
        "outputPackPower": 200,
        "electricLevel": 50,
        "minSoc": 100,
        "socSet": 1000,
        "outputHomePower": 100,
    }
    result = replay(
        mqtt("iot/x/properties/report", {"timestamp": 1782036000, "properties": whole}),
        mqtt("iot/x/properties/report", {"timestamp": 1782036030, "properties": {"packInputPower": 120}}, 30),
        mqtt("iot/x/properties/report", {"timestamp": 1782036060, "properties": {"packInputPower": 0}}, 60),
    )
    assert [reported(reading) for reading in result.readings] == [
        {"solarPower": 300, "batteryPower": 200, "stateOfCharge": 50},
        {"batteryPower": -120},
    ]
    assert result.dead_letters == 0


def test_fusionsolar_sums_stations() -> None:
    stations = [{"stationCode": name, "dataItemMap": {"day_power": 2, "month_power": 9}} for name in "AB"]
    reading = replay(webhook({"data": stations, "params": {"currentTime": 1782036000000}})).only
    assert reported(reading) == {"dailyEnergyProduced": 4}
    assert reading.metadata["profile"] == "fusionsolar"
