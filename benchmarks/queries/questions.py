"""The questions: latest, day, week, month, year, all and fleet, each asked many times over changing windows."""

import gc
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.energy import ZONE
from benchmarks.queries.datasets import Data, Plan, day_of
from services.telemetry import queries as telemetry
from solar import days
from solar.vocabulary import POWER_FIELDS

FIELDS = (*POWER_FIELDS, "stateOfCharge")
STATISTICS = ("mean", "min", "max")
POINTS = 1000
WARM_UP = 5


def ask_all(data: Data, plan: Plan, rounds: int) -> dict[str, float]:
    """Ask everything and return the least time, p50 and p95 in ms by question.

    The questions take turns, so that whatever else the machine does meets all of them alike.
    """
    asked = {**_of_a_year(data, "year at 10 s", "10s", plan), **_of_a_year(data, "year at 5 min", "5min", plan)}
    asked |= _of_all(data) | _of_the_fleet(data)
    taken: dict[str, list[float]] = {name: [] for name in asked}
    # As every web process does once it has started: see `post_worker_init` in deploy/gunicorn.py.
    gc.freeze()
    for number in range(rounds + WARM_UP):
        for name, ask in asked.items():
            taken[name].append(_milliseconds(ask, number))
    figures: dict[str, float] = {}
    for name, times in taken.items():
        middle, high = np.percentile(times[WARM_UP:], [50, 95])
        figures |= {f"{name}_p50_ms": float(middle), f"{name}_p95_ms": float(high), f"{name}_least_ms": min(times)}
    for span in ("day", "month", "year"):
        figures[f"{span}_10s_to_5min_ratio"] = figures[f"{span}_10s_p50_ms"] / figures[f"{span}_5min_p50_ms"]
    return figures


def _milliseconds(ask: Callable[[int], Any], number: int) -> float:
    began = time.perf_counter()
    ask(number)
    return (time.perf_counter() - began) * 1000


def _series(data: Data, source_id: str, start: datetime, end: datetime) -> Any:
    return telemetry.series(data.viewer, source_id, start, end, FIELDS, points=POINTS, statistics=STATISTICS)


def _of_a_year(data: Data, source: str, suffix: str, plan: Plan) -> dict[str, Callable[[int], Any]]:
    source_id, end, today = data.sources[source], data.end, day_of(data.end)
    begin = days.start_of_day(today, ZONE)
    month, year = min(30, plan.days // 2), plan.days
    back = plan.days - month - 1
    return {
        f"latest_{suffix}": lambda _: telemetry.latest(data.viewer, source_id),
        f"day_{suffix}": lambda number: (
            telemetry.power_frame(data.viewer, source_id, begin, end)
            if number % 2
            else _series(data, source_id, begin - timedelta(days=number % back), end - timedelta(days=number % back))
        ),
        f"week_{suffix}": lambda number: _series(data, source_id, *_window(end, 7, number % back)),
        f"month_{suffix}": lambda number: _series(data, source_id, *_window(end, month, number % back)),
        f"year_{suffix}": lambda _: _series(data, source_id, end - timedelta(days=year), end),
        f"energy_today_{suffix}": lambda _: telemetry.day_energy(data.viewer, source_id, today),
        f"energies_year_{suffix}": lambda _: telemetry.energies(
            data.viewer, source_id, today - timedelta(days=year), today
        ),
        f"kpis_year_{suffix}": lambda _: telemetry.kpis(data.viewer, source_id, today - timedelta(days=year), today),
    }


def _window(end: datetime, length: int, back: int) -> tuple[datetime, datetime]:
    until = end - timedelta(days=back)
    return until - timedelta(days=length), until


def _of_all(data: Data) -> dict[str, Callable[[int], Any]]:
    source_id, end, today = data.sources["years of days"], data.end, day_of(data.end)
    begin = end - timedelta(days=3660)
    return {
        "all": lambda _: _series(data, source_id, begin, end),
        "energies_all": lambda _: telemetry.energies(data.viewer, source_id, begin.date(), today),
    }


def _of_the_fleet(data: Data) -> dict[str, Callable[[int], Any]]:
    return {"fleet": lambda _: telemetry.fleet(data.viewer, data.end, data.fleet)}
