"""What the battery itself saved: the same intervals replayed as if there were none."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from solar.money import exact
from solar.returns.days import ZERO
from solar.tariffs import Tariff
from solar.tariffs.pricing import IntervalEnergies, PieceEnergy, energies_by_piece

NEEDED = ("produced", "consumed", "imported", "exported")
_BALANCE = ("consumed", "exported", "charged", "imported", "discharged")


@dataclass(frozen=True, slots=True)
class Replay:
    """Savings and grid flows in kWh of the priced intervals, as measured or as replayed."""

    savings: Decimal
    imported_kwh: Decimal
    exported_kwh: Decimal


@dataclass(frozen=True, slots=True)
class BatteryContribution:
    """The same intervals with and without the battery, in the currency of the tariff.

    contribution = with_battery.savings - without_battery.savings. measured is the time that is compared; unpriced_kwh
    the consumption left out because it has no price. Intervals average what flows both ways within them, so longer
    ones flatter the home without a battery; five minutes is a good length.
    """

    with_battery: Replay
    without_battery: Replay
    measured: timedelta
    unpriced_kwh: Decimal

    @property
    def contribution(self) -> Decimal:
        return self.with_battery.savings - self.without_battery.savings


def with_night_production(intervals: IntervalEnergies) -> IntervalEnergies:
    """Fill unknown production from the balance where all other channels are known, never below 0.

    Many inverters sleep at night and report nothing, and that is when a battery gives back what it took: without those
    intervals only its charging would be compared.
    """
    known = intervals.complete(_BALANCE)
    if not known.any():
        return intervals
    channels = intervals.channels
    used, sold, charged, bought, discharged = (channels[name] for name in _BALANCE)
    produced = channels.get("produced", np.full(len(known), np.nan))
    balance = np.maximum(used + sold + charged - bought - discharged, 0.0)
    filled = np.where(np.isnan(produced) & known, balance, produced)
    return IntervalEnergies(intervals.starts, intervals.ends, {**channels, "produced": filled})


def without_battery(intervals: IntervalEnergies) -> IntervalEnergies:
    """Recompute the grid from the balance: what production does not cover is imported, what is left is exported.

    Only intervals with production, consumption, import and export are kept, so both replays see the same ones.
    """
    rows = intervals.select(intervals.complete(NEEDED))
    if not len(rows.starts):
        return IntervalEnergies(rows.starts, rows.ends, {})
    short = rows.channels["consumed"] - rows.channels["produced"]
    grid = {"imported": np.maximum(short, 0.0), "exported": np.maximum(-short, 0.0)}
    return IntervalEnergies(
        rows.starts, rows.ends, {name: rows.channels[name] for name in ("produced", "consumed")} | grid
    )


def battery_contribution(
    intervals: IntervalEnergies, tariff: Tariff, start_date: date, end_date: date
) -> BatteryContribution | None:
    """Compare the local dates [start_date, end_date) with and without the battery; None where nothing can be compared.

    Savings are those of the basis `avoided-import`: (consumed - imported) x price + exported x export price.
    """
    intervals = with_night_production(intervals)
    with exact():
        pieces = list(tariff.timeline(start_date, end_date))
        measured = energies_by_piece(intervals, pieces, NEEDED)
        replayed = energies_by_piece(without_battery(intervals), pieces, NEEDED)
        priced = [each for each in measured if each.piece.price_per_kwh is not None]
        if not priced:
            return None
        unpriced = (each.energies["consumed"] for each in measured if each.piece.price_per_kwh is None)
        return BatteryContribution(
            _replay(priced),
            _replay([each for each in replayed if each.piece.price_per_kwh is not None]),
            sum((each.measured for each in priced), timedelta(0)),
            sum(unpriced, ZERO),
        )


def _replay(priced: list[PieceEnergy]) -> Replay:
    savings = imported = exported = ZERO
    for each in priced:
        energies = each.energies
        self_used = energies["consumed"] - energies["imported"]
        savings += self_used * (each.piece.price_per_kwh or ZERO)
        savings += energies["exported"] * (each.piece.export_price_per_kwh or ZERO)
        imported += energies["imported"]
        exported += energies["exported"]
    return Replay(savings, imported, exported)
