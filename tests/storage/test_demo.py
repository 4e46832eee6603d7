"""The demo: made once on an empty database, history stored newest first, holes filled after a stop, nothing twice."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import psycopg
import pytest

from data import mongo, readings, settings
from data.settings import Settings
from deploy.local.demo import book, sites
from deploy.local.demo.__main__ import open_book
from deploy.local.demo.book import Book
from deploy.local.demo.history import HELD_BACK, LIVE_STEP
from deploy.local.demo.life import Life
from services.ingestion import credentials
from services.ingestion import entering as ingest
from services.ingestion.source_facts import CACHE
from services.people import accounts
from services.people.viewer import Viewer
from services.returns import prices
from services.returns import results as returns
from services.sources import making as sources
from solar import normalise
from solar.simulation import initial_state
from solar.vocabulary import COUNTER_FIELDS
from tests import servers

NOW = datetime(2026, 6, 10, 9, 30, 7, tzinfo=UTC)
PASSWORD = "Sunny-roof-2026"


class Direct:
    """A device that hands its messages to the ingestion service, and can be cut off."""

    def __init__(self, source_id: str) -> None:
        self.source_id, self.is_heard, self.sent = source_id, True, 0

    def send(self, messages: list[dict[str, Any]], now: datetime) -> int:
        if not self.is_heard:
            return 0
        deliveries = [
            ingest.Delivery(self.source_id, normalise.Message("mqtt", "data", json.dumps(each).encode(), now))
            for each in messages
        ]
        ingest.accept(deliveries, now)
        self.sent += len(messages)
        return len(messages)

    def close(self) -> None:
        pass


class World:
    """A demo of five days' history whose clock the test moves."""

    def __init__(self, folder: Path) -> None:
        self.path, self.now = folder / "demo.json", NOW
        self.given = Settings(**{
            **{name: getattr(settings.get(), name) for name in Settings.__slots__}, "demo_password": PASSWORD,
        })
        opened = self.open()
        assert opened is not None
        self.book = opened
        self.book.origin = datetime(2026, 6, 5, tzinfo=UTC)
        for site in sites.SITES:
            self.book.chapters[site.key].state = initial_state(site.spec, self.book.origin)
        self.restart()

    def open(self) -> Book | None:
        return open_book(self.given, self.path, self.now)

    def restart(self) -> None:
        self.devices = {key: Direct(each.source_id) for key, each in self.book.chapters.items()}
        self.life = Life(self.book, self.path, self.devices, lambda: self.now)

    def catch_up(self) -> None:
        self.life.catch_up()
        while any(each.state.at < self.now for each in self.book.chapters.values()):
            self.life.send_due()

    def live_whole(self) -> None:
        self.catch_up()
        while self.life.store_one():
            pass
        self.life.save()

    def stamps(self, key: str = "hybrid") -> pd.DatetimeIndex:
        return pd.DatetimeIndex(self.frame(key).index)

    def frame(self, key: str = "hybrid", fields: tuple[str, ...] = ()) -> pd.DataFrame:
        found = readings.walk(
            mongo.database(), self.book.chapters[key].source_id, datetime(2026, 1, 1, tzinfo=UTC),
            datetime(2027, 1, 1, tzinfo=UTC), fields, batch=20_000,
        )
        frame = pd.DataFrame(list(found))
        return frame.set_index(pd.to_datetime(frame.pop("timestamp"), utc=True)) if len(frame) else frame


@pytest.fixture
def world(stores: dict[str, str], tmp_path: Path) -> World:
    CACHE.forget()
    return World(tmp_path)


def test_owner_group_and_sources_are_made_once(world: World) -> None:
    again = world.open()
    assert again is not None and set(again.chapters) == {"hybrid", "plain"}
    assert {each.source_id for each in again.chapters.values()} == {
        each.source_id for each in world.book.chapters.values()
    }
    owner = accounts.authenticate(sites.EMAIL, PASSWORD, NOW)
    assert owner is not None and owner.is_email_verified and owner.id == again.owner_id
    hybrid, plain = again.chapters["hybrid"], again.chapters["plain"]
    assert credentials.verify_mqtt_key(hybrid.source_id, hybrid.secret, NOW)
    assert credentials.webhook_secrets(plain.source_id, NOW) == [plain.secret]
    assert world.path.stat().st_mode & 0o777 == 0o600
    assert plain.secret not in repr(again) and hybrid.secret not in repr(again)


def test_a_database_in_use_gets_no_demo(stores: dict[str, str], tmp_path: Path) -> None:
    CACHE.forget()
    owner = accounts.create_user("a@example.org", PASSWORD, "A", "B")
    sources.create_source(owner.id, {"name": "Own", "connection_type": 0}, NOW)
    assert open_book(settings.get(), tmp_path / "demo.json", NOW) is None
    assert not (tmp_path / "demo.json").exists()


def test_an_interrupted_first_start_is_finished(world: World) -> None:
    kept = {key: each.source_id for key, each in world.book.chapters.items()}
    # As if it had been killed after the sources were made and before that was written down.
    book.save(world.path, Book(world.book.origin))
    finished = world.open()
    assert finished is not None and {key: each.source_id for key, each in finished.chapters.items()} == kept
    hybrid = finished.chapters["hybrid"]
    assert credentials.verify_mqtt_key(hybrid.source_id, hybrid.secret, NOW)


def test_deleted_sources_stay_deleted(world: World) -> None:
    url = settings.get().postgres_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM sun_sources WHERE id = %s", (UUID(world.book.chapters["plain"].source_id),))
        left = world.open()
        assert left is not None and set(left.chapters) == {"hybrid"}
        connection.execute("DELETE FROM sun_sources")
    assert world.open() is None


