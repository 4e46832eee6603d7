"""Plugs, meters and home controllers (P11-P13, P18, P27): what no shared vector pins."""

from typing import Any

import pytest

from tests.unit.normalising import NOON, burst, mqtt, replay, reported

PLUG = {"Time": "2026-06-21T12:00:00", "ENERGY": {"Power": [600, 300], "Today": 1.5, "Total": 500, "Yesterday": 9}}


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        (None, {"solarPower": 900, "dailyEnergyProduced": 1.5, "totalEnergyProduced": 500}),
        ("load", {"loadPower": 900, "dailyEnergyConsumed": 1.5, "totalEnergyConsumed": 500}),
        ("grid", {"gridPower": 900, "totalEnergyImported": 500}),
    ],
)
def test_tasmota_plug_by_role(role: str | None, fields: dict[str, float]) -> None:
    mapping = {"role": role} if role else None
    assert reported(replay(mqtt("tele/plug/SENSOR", PLUG), mapping=mapping).only) == fields


def test_tasmota_meter_script_and_status_answer() -> None:
    meter = {"Time": "2026-06-21T12:00:00", "MT681": {"E_in": 1234.5, "E_out": 22.1, "Power_curr": -350}}
    assert reported(replay(mqtt("tele/meter/SENSOR", meter)).only) == {
        "gridPower": -350,
        "totalEnergyImported": 1234.5,
        "totalEnergyExported": 22.1,
    }
    answer = replay(mqtt("stat/plug/STATUS10", {"StatusSNS": PLUG})).only
    assert answer.fields["solarPower"] == 900
    assert answer.timestamp == NOON


def test_shelly_plug_status_without_time() -> None:
    status = {
        "id": 0,
        "apower": 612.3,
        "voltage": 230,
        "aenergy": {"total": 123456, "by_minute": [1, 2, 3], "minute_ts": 1782030000},
        "temperature": {"tC": 40},
    }
    reading = replay(mqtt("shellyplus1pm-x/status/switch:0", status)).only
    assert reported(reading) == {"solarPower": 612.3, "totalEnergyProduced": 123.456}
    assert reading.timestamp == NOON


def test_shelly_single_phase_meters_by_role() -> None:
    messages = [
        mqtt("x/status/em1:0", {"id": 0, "act_power": -300, "voltage": 231}),
        mqtt("x/status/em1data:0", {"id": 0, "total_act_energy": 1000, "total_act_ret_energy": 2000}, 1),
    ]
    assert reported(replay(messages).only) == {
        "gridPower": -300,
        "gridVoltage": 231,
        "totalEnergyImported": 1,
        "totalEnergyExported": 2,
    }
    load = reported(replay(messages, mapping={"role": "load", "invert": ["loadPower"]}).only)
    assert load == {"loadPower": 300, "gridVoltage": 231, "totalEnergyConsumed": 1}


def test_shelly_phases_that_were_not_repeated_are_no_sum() -> None:
    def phases(**powers: float) -> dict[str, Any]:
        return {"method": "NotifyStatus", "params": {"ts": NOON.timestamp(), "em:0": {"id": 0, **powers}}}

    whole = phases(a_act_power=1.0, b_act_power=2.0, c_act_power=3.0)
    part = phases(a_act_power=5.0)
    part["params"]["ts"] += 60
    result = replay(mqtt("x/events/rpc", whole), mqtt("x/events/rpc", part, 60))
    assert [reported(reading) for reading in result.readings] == [{"gridPower": 6}]
    assert result.dead_letters == 0


def test_shelly_first_generation_sums_its_meters() -> None:
    values = {
        "emeter/0/power": "100",
        "emeter/1/power": "-50",
        "emeter/0/total": "1000",
        "emeter/1/total": "500",
        "emeter/0/total_returned": "10",
        "emeter/1/total_returned": "20",
        "emeter/0/energy": "77",
        "emeter/0/returned_energy": "77",
        "online": "true",
    }
    assert reported(replay(burst(values, "shellies/em/")).only) == {
        "gridPower": 50,
        "totalEnergyImported": 1.5,
        "totalEnergyExported": 0.03,
    }


def test_evcc_adds_the_loadpoints_of_the_batch_to_the_home() -> None:
    values = {
        "site/pvPower": "1000",
        "site/homePower": "300",
        "loadpoints/1/chargePower": "2000",
        "loadpoints/2/chargePower": "500",
        "loadpoints/1/mode": "pv",
        "loadpoints/1/vehicleSoc": "80",
        "site/gridPower": "100",
        "site/batteryPower": "200",
        "site/batterySoc": "40",
        "site/battery/1/power": "99",
        "site/battery/1/soc": "41",
        "site/battery/capacity": "10",
    }
    result = replay(burst(values, "evcc/"), mqtt("evcc/loadpoints/1/chargePower", "2100", 30))
    assert reported(result.only) == {
        "solarPower": 1000,
        "loadPower": 2800,
        "gridPower": 100,
        "batteryPower": -200,
        "stateOfCharge": 40,
    }


def test_eedc_tells_the_battery_by_its_charge_and_remembers_it() -> None:
    first = {
        "live/inv/2_A/leistung_w": "1000",
        "live/inv/4_B/leistung_w": "500",
        "live/inv/3_C/leistung_w": "-300",
        "live/inv/3_C/soc": "44",
        "live/netzbezug_w": "100",
        "live/einspeisung_w": "0",
        "energy/pv_gesamt_kwh": "555",
    }
    result = replay(burst(first, "eedc/1_Haus/"), mqtt("eedc/1_Haus/live/inv/3_C/leistung_w", "-250", 20))
    assert reported(result.readings[0]) == {
        "solarPower": 1500,
        "batteryPower": -300,
        "stateOfCharge": 44,
        "gridPower": 100,
        "loadPower": 1900,
    }
    assert reported(result.readings[1]) == {"batteryPower": -250}


def test_eedc_wallbox_is_dropped_by_mapping() -> None:
    values = {"live/inv/2_A/leistung_w": "1000", "live/inv/5_Wallbox/leistung_w": "11000"}
    mapping = {"fields": {"live/inv/5_Wallbox/leistung_w": None}}
    assert reported(replay(burst(values, "eedc/1/"), mapping=mapping).only) == {"solarPower": 1000}
