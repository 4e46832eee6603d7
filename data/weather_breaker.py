"""A circuit breaker: after several failures in a row a service is left alone, longer each time, then tried once."""

import threading
from collections.abc import Callable

FAILURES_ALLOWED = 5
FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 900.0


class Breaker:
    """One breaker of this process; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS
        self._closed_at = 0.0

    def seconds_to_wait(self) -> float:
        """Return 0 where a request may go out, else the seconds until the next try; that try is for one caller only."""
        with self._lock:
            if self._failures < FAILURES_ALLOWED:
                return 0.0
            wait = self._closed_at - self._clock()
            if wait > 0:
                return wait
            # The others wait for what the one that tries finds.
            self._closed_at = self._clock() + self._pause
            return 0.0

    def note(self, *, is_well: bool) -> None:
        """Say how a request ended."""
        with self._lock:
            if is_well:
                self._failures, self._pause = 0, FIRST_PAUSE_SECONDS
                return
            self._failures += 1
            if self._failures == FAILURES_ALLOWED:
                self._closed_at = self._clock() + self._pause
            elif self._failures > FAILURES_ALLOWED:
                self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
                self._closed_at = self._clock() + self._pause
