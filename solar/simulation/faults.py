"""Faults of an inverter: a few times a year it stops for a while, with a code."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from solar.simulation.noise import seed_of
from solar.simulation.site import SiteSpec, epoch_seconds

CODES = ("F12 grid overvoltage", "F15 grid frequency", "F23 insulation low", "F31 fan blocked")
_DAYS_BETWEEN = 60


def faults(spec: SiteSpec, times: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    """Return for each of the aware `times` the position in CODES of the fault that holds, or -1."""
    codes = np.full(len(times), -1, dtype=np.int64)
    if len(times) == 0:
        return codes
    seconds, local = epoch_seconds(times), times.tz_convert(spec.zone)
    day = local[0].date()
    while day <= local[-1].date():
        found = _fault_of_day(spec, day)
        if found is not None:
            start, end, code = found
            codes[(seconds >= start) & (seconds < end)] = code
        day += timedelta(days=1)
    return codes


def _fault_of_day(spec: SiteSpec, day: date) -> tuple[float, float, int] | None:
    seed = seed_of(spec.seed, "fault", day)
    if seed % _DAYS_BETWEEN:
        return None
    draw = np.random.Generator(np.random.Philox(key=seed))
    start = pd.Timestamp(day, tz=spec.zone).timestamp() + draw.uniform(9.5, 15) * 3600
    return start, start + draw.uniform(10, 50) * 60, int(draw.integers(len(CODES)))
