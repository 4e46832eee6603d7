"""The demo in a whole installation: over real MQTT and signed HTTP, alive within seconds, whole again after kills."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import psutil
import pymongo
import pytest
from pymongo.collection import Collection

from deploy.local.claim import running_environment
from deploy.local.ports import wait_for
from tests.installation import Installation

DEMO = ("deploy.local.demo",)


class Demo:
    """A running installation with the demo, and what its databases hold."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        environment = running_environment(installation.var)
        self.weather_url = environment["AMPRA_WEATHER_URL"]
        self._client = pymongo.MongoClient[dict[str, Any]](environment["AMPRA_MONGO_URL"], tz_aware=True)

    @property
    def readings(self) -> Collection[dict[str, Any]]:
        return self._client.get_default_database()["normalized_sun_source_data"]

    @property
    def dead_letters(self) -> int:
        return self._client.get_default_database()["dead_letters"].count_documents({})

    def sources(self) -> dict[str, str]:
        kept = json.loads((self.installation.var / "demo.json").read_text())
        return {key: each["source_id"] for key, each in kept["chapters"].items()}

    def live(self, transport: str) -> list[datetime]:
        found = self.readings.find({"metadata.transport": transport}, {"timestamp": 1}).sort("timestamp", 1)
        return [each["timestamp"] for each in found]

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    installation = Installation(tmp_path_factory.mktemp("demo"), AMPRA_DEMO="1")
    installation.start()
    made = Demo(installation)
    yield made
    made.close()
    installation.stop()


def is_fresh(stamps: list[datetime]) -> bool:
    return bool(stamps) and datetime.now(UTC) - stamps[-1] < timedelta(seconds=15)


def test_both_sources_are_alive_and_have_their_day_within_seconds(demo: Demo) -> None:
    assert wait_for(lambda: is_fresh(demo.live("mqtt")) and is_fresh(demo.live("webhook")), 40)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert wait_for(lambda: demo.readings.count_documents({"timestamp": {"$lte": yesterday}}) > 0, 20)
    for source_id in demo.sources().values():
        of_day = {"sunSourceId": source_id, "timestamp": {"$gte": yesterday}}
        assert wait_for(lambda query=of_day: demo.readings.count_documents(query) > 1400, 20)  # type: ignore[misc]
    assert demo.dead_letters == 0


def test_the_demo_owner_can_sign_in(demo: Demo) -> None:
    secret = (demo.installation.var / "secrets" / "demo_password").read_text().strip()
    address = f"http://127.0.0.1:{demo.installation.port}"
    headers = {"Origin": address, "Sec-Fetch-Site": "same-origin"}
    given = {"email": "demo@ampra.local", "password": secret}
    assert httpx.post(f"{address}/sign-in", data=given, headers=headers).status_code == 302


def test_weather_is_served_beside_the_demo(demo: Demo) -> None:
    asked = {"latitude": "49.79", "longitude": "9.95", "hourly": "shortwave_radiation", "timezone": "Europe/Berlin"}
    answer = httpx.get(f"{demo.weather_url}/v1/forecast", params=asked, timeout=20)
    assert answer.status_code == 200 and len(answer.json()["hourly"]["time"]) == 7 * 24


@pytest.mark.parametrize("words", [DEMO, ("gunicorn",), ("deploy.local.broker",)], ids=["demo", "web", "broker"])
def test_a_kill_leaves_neither_hole_nor_double(demo: Demo, words: tuple[str, ...]) -> None:
    assert wait_for(lambda: is_fresh(demo.live("mqtt")) and is_fresh(demo.live("webhook")), 60)
    victim = demo.installation.child(*words)
    psutil.Process(victim.pid).kill()
    killed_at = datetime.now(UTC)
    assert demo.installation.comes_back(victim.pid, *words)
    time.sleep(10)
    for transport in ("mqtt", "webhook"):
        assert wait_for(lambda way=transport: is_fresh(demo.live(way)) and demo.live(way)[-1] > killed_at, 60)  # type: ignore[misc]
        stamps = demo.live(transport)
        steps = {later - earlier for earlier, later in pairwise(stamps)}
        assert steps == {timedelta(seconds=10)}
    assert demo.dead_letters == 0
