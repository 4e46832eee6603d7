"""Forecasts and their scores as CSV files."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data import forecasts, mongo
from services import access
from services.errors import Invalid, NotFound
from services.people.viewer import Viewer

KINDS = ("forecast", "scores", "scoreboard")
_SCORES_OF = timedelta(days=400)
_BOARD = (
    "count", "mae", "bias", "rmse", "mae_percent_of_capacity", "mae_percent_of_capacity_daylight", "baseline_mae",
    "baseline_percent_of_capacity_daylight", "skill", "coverage_percent",
)


def csv_file(viewer: Viewer, source_id: str, kind: str, now: datetime) -> tuple[str, str]:
    """Return the name and the content of a file.

    `forecast`: the newest forecast's half hours (W, %, V; times UTC). `scores`: a row for each issued forecast, field
    and local day that is over. `scoreboard`: a row for each field and day ahead. Raises NotFound and Invalid.
    """
    name = str(access.source_for(viewer, source_id).id)
    if kind not in KINDS:
        raise Invalid({"kind": f"must be one of {', '.join(KINDS)}"})
    rows = {"forecast": _forecast, "scores": _scores, "scoreboard": _scoreboard}[kind](name, now)
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return f"ampra-{kind}-{now:%Y-%m-%d}.csv", written.getvalue()


def _forecast(source_id: str, _now: datetime) -> Iterable[Sequence[Any]]:
    issue = forecasts.newest(mongo.database(), source_id)
    if issue is None:
        raise NotFound("there is no forecast of this source yet")
    yield ["timestamp", *issue.frame.columns, "issuedAt"]
    issued = issue.created_at.isoformat()
    for stamp, row in zip(pd.DatetimeIndex(issue.frame.index), issue.frame.to_numpy(), strict=True):
        yield [stamp.isoformat(), *("" if value != value else f"{value:g}" for value in row), issued]


def _scores(source_id: str, now: datetime) -> Iterable[Sequence[Any]]:
    yield ["issuedAt", "date", "dayAhead", "field", "intervals", "meanAbsoluteError", "bias",
           "meanAbsoluteErrorDaylight", "insideBandPercent", "lastDayError", "weekMeanError"]
    for issue in forecasts.scored_since(mongo.database(), source_id, now - _SCORES_OF):
        for each in issue["scores"]:
            yield [issue["createdAt"].isoformat(), each["date"], each["lead"], each["field"], each["count"],
                   *(_share(each, *pair) for pair in (
                       ("absolute", "count"), ("signed", "count"), ("absolute_lit", "lit"))),
                   _share(each, *(("inside_lit", "lit") if each["lit"] else ("inside", "count")), times=100),
                   _share(each, "last_day", "both"), _share(each, "week_mean", "both")]


def _share(sums: dict[str, Any], part: str, whole: str, times: float = 1) -> str:
    return f"{times * sums[part] / sums[whole]:.4g}" if sums[whole] else ""


def _scoreboard(source_id: str, _now: datetime) -> Iterable[Sequence[Any]]:
    yield ["field", "dayAhead", *_BOARD]
    for field, rows in (forecasts.scoreboard(mongo.database(), source_id).get("fields") or {}).items():
        for row in rows:
            yield [field, row["lead"], *("" if row[name] is None else f"{row[name]:.4g}" for name in _BOARD)]
