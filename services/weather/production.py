"""How production followed radiation, day by day, and what is known of the days that produced too little for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd

from data import mongo, quality_reads, rollup_reads, rollups
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.rollups import hours as rollup_hours
from services.telemetry import energy as telemetry_energy
from services.weather import views as weather
from solar.days import end_of_day, local_date, start_of_day
from solar.weather import Yield, yield_of

SPAN = timedelta(days=365)
# With less of it measured, a day says nothing of the plant.
WELL_COVERED = 0.9
# Reasons are looked up for so many days, the newest ones: each takes a query.
MOST_EXPLAINED = 30
_ONE_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
# An hour of good sun in which so little of what was expected came has been a stop.
_SUNNY, _STOPPED = 150.0, 0.1
_LEAST_VOLTS, _AT_LIMIT = 100.0, 0.95


@dataclass(frozen=True, slots=True)
class Production:
    """Days of radiation and production.

    `days`: index `date` (of `datetime.date`), columns `radiation` (kWh/m² on the horizontal), `kwh`, `coverage` (0..1).
    `fit` is None where too few days are known; `reasons` say in words why days fell off its line.
    """

    days: pd.DataFrame
    fit: Yield | None
    reasons: dict[date, str]


def production(viewer: Viewer, source_id: str, now: datetime) -> Production:
    """Return the whole days of the last year of which radiation and production are known; raises NotFound."""
    source = access.source_for(viewer, source_id)
    last = local_date(now, source.time_zone) - _ONE_DAY
    first = last - SPAN + _ONE_DAY
    observed = weather.observed_days(viewer, source_id, first, last)
    energies = telemetry_energy.energies_of(source, first, last)
    days = pd.DataFrame({
        "radiation": observed["radiation_kwh"],
        "kwh": energies.kwh["produced"].astype(float), "coverage": energies.coverage["produced"].astype(float),
    }).dropna(subset=["radiation", "kwh"]).rename_axis("date")
    fit = yield_of(days, days["coverage"] >= WELL_COVERED)
    return Production(days, fit, {} if fit is None else dict(_reasons(source, days, fit)))


def _reasons(source: SourceRecord, days: pd.DataFrame, fit: Yield) -> Iterator[tuple[date, str]]:
    explained = [day for day in days.index if day in set(fit.fell_off)][-MOST_EXPLAINED:]
    if not explained:
        return
    start, end = start_of_day(explained[0], source.time_zone), end_of_day(explained[-1], source.time_zone)
    codes: dict[date, list[str]] = {}
    for each in quality_reads.codes_between(mongo.database(), str(source.id), "faultCodes", start, end):
        codes.setdefault(local_date(each["first"], source.time_zone), []).append(each["code"])
    for day in explained:
        told = [
            _fault(codes.get(day, [])), _gap(day, source.time_zone, float(days["coverage"][day])),
            *_of_hours(source, day, fit.kwh_per_radiation),
        ]
        yield day, "; ".join(each for each in told if each) or "no reason reported"


def _fault(codes: list[str]) -> str:
    return f"fault {', '.join(dict.fromkeys(codes))}" if codes else ""


def _gap(day: date, time_zone: str, coverage: float) -> str:
    if coverage >= WELL_COVERED:
        return ""
    hours = (1 - coverage) * ((end_of_day(day, time_zone) - start_of_day(day, time_zone)) / _HOUR)
    return f"{hours:.0f} h not measured"


def _of_hours(source: SourceRecord, day: date, slope: float) -> Iterator[str]:
    """Yield what the hours of a day tell: that the plant stood still, without grid, or was held to its export limit."""
    window = start_of_day(day, source.time_zone), end_of_day(day, source.time_zone)
    database, key = mongo.database(), str(source.id)
    found = rollup_hours.energies(key, source.time_zone, rollups.HOURS, *window)
    starts = pd.to_datetime([each["start"] for each in found], utc=True)
    produced = pd.Series([each["energy"].get("produced") for each in found], index=starts, dtype=float)
    radiation = weather.history_frame(key, *window)["shortwave_radiation"]
    expected = slope * radiation[radiation >= _SUNNY].reindex(produced.index) / 1000
    stopped = produced.index[(produced < _STOPPED * expected).to_numpy()]
    if len(stopped):
        told = rollup_reads.buckets(database, rollups.HOURS, key, window, ["gridVoltage"], ["min"])
        volts = pd.Series(told.values.ravel(), index=pd.to_datetime(told.starts, unit="ms", utc=True))
        is_outage = bool((volts.reindex(stopped) < _LEAST_VOLTS).any())
        yield f"{'grid outage' if is_outage else 'stood still'} for {len(stopped)} h"
    limit = source.export_limit_watts
    exported = [each["energy"].get("exported") or 0.0 for each in found]
    held = sum(each >= _AT_LIMIT * limit / 1000 for each in exported) if limit else 0
    if held:
        yield f"held to the export limit for {held} h"
