"""What a forecast of half hours means for a day: what is left of it, when to use power, when the battery is full."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

_HALF_HOUR = pd.Timedelta(minutes=30)
# Long enough for a washing machine and a dishwasher one after the other.
WINDOW_HALF_HOURS = 6
_FULL = 97.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """kWh expected of the sun until `now` and after it today (None: no forecast of it); instants are aware UTC.

    `best` is the three hours after now, today or tomorrow, with the greatest surplus of sun over house (None: none);
    `full_at` when the battery is expected to be full within a day, `lowest` when and at which charge it is emptiest
    before tomorrow's noon.
    """

    by_now_kwh: float | None
    left_kwh: float | None
    best: tuple[datetime, datetime] | None
    full_at: datetime | None
    lowest: tuple[datetime, float] | None


def outlook(frame: pd.DataFrame, start: datetime, end: datetime, now: datetime) -> Outlook:
    """Return the outlook of the local day `[start, end)` from half hours with columns such as solarPower_p50."""
    by_now = left = None
    if "solarPower_p50" in frame:
        today = frame["solarPower_p50"][(frame.index >= start) & (frame.index < end)]
        passed = ((pd.Timestamp(now) - pd.DatetimeIndex(today.index)) / _HALF_HOUR).to_numpy().clip(0, 1)
        kwh = today.to_numpy(dtype=float) / 2000
        by_now, left = float((kwh * passed).sum()), float((kwh * (1 - passed)).sum())
    later = frame[(frame.index >= now) & (frame.index < end + pd.Timedelta(hours=24))]
    return Outlook(by_now, left, _best(later, end), _full_at(later, now), _lowest(later, end))


def _best(later: pd.DataFrame, end: datetime) -> tuple[datetime, datetime] | None:
    """The best window of today, where any is left, else of tomorrow."""
    if "solarPower_p50" not in later:
        return None
    solar = later["solarPower_p50"]
    surplus = solar - later["loadPower_p50"] if "loadPower_p50" in later else solar
    for part in (surplus[surplus.index < end], surplus):
        sums = part.rolling(WINDOW_HALF_HOURS).sum().dropna()
        if len(sums) and sums.max() > 0:
            last = pd.DatetimeIndex(sums.index)[int(sums.to_numpy().argmax())]
            begin = last - (WINDOW_HALF_HOURS - 1) * _HALF_HOUR
            return begin.to_pydatetime(), (last + _HALF_HOUR).to_pydatetime()
    return None


def _full_at(later: pd.DataFrame, now: datetime) -> datetime | None:
    if "stateOfCharge_p50" not in later:
        return None
    charge = later["stateOfCharge_p50"][later.index < now + pd.Timedelta(hours=24)]
    full = charge[charge >= _FULL]
    if full.empty or charge.iloc[0] >= _FULL:
        return None
    return pd.DatetimeIndex(full.index)[0].to_pydatetime()


def _lowest(later: pd.DataFrame, end: datetime) -> tuple[datetime, float] | None:
    if "stateOfCharge_p50" not in later:
        return None
    charge = later["stateOfCharge_p50"][later.index < end + pd.Timedelta(hours=12)].dropna()
    if charge.empty:
        return None
    at = pd.DatetimeIndex(charge.index)[int(charge.to_numpy().argmin())]
    return at.to_pydatetime(), float(charge.min())
