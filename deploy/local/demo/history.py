"""Cutting the past into pieces to store: long coarse ones long ago, short fine ones lately, none of what is live."""

from datetime import UTC, datetime, timedelta

from deploy.local.demo.book import Segment
from solar.simulation import SiteSpec, State, simulate_from

LIVE_STEP = timedelta(seconds=10)
# What is younger than this is sent by the device itself, as readings it had to hold back.
HELD_BACK = timedelta(minutes=10)


# From the oldest on: what is older than the age is made in such steps and stored in such pieces.
_AGES = (
    (timedelta(days=3), timedelta(minutes=5), timedelta(days=8)),
    (timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)),
    (HELD_BACK, LIVE_STEP, timedelta(hours=1)),
)


def cut(spec: SiteSpec, state: State, now: datetime) -> tuple[list[Segment], State]:
    """Run an installation from `state` up to ten minutes before `now`; returns the pieces, oldest first, and its state.

    Pieces are kept as their begin only and made again when they are stored: that costs less than holding them.
    """
    segments = []
    for age, step, length in _AGES:
        end = _floor(now - age, step)
        while state.at < end:
            until = min(state.at + length, end)
            segments.append(Segment(state, until, step))
            _, state = simulate_from(spec, state, until, step)
    return segments, state


def _floor(at: datetime, step: timedelta) -> datetime:
    seconds = int(step.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)
