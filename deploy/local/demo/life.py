"""The demo's course: live readings every ten seconds come first, and history is stored in the time between them."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from data.errors import StorageUnavailable
from deploy.local.demo import book, sites
from deploy.local.demo.book import Book
from deploy.local.demo.devices import Device, messages
from deploy.local.demo.history import HELD_BACK, LIVE_STEP, cut
from deploy.local.demo.sites import SITES, Site
from services.ingestion import history
from solar.simulation import simulate_from

SAVE_SECONDS = 60.0
RETRY_SECONDS = 5.0
PATIENCE_SECONDS = 30.0
MOST_AT_ONCE = 30
_SITES: Mapping[str, Site] = {each.key: each for each in SITES}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Life:
    """Runs the installations of a book until it is told to stop, or until all of them were deleted."""

    def __init__(
        self, pages: Book, path: Path, devices: Mapping[str, Device], clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._book, self._path, self._devices, self._now = pages, path, devices, clock
        self._saved_at = 0.0
        # Monotonic seconds: when a device that was not heard tries again, and since when it is silent.
        self._retry_at: dict[str, float] = {}
        self._silent_since: dict[str, float] = {}
        self._told: set[str] = set()

    def run(self, stopping: threading.Event) -> None:
        """Live until `stopping` is set; what was reached is kept at the end."""
        while not stopping.is_set() and self._book.chapters:
            try:
                self.catch_up()
                self.send_due()
                self._save_now_and_then()
                while not self._due() and not stopping.is_set():
                    if not self.store_one():
                        stopping.wait(0.5)
            except StorageUnavailable as error:
                print(f"the demo waits: {error}", flush=True)
                stopping.wait(RETRY_SECONDS)
        self.save()

    def catch_up(self) -> None:
        """Turn a gap that is too long to have been held back by a device into history to store."""
        now = self._now()
        for key, chapter in self._book.chapters.items():
            if now - chapter.state.at > 2 * HELD_BACK:
                pieces, chapter.state = cut(_SITES[key].spec, chapter.state, now)
                chapter.pending += pieces
                self.save()

    def send_due(self) -> None:
        """Send each installation's readings whose time has come; those not taken stay due."""
        for key in self._due():
            now, chapter, spec = self._now(), self._book.chapters[key], _SITES[key].spec
            limit = min(now, chapter.state.at + MOST_AT_ONCE * LIVE_STEP)
            frame, _ = simulate_from(spec, chapter.state, limit, LIVE_STEP)
            if frame.empty:
                continue
            taken = self._devices[key].send(messages(frame), now)
            self._note(key, is_heard=taken == len(frame))
            if taken:
                end = frame.index[taken - 1].to_pydatetime() + LIVE_STEP
                _, chapter.state = simulate_from(spec, chapter.state, end, LIVE_STEP)

    def store_one(self) -> bool:
        """Store the newest pending piece of the installation that has most; False where all history is stored."""
        key, chapter = max(self._book.chapters.items(), key=lambda each: len(each[1].pending))
        if not chapter.pending:
            return False
        piece = chapter.pending[-1]
        frame, _ = simulate_from(_SITES[key].spec, piece.state, piece.until, piece.step)
        history.store_history(chapter.source_id, frame, self._now())
        chapter.pending.pop()
        self.save()
        if not chapter.pending:
            print(f"the history of {_name(key)} is stored", flush=True)
        return True

    def save(self) -> None:
        """Keep how far everything has come."""
        book.save(self._path, self._book)
        self._saved_at = time.monotonic()

    def _due(self) -> list[str]:
        now, clock = self._now(), time.monotonic()
        chapters = self._book.chapters.items()
        return [key for key, each in chapters if each.state.at < now and clock >= self._retry_at.get(key, 0.0)]

    def _note(self, key: str, *, is_heard: bool) -> None:
        """Remember whether a device was heard; say so when it was not for a while, as while the servers start."""
        clock = time.monotonic()
        if is_heard:
            self._retry_at.pop(key, None)
            self._silent_since.pop(key, None)
            if key in self._told:
                self._told.discard(key)
                print(f"{_name(key)} is heard again", flush=True)
            return
        self._retry_at[key] = clock + RETRY_SECONDS
        if clock - self._silent_since.setdefault(key, clock) > PATIENCE_SECONDS and key not in self._told:
            self._told.add(key)
            print(f"{_name(key)} is not heard; it holds its readings back", flush=True)

    def _save_now_and_then(self) -> None:
        if time.monotonic() - self._saved_at > SAVE_SECONDS:
            self._forget_deleted()
            self.save()

    def _forget_deleted(self) -> None:
        there = sites.existing({each.source_id for each in self._book.chapters.values()}) if self._told else None
        for key in list(self._book.chapters):
            if there is not None and self._book.chapters[key].source_id not in there:
                print(f"{_name(key)} was deleted", flush=True)
                del self._book.chapters[key]


def _name(key: str) -> str:
    return str(_SITES[key].entered["name"])
