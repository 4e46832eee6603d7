"""What a forecast must know about an installation, and the honest sentence when it cannot be made."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

LEADS: tuple[int, ...] = tuple(range(1, 9))


class Refusal(ValueError):
    """A forecast that would be a guess; the message is one sentence for the owner."""


@dataclass(frozen=True, slots=True)
class Site:
    """One installation. Degrees for latitude, longitude, tilt and azimuth (clockwise from north), watts for capacity
    (kWp of the modules) and export limit, kWh for the battery; `country` is an ISO 3166 code for public holidays.
    Everything but the IANA `time_zone` may be unknown (None)."""

    time_zone: str
    latitude: float | None = None
    longitude: float | None = None
    capacity_watts: float | None = None
    tilt_degrees: float | None = None
    azimuth_degrees: float | None = None
    battery_capacity_kwh: float | None = None
    export_limit_watts: float | None = None
    country: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose midnights start the local days."""
        return ZoneInfo(self.time_zone)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Site":
        """The reverse of `to_dict`."""
        return cls(**{field.name: values.get(field.name) for field in fields(cls)})  # type: ignore[arg-type]
