"""Tells live from stale from offline by the age of the newest reading."""

from datetime import datetime, timedelta
from typing import Literal

Freshness = Literal["live", "stale", "offline", "empty"]

# Devices that report every five minutes may miss one reading and are still live.
LIVE_FOR = timedelta(minutes=10)
OFFLINE_AFTER = timedelta(minutes=30)


def freshness(newest: datetime | None, now: datetime) -> Freshness:
    """Return the state of a source whose newest reading was measured at `newest` (aware), None before the first."""
    if newest is None:
        return "empty"
    age = now - newest
    if age <= LIVE_FOR:
        return "live"
    return "stale" if age <= OFFLINE_AFTER else "offline"
