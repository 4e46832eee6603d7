"""Daily energies and key figures of a source as the pages read them, and why each number is what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data import mongo, rollup_marks, rollup_reads, rollup_states, rollups
from data.rollup_marks import ANY_FIELD, BUCKET
from data.sources import SourceRecord
from services import access
from services.people.viewer import Viewer
from services.rollups import energy as rollup_energy
from services.rollups import hours as rollup_hours
from services.rollups.energy import Stretch
from services.rollups.readings import ENERGY_FIELDS
from services.rollups.sites import site_of
from solar import days
from solar.energy import Candidate, DayEnergy, Explanation, candidate_from_json, judge, note_from_json
from solar.kpis import RADIATION, Installation, KeyFigures, key_figures
from solar.vocabulary import CHANNELS

_LONGEST_OPEN = timedelta(hours=26)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Energies:
    """Energies of local days: four frames of one shape, a row per `datetime.date` that has any, a column per channel.

    kWh, covered share of the day (0..1), recovered kWh (NaN where not known), and the name of the method or None.
    """

    kwh: pd.DataFrame
    coverage: pd.DataFrame
    recovered_kwh: pd.DataFrame
    method: pd.DataFrame


def energies(viewer: Viewer, source_id: str, first: date, last: date) -> Energies:
    """Return the energies of the local dates from `first` to `last`, both included; today's are up to the moment."""
    return _seen(viewer, access.source_for(viewer, source_id), first, last)


def _seen(viewer: Viewer, source: SourceRecord, first: date, last: date) -> Energies:
    """Energies as far as a viewer may see them: of the day that is cut off, what its whole 5 minutes before hold."""
    if viewer.until is None or viewer.until >= days.end_of_day(last, source.time_zone):
        return energies_of(source, first, last)
    cut = days.local_date(viewer.until, source.time_zone)
    found = energies_of(source, first, min(last, cut - _ONE_DAY))
    if cut < first:
        return found
    frames = {name: getattr(found, name) for name in ("kwh", "coverage", "recovered_kwh", "method")}
    for row in _rows_until(source, cut, viewer.until):
        values = {"kwh": row.kwh, "coverage": row.coverage, "recovered_kwh": 0.0, "method": row.method}
        for name, value in values.items():
            frames[name].loc[row.date, row.channel] = value
    return Energies(**frames)


def _rows_until(source: SourceRecord, day: date, until: datetime) -> list[DayEnergy]:
    """The energies of a local day up to an instant, from its 5-minute buckets, with the share of the day they cover."""
    start, end = days.start_of_day(day, source.time_zone), days.end_of_day(day, source.time_zone)
    buckets = rollup_reads.energies(mongo.database(), rollups.FIVE_MINUTES, str(source.id), start, until)
    rows = []
    for channel in CHANNELS:
        kwh = [each["energy"][channel] for each in buckets if each["energy"].get(channel) is not None]
        if kwh:
            shares = [(each.get("coverage") or {}).get(channel) or 0.0 for each in buckets]
            covered = min(sum(shares) * (BUCKET / (end - start)), 1.0)
            rows.append(DayEnergy(day, channel, sum(kwh), "power", covered, 0.0))
    return rows


def energies_of(source: SourceRecord, first: date, last: date) -> Energies:
    """Return the energies of a source already authorised; see `energies`."""
    start, end = days.start_of_day(first, source.time_zone), days.end_of_day(last, source.time_zone)
    found = rollup_reads.daily(mongo.database(), str(source.id), start, end)
    dates = pd.Index([date.fromisoformat(each["date"]) for each in found], name="date", dtype=object)
    shape = (len(found), len(CHANNELS))
    frames = {
        name: pd.DataFrame(
            np.array([each[name] for each in found], dtype=kind).reshape(shape), index=dates, columns=list(CHANNELS)
        )
        for name, kind in (("kwh", float), ("coverage", float), ("recovered", float), ("method", object))
    }
    for row in rows_not_rolled_up(source, start, end):
        if first <= row.date <= last:
            _put(frames, row)
    ordered = {name: frame.dropna(how="all").sort_index() for name, frame in frames.items()}
    return Energies(ordered["kwh"], ordered["coverage"], ordered["recovered"], ordered["method"])


def _put(frames: dict[str, pd.DataFrame], row: DayEnergy) -> None:
    values = {"kwh": row.kwh, "coverage": row.coverage, "recovered": row.recovered_kwh, "method": row.method}
    for name, value in values.items():
        frames[name].loc[row.date, row.channel] = value


