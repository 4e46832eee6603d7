"""Days whose price varies within the day: their flows by price interval."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from solar.days import dates, length_of_day
from solar.money import exact
from solar.returns.days import BASES, NEEDS, Basis, IntervalParts, Part, flows
from solar.tariffs import Tariff
from solar.tariffs.pricing import IntervalEnergies, PieceEnergy, energies_by_piece

# A basis gives way to a better measured one when it lacks more of the day's time than this (as in formulas, 1.4).
TOLERATED_GAP = 0.05


def interval_parts(
    intervals: IntervalEnergies, tariff: Tariff, first_date: date, last_date: date
) -> dict[date, IntervalParts]:
    """Find the flows by price interval of those dates, first to last included, whose price varies within the day.

    Each price interval uses the same sums as a day (formulas, section 3) with the energies of the interval. A day with
    energy in a stretch that has no price gets no parts but the reason; a day without intervals is not in the result.
    """
    pending = [day for day in dates(first_date, last_date) if _varies(tariff, day)]
    with exact():
        by_day: dict[date, dict[Basis, list[PieceEnergy]]] = {}
        for basis in BASES:
            beside = ("exported",) if basis == "avoided-import" else ()
            pieces = [piece for day in pending for piece in tariff.pieces(day)]
            for each in energies_by_piece(intervals, pieces, NEEDS[basis], beside):
                by_day.setdefault(each.piece.day, {}).setdefault(basis, []).append(each)
            # A basis that covers the day cannot be beaten by more than what is tolerated.
            pending = [day for day in pending if not _covers(by_day.get(day, {}).get(basis), tariff, day)]
        return {day: _parts(found, length_of_day(day, tariff.time_zone)) for day, found in by_day.items()}


def _varies(tariff: Tariff, day: date) -> bool:
    entry = tariff.entry_on(day)
    return entry is not None and entry.varies_within_day


def _covers(found: Sequence[PieceEnergy] | None, tariff: Tariff, day: date) -> bool:
    return found is not None and _time(found) >= (1 - TOLERATED_GAP) * length_of_day(day, tariff.time_zone)


def _parts(found: dict[Basis, list[PieceEnergy]], length: timedelta) -> IntervalParts:
    shares = {basis: _time(each) / length for basis, each in found.items()}
    best = max(shares.values())
    basis = next(basis for basis in BASES if shares.get(basis, -1.0) >= best - TOLERATED_GAP)
    share = Decimal(_time(found[basis]) // timedelta(seconds=1)) / Decimal(length // timedelta(seconds=1))
    parts = []
    for each in found[basis]:
        self_used, exported = flows(basis, each.energies)
        piece = each.piece
        if piece.price_per_kwh is not None and piece.export_price_per_kwh is not None:
            prices = (piece.price_per_kwh, piece.export_price_per_kwh)
            parts.append(Part(piece.start, piece.end, piece.label, self_used, exported, *prices))
        elif self_used or exported:
            return IntervalParts(basis, (), share, unpriced="no-hourly-price")
    return IntervalParts(basis, tuple(parts), share)


def _time(found: Sequence[PieceEnergy]) -> timedelta:
    return sum((each.measured for each in found), timedelta(0))
