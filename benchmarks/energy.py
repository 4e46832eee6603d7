"""How long the energy accounting takes: `python -m benchmarks.energy [--days N] [--json]`.

A made-up home, lifetime counters of all six channels in steps of 0.01 kWh and the four powers, a reading every 10 s.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from solar import days
from solar.energy import START, bucket_energy, compute_days, daily_energy

ZONE, CAPACITY, FIRST, PERIOD = "Europe/Berlin", 10_000.0, date(2024, 1, 1), 10
COUNTERS = {
    "totalEnergyProduced": ("solarPower", 1),
    "totalEnergyConsumed": ("loadPower", 1),
    "totalEnergyImported": ("gridPower", 1),
    "totalEnergyExported": ("gridPower", -1),
    "totalBatteryCharged": ("batteryPower", 1),
    "totalBatteryDischarged": ("batteryPower", -1),
}


def home(length: int) -> pd.DataFrame:
    """Readings of `length` days from the first of January on."""
    index = pd.date_range(days.start_of_day(FIRST, ZONE), periods=length * 86_400 // PERIOD, freq=f"{PERIOD}s")
    chance = np.random.default_rng(7)
    hour = (np.arange(index.size) * PERIOD / 3600) % 24
    cloud = np.repeat(chance.uniform(0.2, 1, index.size // 30 + 1), 30)[: index.size]
    powers = {"solarPower": 9000 * cloud * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)}
    powers["loadPower"] = 350 + 2500 * (chance.random(index.size) < 0.05)
    surplus = powers["solarPower"] - powers["loadPower"]
    powers["batteryPower"] = np.clip(surplus, -2000, 2000)
    powers["gridPower"] = powers["batteryPower"] - surplus
    counters = {
        name: np.floor(np.cumsum(np.clip(sign * powers[field], 0, None)) * PERIOD / 36_000) / 100 + 4000
        for name, (field, sign) in COUNTERS.items()
    }
    return pd.DataFrame(powers | counters, index=index)


def broken(readings: pd.DataFrame) -> pd.DataFrame:
    """The same with a spike, a restart or an implausible jump in every counter every few hundred readings."""
    chance = np.random.default_rng(11)
    faulty = readings.copy()
    for name in COUNTERS:
        values = faulty[name].to_numpy(copy=True)
        values[chance.integers(0, values.size, values.size // 400)] *= 100
        values[values.size // 2 :] -= values[values.size // 2]
        faulty[name] = values
    return faulty


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """The best of `rounds` times, s."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def measure(length: int) -> dict[str, float]:
    """The named figures."""
    readings = home(length)
    faulty = broken(readings)
    site = {"time_zone": ZONE, "installed_capacity_watts": CAPACITY}
    day = FIRST + timedelta(days=length // 2)
    state = compute_days(readings, START, first=FIRST, last=day, **site).states[day]
    part = readings.loc[days.start_of_day(day, ZONE) : days.end_of_day(day, ZONE) + timedelta(hours=3)]
    edges = pd.date_range(part.index[0], periods=289, freq="5min")
    return {
        "days": length,
        "readings": len(readings),
        "history_seconds": seconds(lambda: daily_energy(readings, **site)),
        "faulty_history_seconds": seconds(lambda: daily_energy(faulty, **site)),
        "one_day_from_state_milliseconds": 1000
        * seconds(lambda: compute_days(part, state, first=day, last=day, **site), 5),
        "one_day_in_5_minutes_milliseconds": 1000
        * seconds(lambda: bucket_energy(part, edges, installed_capacity_watts=CAPACITY), 5),
    }


def main() -> None:
    """Print the table, and with `--json` one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365, help="length of the history")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    chosen = parser.parse_args()
    figures = measure(chosen.days)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<36}{value:>14,.3f}" if isinstance(value, float) else f"{name:<36}{value:>14,}")
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
