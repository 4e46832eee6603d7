"""The simulated installation obeys physics, its own specification, and time: any instant, any step, no seam."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from solar.energy import daily_energy
from solar.simulation import SiteSpec, State, initial_state, simulate, simulate_from, sky
from solar.simulation.flows import INVERTER_EFFICIENCY
from solar.vocabulary import COUNTER_FIELDS, FIELDS, LIST_FIELDS, NUMERIC_FIELDS

HYBRID = SiteSpec(50.25, 10.25, "Europe/Berlin", 35, 180, 8.2, 8.0, 10.0, 5.0, 4500, 7)
PLAIN = SiteSpec(50.25, 10.25, "Europe/Berlin", 30, 220, 6.0, 5.0, None, None, 3500, 8, counter_step_kwh=0.01)
START = datetime(2025, 3, 1, tzinfo=UTC)
FIVE = timedelta(minutes=5)


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    return simulate(HYBRID, START, START + timedelta(days=366), FIVE)


@pytest.fixture(scope="module")
def plain_year() -> pd.DataFrame:
    return simulate(PLAIN, START, START + timedelta(days=366), FIVE)


def test_columns_are_the_vocabulary(year: pd.DataFrame, plain_year: pd.DataFrame) -> None:
    assert set(year.columns) == set(FIELDS)
    battery = {name for name in FIELDS if FIELDS[name].group == "battery" or "Battery" in name}
    assert set(plain_year.columns) == set(FIELDS) - battery
    for name in NUMERIC_FIELDS:
        assert year[name].dtype == np.float64 and year[name].notna().all(), name
    for name in LIST_FIELDS:
        assert year[name].map(lambda value: isinstance(value, list)).all()
    assert str(year.index.tz) == "UTC" and year.index.name == "timestamp" and year.index.is_unique


def test_power_balances_but_for_the_inverters_losses(year: pd.DataFrame) -> None:
    losses = year["solarPower"] + year["gridPower"] - year["loadPower"] - year["batteryPower"]
    through = np.maximum(year["solarPower"] - year["batteryPower"], 0)
    assert losses.min() >= -2
    assert (losses <= through * (1 - INVERTER_EFFICIENCY) + 2.5 * HYBRID.inverter_kw + 2).all()


def test_voltage_times_current_is_power(year: pd.DataFrame) -> None:
    for volts, amperes, power in (
        ("solarVoltage", "solarCurrent", "solarPower"), ("batteryVoltage", "batteryCurrent", "batteryPower"),
        ("gridVoltage", "gridCurrent", "gridPower"), ("outputVoltage", "outputCurrent", "apparentPower"),
    ):
        assert ((year[volts] * year[amperes] - year[power]).abs() <= 0.006 * year[volts] + 0.01).all(), power


def test_battery_keeps_its_bounds_its_limits_and_loses_a_little(year: pd.DataFrame) -> None:
    assert year["stateOfCharge"].between(10, 100).all()
    assert year["stateOfCharge"].min() < 10.5 and year["stateOfCharge"].max() > 99.5
    assert year["batteryPower"].abs().max() <= 5000
    held = (year["stateOfCharge"].iloc[-1] - year["stateOfCharge"].iloc[0]) / 100 * 10
    charged, discharged = year["totalBatteryCharged"].iloc[-1], year["totalBatteryDischarged"].iloc[-1]
    assert (discharged + held) / charged == pytest.approx(0.97**2, abs=0.005)


def test_battery_is_never_charged_from_the_grid_nor_emptied_into_it(year: pd.DataFrame) -> None:
    charging, discharging = year["batteryPower"] > 1, year["batteryPower"] < -1
    assert (year["gridPower"][charging & (year["loadPower"] < 8000)] <= 25).all()
    assert (year["gridPower"][discharging] >= -1).all()


def test_inverter_clips(year: pd.DataFrame, plain_year: pd.DataFrame) -> None:
    limit = PLAIN.inverter_kw * 1000 / INVERTER_EFFICIENCY
    assert plain_year["solarPower"].max() == pytest.approx(limit, abs=1)
    assert (plain_year["solarPower"] > limit - 1).sum() > 20
    assert (year["solarPower"] - year["batteryPower"].clip(lower=0)).max() <= 8000 / INVERTER_EFFICIENCY + 1


def test_year_has_the_yield_of_its_latitude_and_the_load_of_its_house(
    year: pd.DataFrame, plain_year: pd.DataFrame
) -> None:
    assert 850 < year["totalEnergyProduced"].iloc[-1] / HYBRID.capacity_kwp < 1350
    assert year["totalEnergyConsumed"].iloc[-1] == pytest.approx(HYBRID.annual_load_kwh, rel=0.12)
    assert plain_year["totalEnergyConsumed"].iloc[-1] == pytest.approx(PLAIN.annual_load_kwh, rel=0.12)
    by_month = year["solarPower"].groupby(year.index.month).mean()
    assert by_month[6] > 2.5 * by_month[12]


def test_nights_are_dark_and_days_differ(year: pd.DataFrame) -> None:
    above = sky(*HYBRID.place, pd.DatetimeIndex(year.index[:288 * 60]))
    assert (year["solarPower"].iloc[: 288 * 60][above["elevation"] < -1] == 0).all()
    daily = year["solarPower"].groupby(year.index.floor("D")).mean()
    spring = daily["2025-05-01":"2025-07-31"]
    assert spring.max() > 3 * spring.min()


def test_house_uses_more_on_evenings_than_at_night(year: pd.DataFrame) -> None:
    hour = year.index.tz_convert("Europe/Berlin").hour
    by_hour = year["loadPower"].groupby(hour).mean()
    assert by_hour[19] > 2 * by_hour[3]
    assert year["loadPower"].min() > 50 and year["loadPower"].max() > 2500


def test_faults_stop_the_inverter_a_few_times_a_year(year: pd.DataFrame) -> None:
    faulty = year[year["faultCodes"].map(len) > 0]
    assert 2 <= faulty.index.normalize().nunique() <= 25
    assert (faulty["solarPower"] == 0).all() and (faulty["batteryPower"] == 0).all()
    assert ((faulty["gridPower"] - faulty["loadPower"]).abs() <= 1).all()
    assert set(faulty["operatingMode"]) == {"Fault"} and set(faulty["deviceStatus"]) == {"Fault"}
    assert set(year["deviceStatus"]) == {"Normal", "Fault"}


def test_lifetime_counters_rise_by_the_energy_of_the_power(year: pd.DataFrame) -> None:
    flows = {
        "totalEnergyProduced": year["solarPower"], "totalEnergyConsumed": year["loadPower"],
        "totalEnergyImported": year["gridPower"].clip(lower=0), "totalEnergyExported": -year["gridPower"].clip(upper=0),
        "totalBatteryCharged": year["batteryPower"].clip(lower=0),
        "totalBatteryDischarged": -year["batteryPower"].clip(upper=0),
    }
    for name, watts in flows.items():
        assert (year[name].diff().iloc[1:] >= 0).all(), name
        assert year[name].iloc[-1] == pytest.approx(watts.iloc[:-1].sum() / 12000, rel=0.003, abs=0.2), name


def test_counters_have_the_devices_resolution(year: pd.DataFrame, plain_year: pd.DataFrame) -> None:
    for frame, step in ((year, 0.1), (plain_year, 0.01)):
        for name in set(COUNTER_FIELDS) & set(frame.columns):
            steps = frame[name] / step
            assert ((steps - steps.round()).abs() < 1e-6).all(), name


def test_daily_counters_go_back_to_zero_once_a_local_day_sometimes_late(plain_year: pd.DataFrame) -> None:
    shown = plain_year["dailyEnergyConsumed"]
    resets = shown.index[shown.diff() < 0]
    local = resets.tz_convert("Europe/Berlin")
    assert len(set(local.date)) == len(resets) == 366
    late = local - local.normalize()
    assert late.max() <= timedelta(minutes=10) and (late >= timedelta(minutes=5)).sum() > 5
    day = plain_year.loc[resets[100] : resets[101] - FIVE]
    rise = day["totalEnergyConsumed"] - day["totalEnergyConsumed"].iloc[0]
    assert (rise - day["dailyEnergyConsumed"]).abs().max() <= 0.0101


def test_daily_counters_follow_the_clock_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2025, 10, 25, 12, tzinfo=UTC)
    shown = simulate(PLAIN, start, start + timedelta(days=2), timedelta(minutes=1))["dailyEnergyConsumed"]
    resets = shown.index[shown.diff() < 0].tz_convert(zone)
    assert [str(each.date()) for each in resets] == ["2025-10-26", "2025-10-27"]
    assert all(each.hour == 0 for each in resets)


@pytest.mark.parametrize("spec", [HYBRID, PLAIN])
def test_running_in_pieces_gives_exactly_the_same(spec: SiteSpec) -> None:
    end = START + timedelta(days=3)
    whole = simulate(spec, START, end, FIVE)
    state, pieces = initial_state(spec, START), []
    for hours in (7, 24, 48.5, 72):
        piece, state = simulate_from(spec, state, START + timedelta(hours=hours), FIVE)
        state = State.from_json(state.to_json())
        pieces.append(piece)
    pd.testing.assert_frame_equal(pd.concat(pieces), whole, check_freq=False)
    assert state.at == end


def test_live_readings_follow_history_without_a_seam() -> None:
    noon = datetime(2025, 6, 3, 11, tzinfo=UTC)
    history, state = simulate_from(HYBRID, initial_state(HYBRID, noon - timedelta(days=2)), noon, FIVE)
    live, after = simulate_from(HYBRID, state, noon + timedelta(minutes=30), timedelta(seconds=10))
    assert live.index[0] == history.index[-1] + FIVE and after.at == noon + timedelta(minutes=30)
    for name in COUNTER_FIELDS:
        assert 0 <= live[name].iloc[0] - history[name].iloc[-1] <= 0.9, name
    assert abs(live["stateOfCharge"].iloc[0] - history["stateOfCharge"].iloc[-1]) <= 5
    one_by_one, singles = state, []
    for _ in range(6):
        single, one_by_one = simulate_from(HYBRID, one_by_one, one_by_one.at + timedelta(seconds=10),
                                           timedelta(seconds=10))
        singles.append(single)
    pd.testing.assert_frame_equal(pd.concat(singles), live.iloc[:6], check_freq=False)


def test_every_instant_stands_by_itself() -> None:
    coarse = simulate(HYBRID, START, START + timedelta(days=1), timedelta(minutes=10))
    fine = simulate(HYBRID, START, START + timedelta(days=1), timedelta(minutes=1))
    for name in ("loadPower", "gridVoltage", "gridFrequency"):
        assert (coarse[name] == fine[name].reindex(coarse.index)).all(), name


@pytest.mark.parametrize("spec", [HYBRID, PLAIN])
def test_the_energy_accounting_finds_what_the_counters_counted(spec: SiteSpec) -> None:
    frame = simulate(spec, START, START + timedelta(days=35), FIVE)
    rows = daily_energy(
        frame, time_zone=spec.time_zone, installed_capacity_watts=spec.capacity_kwp * 1000,
        has_battery=spec.battery_kwh is not None,
    )
    assert {row.method for row in rows} == {"lifetime"}
    sums = pd.Series([row.kwh for row in rows]).groupby([row.channel for row in rows]).sum()
    for channel, counter in (("produced", "totalEnergyProduced"), ("imported", "totalEnergyImported")):
        assert sums[channel] == pytest.approx(frame[counter].iloc[-1], abs=1e-6)


def test_seeds_make_other_houses_under_one_sky() -> None:
    other = SiteSpec(50.25, 10.25, "Europe/Berlin", 35, 180, 8.2, 8.0, 10.0, 5.0, 4500, 99)
    noon = datetime(2025, 5, 1, 9, tzinfo=UTC)
    ours, theirs = (simulate(each, noon, noon + timedelta(hours=2), FIVE) for each in (HYBRID, other))
    assert not ours["loadPower"].equals(theirs["loadPower"])
    assert ours["solarVoltage"].equals(theirs["solarVoltage"])


def test_nothing_to_simulate_gives_nothing_and_keeps_the_state() -> None:
    state = initial_state(HYBRID, START)
    frame, after = simulate_from(HYBRID, state, START, FIVE)
    assert frame.empty and after == state


@pytest.mark.parametrize(
    ("change", "words"),
    [({"battery_kw": None}, "battery_kw"), ({"capacity_kwp": 0.0}, "capacity_kwp"),
     ({"annual_load_kwh": -1.0}, "annual_load_kwh")],
)
def test_an_impossible_site_is_refused(change: dict[str, float | None], words: str) -> None:
    values = {name: getattr(HYBRID, name) for name in HYBRID.__slots__}
    with pytest.raises(ValueError, match=words):
        SiteSpec(**{**values, **change})


def test_steps_and_times_are_checked() -> None:
    with pytest.raises(ValueError, match="step"):
        simulate(HYBRID, START, START + timedelta(hours=1), timedelta(seconds=0.5))
    with pytest.raises(ValueError, match="aware"):
        simulate_from(HYBRID, initial_state(HYBRID, START), datetime(2025, 3, 2), FIVE)  # noqa: DTZ001
