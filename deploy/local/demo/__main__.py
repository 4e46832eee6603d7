"""`python -m deploy.local.demo`: fills an empty database with the demo and keeps it alive until it is stopped."""

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data import settings
from data.settings import Settings, SettingsError
from deploy.local.demo import book, sites
from deploy.local.demo.book import Book, Chapter
from deploy.local.demo.devices import BrokerDevice, Device, WebhookDevice
from deploy.local.demo.life import Life
from deploy.local.demo.sites import SITES
from deploy.local.weather import WeatherServer
from solar.simulation import initial_state

HISTORY = timedelta(days=396)


def main() -> int:
    """Run the demo, with its weather where that is asked for; 0 when there is nothing to do, or at SIGTERM's end."""
    parser = argparse.ArgumentParser(description="Keep the demo installations alive.")
    parser.add_argument("--weather", help="http://127.0.0.1:PORT where the demo's weather is served")
    weather = parser.parse_args().weather
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    try:
        given = settings.get()
        path = given.var / "demo.json"
        pages = open_book(given, path, datetime.now(UTC)) if given.demo else None
    except (SettingsError, ValueError) as error:
        print(error, flush=True)
        return 1
    if weather:
        _serve_weather(weather)
    if pages is not None:
        _live(given, pages, path, stopping)
    if weather:
        # Whatever becomes of the demo, the installation was told that its weather is here.
        stopping.wait()
    return 0


def _serve_weather(address: str) -> None:
    # In this process: one of its own would hold the simulator's libraries a second time.
    server = WeatherServer(urlsplit(address).port or 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _live(given: Settings, pages: Book, path: Path, stopping: threading.Event) -> None:
    devices = {
        each.key: _device(each.transport, given, pages.chapters[each.key])
        for each in SITES if each.key in pages.chapters
    }
    Life(pages, path, devices).run(stopping)
    for device in devices.values():
        device.close()


def open_book(given: Settings, path: Path, now: datetime) -> Book | None:
    """Return the demo's book, with its owner and sources made on an empty database; None where it has no place.

    The book is kept before anything is made, so that a start that was interrupted can be told from a database in use.
    Sources that somebody deleted stay deleted; a new database gets a new demo.
    """
    found = book.load(path)
    if found is not None and found.owner_id:
        there = sites.existing({each.source_id for each in found.chapters.values()})
        found.chapters = {key: each for key, each in found.chapters.items() if each.source_id in there}
        if found.chapters:
            return found
        if sites.has_owner(found.owner_id):
            print("no demo: its sources were deleted", flush=True)
            return None
        found = None
    if found is None:
        if not sites.is_empty():
            print("no demo: the database has sources of its own", flush=True)
            return None
        found = Book(_origin(now))
        book.save(path, found)
    return _make(given, path, found, now)


def _make(given: Settings, path: Path, pages: Book, now: datetime) -> Book | None:
    owner_id = sites.make_owner(given) or sites.known_owner(given, now)
    if owner_id is None:
        print(f"no demo: there is an account {sites.EMAIL} with another password", flush=True)
        return None
    made = sites.make_sources(owner_id, pages.origin, now)
    for site in SITES:
        source_id, secret = made[site.key]
        pages.chapters[site.key] = Chapter(source_id, secret, initial_state(site.spec, pages.origin), [])
    pages.owner_id = owner_id
    book.save(path, pages)
    return pages


def _origin(now: datetime) -> datetime:
    """Return the local midnight 13 months ago, when the installations were switched on."""
    local = (now - HISTORY).astimezone(ZoneInfo(sites.TIME_ZONE))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _device(transport: str, given: Settings, chapter: Chapter) -> Device:
    if transport == "mqtt":
        return BrokerDevice(given.mqtt_url, chapter.source_id, chapter.secret)
    return WebhookDevice(given.web_url, chapter.source_id, chapter.secret)


if __name__ == "__main__":
    sys.exit(main())
