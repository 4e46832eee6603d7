"""What a backup, a restore and an import from the original cost: `python -m benchmarks.backup [--readings N] [--json]`.

A real PostgreSQL and MongoDB with sources that report every five minutes; the backup goes to a file, is proven whole,
and comes back into a second, empty system, as `python -m deploy.backup` and `deploy.restore` do it. Then an original
Ampra of its own description with as many readings is imported. No goals: the figures are for docs and planning.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pymongo

from data import mongo
from data.backup import collections
from deploy.restore import known_steps
from services.backups import keeping, restoring
from services.original import run as original
from services.people import accounts
from services.sources import making as sources
from tests import servers
from tests.storage import original_ampra
from tests.storage import telemetry_data as made
from tests.storage.second_home import living_in, second_home

START, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 30
EACH = DAYS * 288
READINGS = "normalized_sun_source_data"


def make_readings(wanted: int) -> int:
    """Sources with a month each; returns how many readings there are."""
    owner = accounts.create_user("bench@example.org", "Sunny-day-7", "", "")
    frame = made.home(START, START + timedelta(days=DAYS), timedelta(minutes=5))
    readings = made.documents("", frame)
    for number in range(max(1, wanted // EACH)):
        values = {"name": f"Source {number}", "connection_type": 0, "installed_capacity_watts": 8e3}
        own = str(sources.create_source(owner.id, values, START).record.id)
        mongo.database()[READINGS].insert_many([{**each, "sunSourceId": own} for each in readings], ordered=False)
    return mongo.database()[READINGS].estimated_document_count()


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Do something; returns what came of it and the seconds it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def measure_backup(settings: dict[str, str], folder: Path, readings: int) -> dict[str, float]:
    """Back up, verify and restore; returns the figures."""
    path = folder / "all.tar.gz"
    contents, backup = timed(lambda: keeping.make_file(path))
    _, verify = timed(lambda: keeping.verify(str(path)))
    opened = partial(keeping.opened, str(path))
    plain = sum(int(each["bytes"]) for each in contents.parts.values())
    with second_home(settings, folder) as second:
        servers.migrate(second)
        with living_in(second):
            _, restore = timed(lambda: restoring.load(opened, restoring.check(opened, known_steps())))
            assert collections.counts(mongo.database())[READINGS] == readings
    return {
        "readings": readings, "backup_seconds": backup, "backup_readings_per_second": readings / backup,
        "verify_seconds": verify, "restore_seconds": restore, "restore_readings_per_second": readings / restore,
        "archive_megabytes": path.stat().st_size / 1e6, "plain_megabytes": plain / 1e6,
    }  # fmt: skip


def measure_import(settings: dict[str, str], readings: int) -> dict[str, float]:
    """Import an original with about as many readings; returns the figures."""
    servers.empty(settings["AMPRA_POSTGRES_URL"], settings["AMPRA_MONGO_URL"])
    with original_ampra.original_ampra(settings["AMPRA_POSTGRES_URL"], settings["AMPRA_MONGO_URL"]) as there:
        with pymongo.MongoClient[dict[str, Any]](there.mongo_url) as client:
            room = client.get_default_database()[READINGS]
            for first in range(1_000, readings, 10_000):
                room.insert_many(original_ampra.readings("shed", first, first + 10_000), ordered=False)
            total = room.count_documents({})
        now = datetime.now(UTC)
        _, seconds = timed(lambda: original.run(there.postgres_url, there.mongo_url, now, is_dry=False))
        assert mongo.database()[READINGS].count_documents({}) == total
    return {"import_readings": total, "import_seconds": seconds, "import_readings_per_second": total / seconds}


def main() -> None:
    """Measure on servers of our own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=200_000, help="about how many there are (200000)")
    parser.add_argument("--json", action="store_true", help="end with one JSON object of the figures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with servers.postgres_server(folder) as postgres_url, servers.mongo_server(folder) as mongo_url:
            settings = servers.environment(postgres_url, mongo_url, folder)
            servers.migrate(settings)
            with living_in(settings):
                figures = measure_backup(settings, folder, make_readings(asked.readings))
                figures |= measure_import(settings, asked.readings)
    figures["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    figures["load_average"] = os.getloadavg()[0]
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<32}{value:>14,.1f}")
    if asked.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
