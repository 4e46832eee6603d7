"""The installation that is simulated: where it is, what was built, and who lives there."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from solar.simulation.noise import Integers


@dataclass(frozen=True, slots=True)
class SiteSpec:
    """An installation; azimuth is clockwise from north (180 is south), tilt is from the horizontal, both in degrees.

    `battery_kwh` and `battery_kw` are both given or both None. Two sites at one place have one weather.
    """

    latitude: float
    longitude: float
    time_zone: str
    tilt_degrees: float
    azimuth_degrees: float
    capacity_kwp: float
    inverter_kw: float
    battery_kwh: float | None
    battery_kw: float | None
    annual_load_kwh: float
    seed: int
    counter_step_kwh: float = 0.1

    def __post_init__(self) -> None:
        if (self.battery_kwh is None) != (self.battery_kw is None):
            raise ValueError("battery_kwh and battery_kw must both be given or both be None")
        for name in ("capacity_kwp", "inverter_kw", "annual_load_kwh", "counter_step_kwh"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0")

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def place(self) -> tuple[float, float]:
        """Latitude and longitude in degrees."""
        return self.latitude, self.longitude


def epoch_seconds(times: pd.DatetimeIndex) -> Integers:
    """Return whole seconds since 1970 UTC of aware times."""
    if times.tz is None:
        raise ValueError("times must be aware")
    seconds: Integers = times.tz_convert("UTC").as_unit("s").asi8.astype(np.int64)
    return seconds
