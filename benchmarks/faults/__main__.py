"""What a minute of faults loses: `python -m benchmarks.faults [--rate N] [--json]`.

Devices send through a real Mosquitto for 60 s, while the listener is killed twice with SIGKILL, and MongoDB, PostgreSQL
and the broker are restarted. Prints how many readings were sent and stored; exits with 1 unless all are, each once.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable

from benchmarks.ingest import mqtt
from benchmarks.ingest.stage import Stage, stage
from data import mongo, readings
from deploy.local.ports import wait_for
from tests.mqtt import Server, listener

SOURCES = 50
SECONDS = 60.0
PATIENCE_SECONDS = 90.0
DOWN_SECONDS = 3.0


def main() -> int:
    """Run the minute and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=500, help="readings a second that the devices send")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object in the last line")
    given = parser.parse_args()
    with stage(SOURCES) as here, listener(here.settings, here.folder) as listening:
        publisher = mqtt.start_publisher(here, given.rate, SECONDS)
        began = time.monotonic()
        for second, name, fault in _faults(here, listening):
            time.sleep(max(0.0, began + second - time.monotonic()))
            print(f"{time.monotonic() - began:5.1f} s  {name}", flush=True)
            fault()
        publisher.wait()
        stopped_at = time.monotonic()
        wait_for(lambda: _stored() >= publisher.sent, PATIENCE_SECONDS)
        figures = {
            "readings_sent": publisher.sent, "readings_acknowledged": publisher.acknowledged,
            "readings_stored": _stored(), "readings_twice": _twice(),
            "catching_up_seconds": round(time.monotonic() - stopped_at, 1),
            "load_average": round(os.getloadavg()[0], 2),
        }
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<24} {value:>10}")
    if given.json:
        print(json.dumps(figures))
    return 0 if figures["readings_sent"] == figures["readings_stored"] and not figures["readings_twice"] else 1


def _faults(here: Stage, listening: Server) -> list[tuple[float, str, Callable[[], None]]]:
    def kill_listener() -> None:
        listening.kill()
        time.sleep(1)
        listening.start()

    def restart(server: object) -> Callable[[], None]:
        def done() -> None:
            server.stop()  # type: ignore[attr-defined]
            time.sleep(DOWN_SECONDS)
            server.start()  # type: ignore[attr-defined]

        return done

    return [
        (8, "the listener is killed with SIGKILL", kill_listener),
        (16, "mongod is restarted", restart(here.mongod)),
        (26, "PostgreSQL is restarted", restart(here.postgres)),
        (36, "the broker is restarted", restart(here.broker)),
        (48, "the listener is killed with SIGKILL", kill_listener),
    ]


def _stored() -> int:
    return mongo.database()[readings.COLLECTION].count_documents({})


def _twice() -> int:
    """Count instants of a source that are stored more than once, not trusting the index that forbids it."""
    grouped = [
        {"$group": {"_id": {"source": "$sunSourceId", "at": "$timestamp"}, "times": {"$sum": 1}}},
        {"$match": {"times": {"$gt": 1}}},
    ]
    return len(list(mongo.database()[readings.COLLECTION].aggregate(grouped)))


if __name__ == "__main__":
    sys.exit(main())
