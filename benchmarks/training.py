"""What it costs to train and to predict one source with a year of half hours: `python -m benchmarks.training`."""

import argparse
import json
import resource
import sys
import time

import numpy as np
import pandas as pd
import pvlib

from solar.forecasting import Model, Site, predict, train

GOALS = {"train_cpu_seconds": 20.0, "predict_cpu_seconds": 2.0, "peak_memory_megabytes": 600.0}
SITE = Site("Europe/Madrid", 38.6, -0.9, 6000.0, 25.0, 170.0, 10.0, country="ES")


def year() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A made-up year of half hours of a house with battery, and its weather until eight days later."""
    random = np.random.default_rng(7)
    index = pd.date_range("2023-01-01", "2024-01-09", freq="30min", tz="UTC")
    sun = pvlib.solarposition.get_solarposition(index + pd.Timedelta("15min"), SITE.latitude, SITE.longitude)
    clear = np.maximum(np.sin(np.radians(sun["elevation"].to_numpy())), 0) * 1000
    daily = np.clip(random.beta(4, 1.5, len(index) // 48 + 1), 0.1, 1)
    sky = clear * np.clip(np.repeat(daily, 48)[: len(index)] + random.normal(0, 0.1, len(index)), 0.05, 1)
    solar = np.clip(5.4 * sky, 0, 5000)
    hour = index.hour.to_numpy() + index.minute.to_numpy() / 60
    load = 300 + 900 * np.exp(-0.5 * ((hour - 20) / 2) ** 2) + random.gamma(1.5, 150, len(index))
    charge, level = np.empty(len(index)), 50.0
    for step, surplus in enumerate(solar - load):
        level = float(np.clip(level + np.clip(surplus, -3000, 3000) / 20000 * 100 * 0.95, 10, 100))
        charge[step] = level
    telemetry = pd.DataFrame({
        "solarPower": solar, "loadPower": load, "stateOfCharge": charge, "batteryVoltage": 48 + charge / 20,
        "batteryPower": np.append(np.diff(charge) * 200, 0.0),
    }, index=index)
    warmth = 18 + 8 * np.sin(2 * np.pi * (index.day_of_year.to_numpy() - 110) / 365)
    return telemetry, pd.DataFrame({"shortwave_radiation": sky, "temperature_2m": warmth}, index=index)


def measure(repeats: int) -> dict[str, float]:
    """Named figures; predicting is measured from the model as it is read back from its JSON."""
    telemetry, weather = year()
    now = pd.Timestamp("2024-01-01", tz=SITE.time_zone)
    known, begun, wall = telemetry[telemetry.index < now], time.process_time(), time.perf_counter()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    model = train(known, SITE, weather[weather.index < now], now)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    helpers = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    trained, wall = time.process_time() - begun + helpers, time.perf_counter() - wall
    text, begun = model.to_json(), time.process_time()
    for _ in range(repeats):
        predict(Model.from_json(text), known, weather, now)
    predicted = (time.process_time() - begun) / repeats
    return {
        "train_cpu_seconds": round(trained, 2), "train_wall_seconds": round(wall, 2),
        "predict_cpu_seconds": round(predicted, 3), "model_kilobytes": round(len(text) / 1024, 1),
        "peak_memory_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "sources_trained_per_hour_and_worker": round(3600 / trained),
        "sources_predicted_per_hour_and_worker": round(3600 / predicted),
    }


def main(arguments: list[str] | None = None) -> int:
    """Command line; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="predictions to average over")
    parser.add_argument("--json", action="store_true", help="last line: all figures as one JSON object")
    options = parser.parse_args(arguments)
    named = measure(options.repeats)
    for name, value in named.items():
        goal = f"   goal below {GOALS[name]:g}" if name in GOALS else ""
        print(f"{name.replace('_', ' '):<42}{value:>10g}{goal}")
    if options.json:
        print(json.dumps(named))
    return 1 if any(named[name] >= goal for name, goal in GOALS.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
