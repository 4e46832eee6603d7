"""Scores issued forecasts once the truth is in, and makes the scoreboard and the lesson of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data import forecasts, mongo
from data.forecasts import Issue
from data.sources import SourceRecord
from services.forecast import history
from solar.days import end_of_day, local_date, start_of_day
from solar.forecasting import Baselines, Site, Tally, board, tally
from solar.forecasting.sun import position

FIELDS = ("solarPower", "loadPower", "stateOfCharge", "batteryVoltage")
# Readings that a device held back come a little after the end of their day; later ones are scored in a later round.
SETTLED_AFTER = timedelta(minutes=10)
BOARD_DAYS = timedelta(days=60)
_BEFORE = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Truth:
    """What was measured, on the grid of the forecast, with its baselines and its daylight."""

    site: Site
    minutes: int
    frame: pd.DataFrame
    baselines: dict[str, Baselines]

    @classmethod
    def of(cls, record: SourceRecord, start: datetime, end: datetime, minutes: int) -> "Truth":
        """Read the time `[start, end)` and the days before it that the baselines need."""
        site = history.site_of(record)
        frame = history.half_hours(record, start - _BEFORE, end)
        frame = frame.resample(f"{minutes}min").mean() if len(frame) else frame
        known = {name: frame[name] for name in FIELDS if name in frame and frame[name].notna().any()}
        made = {name: Baselines.of(each, site, minutes, sun=name == "solarPower") for name, each in known.items()}
        return cls(site, minutes, frame, made)

    def daylight(self, said: pd.DataFrame) -> "np.typing.NDArray[np.bool_]":
        """Sun above the horizon in the middle of each interval; without a place, where it may produce."""
        site = self.site
        if site.latitude is not None and site.longitude is not None:
            sun = position(pd.DatetimeIndex(said.index), self.minutes, site.latitude, site.longitude)
            return np.asarray(sun.elevation > 0)
        return np.asarray(said["solarPower_p90"] > 0)


def rows(issue: Issue, truth: Truth, field: str, day: date) -> pd.DataFrame:
    """What an issue said of a field on a local day beside what came, as `solar.forecasting.scoreboard` takes it."""
    start, end = (edge(day, issue.time_zone) for edge in (start_of_day, end_of_day))
    whole = issue.frame[(issue.frame.index >= start) & (issue.frame.index < end)]
    said = whole.resample(f"{truth.minutes}min").mean()
    index = pd.DatetimeIndex(said.index)
    origin = date.fromisoformat(issue.date)
    last, week = truth.baselines[field].at(pd.Timestamp(origin), index)
    lead = (day - origin).days + 1
    is_solar = field == "solarPower"
    found = pd.DataFrame({
        "lead": lead, "truth": truth.frame[field].reindex(index), "last_day": last, "week_mean": week,
        "daylight": truth.daylight(said) if is_solar else True,
        **{name: said[f"{field}_{name}"] for name in ("p10", "p50", "p90")},
    }, index)
    for name in ("weather", "memory"):
        column = f"{field}_{name}"
        found[name] = said.get(column, np.nan)
    found["widened"] = issue.widened[lead - 1] if is_solar and len(issue.widened) >= lead else 1.0
    return found


def _days(issue: Issue, now: datetime) -> list[date]:
    """The local days of an issue that are over."""
    days = [date.fromisoformat(str(each)) for each in issue.daily.index]
    return [each for each in days if end_of_day(each, issue.time_zone) + SETTLED_AFTER <= now]


def score(record: SourceRecord, now: datetime, minutes: int = 30) -> int:
    """Score the forecasts of a source whose days are over, and renew its scoreboard; returns the days scored."""
    database, source_id = mongo.database(), str(record.id)
    issues = [each for each in forecasts.whole_since(database, source_id, now - forecasts.KEEP_VALUES)
              if _days(each, now)]
    if issues:
        truth = Truth.of(record, issues[0].frame.index[0].to_pydatetime(), now, minutes)
        forecasts.put_scores(database, source_id, {each.created_at: _scores(each, truth, now) for each in issues})
    forecasts.thin(database, source_id, now)
    forecasts.put_model(database, source_id, {"scoreboard": _board(record, now)})
    return sum(len(_days(each, now)) for each in issues)


def _scores(issue: Issue, truth: Truth, now: datetime) -> list[dict[str, Any]]:
    found = []
    for field in FIELDS:
        if field not in truth.baselines or f"{field}_p50" not in issue.frame:
            continue
        greatest = float(truth.frame[field].abs().max())
        for day in _days(issue, now):
            record = rows(issue, truth, field, day)
            sums = tally(record, greatest)
            if sums.count:
                lead = int(record["lead"].iloc[0])
                found.append({"field": field, "date": day.isoformat(), "lead": lead, **sums.to_dict()})
    return found


def _board(record: SourceRecord, now: datetime) -> dict[str, Any]:
    """The scoreboard of the last BOARD_DAYS, plain: a list of rows by day ahead for each field."""
    scored = forecasts.scored_since(mongo.database(), str(record.id), now - BOARD_DAYS)
    entries = [each for issue in scored for each in issue["scores"]]
    fields = {}
    for field in FIELDS:
        tallies = [(each["lead"], Tally.from_dict(each)) for each in entries if each["field"] == field]
        capacity = record.installed_capacity_watts if field.endswith("Power") else None
        frame = board(tallies, capacity or None)
        fields[field] = [
            {"lead": int(str(lead)), **{str(name): None if value != value else float(value) for name, value in
                                        row.items()}}
            for lead, row in frame.iterrows()
        ]
    issues = sum(bool(each["scores"]) for each in scored)
    return {"scoredAt": now, "days": BOARD_DAYS.days, "issues": issues, "fields": fields}


def lesson_rows(record: SourceRecord, now: datetime, minutes: int = 30) -> pd.DataFrame | None:
    """Issued forecasts of solar power beside what came, as training takes them; None where none is over."""
    since = now - forecasts.KEEP_FIRST_OF_DAY
    issues = [each for each in forecasts.whole_since(mongo.database(), str(record.id), since)
              if _days(each, now) and "solarPower_p50" in each.frame]
    if not issues:
        return None
    truth = Truth.of(record, issues[0].frame.index[0].to_pydatetime(), now, minutes)
    if "solarPower" not in truth.baselines:
        return None
    return pd.concat([rows(each, truth, "solarPower", day) for each in issues for day in _days(each, now)])


def begin_of_today(record: SourceRecord, now: datetime) -> tuple[date, datetime]:
    """The local date of an instant and when it began."""
    today = local_date(now, record.time_zone)
    return today, start_of_day(today, record.time_zone)
