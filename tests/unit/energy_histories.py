"""Histories of readings of our own making, with every fault that counters are known for, for the energy tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st

STEPS = (1, 5, 5, 5, 15, 15, 30, 30, 60, 60, 90, 91, 120, 300, 600, 1000, 1800, 4000)
COUNTER_MOVES = (
    ("rise",) * 8 + ("hold",) * 4 + ("jitter", "jitter", "dip", "jump", "zero", "restart", "spike", "back", "none")
)
PLACES = (
    ("Europe/Berlin", datetime(2025, 3, 29, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2025, 10, 25, 12, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2025, 2, 10, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2025, 4, 5, tzinfo=UTC)),
    ("America/Havana", datetime(2025, 3, 8, 12, tzinfo=UTC)),
    ("America/Havana", datetime(2025, 11, 1, 12, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2025, 4, 24, 12, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2025, 10, 30, 12, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 6, 12, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 29, 12, tzinfo=UTC)),
)


@st.composite
def counter(draw: st.DrawFn, size: int) -> list[float | None]:
    """A counter of `size` readings with rises, jitter, spikes, zeros, restarts, jumps and gaps; None = not reported."""
    level = draw(st.sampled_from((0.0, 0.3, 18.4, 12000.0)))
    values: list[float | None] = []
    last = level
    for _ in range(size):
        move = draw(st.sampled_from(COUNTER_MOVES))
        amount = draw(st.sampled_from((0.0, 0.05, 0.1, 0.2, 0.2, 0.25, 0.6, 1.0, 1.1, 2.5, 6.0)))
        shown: float | None = level
        if move == "rise":
            shown = level = round(level + amount, 6)
        elif move == "jitter":
            shown = max(0.0, round(level - amount / 10, 6))
        elif move == "dip":
            shown = max(0.0, round(level - amount, 6))
        elif move == "jump":
            shown = level = round(level + 10 * amount, 6)
        elif move == "zero":
            shown = 0.0
        elif move == "restart":
            shown = level = amount
        elif move == "spike":
            shown = round(level + 999 * amount, 6)
        elif move == "back":
            shown = last
        elif move == "none":
            shown = None
        values.append(shown)
        last = level
    return values


@st.composite
def power(draw: st.DrawFn, size: int) -> list[float | None]:
    """Signed power in W; None = not reported, some beyond what a reading may carry."""
    values = st.one_of(st.none(), st.integers(-9000, 9000), st.sampled_from((0.0, -1.0, -99.0, -101.0, 25000.0, -0.5)))
    return [None if v is None else float(v) for v in draw(st.lists(values, min_size=size, max_size=size))]


@st.composite
def history(draw: st.DrawFn, fields: Sequence[str], longest: int = 40) -> tuple[str, list[dict[str, Any]]]:
    """A zone and readings in order of time with any of `fields`, around a day of an odd length or an odd zone."""
    zone, at = draw(st.sampled_from(PLACES))
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=longest))
    series = {name: draw(power(len(steps)) if name.endswith("Power") else counter(len(steps))) for name in fields}
    readings = []
    for position, step in enumerate(steps):
        at += timedelta(minutes=step)
        values = {name: series[name][position] for name in fields}
        readings.append({"timestamp": at} | {name: v for name, v in values.items() if v is not None})
    return zone, readings


def frame_of(readings: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The readings as a frame, in the order given."""
    index = pd.DatetimeIndex([r["timestamp"] for r in readings], dtype="datetime64[us, UTC]")
    names = list(dict.fromkeys(name for r in readings for name in r if name != "timestamp"))
    return pd.DataFrame({name: [r.get(name, float("nan")) for r in readings] for name in names}, index=index)
