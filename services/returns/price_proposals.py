"""A change of prices before it is kept: what would hold afterwards, and what that does to the days of the past."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from data import postgres, returns_settings
from data.sources import SourceRecord
from services.returns import basis as returns_basis
from services.returns import tariff as source_tariff
from services.returns.basis import Basis
from services.returns.tariff import Stored
from solar.days import local_date
from solar.returns import DayValue, PastChange, past_change
from solar.tariffs import HourlyPrice, PriceEntry, Tariff, effective_instant

Holidays = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be added, changed and removed, and `past`: the days whose savings would differ, and by how much.

    `version` is that of the prices it was compared with; only as long as it is theirs can the proposal be kept.
    """

    source: SourceRecord
    version: int
    add: tuple[PriceEntry, ...] = ()
    change: tuple[tuple[UUID, PriceEntry], ...] = ()
    remove: tuple[UUID, ...] = ()
    hours: tuple[HourlyPrice, ...] = ()
    holidays: Holidays | None = None
    past: PastChange | None = field(default=None)


def with_past(proposal: Proposal, as_of: date) -> Proposal:
    """Return the proposal with what it changes in the past, through a local date."""
    with postgres.session() as session:
        version = returns_settings.get(session, proposal.source.id).prices_version
    basis = returns_basis.CACHE.basis(proposal.source, returns_basis.key_of(proposal.source, version, as_of))
    after = _tariff_after(proposal, basis)
    affected = _affected(proposal, basis, after)
    past = past_change(basis.values, _values_after(proposal.source, basis, after, affected))
    return replace(proposal, version=version, past=past)


def settled(entries: Iterable[PriceEntry], time_zone: str) -> tuple[PriceEntry, ...]:
    """Return entries with the instant they start at, as the table keeps them."""
    return tuple(replace(each, effective_from=effective_instant(each, time_zone)) for each in entries)


def _tariff_after(proposal: Proposal, basis: Basis) -> Tariff:
    stored, zone = basis.stored, proposal.source.time_zone
    entries = {key: entry for key, entry in stored.entries.items() if key not in proposal.remove}
    entries |= dict(proposal.change)
    every = (*entries.values(), *proposal.add)
    holidays = proposal.holidays or (stored.settings.holiday_country, stored.settings.holiday_region)
    hours = _hours_of(proposal.source.id, stored) if any(each.hourly for each in every) else ()
    return source_tariff.tariff(every, _joined(hours, proposal.hours), zone, holidays, basis.as_of.year)


def _hours_of(source_id: UUID, stored: Stored) -> tuple[HourlyPrice, ...]:
    """Return the dynamic prices also where no stored entry uses them yet."""
    if stored.hours:
        return stored.hours
    return source_tariff.hours(source_id)


def _joined(old: Iterable[HourlyPrice], new: tuple[HourlyPrice, ...]) -> tuple[HourlyPrice, ...]:
    """Put new dynamic prices in place of all that they overlap."""
    if not new:
        return tuple(old)
    stretches = _stretches(new)
    ends = [end for _, end in stretches]

    def is_replaced(hour: HourlyPrice) -> bool:
        at = bisect_right(ends, hour.starts_at)
        return at < len(stretches) and stretches[at][0] < hour.ends_at

    return tuple(sorted((*(each for each in old if not is_replaced(each)), *new), key=lambda hour: hour.starts_at))


def _stretches(hours: Iterable[HourlyPrice]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for hour in sorted(hours, key=lambda each: each.starts_at):
        if joined and joined[-1][1] >= hour.starts_at:
            joined[-1] = (joined[-1][0], max(joined[-1][1], hour.ends_at))
        else:
            joined.append((hour.starts_at, hour.ends_at))
    return joined


def _affected(proposal: Proposal, basis: Basis, after: Tariff) -> set[date]:
    """The dates whose value may differ."""
    zone = proposal.source.time_zone
    touched = {local_date(each, zone) for hour in proposal.hours for each in (hour.starts_at, hour.ends_at)}
    touched |= basis.tariff.holidays ^ after.holidays
    return {
        day.date
        for day in basis.days
        if day.date in touched or basis.tariff.entry_on(day.date) != after.entry_on(day.date)
    }


def _values_after(
    source: SourceRecord, basis: Basis, after: Tariff, affected: Collection[date]
) -> tuple[DayValue, ...]:
    return returns_basis.value(source, [day for day in basis.days if day.date in affected], after)
