"""Going on with the accounting of a day from any instant in it, as if everything before had been seen (formulas 1.5).

A checkpoint is the state at an instant and what the steps that ended before it booked on the dates that later steps may
still touch. It goes through JSON and MongoDB unchanged; times are microseconds since 1970, UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from solar import days
from solar.energy.account import Account
from solar.energy.accounting import calendar_of_readings, order_of, readings_from
from solar.energy.booking import Note
from solar.energy.ranking import Candidate
from solar.energy.series import instant_of, microseconds
from solar.energy.state import State

_PLAIN = ("channel", "source", "kwh", "recovered_kwh", "covered", "recovered", "length")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`state` at the instant `at` (aware UTC), and what is booked by then on the dates from `first` on.

    Right once readings reach 3 h beyond `at`. Readings that come for an instant less than 3 h after `at` make it void.
    """

    at: datetime
    first: date
    state: State
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[Note, ...] = ()

    @staticmethod
    def at_start_of(day: date, time_zone: str, state: State) -> "Checkpoint":
        """The checkpoint at the start of a local date, with the state at that instant."""
        return Checkpoint(days.start_of_day(day, time_zone), day, state)

    def as_json(self) -> dict[str, Any]:
        """Plain dictionaries, the other way round of `from_json`."""
        return {
            "at": microseconds(self.at),
            "first": self.first.isoformat(),
            "state": self.state.as_json(),
            "candidates": [candidate_as_json(each) for each in self.candidates],
            "notes": [note_as_json(each) for each in self.notes],
        }

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Checkpoint":
        """The checkpoint of `as_json`; raises KeyError, TypeError or ValueError for a document that is none."""
        return Checkpoint(
            instant_of(document["at"]),
            date.fromisoformat(document["first"]),
            State.from_json(document["state"]),
            tuple(candidate_from_json(each) for each in document["candidates"]),
            tuple(note_from_json(each) for each in document["notes"]),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """What came of going on: all that is booked on the dates from the checkpoint's first to the last one, the states at
    the start of every date that begins after the checkpoint, up to the one after the last, and a later checkpoint."""

    candidates: list[Candidate]
    notes: list[Note]
    states: dict[date, State]
    next: Checkpoint | None


def go_on(
    frame: pd.DataFrame,
    checkpoint: Checkpoint,
    *,
    last: date,
    time_zone: str,
    installed_capacity_watts: float | None,
    keep: tuple[datetime, date] | None = None,
) -> Progress:
    """Go on from a checkpoint to the end of the local date `last`.

    `frame` as for `compute_days`, from the checkpoint on. `keep`: the instant of a later checkpoint to make, and its
    first date; readings must reach 3 h beyond it.
    """
    found = readings_from(frame, microseconds(checkpoint.at), installed_capacity_watts)
    calendar = calendar_of_readings(found, checkpoint.state, checkpoint.first, last, time_zone)
    account = Account(found, checkpoint.state, calendar, installed_capacity_watts)
    books = account.books()
    edges = days.dates(checkpoint.first, last + timedelta(days=1))
    starts = {day: calendar.start(calendar.position(day)) for day in edges}
    after = microseconds(checkpoint.at)
    return Progress(
        _added(checkpoint.candidates, books.candidates(), checkpoint.first, last),
        [*checkpoint.notes, *books.notes],
        {day: account.state_at(start) for day, start in starts.items() if start > after},
        _later(account, checkpoint, *keep, last, time_zone) if keep is not None else None,
    )


def _later(
    account: Account, before: Checkpoint, at: datetime, first: date, last: date, time_zone: str
) -> Checkpoint:
    instant = microseconds(at)
    books = account.books(before=instant)
    reach = days.start_of_day(first, time_zone)
    return Checkpoint(
        at,
        first,
        account.state_at(instant),
        tuple(_added(before.candidates, books.candidates(), first, last)),
        tuple(note for note in (*before.notes, *books.notes) if note.end >= reach),
    )


def _added(before: Iterable[Candidate], more: Iterable[Candidate], first: date, last: date) -> list[Candidate]:
    """The sums of both by date, channel and source, for the dates from `first` to `last`."""
    sums: dict[tuple[date, str, str], Candidate] = {}
    for each in (*before, *more):
        if first <= each.date <= last:
            key = (each.date, each.channel, each.source)
            sums[key] = _sum(sums[key], each) if key in sums else each
    without = [replace(each, hours=None) if _has_power(sums, each) else each for each in sums.values()]
    return sorted(without, key=order_of)


def _has_power(known: Mapping[tuple[date, str, str], Candidate], each: Candidate) -> bool:
    return each.hours is not None and (each.date, each.channel, "power") in known


def _sum(one: Candidate, other: Candidate) -> Candidate:
    return replace(
        one,
        kwh=one.kwh + other.kwh,
        recovered_kwh=one.recovered_kwh + other.recovered_kwh,
        covered=one.covered + other.covered,
        recovered=one.recovered + other.recovered,
        hours=None if one.hours is None or other.hours is None else _sums(one.hours, other.hours),
    )


def _sums(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(here + there for here, there in zip(one, other, strict=True))


def candidate_as_json(candidate: Candidate) -> dict[str, Any]:
    """A candidate as a plain dictionary, without hours where it has none."""
    made: dict[str, Any] = {name: getattr(candidate, name) for name in _PLAIN}
    hours = {} if candidate.hours is None else {"hours": list(candidate.hours)}
    return {"date": candidate.date.isoformat(), **made, **hours}


def candidate_from_json(document: Mapping[str, Any]) -> Candidate:
    """The candidate of `candidate_as_json`."""
    hours = document.get("hours")
    read = {"date": date.fromisoformat(document["date"]), "hours": None if hours is None else tuple(hours)}
    return Candidate(**{**document, **read})


def note_as_json(note: Note) -> dict[str, Any]:
    """A note as a plain dictionary."""
    made: dict[str, Any] = {name: getattr(note, name) for name in ("channel", "source", "kind", "kwh", "readings")}
    return {**made, "start": microseconds(note.start), "end": microseconds(note.end)}


def note_from_json(document: Mapping[str, Any]) -> Note:
    """The note of `note_as_json`."""
    return Note(**{**document, "start": instant_of(document["start"]), "end": instant_of(document["end"])})
