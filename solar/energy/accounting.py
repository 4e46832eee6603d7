"""Daily energies of a stretch of days, from its readings and the state before them (formulas 1.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from solar import days
from solar.energy.account import Account
from solar.energy.booking import Note
from solar.energy.calendar import Calendar, calendar_over
from solar.energy.channels import GAP, SOURCES
from solar.energy.ranking import Candidate, DayEnergy, Verdict, judge, rank
from solar.energy.series import Series, Times, has_battery_field, instant_of, microseconds, series_of, times_of
from solar.energy.state import START, State
from solar.vocabulary import CHANNELS


@dataclass(frozen=True, slots=True)
class Computation:
    """What came of a stretch of days: the rows, what every source said, notes on its steps, and the states.

    `states[D]` is the state at the start of local date D, for every date of the stretch and the one after it. `final`
    are the dates that later readings no longer change: readings reach 3 h beyond the first one after their end.
    """

    rows: list[DayEnergy]
    candidates: list[Candidate]
    notes: list[Note]
    states: dict[date, State]
    final: frozenset[date]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a number is what it is: the row, what each source said and why it was taken or not, and the odd steps."""

    row: DayEnergy | None
    verdicts: list[tuple[Candidate, Verdict]]
    notes: list[Note]


def daily_energy(
    frame: pd.DataFrame,
    *,
    time_zone: str,
    installed_capacity_watts: float | None,
    has_battery: bool | None = None,
) -> list[DayEnergy]:
    """All rows of a whole history, by date and channel (formulas 1).

    `frame`: readings in order of arrival, index aware timestamps, columns of the vocabulary, NaN = not reported; other
    columns are ignored. Raises ValueError for an index without zone, an unknown zone or an impossible capacity.
    """
    if frame.empty:
        return []
    times = times_of(frame.index)
    computation = compute_days(
        frame,
        START,
        first=days.local_date(instant_of(int(times.min())), time_zone),
        last=days.local_date(instant_of(int(times.max())), time_zone),
        time_zone=time_zone,
        installed_capacity_watts=installed_capacity_watts,
        has_battery=has_battery,
    )
    return computation.rows


def compute_days(
    frame: pd.DataFrame,
    state: State,
    *,
    first: date,
    last: date,
    time_zone: str,
    installed_capacity_watts: float | None,
    has_battery: bool | None = None,
    battery_seen: bool = False,
) -> Computation:
    """The local dates from `first` to `last`, both included, exactly as the whole history would give them.

    `state` is that at the start of `first` (`START` before the first reading). `frame` holds all readings from there
    up to the point 3 h beyond the first one of each field after the end of `last`, or to the newest one; what lies
    before the start of `first` is ignored. `battery_seen`: a battery field occurs in readings not given here.
    """
    start = microseconds(days.start_of_day(first, time_zone))
    found = readings_from(frame, start, installed_capacity_watts)
    calendar = calendar_of_readings(found, state, first, last, time_zone)
    account = Account(found, state, calendar, installed_capacity_watts)
    books = account.books()
    candidates = sorted((c for c in books.candidates() if first <= c.date <= last), key=order_of)
    battery = battery_seen or state.battery_seen or has_battery_field(found)
    edges = days.dates(first, last + timedelta(days=1))
    return Computation(
        rank(candidates, battery=battery and has_battery is not False),
        candidates,
        sorted(books.notes, key=lambda note: (note.start, note.end, note.channel, note.source)),
        {day: account.state_at(calendar.start(calendar.position(day))) for day in edges},
        _final(times_of(frame.index), calendar, days.dates(first, last)),
    )


def explain(computation: Computation, day: date, channel: str, *, time_zone: str) -> Explanation:
    """Why the number of a channel on a date of the computation is what it is."""
    row = next((row for row in computation.rows if (row.date, row.channel) == (day, channel)), None)
    candidates = [c for c in computation.candidates if (c.date, c.channel) == (day, channel)]
    start, end = days.start_of_day(day, time_zone), days.end_of_day(day, time_zone)
    notes = [n for n in computation.notes if n.channel == channel and n.start < end and n.end >= start]
    return Explanation(row, judge(candidates) if candidates else [], notes)


def affected_from(state: State, fields: Iterable[str]) -> datetime | None:
    """The earliest last reading of any of `fields` in `state`; None where none of them was read before.

    New readings of these fields after the state may change every day from the date of that instant on, because a step
    that ends at them starts there.
    """
    names = list(fields)
    last = [state.counters[name].accepted_at for name in names if name in state.counters]
    last += [state.powers[name].at for name in names if name in state.powers]
    return instant_of(min(last)) if last else None


def order_of(candidate: Candidate) -> tuple[date, int, int]:
    """Sorts candidates by date, channel and rank of their source."""
    return candidate.date, CHANNELS.index(candidate.channel), SOURCES.index(candidate.source)


def readings_from(frame: pd.DataFrame, start: int, capacity: float | None) -> dict[str, Series]:
    """The clean series of the fields that occur in readings from `start` (microseconds since 1970) on."""
    found = series_of(frame, capacity)
    within = {name: series.where(series.times >= start) for name, series in found.items()}
    return {name: series for name, series in within.items() if len(series)}


def calendar_of_readings(
    found: Mapping[str, Series], state: State, first: date, last: date, time_zone: str
) -> Calendar:
    """All dates that a step of these readings may touch, and those asked for with the one after."""
    start, end = days.start_of_day(first, time_zone), days.end_of_day(last, time_zone)
    earlier = affected_from(state, found)
    starts = [microseconds(start if earlier is None else min(start, earlier))]
    ends = [microseconds(end), *(int(series.times[-1]) for series in found.values())]
    return calendar_over(starts[0], max(ends), time_zone)


def _final(times: Times, calendar: Calendar, dates: Iterable[date]) -> frozenset[date]:
    """The dates for which readings reach 2 G beyond the first one after their end (formulas 1.5)."""
    ordered = np.sort(times)
    final = []
    for day in dates:
        position = int(np.searchsorted(ordered, calendar.end(calendar.position(day))))
        if position < ordered.size and ordered[position] + 2 * GAP <= ordered[-1]:
            final.append(day)
    return frozenset(final)
