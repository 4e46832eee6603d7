"""How long one message takes to normalise: `python -m benchmarks.normalise [--json]`.

Each shape of message is sorted and read as the listener does it, from bytes to a reading; the best round counts.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from solar.normalise import Memory, Message, Source, kind_of, normalise, normalise_batch

NOON = datetime(2026, 6, 21, 10, 0, tzinfo=UTC)
SOURCE = Source("Europe/Berlin", 8000.0)
ROUNDS, MESSAGES = 15, 300

CANONICAL: dict[str, Any] = {
    "timestamp": "2026-06-21T10:00:00Z",
    "stateOfCharge": 71.5,
    "stateOfHealth": 98,
    "batteryVoltage": 52.6,
    "batteryCurrent": -18.4,
    "batteryTemperature": 24.1,
    "batteryCapacity": 200,
    "remainingCapacity": 143,
    "batteryPower": -968,
    "solarVoltage": 381.2,
    "solarCurrent": 3.1,
    "solarPower": 1181.7,
    "outputVoltage": 230.2,
    "outputCurrent": 9.4,

        "outputFrequency": 50.01,
        "loadPower": 2090,
        "loadPercentage": 41.8,
        "apparentPower": 2164,
        "gridVoltage": 231.1
    ,
    "gridCurrent": 0.4,
    "gridFrequency": 50.01,
    "gridPower": 15,
    "totalEnergyProduced": 18422.6,
    "dailyEnergyProduced": 14.2,
    "inverterTemperature": 44.5,
    "operatingMode": "Self consumption",
}
ALIASES = {
    "time": 1782036000,
    "soc": 61,
    "pv_power_kw": 2.95,
    "load_power": 640,
    "grid_power": -1600,
    "today_energy": 9,
}
NESTED = {
    "time": "2026-06-21T12:00:00",
    "data": {
        "pv": {"power": {"value": 3.1, "unit": "kW"}},
        "battery": {"soc": 66, "power": 900, "voltage": {"value": 52.1, "unit": "V"}},
        "grid": {"power": {"l1": -1450, "l2": 20, "l3": 5}},
        "load": {"power": "700"},
    },
}
SOFAR = {
    "running_state": "Normal",
    "grid_voltage": 238.4,
    "grid_freq": 50.01,
    "battery_power": 1230,
    "batterySOC": 61,
    "battery_voltage": 52.4,
    "battery_current": 23.47,
    "grid_power": 340,
    "consumption": 870,
    "solarPV": 2480,
}
HYBRID = {
    "InverterStatus": 1,
    "InputPower": 4120.4,
    "OutputPower": 2510.2,
    "GridFrequency": 50.02,
    "SOC": 83,
    "ChargePower": 1500.0,
    "DischargePower": 0,
    "ACPowerToUser": 0,
    "ACPowerToGrid": 1655.3,
    "Uptime": 86400,
}
BURST = {
    "battery_state_of_charge": "64",
    "battery_power": "1820",
    "grid_power": "-1240",
    "load_power": "690",
    "pv_power": "3790",
    "pv_energy": "18422.6",
    "load_energy": "11210.4",
    "grid_energy_in": "3120.8",
}


def single(topic: str, payload: Any) -> Callable[[], int]:
    """Normalise many messages of one shape; returns how many."""
    bodies = [json.dumps(payload).encode()] * MESSAGES

    def work() -> int:
        memory: Memory = {}
        for body in bodies:
            message = Message("mqtt", topic, body, NOON)
            kind_of(message, SOURCE, memory)
            memory = normalise(message, SOURCE, memory).memory
        return len(bodies)

    return work


def gathered() -> int:
    """Normalise bursts of bare values; returns how many messages they had."""
    memory: Memory = {}
    for _ in range(MESSAGES // len(BURST)):
        messages = [
            Message("mqtt", f"solar_assistant/total/{name}/state", value.encode(), NOON + timedelta(seconds=index / 10))
            for index, (name, value) in enumerate(BURST.items())
        ]
        for message in messages:
            kind_of(message, SOURCE, memory)
        memory = normalise_batch(messages, SOURCE, memory).memory
    return MESSAGES // len(BURST) * len(BURST)


def listed() -> int:
    """Normalise one webhook request of a thousand buffered readings; returns how many."""
    rows = [{**CANONICAL, "timestamp": 1782036000 - 60 * row} for row in range(1000)]
    outcome = normalise(Message("webhook", "", json.dumps(rows).encode(), NOON), SOURCE, {})
    return len(outcome.readings)


CASES: dict[str, Callable[[], int]] = {
    "canonical_25_fields": single("data", CANONICAL),
    "aliases_with_suffixes": single("data", ALIASES),
    "nested_with_phases": single("data", NESTED),
    "sofar2mqtt_on_its_topic": single("Sofar2mqtt/state", SOFAR),
    "hybrid_with_channels": single("energy/solar", HYBRID),
    "bare_values_of_a_burst": gathered,
    "thousand_in_a_request": listed,
}


def microseconds(work: Callable[[], int]) -> float:
    """The best time a message or reading takes, µs of processor time."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        count = work()
        best = min(best, (time.process_time() - start) / count * 1e6)
    return round(best, 1)


def main() -> None:
    """Print the table, and with `--json` one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    chosen = parser.parse_args()
    figures = {f"{name}_microseconds": microseconds(work) for name, work in CASES.items()}
    print(f"{'shape':<28}{'µs each':>10}{'each core, /s':>16}")
    for name, value in figures.items():
        print(f"{name.removesuffix('_microseconds').replace('_', ' '):<28}{value:>10,.1f}{1e6 / value:>16,.0f}")
    if chosen.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
