"""A shared source with a day of readings, behind two gunicorn workers and both databases."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.queries.stage import stage
from services import simulating
from services.people import accounts
from services.people.viewer import Viewer
from services.rollups import shards, updating
from services.sharing import links
from services.sources import making as sources
from tests.browser.conftest import web_server

WORKERS = "2"
ROW = {"name": "Roof", "connection_type": 0, "installed_capacity_watts": 5500.0, "time_zone": "Europe/Madrid",
       "has_battery": True, "battery_capacity_kwh": 5.4}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start everything; gives the address of the link."""
    with stage(folder):
        token = _shared_source()
        environment = {name: value for name, value in os.environ.items() if name.startswith("AMPRA_")}
        with web_server({**environment, "WEB_CONCURRENCY": WORKERS}, folder / "web.log") as address:
            yield f"{address}/shared/{token}"


def _shared_source() -> str:
    now = datetime.now(UTC)
    account = accounts.create_user("owner@example.org", "Sunny-day-7", "", "", is_email_verified=True)
    owner = Viewer(account.id, account.name, account.email)
    source_id = str(sources.create_source(account.id, ROW, now).record.id)
    # Up to some minutes from now, so that it stays live while it is measured.
    simulating.make_past(source_id, now - timedelta(hours=30), now, now)
    for shard in range(shards.SHARDS):
        updating.refresh_shard(shard, now + timedelta(minutes=10), seconds=120)
    links.keep_switches(owner, source_id, links.SwitchRecord(True, True, True, True, True), now)
    made = links.make(owner, "source", source_id, {"name": "Benchmark", "views": links.VIEWS}, now)
    return made.url.rsplit("/", 1)[1]
