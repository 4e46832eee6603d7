"""How fast readings come in: `python -m benchmarks.ingest [--seconds N] [--json]`.

Everything runs on this machine: PostgreSQL, MongoDB, Mosquitto, the listener or web server, and those who send.
"""

import argparse
import json
import os

from benchmarks.ingest import ceiling, mqtt, webhook
from benchmarks.ingest.stage import stage

SOURCES = 200
STEADY_RATE = 1000


def main() -> None:
    """Measure, print a table, and with `--json` one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long each measurement sends")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object in the last line")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    with stage(SOURCES) as here:
        steady = mqtt.measure(here, STEADY_RATE, given.seconds)
        fast = mqtt.measure(here, 0, given.seconds)
        bare = ceiling.measure()
        with webhook.web(here) as web:
            single = web.send(webhook.SINGLE_CONNECTIONS, 1, given.seconds)
            batch = web.send(webhook.BATCH_CONNECTIONS, 1000, given.seconds)
    figures = {
        "mqtt_readings_per_second": fast["readings_per_second"],
        "mqtt_listener_cpu_microseconds_per_reading": fast["listener_cpu_microseconds_per_reading"],
        "mqtt_all_processes_cpu_microseconds_per_reading": fast["cpu_microseconds_per_reading"],
        "mqtt_at_1000_per_second_p50_seconds": steady["p50_seconds"],
        "mqtt_at_1000_per_second_p99_seconds": steady["p99_seconds"],
        "bare_insert_readings_per_second": bare,
        "mqtt_ratio_to_bare_insert": fast["readings_per_second"] / bare,
        "webhook_requests_per_second": single["requests"] / single["seconds"],
        "webhook_p99_seconds": single["p99_seconds"],
        "webhook_batch_readings_per_second": batch["requests"] * 1000 / batch["seconds"],
        "webhook_batch_p99_seconds": batch["p99_seconds"],
        "load_average_before": load,
        "processors": os.cpu_count() or 0,
    }
    print(f"{SOURCES} sources, messages of 25 fields, {given.seconds:g} s a measurement")
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<46} {value:12,.3f}")
    if given.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
