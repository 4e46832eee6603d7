"""The balance check on made-up days: each fault is named, and nothing is named where nothing is wrong."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from solar.balance_check import LEAST_READINGS, Balance, check

CHANCE = np.random.default_rng(7)


def days(count: int = 2, noise: float = 0.02) -> pd.DataFrame:
    """Days of a home with a battery at five minutes, in balance but for losses."""
    index = pd.date_range("2026-06-20", periods=288 * count, freq="5min", tz="UTC")
    hour = np.asarray(index.hour + index.minute / 60)
    solar = 4500 * np.clip(np.sin((hour - 5) / 14 * np.pi), 0, None) * CHANCE.uniform(0.5, 1, index.size)
    load = 350 + 1800 * (CHANCE.random(index.size) < 0.15) + 60 * CHANCE.random(index.size)
    battery = np.where(hour < 18, np.clip(solar - load, 0, 1700), -np.minimum(load, 900))
    grid = load + battery - solar
    powers = {"solarPower": solar, "loadPower": load, "batteryPower": battery, "gridPower": grid}
    return pd.DataFrame({name: value * CHANCE.normal(1, noise, index.size) for name, value in powers.items()}, index)


def named(balance: Balance) -> str | None:
    return balance.fault.words if balance.fault else None


def test_a_home_in_balance_has_no_fault() -> None:
    found = check(days())
    assert (found.verdict, found.readings, found.fault) == ("balanced", 576, None)
    assert found.share is not None and found.share < 0.05


@pytest.mark.parametrize(
    ("break_it", "words", "kind", "factor"),
    [
        (lambda f: f.assign(batteryPower=-f.batteryPower), "battery sign inverted", "sign", -1.0),
        (lambda f: f.assign(gridPower=-f.gridPower), "grid sign inverted", "sign", -1.0),
        (lambda f: f.assign(loadPower=-f.loadPower), "load sign inverted", "sign", -1.0),
        (lambda f: f.assign(gridPower=f.gridPower / 1000), "grid in kW", "scale", 1000.0),
        (lambda f: f.assign(solarPower=f.solarPower / 1000), "solar in kW", "scale", 1000.0),
        (lambda f: f.assign(batteryPower=f.batteryPower / 1000), "battery in kW", "scale", 1000.0),
        (lambda f: f.assign(solarPower=f.solarPower * 2), "solar counted twice", "scale", 0.5),
        (lambda f: f.assign(gridPower=-f.gridPower / 1000), "grid sign inverted and in kW", "scale", -1000.0),
    ],
)
def test_each_fault_is_named_with_its_mend(
    break_it: Callable[[pd.DataFrame], pd.DataFrame], words: str, kind: str, factor: float
) -> None:
    found = check(break_it(days()))
    assert (found.verdict, named(found)) == ("fault", words)
    assert found.fault is not None and (found.fault.kind, found.fault.factor) == (kind, factor)
    assert found.share is not None and found.share_mended is not None
    assert found.share_mended < 0.05 < found.share


def test_an_inverter_counted_twice_is_named_by_its_path() -> None:
    good = days()
    first = good.solarPower * CHANCE.uniform(0.3, 0.6, len(good))
    leaves = pd.DataFrame({"inverter_1/power": first, "inverter_2/power": good.solarPower - first, "wifi/rssi": -61.0})
    found = check(good.assign(solarPower=good.solarPower + first), leaves)
    assert named(found) == "inverter 1 counted twice"
    assert found.fault is not None and (found.fault.kind, found.fault.path) == ("twice", "inverter_1/power")


def test_what_nothing_explains_is_not_explained() -> None:
    broken = days()
    broken["loadPower"] = CHANCE.uniform(0, 6000, len(broken))
    found = check(broken)
    assert (found.verdict, found.fault) == ("unknown", None)


def test_two_faults_at_once_are_not_blamed_on_one() -> None:
    good = days()
    found = check(good.assign(batteryPower=-good.batteryPower, solarPower=good.solarPower / 1000))
    assert found.verdict == "unknown"


def test_without_a_battery_three_powers_are_enough() -> None:
    good = days()
    good["gridPower"] = good.loadPower - good.solarPower
    assert check(good.drop(columns="batteryPower")).verdict == "balanced"
    assert named(check(good.assign(gridPower=-good.gridPower).drop(columns="batteryPower"))) == "grid sign inverted"


def test_too_little_is_said_with_what_is_missing() -> None:
    found = check(days().drop(columns="gridPower"))
    assert (found.verdict, found.missing) == ("too few", ("gridPower",))
    found = check(days().iloc[: LEAST_READINGS - 1])
    assert (found.verdict, found.readings) == ("too few", LEAST_READINGS - 1)
    assert check(pd.DataFrame()).verdict == "too few"


def test_a_plant_that_stands_still_is_in_balance() -> None:
    still = days() * 0
    assert check(still).verdict == "balanced"
