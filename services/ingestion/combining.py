"""Lets requests that come in at the same time share one round of ingestion, so that they share its writes."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime

from services.ingestion.entering import Delivery, Receipt

Accept = Callable[[Sequence[Delivery], datetime], list[Receipt]]
_MOST_TOGETHER = 500


class Combiner:
    """Of the threads that wait, the first one stores for all; no thread of its own is needed."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept
        self._waiting: list[tuple[Delivery, Future[Receipt]]] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()

    def accept(self, delivery: Delivery, now: datetime) -> Receipt:
        """Return what became of one delivery once it is durable; raises what the round raised."""
        mine: Future[Receipt] = Future()
        with self._list:
            self._waiting.append((delivery, mine))
        while not mine.done():
            with self._turn:
                if not mine.done():
                    self._store_waiting(now)
        return mine.result()

    def _store_waiting(self, now: datetime) -> None:
        with self._list:
            some, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
        try:
            receipts = self._accept([delivery for delivery, _ in some], now)
        except BaseException as error:
            for _, waiting in some:
                waiting.set_exception(error)
            return
        for (_, waiting), receipt in zip(some, receipts, strict=True):
            waiting.set_result(receipt)