def test_a_new_database_gets_a_new_demo(world: World, stores: dict[str, str]) -> None:
    servers.empty(stores["AMPRA_POSTGRES_URL"], stores["AMPRA_MONGO_URL"])
    again = world.open()
    assert again is not None and set(again.chapters) == {"hybrid", "plain"}
    assert again.chapters["hybrid"].source_id != world.book.chapters["hybrid"].source_id


def test_a_book_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    assert book.load(path) is None
    for text in ("", "{", "[]", '{"format": 2}', '{"format": 1, "chapters": {"hybrid": {}}}'):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"demo\.json"):
            book.load(path)


def test_the_last_days_are_there_before_older_history(world: World) -> None:
    world.catch_up()
    assert world.stamps().min() >= NOW - HELD_BACK - LIVE_STEP
    world.life.store_one()
    world.life.store_one()
    oldest = []
    while world.life.store_one():
        oldest.append(world.stamps().min())
    assert oldest == sorted(oldest, reverse=True) and oldest[-1] == world.book.origin


def test_history_and_live_readings_join_without_gap_or_fall(world: World) -> None:
    world.live_whole()
    for site in sites.SITES:
        counters = tuple(name for name in COUNTER_FIELDS if name.startswith("total"))
        frame = world.frame(site.key, counters)
        steps = frame.index.to_series().diff().dropna()
        assert frame.index[0] == world.book.origin and frame.index.is_unique
        assert set(steps) == {timedelta(minutes=5), timedelta(minutes=1), timedelta(seconds=10)}
        # From coarse to fine, once each.
        assert steps.is_monotonic_decreasing
        assert NOW - frame.index[-1] < LIVE_STEP
        assert (frame.diff().iloc[1:] >= 0).all().all()
        assert len(frame.columns) == (6 if site.spec.battery_kwh else 4)


def test_the_owner_entered_prices_and_costs_once(world: World) -> None:
    world.live_whole()
    found = world.open()
    assert found is not None
    viewer = Viewer(found.owner_id, "Demo Owner", sites.EMAIL)
    for site in sites.SITES:
        source_id = found.chapters[site.key].source_id
        listed = prices.price_list(viewer, source_id).prices
        assert [str(each.entry.price_per_kwh) for each in listed] == [buy for _, buy, _ in reversed(site.prices)]
        assert [str(each.amount) for each in returns.saved_terms(viewer, source_id).plant.one_off_costs] == [site.grant]


def test_readings_say_how_they_came(world: World) -> None:
    world.live_whole()
    found = mongo.database()["normalized_sun_source_data"].aggregate(
        [{"$group": {"_id": "$metadata.transport", "count": {"$sum": 1}}}]
    )
    by_transport = {each["_id"]: each["count"] for each in found}
    assert set(by_transport) == {"import", "mqtt"} and 100 < by_transport["mqtt"] < 140
    assert mongo.database()["dead_letters"].count_documents({}) == 0


def test_a_kill_doubles_nothing(world: World, tmp_path: Path) -> None:
    world.live_whole()
    saved = tmp_path / "saved.json"
    shutil.copy(world.path, saved)
    world.now += timedelta(minutes=2)
    world.catch_up()
    before = world.frame(fields=("totalEnergyConsumed", "stateOfCharge"))
    # Killed before it wrote down how far it had come.
    shutil.copy(saved, world.path)
    loaded = book.load(world.path)
    assert loaded is not None
    world.book = loaded
    world.restart()
    world.catch_up()
    assert world.devices["hybrid"].sent == 12
    pd.testing.assert_frame_equal(world.frame(fields=("totalEnergyConsumed", "stateOfCharge")), before)


def test_a_kill_while_history_is_stored_doubles_nothing(world: World) -> None:
    world.catch_up()
    world.life.save()
    while world.life.store_one():
        pass
    whole = world.stamps()
    loaded = book.load(world.path)
    assert loaded is not None
    for key, chapter in loaded.chapters.items():
        # As at the first start: all pieces pending again.
        chapter.state = initial_state(next(each.spec for each in sites.SITES if each.key == key), world.book.origin)
    world.book = loaded
    world.restart()
    world.live_whole()
    assert world.stamps().equals(whole)


@pytest.mark.parametrize(
    ("away", "steps"),
    [(timedelta(minutes=8), {10.0}), (timedelta(minutes=45), {10.0}), (timedelta(hours=9), {60.0, 10.0}),
     (timedelta(days=6), {300.0, 60.0, 10.0})],
)
def test_the_hole_of_a_stop_is_filled(world: World, away: timedelta, steps: set[float]) -> None:
    world.live_whole()
    stopped_at = world.stamps()[-1]
    loaded = book.load(world.path)
    assert loaded is not None
    world.book = loaded
    world.now += away
    world.restart()
    world.live_whole()
    stamps = world.stamps()
    filled = stamps[stamps >= stopped_at].to_series().diff().dropna().dt.total_seconds()
    assert set(filled) == steps and world.now - stamps[-1] < LIVE_STEP
    assert world.devices["hybrid"].sent <= 2 * HELD_BACK / LIVE_STEP + 1


def test_a_device_that_is_not_heard_holds_its_readings_back(world: World) -> None:
    world.live_whole()
    world.devices["plain"].is_heard = False
    world.now += timedelta(minutes=3)
    world.life.catch_up()
    world.life.send_due()
    assert NOW - world.stamps("plain")[-1] < LIVE_STEP and world.now - world.stamps("hybrid")[-1] < LIVE_STEP
    world.devices["plain"].is_heard = True
    world.restart()
    world.catch_up()
    plain = world.stamps("plain")
    assert world.now - plain[-1] < LIVE_STEP
    assert (plain[plain > NOW - timedelta(minutes=5)].to_series().diff().dropna() == LIVE_STEP).all()
