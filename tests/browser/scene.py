"""What a browser test sets up behind the page: people, their sources and the readings of them."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ingestion import entering as ingest
from services.people import accounts
from services.sources import making as sources
from solar import normalise

PASSWORD = "Sunny-day-7"
ZONE = "Europe/Madrid"


@dataclass(frozen=True)
class Home:
    """An owner and one source of theirs."""

    email: str
    source_id: str

    def send(self, *readings: Mapping[str, Any]) -> None:
        """Let the source's device send readings."""
        now = datetime.now(UTC)
        messages = [normalise.Message("mqtt", "data", json.dumps(each).encode(), now) for each in readings]
        receipts = ingest.accept([ingest.Delivery(self.source_id, each) for each in messages], now)
        assert not any(each.dead for each in receipts), receipts


def home(email: str = "lucia@example.org", **values: Any) -> Home:
    """Make an owner with a source."""
    owner = accounts.create_user(email, PASSWORD, "Lucia", "Alba", is_email_verified=True)
    row = {"name": "Villena home", "connection_type": 0, "installed_capacity_watts": 5500.0, "time_zone": ZONE,
           "has_battery": True, "battery_capacity_kwh": 5.4, **values}
    return Home(email, str(sources.create_source(owner.id, row, datetime.now(UTC)).record.id))


def reading(at: datetime, solar: float, **fields: float) -> dict[str, Any]:
    """One reading in balance: the house takes 400 W, the battery 300 W, the grid the rest."""
    powers = {"loadPower": 400.0, "batteryPower": 300.0, "gridPower": 700.0 - solar, "stateOfCharge": 66.0, **fields}
    return {"timestamp": at.isoformat(), "solarPower": solar, **powers}


def sunny(start: datetime, end: datetime, minutes: int = 5) -> Iterable[dict[str, Any]]:
    """Readings over `[start, end)` with a sun of up to 4 kW around the middle of the UTC day."""
    at = start
    while at < end:
        hour = at.hour + at.minute / 60
        yield reading(at, round(max(0.0, 4000 * math.sin((hour - 6) / 12 * math.pi)), 1))
        at += timedelta(minutes=minutes)
