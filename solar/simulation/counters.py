"""Energy counters of a device: lifetime ones that only rise, daily ones that go back to 0 at midnight or a bit late."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from solar.simulation.noise import Floats, Integers, seed_of
from solar.simulation.site import SiteSpec, epoch_seconds

CHANNELS = ("produced", "consumed", "imported", "exported", "charged", "discharged")
_LIFETIME = {
    "produced": "totalEnergyProduced", "consumed": "totalEnergyConsumed", "imported": "totalEnergyImported",
    "exported": "totalEnergyExported", "charged": "totalBatteryCharged", "discharged": "totalBatteryDischarged",
}
_DAILY = {
    "produced": "dailyEnergyProduced", "consumed": "dailyEnergyConsumed", "imported": "dailyEnergyImported",
    "exported": "dailyEnergyExported", "charged": "dailyBatteryCharged", "discharged": "dailyBatteryDischarged",
}
_LATE_ONE_IN = 6
_LATEST_SECONDS = 540


@dataclass(frozen=True, slots=True)
class Counters:
    """Exact kWh since the installation by channel, and what each was when its daily counter last went to 0."""

    totals: tuple[float, ...]
    bases: tuple[float, ...]
    day: str


def fresh(spec: SiteSpec, at: datetime) -> Counters:
    """Return the counters of a device installed at an aware instant."""
    zeros = (0.0,) * len(CHANNELS)
    return Counters(zeros, zeros, at.astimezone(spec.zone).date().isoformat())


def count(
    spec: SiteSpec, times: pd.DatetimeIndex, watts: dict[str, Floats], step_hours: float, before: Counters
) -> tuple[dict[str, Floats], Counters]:
    """Return the counters shown at each time, and the exact ones after the last step.

    `watts` holds the mean power (>= 0) of each channel during the step that follows each time.
    """
    energies = np.vstack([watts[name] for name in CHANNELS]) * step_hours / 1000
    sums = np.asarray(before.totals)[:, None] + np.cumsum(energies, axis=1)
    shown = np.column_stack([before.totals, sums[:, :-1]])
    days = _counter_days(spec, times)
    bases = _bases(shown, days, before)
    columns: dict[str, Floats] = {}
    for row, name in enumerate(_reported(spec)):
        columns[_LIFETIME[name]] = _stepped(shown[row], spec.counter_step_kwh)
        columns[_DAILY[name]] = _stepped(shown[row] - bases[row], spec.counter_step_kwh)
    last_day = date.fromordinal(int(days[-1])).isoformat()
    return columns, Counters(tuple(sums[:, -1].tolist()), tuple(bases[:, -1].tolist()), last_day)


def _reported(spec: SiteSpec) -> tuple[str, ...]:
    return CHANNELS if spec.battery_kwh is not None else CHANNELS[:4]


def _stepped(energy: Floats, step: float) -> Floats:
    """Return energy as a counter shows it: whole steps that are full."""
    values: Floats = np.round(np.floor(energy / step + 1e-6) * step, 3)
    return values


def _bases(shown: Floats, days: Integers, before: Counters) -> Floats:
    """Return for each time the totals at the moment the daily counters were last set to 0."""
    changed = np.flatnonzero(np.diff(days, prepend=date.fromisoformat(before.day).toordinal()))
    position = np.searchsorted(changed, np.arange(len(days)), side="right") - 1
    bases = np.repeat(np.asarray(before.bases)[:, None], len(days), axis=1)
    has_reset = position >= 0
    bases[:, has_reset] = shown[:, changed[position[has_reset]]]
    return bases


def _counter_days(spec: SiteSpec, times: pd.DatetimeIndex) -> Integers:
    """Return the ordinal of the local date that the daily counters are at, at each time."""
    local = times.tz_convert(spec.zone)
    first, last = local[0].date().toordinal(), local[-1].date().toordinal()
    ordinals = np.arange(first, last + 1)
    resets = np.array([_reset_at(spec, date.fromordinal(int(each))) for each in ordinals])
    days: Integers = np.searchsorted(resets, epoch_seconds(times), side="right") + first - 1
    return days


def _reset_at(spec: SiteSpec, day: date) -> float:
    """Return the epoch second when the device notices a new day: a few seconds late, sometimes minutes."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=spec.zone).astimezone(UTC)
    chance = seed_of(spec.seed, "reset", day)
    late = chance % _LATEST_SECONDS if chance % _LATE_ONE_IN == 0 else chance % 20
    return (midnight + timedelta(seconds=late)).timestamp()
