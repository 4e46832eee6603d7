"""The last twelve months of a source played again: without its battery, and under another contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from data.sources import SourceRecord
from services import access
from services.errors import Invalid
from services.people.viewer import Viewer
from services.returns import energies as returns_energies
from services.returns import results as returns
from services.returns import tariff as source_tariff
from services.returns.basis import Basis, Key
from solar.days import end_of_day, start_of_day
from solar.returns import BatteryContribution, battery_contribution
from solar.tariffs import Bill, IntervalEnergies, PriceEntry, Tariff, bill, read_entry, twelve_months_before
from solar.vocabulary import CHANNELS

# An entry that holds on every day that could be asked about.
_SINCE_EVER = date(1900, 1, 1)
_MOST_BATTERIES = 1_000
# Replaying a year of five minutes takes seconds; by source, what came of it and for which days and prices.
_BATTERIES: dict[str, tuple[Key, BatteryContribution | None]] = {}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The bills of the same twelve months under the own contract and another; `by_day`: both rest on daily energies."""

    own: Bill
    other: Bill
    by_day: bool


def battery(viewer: Viewer, source_id: str, now: datetime) -> BatteryContribution | None:
    """Return what the battery itself saved in the last twelve months; None where nothing can be compared."""
    source = access.source_for(viewer, source_id)
    key, basis = returns.basis_of(source, now)
    known = _BATTERIES.get(key.source_id)
    if known is not None and known[0] == key:
        return known[1]
    start, end = twelve_months_before(key.as_of)
    fine = returns_energies.intervals(source, start, key.as_of, returns_energies.FINE, CHANNELS)
    found = battery_contribution(fine, basis.tariff, start, end)
    if len(_BATTERIES) >= _MOST_BATTERIES:
        _BATTERIES.clear()
    _BATTERIES[key.source_id] = (key, found)
    return found


def compare(viewer: Viewer, source_id: str, values: Mapping[str, Any], now: datetime) -> Comparison:
    """Bill the last twelve months under the own prices and under those given (fields of `solar.tariffs.read_entry`
    without effectiveFrom); with `hourly` the stored dynamic prices are added. Raises Invalid."""
    source = access.source_for(viewer, source_id)
    entry, errors = read_entry({**values, "effectiveFrom": _SINCE_EVER})
    if entry is None:
        raise Invalid({name: sentence.removeprefix(f"{name} ") for name, sentence in errors.items()})
    key, basis = returns.basis_of(source, now)
    other = _contract(source, basis, entry)
    start, end = twelve_months_before(key.as_of)
    by_day = not any(each.varies_within_day for each in (*basis.tariff.entries, entry))
    energies = _days(source, basis, start) if by_day else _within_days(source, basis, other, start)
    return Comparison(bill(energies, basis.tariff, start, end), bill(energies, other, start, end), by_day)


def _contract(source: SourceRecord, basis: Basis, entry: PriceEntry) -> Tariff:
    hours = (basis.stored.hours or source_tariff.hours(source.id)) if entry.hourly else ()
    settings = basis.stored.settings
    holidays = (settings.holiday_country, settings.holiday_region)
    return source_tariff.tariff((entry,), hours, source.time_zone, holidays, basis.as_of.year)


def _days(source: SourceRecord, basis: Basis, start: date) -> IntervalEnergies:
    """Whole days as intervals: one price a day needs nothing finer, and counters are better than power."""
    zone = source.time_zone
    return IntervalEnergies.of_rows(
        (
            start_of_day(day.date, zone),
            end_of_day(day.date, zone),
            {name: float(kwh) for name, kwh in day.energies.items()},
        )
        for day in basis.days
        if day.date >= start
    )


def _within_days(source: SourceRecord, basis: Basis, other: Tariff, start: date) -> IntervalEnergies:
    step = min(returns_energies.step_for(basis.tariff), returns_energies.step_for(other))
    return returns_energies.intervals(source, start, basis.as_of, step, ("imported", "exported"))
