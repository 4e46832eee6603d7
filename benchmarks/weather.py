"""What one refresh of the weather costs: `python -m benchmarks.weather [--sources N] [--places N] [--json]`.

The local weather server over HTTP (a process of its own), a real PostgreSQL and MongoDB, and sources spread over places
of the world's zones, some hundred metres apart within a place. A refresh of all is made on an empty installation and
again six hours later, as the clock does. Goals: one request a place at most (50 for 50 places), below 60 s.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pymongo

from deploy.local.ports import free_port, wait_for
from tests import servers

START_SECONDS = 30
LONGEST_SECONDS, OWNERS = 60.0, 20
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Pacific/Auckland", "Europe/Berlin", "America/Santiago")
STEP = timedelta(hours=6)
# Up to some hundred metres: within the kilometre that shares a request.
SPREAD_DEGREES = 0.004


@contextmanager
def weather_server(folder: Path) -> Iterator[str]:
    """The weather server in a process of its own; gives its URL."""
    port = free_port()
    command = [sys.executable, "-m", "deploy.local.weather", "--port", str(port), "--faults"]
    with (folder / "weather.log").open("wb") as output:
        running = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            if not wait_for(lambda: _is_up(f"http://127.0.0.1:{port}"), START_SECONDS):
                raise SystemExit(f"the weather server did not start: see {folder / 'weather.log'}")
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait()


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def make_sources(number: int, places: int) -> None:
    """Sources of a few owners, as many at each place."""
    from services.people import accounts
    from services.sources import making

    owners = [
        accounts.create_user(f"owner{each}@example.org", "Sunny-roof-2026", "A", "B", is_email_verified=True).id
        for each in range(OWNERS)
    ]
    for each in range(number):
        place, turn = each % places, each // places
        entered = {
            "name": f"Roof {each}", "connection_type": 0, "time_zone": ZONES[place % len(ZONES)],
            "latitude": -45 + 90 * place / places + SPREAD_DEGREES * (turn % 5) / 5,
            "longitude": -170 + 340 * place / places + SPREAD_DEGREES * (turn % 3) / 3,
        }
        making.create_source(owners[each % OWNERS], entered, datetime.now(UTC))


class Counters:
    """How much the two databases wrote so far, as their servers count."""

    def __init__(self) -> None:
        self.postgres = psycopg.connect(os.environ["AMPRA_POSTGRES_URL"].replace("+psycopg", "", 1), autocommit=True)
        self.mongo = pymongo.MongoClient[dict[str, Any]](os.environ["AMPRA_MONGO_URL"])

    def read(self) -> dict[str, int]:
        """The counts; those of PostgreSQL come in late, so they are read until they stand still."""
        before, now = (), self._rows()
        while before != now:
            time.sleep(1.1)
            before, now = now, self._rows()
        # Each of our updates writes one document.
        wrote = self.mongo.admin.command("serverStatus")["opcounters"]
        return {
            "postgres_transactions": now[0], "postgres_rows_written": now[1],
            "mongo_documents_written": wrote["insert"] + wrote["update"],
        }

    def _rows(self) -> tuple[int, ...]:
        # Our own question is a transaction too: only what wrote is counted.
        found = self.postgres.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables"
            " WHERE relname IN ('weather_data', 'job_progress')"
        ).fetchone()
        last = self.postgres.execute("SELECT txid_snapshot_xmax(txid_current_snapshot())").fetchone()
        return int(last[0] if last else 0), int(found[0] if found else 0)


def refresh(client: Any, url: str, counters: Counters, now: datetime) -> dict[str, float]:
    """Refresh all once; returns what it took."""
    from services.weather import refresh as weather_refresh

    before, asked = counters.read(), len(httpx.get(f"{url}/requests").json())
    began, worked = time.perf_counter(), time.process_time()
    done = weather_refresh.refresh_all(client, now)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    requests = len(httpx.get(f"{url}/requests").json()) - asked
    after = counters.read()
    wrote = {name: after[name] - before[name] for name in after}
    return {
        "requests": requests, "seconds": seconds, "processor_seconds": processor, "sources_refreshed": done.refreshed,
        "places_failed": done.failed, **wrote,
    }  # fmt: skip


def measure(url: str, number: int, places: int) -> dict[str, float]:
    """Return the named figures of a first refresh and of the next."""
    from data.weather_client import Endpoints, SharedBudget, WeatherClient

    make_sources(number, places)
    counters, now = Counters(), datetime.now(UTC)
    shown = {"at": now}
    client = WeatherClient(Endpoints(url, url, url), SharedBudget(9_000), clock=lambda: shown["at"])
    first = refresh(client, url, counters, now)
    shown["at"] = now + STEP
    again = refresh(client, url, counters, now + STEP)
    took = {"first": first, "next": again}
    return {f"{when}_{name}": value for when, found in took.items() for name, value in found.items()}


def main() -> None:
    """Print the table, and with `--json` one object as the last line; 1 where a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=1_000)
    parser.add_argument("--places", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with (
            servers.postgres_server(place) as postgres, servers.mongo_server(place) as mongo,
            weather_server(place) as url,
        ):
            settings = servers.environment(postgres, mongo, place)
            servers.migrate(settings)
            os.environ.update(settings)
            figures = measure(url, chosen.sources, chosen.places)
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<40}{value:>12,.1f}")
    rounds = ("first", "next")
    is_met = all(
        figures[f"{each}_requests"] <= chosen.places and figures[f"{each}_seconds"] < LONGEST_SECONDS
        and figures[f"{each}_sources_refreshed"] == chosen.sources for each in rounds
    )  # fmt: skip
    print(f"goals: at most {chosen.places} requests, below {LONGEST_SECONDS:.0f} s: {'met' if is_met else 'MISSED'}")
    if chosen.json:
        print(json.dumps(figures))
    sys.exit(0 if is_met else 1)


if __name__ == "__main__":
    main()
