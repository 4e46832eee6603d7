"""Listens to MQTT and hands every message to ingestion; a message is acknowledged only once it is durable."""

import argparse
import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from data import settings
from data.errors import StorageUnavailable
from jobs import heartbeat, process
from jobs.inbox import ROOT, Arrived, Inbox
from services.ingestion import entering as ingest
from solar import normalise

log = logging.getLogger("listener")
Answer = TypeVar("Answer")

# A round takes what has gathered while the last one was written, so rounds grow with the load by themselves.
LARGEST_ROUND = 2000
LARGEST_ROUND_BYTES = 8 * 1024 * 1024
GATHER_SECONDS = 0.02
WAIT_SECONDS = 0.25
BATCH_CHECK_SECONDS = 1.0
POSTPONED_SECONDS = 1.0
SHORTEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 10.0
IDLE_SECONDS = 5.0


class Stopped(Exception):
    """The listener was told to stop while it waited for a store; what it holds stays unacknowledged."""


class Listener:
    """One MQTT connection and one writing loop; any number of processes may run one each."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._stopping = threading.Event()
        self._postponed: list[Arrived] = []
        self._postponed_until = 0.0
        self._next_batch_check = 0.0

    def run(self, *, until_idle: bool = False) -> None:
        """Listen until told to stop, or until nothing came for a while; the round it is in is finished first."""
        self._inbox.open()
        busy_at = time.monotonic()
        try:
            while not self._stopping.is_set():
                heartbeat.beat()
                if self._round():
                    busy_at = time.monotonic()
                elif until_idle and time.monotonic() - busy_at > IDLE_SECONDS:
                    break
        except Stopped:
            pass
        self._inbox.close()
        log.info("stopped")

    def stop(self, *_: Any) -> None:
        """Ask the listener to end after the round it is in."""
        self._stopping.set()

    def _round(self) -> bool:
        messages = self._gather()
        if messages:
            self._inbox.acknowledge(self._store(messages))
        if time.monotonic() >= self._next_batch_check:
            self._next_batch_check = time.monotonic() + BATCH_CHECK_SECONDS
            # A batch is not over while values of its ten seconds still wait here.
            due_at = self._inbox.oldest_at() or datetime.now(UTC)
            self._insist(lambda: ingest.close_due_batches(due_at))
        return bool(messages)

    def _gather(self) -> list[Arrived]:
        self._inbox.wait(WAIT_SECONDS)
        self._stopping.wait(GATHER_SECONDS)
        again: list[Arrived] = []
        if self._postponed and time.monotonic() >= self._postponed_until:
            again, self._postponed = self._postponed, []
        return again + self._inbox.take(LARGEST_ROUND, LARGEST_ROUND_BYTES)

    def _store(self, messages: Sequence[Arrived]) -> list[Arrived]:
        """Store messages until they are durable; returns those that are, the others are postponed."""
        offered = [(each, delivery_of(each)) for each in messages]
        ours = [(each, delivery) for each, delivery in offered if delivery is not None]
        receipts = self._insist(lambda: _accept([delivery for _, delivery in ours]))
        done = [each for each, delivery in offered if delivery is None]
        for (each, _), receipt in zip(ours, receipts, strict=True):
            (self._postponed if receipt.postponed else done).append(each)
        if self._postponed:
            self._postponed_until = time.monotonic() + POSTPONED_SECONDS
        return done

    def _insist(self, write: Callable[[], Answer]) -> Answer:
        """Repeat a write until the stores answer again: what is not durable stays unacknowledged."""
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            try:
                return write()
            except StorageUnavailable as error:
                log.warning("cannot store just now (%s); next attempt in %.1f s", error, pause)
            heartbeat.beat()
            if self._stopping.wait(pause):
                raise Stopped
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _accept(deliveries: Sequence[ingest.Delivery]) -> list[ingest.Receipt]:
    """Accept deliveries; where a mistake of ours fails them, find the one it fails on, so that no other waits."""
    try:
        return ingest.accept(deliveries, datetime.now(UTC))
    except StorageUnavailable:
        raise
    except Exception as error:
        if len(deliveries) == 1:
            log.exception("a message of source %s cannot be taken in", deliveries[0].source_id)
            return [ingest.bury(deliveries[0], f"could not be taken in: {error!r}"[:200])]
    middle = len(deliveries) // 2
    return _accept(deliveries[:middle]) + _accept(deliveries[middle:])


def delivery_of(arrived: Arrived) -> ingest.Delivery | None:
    """Return a message of the tree `ampra/sources/{id}/...` as a delivery; None for any other topic."""
    message = arrived.message
    source_id, _, topic = message.topic.removeprefix(ROOT).partition("/")
    if not message.topic.startswith(ROOT) or not topic:
        return None
    content = normalise.Message(
        transport="mqtt",
        topic=topic,
        body=message.payload,
        received_at=arrived.received_at,
        retained=message.is_retained,
    )
    return ingest.Delivery(source_id, content)


def main() -> None:
    """Run one listener until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Ampra's MQTT listener.")
    parser.add_argument(
        "--leave", action="store_true",
        help="give up this listener's session at the broker for good, once what waits in it is stored",
    )
    leaves = parser.parse_args().leave
    listener = Listener(Inbox(settings.get(), leaving=leaves))
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, listener.stop)
    listener.run(until_idle=leaves)


if __name__ == "__main__":
    process.run(main)