def rows_not_rolled_up(source: SourceRecord, start: datetime, end: datetime) -> list[DayEnergy]:
    """Return the energies of the newest days of a window that readings not rolled up yet change."""
    database, source_id = mongo.database(), str(source.id)
    since = max(start, end - _LONGEST_OPEN)
    marked = [each for each in rollup_marks.ranges(database, source_id, since) if each[0] < end and each[1] > start]
    if not marked:
        return []
    newest = max(until for _, until in marked)
    begin = min(begin for begin, until in marked if until > newest - _LONGEST_OPEN)
    standing = rollup_states.standings(database, [source_id]).get(source_id, {})
    known = set(standing.get("fields", ()))
    if not known:
        # Nothing of this source was rolled up yet: any field may be there.
        standing = {**standing, "fields": list(ENERGY_FIELDS)}
    stretch = Stretch(begin, newest, frozenset(known or {ANY_FIELD}))
    return rollup_energy.rows_now(site_of(source), standing, stretch)


def day_energy(viewer: Viewer, source_id: str, day: date) -> dict[str, DayEnergy]:
    """Return the energies of a local day by channel; a channel of which nothing is known is absent."""
    source = access.source_for(viewer, source_id)
    start, end = days.start_of_day(day, source.time_zone), days.end_of_day(day, source.time_zone)
    if viewer.until is not None and viewer.until < end:
        return {row.channel: row for row in _rows_until(source, day, viewer.until)}
    rows = [row for each in rollup_reads.daily(mongo.database(), str(source.id), start, end) for row in _rows(each)]
    rows += [row for row in rows_not_rolled_up(source, start, end) if row.date == day]
    return {row.channel: row for row in rows}


def _rows(document: dict[str, Any]) -> list[DayEnergy]:
    values = zip(*(document[name] for name in ("kwh", "method", "coverage", "recovered")), strict=True)
    day = date.fromisoformat(document["date"])
    return [
        DayEnergy(day, channel, *row) for channel, row in zip(CHANNELS, values, strict=True) if row[0] is not None
    ]


def kpis(
    viewer: Viewer,
    source_id: str,
    first: date,
    last: date,
    *,
    radiation: Mapping[date, float] | None = None,
    co2_kg_per_kwh: float | None = None,
    read: Energies | None = None,
) -> KeyFigures:
    """Return the key figures of a period of local dates, both included; `radiation` in MJ/m2 per date.

    `read` are the energies of just these dates for this viewer, where somebody has read them already.
    """
    source = access.source_for(viewer, source_id)
    found = _seen(viewer, source, first, last) if read is None else read
    values: dict[date, dict[str, float | None]] = {
        day: dict(zip(CHANNELS, row, strict=True))
        for day, row in zip(found.kwh.index, found.kwh.to_numpy().tolist(), strict=True)
    }
    for day, value in (radiation or {}).items():
        values.setdefault(day, {})[RADIATION] = value
    installation = Installation(
        source.time_zone, source.installed_capacity_watts, source.battery_capacity_kwh, co2_kg_per_kwh
    )
    start, end = days.start_of_day(first, source.time_zone), days.end_of_day(last, source.time_zone)
    is_cut = viewer.until is not None and viewer.until < end
    return key_figures(
        values,
        installation,
        first=first,
        last=last,
        state_of_charge_start=_charge_before(source, start),
        state_of_charge_end=None if is_cut else _charge_before(source, end),
    )


def _charge_before(source: SourceRecord, instant: datetime) -> float | None:
    """The last state of charge (%) of the day before an instant."""
    since = instant - _ONE_DAY - timedelta(hours=1)
    found = rollup_reads.last_value(mongo.database(), str(source.id), "stateOfCharge", instant, since)
    return None if found is None else float(found)


def explain(viewer: Viewer, source_id: str, day: date, channel: str) -> Explanation:
    """Return why the energy of a channel on a local day is what it is: the row, what each source of it said with the
    verdict on it, and the odd steps of counters on that day."""
    source = access.source_for(viewer, source_id)
    row = day_energy(viewer, source_id, day).get(channel)
    start = days.start_of_day(day, source.time_zone)
    found = rollup_states.energy_days(mongo.database(), str(source.id), start, start + timedelta(minutes=1))
    kept = found[0] if found else {}
    candidates = [each for each in _candidates(kept.get("candidates", ())) if each.channel == channel]
    notes = [note for each in kept.get("notes", ()) if (note := note_from_json(each)).channel == channel]
    return Explanation(row, judge(candidates) if candidates else [], notes)


def _candidates(documents: Sequence[dict[str, object]]) -> list[Candidate]:
    return [candidate_from_json(each) for each in documents]


def hourly(viewer: Viewer, source_id: str, start: datetime, end: datetime) -> pd.DataFrame:
    """Return kWh per channel and hour of `[start, end)`: aware UTC index, NaN where nothing is known.

    From power, or from counters on days on which the power of a channel was not reported.
    """
    source = access.source_for(viewer, source_id)
    found = rollup_hours.energies(str(source.id), source.time_zone, rollups.HOURS, start, end)
    index = pd.DatetimeIndex(pd.to_datetime([each["start"] for each in found], utc=True), name="timestamp")
    return pd.DataFrame([each["energy"] for each in found], index=index, columns=list(CHANNELS), dtype=float)
