"""Interval energies summed by price interval: what flowed while one price held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from solar.tariffs.tariff import PricePiece

# An hour may be cut at a price boundary in proportion to time (formulas, section 1.3: evenly); anything longer would
# be a guess at when the energy flowed.
LONGEST_CUT = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class IntervalEnergies:
    """Energies in kWh by interval: `starts` and `ends` in microseconds since 1970 UTC, ascending, not overlapping;
    `channels` one array a channel, NaN where the interval was not measured.
    """

    starts: Positions
    ends: Positions
    channels: dict[str, Numbers]

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, resolution: timedelta) -> "IntervalEnergies":
        """Read a frame with an aware index (interval starts) and channel columns in kWh.

        Raises ValueError for an index that is not aware, not ascending or closer than the resolution.
        """
        if not isinstance(frame.index, pd.DatetimeIndex) or frame.index.tz is None:
            raise ValueError("frame must have an index of times with a zone.")
        index = frame.index.tz_convert("UTC").tz_localize(None)
        starts = index.to_numpy().astype("datetime64[us]").astype(np.int64)
        step = resolution // _MICROSECOND
        if len(starts) > 1 and int(np.diff(starts).min()) < step:
            raise ValueError("frame must have ascending intervals that do not overlap.")
        channels = {str(name): frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in frame.columns}
        return cls(starts, starts + step, channels)

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[datetime, datetime, dict[str, float]]]) -> "IntervalEnergies":
        """Read (start, end, kWh by channel) rows of any length, for example whole local days, in order."""
        listed = list(rows)
        names = sorted({name for _, _, energies in listed for name in energies})
        return cls(
            np.array([instant_number(start) for start, _, _ in listed], dtype=np.int64),
            np.array([instant_number(end) for _, end, _ in listed], dtype=np.int64),
            {
                name: np.array([energies.get(name, np.nan) for _, _, energies in listed], dtype=np.float64)
                for name in names
            },
        )

    def select(self, rows: npt.NDArray[np.bool_]) -> "IntervalEnergies":
        """Keep the rows that are true."""
        channels = {name: values[rows] for name, values in self.channels.items()}
        return IntervalEnergies(self.starts[rows], self.ends[rows], channels)

    def complete(self, needs: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Tell for each row whether all the channels were measured."""
        rows = np.ones(len(self.starts), dtype=np.bool_)
        for name in needs:
            values = self.channels.get(name)
            rows &= False if values is None else ~np.isnan(values)
        return rows


@dataclass(frozen=True, slots=True)
class PieceEnergy:
    """What flowed in a price piece, kWh by channel, from rows that cover `measured` of its time."""

    piece: PricePiece
    energies: dict[str, Decimal]
    measured: timedelta


def energies_by_piece(
    intervals: IntervalEnergies, pieces: Sequence[PricePiece], needs: Sequence[str], beside: Sequence[str] = ()
) -> list[PieceEnergy]:
    """Sum the rows that have all of `needs` within each piece; pieces ascending. Pieces without a row are left out.

    Channels of `beside` count as 0 where a row lacks them, and are absent where no row has them. Rows up to an hour
    are cut at price boundaries in proportion to time; longer rows count only where they lie within one piece.
    """
    rows = intervals.select(intervals.complete(needs))
    if not len(rows.starts) or not pieces:
        return []
    row, piece, share, overlap = _cuts(rows, pieces)
    count = len(pieces)
    time = np.bincount(piece, weights=overlap, minlength=count)
    names = [*needs, *(name for name in beside if _is_measured(rows.channels.get(name)))]
    sums = {
        name: np.bincount(piece, weights=np.nan_to_num(rows.channels[name])[row] * share, minlength=count)
        for name in names
    }
    return [
        PieceEnergy(
            pieces[position],
            {name: Decimal(str(float(sums[name][position]))) for name in names},
            int(time[position]) * _MICROSECOND,
        )
        for position in np.flatnonzero(time).tolist()
    ]


def instant_number(instant: datetime) -> int:
    """Return microseconds since 1970 UTC of an aware time."""
    return (instant - _EPOCH) // _MICROSECOND


def _is_measured(values: Numbers | None) -> bool:
    return values is not None and bool((~np.isnan(values)).any())


def _cuts(rows: IntervalEnergies, pieces: Sequence[PricePiece]) -> tuple[Positions, Positions, Numbers, Numbers]:
    """Cut rows at pieces: (row, piece, share of the row, overlap in microseconds) for each part."""
    starts = np.array([instant_number(piece.start) for piece in pieces], dtype=np.int64)
    ends = np.array([instant_number(piece.end) for piece in pieces], dtype=np.int64)
    first = np.maximum(np.searchsorted(starts, rows.starts, side="right") - 1, 0)
    last = np.searchsorted(starts, rows.ends, side="left") - 1
    too_long = (rows.ends - rows.starts > LONGEST_CUT // _MICROSECOND) & (
        (first != last) | (rows.starts < starts[first]) | (rows.ends > ends[first])
    )
    parts = np.where(too_long, 0, np.maximum(last - first + 1, 0))
    row = np.repeat(np.arange(len(rows.starts)), parts)
    number = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
    piece = first[row] + number
    overlap = np.minimum(rows.ends[row], ends[piece]) - np.maximum(rows.starts[row], starts[piece])
    kept = overlap > 0
    row, piece, overlap = row[kept], piece[kept], overlap[kept].astype(np.float64)
    return row, piece, overlap / (rows.ends[row] - rows.starts[row]), overlap
