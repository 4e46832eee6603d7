"""A weather service on a free port with a clock that tests set, and sources at places of the world."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from data.weather_breaker import Breaker
from data.weather_client import Endpoints, SharedBudget, WeatherClient
from deploy.local.weather import WeatherServer
from services.people import accounts
from services.sources import making as sources

NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "openmeteo"
WUERZBURG = (49.79, 9.95, "Europe/Berlin")


class Scene:
    """The server, a real client of it, and what time it is for both."""

    def __init__(self, server: WeatherServer) -> None:
        self.server, self.now, self.pauses = server, NOW, list[float]()
        self.client = self.another_client()

    def another_client(self, share: float = 1.0) -> WeatherClient:
        """A client whose circuit is closed."""
        return WeatherClient(
            Endpoints(self.server.url, self.server.url, self.server.url), SharedBudget(9000, share),
            httpx.Client(timeout=httpx.Timeout(30.0)), clock=lambda: self.now, sleep=self.pauses.append,
            breaker=Breaker(lambda: 0.0),
        )

    def faults(self, *faults: dict[str, Any]) -> None:
        self.server.troubles.set(list(faults))

    @property
    def asked(self) -> list[str]:
        return self.server.troubles.asked

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@contextmanager
def weather_scene() -> Iterator[Scene]:
    """Serve until the block ends."""
    scenes: list[Scene] = []
    server = WeatherServer(recorded=RECORDED, clock=lambda: scenes[0].now, takes_faults=True)
    scenes.append(Scene(server))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield scenes[0]
    finally:
        scenes[0].client.close()
        server.shutdown()
        server.server_close()
        thread.join()


def owner(email: str = "alice@example.org") -> str:
    """An account; returns its id."""
    return accounts.create_user(email, "Sunny-day-7", "Test", "Person", is_email_verified=True).id


def source_at(
    owner_id: str, place: tuple[float | None, float | None, str] = WUERZBURG, **values: Any
) -> str:
    """A source of a place; returns its id."""
    latitude, longitude, zone = place
    where = {} if latitude is None else {"latitude": latitude, "longitude": longitude}
    entered = {"name": "Roof", "connection_type": 0, "time_zone": zone, **where, **values}
    return str(sources.create_source(owner_id, entered, NOW).record.id)
