"""What a contract would have charged: interval energies priced by a tariff, with its standing charge."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from solar.days import dates, length_of_day
from solar.money import exact
from solar.tariffs.prices import NOTHING, PriceEntry
from solar.tariffs.pricing import IntervalEnergies, PieceEnergy, energies_by_piece
from solar.tariffs.tariff import Tariff


@dataclass(frozen=True, slots=True)
class BillLine:
    """What one price label (the name of a window, empty for the base price) adds to a bill."""

    label: str
    imported_kwh: Decimal
    exported_kwh: Decimal
    import_cost: Decimal
    export_income: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill for the local dates from start_date up to, but without, end_date, in the currency of the tariff.

    total = import_cost + standing_charges - export_income. Energy without a price or too coarse to price is not in it:
    `unpriced_kwh` is its import, `measured_share` the share of the time that is priced.
    """

    start_date: date
    end_date: date
    lines: tuple[BillLine, ...]
    standing_charges: Decimal
    unpriced_kwh: Decimal
    measured_share: Decimal

    @property
    def import_cost(self) -> Decimal:
        return sum((line.import_cost for line in self.lines), NOTHING)

    @property
    def export_income(self) -> Decimal:
        return sum((line.export_income for line in self.lines), NOTHING)

    @property
    def imported_kwh(self) -> Decimal:
        return sum((line.imported_kwh for line in self.lines), NOTHING)

    @property
    def exported_kwh(self) -> Decimal:
        return sum((line.exported_kwh for line in self.lines), NOTHING)

    @property
    def total(self) -> Decimal:
        return self.import_cost + self.standing_charges - self.export_income


def twelve_months_before(as_of: date) -> tuple[date, date]:
    """Return [start_date, end_date) of the twelve months that end with as_of."""
    end = as_of + timedelta(days=1)
    last_day = monthrange(end.year - 1, end.month)[1]
    return end.replace(year=end.year - 1, day=min(end.day, last_day)), end


def bill(intervals: IntervalEnergies, tariff: Tariff, start_date: date, end_date: date) -> Bill:
    """Price imports and exports of the local dates [start_date, end_date) by a tariff.

    Rows need `imported`; `exported` counts where it was measured. Raises ValueError for an empty range.
    """
    if start_date >= end_date:
        raise ValueError("end_date must be after start_date.")
    last = end_date - timedelta(days=1)
    with exact():
        pieces = list(tariff.timeline(start_date, end_date))
        found = energies_by_piece(intervals, pieces, ("imported",), ("exported",))
        priced = [each for each in found if each.piece.price_per_kwh is not None]
        whole = sum((length_of_day(day, tariff.time_zone) for day in dates(start_date, last)), timedelta(0))
        measured = sum((each.measured for each in priced), timedelta(0))
        return Bill(
            start_date,
            end_date,
            _lines(priced),
            sum((daily_charge(tariff.entry_on(day), day) for day in dates(start_date, last)), NOTHING),
            sum((each.energies["imported"] for each in found if each.piece.price_per_kwh is None), NOTHING),
            Decimal(measured // timedelta(seconds=1)) / Decimal(whole // timedelta(seconds=1)),
        )


def daily_charge(entry: PriceEntry | None, day: date) -> Decimal:
    """Return the part of the standing charge that falls on a local date; 0 before the first price."""
    if entry is None:
        return NOTHING
    if entry.standing_period == "day":
        return entry.standing_charge
    if entry.standing_period == "month":
        return entry.standing_charge / monthrange(day.year, day.month)[1]
    return entry.standing_charge / (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days


def _lines(priced: Iterable[PieceEnergy]) -> tuple[BillLine, ...]:
    lines: dict[str, BillLine] = {}
    for each in priced:
        piece, imported = each.piece, each.energies["imported"]
        exported = each.energies.get("exported", NOTHING)
        before = lines.get(piece.label, BillLine(piece.label, NOTHING, NOTHING, NOTHING, NOTHING))
        lines[piece.label] = BillLine(
            piece.label,
            before.imported_kwh + imported,
            before.exported_kwh + exported,
            before.import_cost + imported * (piece.price_per_kwh or NOTHING),
            before.export_income + exported * (piece.export_price_per_kwh or NOTHING),
        )
    return tuple(lines[label] for label in sorted(lines))
