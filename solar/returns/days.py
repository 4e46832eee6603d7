"""What each local day saved: its flows, the price that held, and the reason where a day has no price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from solar.money import exact
from solar.tariffs import PriceEntry, Tariff

Basis = Literal["avoided-import", "production-export", "production-only"]
BASES: tuple[Basis, ...] = ("avoided-import", "production-export", "production-only")
NEEDS: Mapping[Basis, tuple[str, ...]] = {
    "avoided-import": ("consumed", "imported"),
    "production-export": ("produced", "exported"),
    "production-only": ("produced",),
}
Unpriced = Literal["no-price", "no-hourly-price", "no-intervals"]
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DayEnergy:
    """The daily rows of one local date: kWh by channel; a channel without a row is absent, never 0."""

    date: date
    energies: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Part:
    """One price interval [start, end) UTC of a day whose price varies, with its flows in kWh and what they saved."""

    start: datetime
    end: datetime
    label: str
    self_used_kwh: Decimal
    exported_kwh: Decimal
    price_per_kwh: Decimal
    export_price_per_kwh: Decimal

    @property
    def self_use_savings(self) -> Decimal:
        return self.self_used_kwh * self.price_per_kwh

    @property
    def export_savings(self) -> Decimal:
        return self.exported_kwh * self.export_price_per_kwh


@dataclass(frozen=True, slots=True)
class DayValue:
    """A local day in the account (formulas, section 3): how its flows were found and what they saved.

    basis None: the rows allow no value, the day is left out. unpriced: why a day with a value has no price; then both
    savings are None. entry: the price version used. parts: the price intervals, where the price varies within the day;
    measured_share is then the share of the day's time that has intervals.
    """

    date: date
    energies: Mapping[str, Decimal]
    basis: Basis | None
    self_used_kwh: Decimal | None
    exported_kwh: Decimal | None
    entry: PriceEntry | None = None
    self_use_savings: Decimal | None = None
    export_savings: Decimal | None = None
    unpriced: Unpriced | None = None
    parts: tuple[Part, ...] = ()
    measured_share: Decimal | None = None

    @property
    def is_priced(self) -> bool:
        return self.basis is not None and self.unpriced is None

    @property
    def savings(self) -> Decimal | None:
        if self.self_use_savings is None or self.export_savings is None:
            return None
        return self.self_use_savings + self.export_savings


@dataclass(frozen=True, slots=True)
class IntervalParts:
    """A day's flows by price interval, or why its price is not known (see `solar.returns.intervals`)."""

    basis: Basis
    parts: tuple[Part, ...]
    measured_share: Decimal
    unpriced: Unpriced | None = None


def basis_of(channels: Iterable[str]) -> Basis | None:
    """Return the first basis that the channels with a row allow, or None."""
    known = set(channels)
    return next((basis for basis in BASES if known.issuperset(NEEDS[basis])), None)


def flows(basis: Basis, energies: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
    """Return (self-used, exported) in kWh; self-used may be negative on a day that charges from the grid."""
    if basis == "avoided-import":
        return energies["consumed"] - energies["imported"], energies.get("exported", ZERO)
    if basis == "production-export":
        return max(ZERO, energies["produced"] - energies["exported"]), energies["exported"]
    return energies["produced"], ZERO


def day_energies(rows: Iterable[tuple[date, str, float]]) -> list[DayEnergy]:
    """Gather daily rows (date, channel, kWh) into days in order; each energy enters as the text of its float."""
    days: dict[date, dict[str, Decimal]] = {}
    for day, channel, kwh in rows:
        days.setdefault(day, {})[channel] = Decimal(str(float(kwh)))
    return [DayEnergy(day, days[day]) for day in sorted(days)]


def day_values(
    days: Sequence[DayEnergy], tariff: Tariff, by_interval: Mapping[date, IntervalParts] | None = None
) -> tuple[DayValue, ...]:
    """Value each day once, in order of date; raises ValueError when a date comes twice.

    by_interval: what `interval_parts` found for the days whose price varies within the day; a day that is missing
    there is listed as unpriced (`no-intervals`), never valued at an average.
    """
    with exact():
        ordered = sorted(days, key=lambda day: day.date)
        for one, other in pairwise(ordered):
            if one.date == other.date:
                raise ValueError(f"days: {one.date} comes twice.")
        return tuple(_value(day, tariff, by_interval or {}) for day in ordered)


def _value(day: DayEnergy, tariff: Tariff, by_interval: Mapping[date, IntervalParts]) -> DayValue:
    basis = basis_of(day.energies)
    if basis is None:
        return DayValue(day.date, day.energies, None, None, None)
    self_used, exported = flows(basis, day.energies)
    entry = tariff.entry_on(day.date)
    if entry is None:
        return DayValue(day.date, day.energies, basis, self_used, exported, unpriced="no-price")
    if entry.varies_within_day:
        return _value_by_parts(day, basis, entry, by_interval.get(day.date))
    return DayValue(
        day.date,
        day.energies,
        basis,
        self_used,
        exported,
        entry,
        self_use_savings=self_used * entry.price_per_kwh,
        export_savings=exported * (entry.export_price_per_kwh or ZERO),
    )


def _value_by_parts(day: DayEnergy, basis: Basis, entry: PriceEntry, found: IntervalParts | None) -> DayValue:
    if found is None or found.unpriced:
        self_used, exported = flows(basis, day.energies)
        reason: Unpriced = (found and found.unpriced) or "no-intervals"
        return DayValue(day.date, day.energies, basis, self_used, exported, entry, unpriced=reason)
    return DayValue(
        day.date,
        day.energies,
        found.basis,
        sum((part.self_used_kwh for part in found.parts), ZERO),
        sum((part.exported_kwh for part in found.parts), ZERO),
        entry,
        self_use_savings=sum((part.self_use_savings for part in found.parts), ZERO),
        export_savings=sum((part.export_savings for part in found.parts), ZERO),
        parts=found.parts,
        measured_share=found.measured_share,
    )
